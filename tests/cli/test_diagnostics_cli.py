"""The diagnostics of the command line, after commands that went well and one that did not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kling_desktop.practice.server import PracticeServer
from tests.cli.conftest import Cli
from tests.secret import SECRET, dresses


def test_they_tell_what_was_done_before(
    cli: Cli, shot: Path, account: str, server: PracticeServer, tmp_path: Path
) -> None:
    made = cli("generate", shot, "--account", account, "-o", tmp_path / "out.mp4")
    assert made.status == 0, made.err
    cli("check", tmp_path / "missing.kling")
    said = cli("diagnostics")
    assert (said.status, said.err) == (0, "")
    assert "  done: 1" in said.out
    assert "at relay is done" in said.out
    assert "missing.kling" in said.out, "how a command ended is in the log"
    assert "secret: in the environment" in said.out
    assert not any(dress in said.out.encode() for dress in dresses(SECRET))


def test_as_json(cli: Cli) -> None:
    said = cli("diagnostics", "--json")
    assert said.status == 0
    assert said.json["accounts"][0]["id"] == "practice"
    assert said.json["tasks"] == {} and len(said.json["log"]) == 1


def test_a_mistake_of_ours_is_in_the_log_with_its_place(
    cli: Cli, shot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> int:
        raise ZeroDivisionError(f"of ours, with {SECRET}")

    monkeypatch.setitem(__import__("kling_desktop.cli.main", fromlist=["RUN"]).RUN, "check", broken)
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", SECRET)
    assert cli("check", shot).status == 70
    said = cli("diagnostics").out
    assert "ended by ZeroDivisionError" in said and "in broken" in said


def test_a_state_folder_that_may_not_be_written_stops_nothing(cli: Cli, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "data").write_text("a file where a folder should be")
    assert cli("account", "list").out.strip() == "practice  practice"
