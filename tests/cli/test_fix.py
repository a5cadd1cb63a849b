"""check --fix: says what it did, and loses nothing that the file held."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import PHOTOS, Cli


@pytest.fixture
def bad(cli: Cli, tmp_path: Path) -> Path:
    """A shot with two problems, as another program might have packed it."""
    path = tmp_path / "bad.kling"
    cli("new", PHOTOS / "rocket.jpg", "-o", path, "--set", "cfg_scale=1.2", "--set", "mode=4k")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("preview.jpg", (PHOTOS / "rocket.jpg").read_bytes())
        archive.writestr("notes/studio.txt", "take three")
    return path


def test_the_fix_says_what_was_done_only(cli: Cli, bad: Path) -> None:
    fixed = cli("check", bad, "--fix", "--json")
    assert (fixed.status, fixed.json) == (0, [])
    assert sorted(fixed.err.splitlines()) == [
        "Fixed cfg_scale: set it to the nearest value that is taken.",
        "Fixed mode: use pro.",
    ]


def test_the_fix_keeps_preview_and_strangers(cli: Cli, bad: Path) -> None:
    cli("check", bad, "--fix")
    with zipfile.ZipFile(bad) as archive:
        assert archive.read("notes/studio.txt") == b"take three"
        assert archive.read("preview.jpg").startswith(b"\xff\xd8")
        assert json.loads(archive.read("shot.json"))["settings"]["mode"] == "pro"
    before = bad.read_bytes()
    assert cli("check", bad, "--fix").err == ""
    assert bad.read_bytes() == before
