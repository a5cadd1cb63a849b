"""The practice command: ports, and a folder of its own that does not outlive it."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli


@pytest.mark.parametrize("port", ["99999", "-1", "65536", "http"])
def test_ports_that_there_are_not(cli: Cli, port: str) -> None:
    ended = cli("practice", "--port", port)
    assert (ended.status, ended.out) == (2, "")
    assert "65535" in ended.err


def test_a_port_that_is_taken(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = cli("practice", "--port", port)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"Port {port} is used by another program")
    assert "Address already" not in ended.err


def test_every_run_begins_with_no_tasks_and_leaves_none(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []

    def serve(*, folder: Path, **_: Any) -> int:
        assert list(folder.iterdir()) == []
        (folder / "task.json").write_text("{}")
        folders.append(folder)
        return 0

    monkeypatch.setattr("kling_desktop.practice.command.run", serve)
    assert cli("practice").status == cli("practice").status == 0
    practice = home / "data" / "practice"
    assert [folder.parent for folder in folders] == [practice, practice]
    assert list(practice.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--faults", '[{"route": "create", "do": {"status": 9}}]', "Fault 1: “status” is a whole"),
        ("--faults", "[{", "The faults are not valid JSON."),
        ("--parallel", "0", "--parallel"),
        ("--parallel", "many", "--parallel"),
    ],
)
def test_mistakes_have_a_sentence(cli: Cli, option: str, value: str, told: str) -> None:
    ended = cli("practice", option, value)
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_faults_and_the_limit_reach_the_server(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def serve(**options: Any) -> int:
        given.update(options)
        return 0

    monkeypatch.setattr("kling_desktop.practice.command.run", serve)
    assert cli("practice", "--faults", "[]", "--parallel", "3").status == 0
    assert (given["faults"], given["parallel"]) == ("[]", 3)
    assert cli("practice").status == 0
    assert (given["faults"], given["parallel"]) == (None, None)
