"""No command writes over what it reads, whichever way the file is named."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from kling_desktop.storage.accounts import Account, Accounts
from kling_desktop.storage.directories import Directories
from tests.cli.conftest import PHOTOS, Cli


@pytest.mark.parametrize("command", ["draft", "request", "generate"])
def test_a_shot_is_not_replaced_by_what_is_made_of_it(
    cli: Cli, shot: Path, tmp_path: Path, command: str
) -> None:
    link, twin = tmp_path / "link.mp4", tmp_path / "twin.mp4"
    link.symlink_to(shot)
    os.link(shot, twin)
    before = shot.read_bytes()
    more = ["--practice"] if command == "generate" else []
    for name in (shot, shot.parent / "." / ".." / shot.parent.name / shot.name, link, twin):
        ended = cli(command, shot, "-o", name, *more)
        assert (ended.status, ended.out) == (2, "")
        assert "choose another name" in ended.err
        assert shot.read_bytes() == twin.read_bytes() == before
    assert link.is_symlink()
    assert cli("tasks", "--json").json == []


@pytest.mark.parametrize("role", ["image", "areas", "paths", "end_image"])
def test_new_keeps_what_it_is_made_of(
    cli: Cli, shot: Path, tmp_path: Path, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "image": shutil.copy(PHOTOS / "rocket.jpg", tmp_path / "a.jpg"),
        "areas": tmp_path / "shot.areas.png",
        "paths": tmp_path / "shot.paths.json",
        "end_image": shutil.copy(PHOTOS / "coffee.png", tmp_path / "end.png"),
    }
    before = {name: Path(file).read_bytes() for name, file in files.items()}
    made = cli(
        "new", files["image"], "-o", Path(files[role]).name, "--areas", files["areas"],
        "--paths", files["paths"], "--set", f"end_image={files['end_image']}",
    )  # fmt: skip
    assert made.status == 2
    assert "choose another name" in made.err
    assert {name: Path(file).read_bytes() for name, file in files.items()} == before


def test_the_journal_knows_the_shot_from_everywhere(
    cli: Cli, shot: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "a-key")
    monkeypatch.setattr("kling_desktop.cli.progress.PATIENCE", 0.0)
    monkeypatch.chdir(shot.parent)
    Accounts(Directories.of(home)).add(Account("relay", "mulerun", url), "")
    assert cli("generate", shot.name, "--account", "relay").status == 4
    (row,) = cli("tasks", "--json").json
    assert row["shot"] == str(shot)


def test_another_shot_may_be_replaced(cli: Cli, shot: Path) -> None:
    assert cli("new", PHOTOS / "coffee.png", "-o", shot).status == 0
    assert cli("check", shot).status == 0
