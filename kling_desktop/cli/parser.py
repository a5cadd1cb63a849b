"""The arguments of every command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from kling_desktop import __version__
from kling_desktop.cli.outcome import BAD_INPUT, CommandError

DESCRIPTION = (
    "A motion-brush studio: paint what moves, draw where it goes, see it, send it to Kling. "
    "With FILE, a shot or a picture, or with nothing it opens the window; with a COMMAND it works "
    "without one."
)
USAGE = "%(prog)s [-h] [--version] [FILE]\n       %(prog)s COMMAND …"
FASTEST = 240
PORTS = 65_535


class Parser(argparse.ArgumentParser):
    """argparse, but its complaint is one sentence."""

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{self.prog}: {message}", BAD_INPUT)


def parser() -> argparse.ArgumentParser:
    top = Parser(prog="kling-desktop", usage=USAGE, description=DESCRIPTION)
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(
        dest="command", required=True, parser_class=Parser, prog=top.prog, metavar="COMMAND"
    )

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
    _draft_options(command("draft", "render the motion locally"))
    one = command("generate", "send a shot, wait, download the video", account=True)
    one.add_argument("--practice", action="store_true", help="use the bundled server")
    one.add_argument(
        "-o", "--output", type=Path, metavar="OUT.mp4", help="the video, or a folder to put it in"
    )
    one.add_argument("--json", action="store_true")
    for name, text in (("resume", "finish every unfinished task"), ("tasks", "list the tasks")):
        one = command(name, text, shot=False)
        one.add_argument("--json", action="store_true")
    one.add_argument("--cancel", metavar="ID", help="forget this task here")
    one.add_argument(
        "--send-again", metavar="ID", help="send this unconfirmed task again, as it never arrived"
    )
    one.add_argument(
        "--is",
        dest="found",
        nargs=2,
        metavar=("ID", "REMOTE"),
        help="follow this unconfirmed task at the provider, under the id that it has there",
    )
    one = command("follow", "how closely a video follows the drawn paths")
    one.add_argument("video", type=Path, metavar="VIDEO")
    one.add_argument("--json", action="store_true")
    _practice_options(command("practice", "run the practice server", shot=False))
    _account_options(command("account", "add, list, test, remove accounts", shot=False))
    one = command("diagnostics", "what a report of a fault should hold; no secrets", shot=False)
    one.add_argument("--json", action="store_true")
    return top


def _draft_options(one: Parser) -> None:
    one.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT",
        help="OUT.mp4, OUT.gif, or OUT.png for numbered pictures OUT_0001.png … next to it",
    )  # fmt: skip
    one.add_argument("--height", type=whole(1), metavar="N", help="pixels; as the picture")
    one.add_argument(
        "--fps", type=whole(1, FASTEST), metavar="N",
        help="frames a second; 30, and for a GIF 25, which is its most",
    )  # fmt: skip
    one.add_argument(
        "--loop", choices=("once", "pingpong"), default="once",
        help="pingpong runs forth and back; a GIF repeats for ever either way",
    )  # fmt: skip


def _practice_options(one: Parser) -> None:
    one.add_argument("--port", type=whole(0, PORTS), default=0, metavar="N")
    one.add_argument("--dialect", choices=("mulerun", "official"), default="mulerun")
    one.add_argument("--token", metavar="T")
    one.add_argument("--pace", type=float, default=1.0, metavar="S")
    one.add_argument("--faults", metavar="JSON")
    one.add_argument(
        "--parallel", type=whole(1), metavar="N",
        help="unfinished tasks at a time; one more is refused with code 1303",
    )  # fmt: skip


def _account_options(one: Parser) -> None:
    actions = one.add_subparsers(dest="action", required=True, parser_class=Parser)
    add = actions.add_parser("add")
    add.add_argument("id", metavar="ID")
    add.add_argument("--provider", required=True, metavar="P")
    add.add_argument("--base-url", metavar="U")
    actions.add_parser("list")
    actions.add_parser("test").add_argument("id", metavar="ID")
    remove = actions.add_parser("remove")
    remove.add_argument("id", metavar="ID")
    remove.add_argument(
        "--force", action="store_true", help="even where unfinished tasks need the account"
    )


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Reads a whole number within limits."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            limits = f"of {least} or more" if most is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f"“{text}” is not a whole number {limits}")
        return value

    return read
