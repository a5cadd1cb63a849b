"""The arguments of every command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from kling_desktop import __version__
from kling_desktop.cli.outcome import BAD_INPUT


class Parser(argparse.ArgumentParser):
    """argparse, but its complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    top = Parser(prog="kling-desktop", description=__doc__)
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", required=True, parser_class=Parser)

    def command(name: str, text: str, *, shot: bool = True, account: bool = False) -> Parser:
        added = commands.add_parser(name, help=text, description=text)
        if shot:
            added.add_argument("shot", type=Path, metavar="SHOT")
        if account:
            added.add_argument("--account", metavar="ID")
        return added

    one = command("new", "make a shot file without a window", shot=False)
    one.add_argument("image", type=Path, metavar="IMAGE")
    one.add_argument("-o", "--output", type=Path, required=True, metavar="SHOT")
    one.add_argument("--areas", type=Path, metavar="PNG")
    one.add_argument("--paths", type=Path, metavar="JSON")
    one.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    one = command("check", "list what stops a shot from being sent", account=True)
    one.add_argument("--fix", action="store_true", help="make the safe fixes")
    one.add_argument("--json", action="store_true")
    one = command("request", "write the JSON body that would be sent", account=True)
    one.add_argument("-o", "--output", type=Path, metavar="FILE")
    one = command("draft", "render the motion locally")
    one.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.mp4")
    one.add_argument("--height", type=positive, metavar="N")
    one.add_argument("--fps", type=positive, default=30, metavar="N")
    one = command("generate", "send a shot, wait, download the video", account=True)
    one.add_argument("--practice", action="store_true", help="use the bundled server")
    one.add_argument("-o", "--output", type=Path, metavar="OUT.mp4")
    one.add_argument("--json", action="store_true")
    for name, text in (("resume", "finish every unfinished task"), ("tasks", "list the tasks")):
        command(name, text, shot=False).add_argument("--json", action="store_true")
    one = command("follow", "how closely a video follows the drawn paths")
    one.add_argument("video", type=Path, metavar="VIDEO")
    one.add_argument("--json", action="store_true")
    _practice_options(command("practice", "run the practice server", shot=False))
    _account_options(command("account", "add, list, test, remove accounts", shot=False))
    return top


def _practice_options(one: Parser) -> None:
    one.add_argument("--port", type=int, default=0, metavar="N")
    one.add_argument("--dialect", choices=("mulerun", "official"), default="mulerun")
    one.add_argument("--token", metavar="T")
    one.add_argument("--pace", type=float, default=1.0, metavar="S")
    one.add_argument("--faults", metavar="JSON")


def _account_options(one: Parser) -> None:
    actions = one.add_subparsers(dest="action", required=True, parser_class=Parser)
    add = actions.add_parser("add")
    add.add_argument("id", metavar="ID")
    add.add_argument("--provider", required=True, metavar="P")
    add.add_argument("--base-url", metavar="U")
    actions.add_parser("list")
    for name in ("test", "remove"):
        actions.add_parser(name).add_argument("id", metavar="ID")


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value
