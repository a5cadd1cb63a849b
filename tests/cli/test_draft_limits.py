"""Drafts that would never end, or fill the memory, are refused or made smaller."""

from __future__ import annotations

from pathlib import Path

import pytest

from kling_desktop.motion.video import probe
from tests.cli.conftest import PHOTOS, Cli


@pytest.mark.parametrize(
    "duration", ["inf", "-inf", "nan", "1e400", "1e9", "99999", "60.5", "0", "-5", "", "soon"]
)
def test_a_duration_that_is_none(cli: Cli, tmp_path: Path, duration: str) -> None:
    shot, video = tmp_path / "a.kling", tmp_path / "a.mp4"
    assert (
        cli("new", PHOTOS / "rocket.jpg", "-o", shot, "--set", f"duration={duration}").status == 0
    )
    made = cli("draft", shot, "-o", video)
    assert (made.status, video.exists()) == (2, False)
    assert "60 seconds" in made.err


@pytest.mark.parametrize(("asked", "high"), [(100_000, 428), (2_000, 428), (100, 100)])
def test_a_draft_is_never_higher_than_its_picture(
    cli: Cli, tmp_path: Path, asked: int, high: int
) -> None:
    shot, video = tmp_path / "a.kling", tmp_path / "a.mp4"
    cli("new", PHOTOS / "rocket.jpg", "-o", shot, "--set", "duration=0.1")
    made = cli("draft", shot, "-o", video, "--height", asked)
    assert made.status == 0, made.err
    assert probe(video).height == high
    assert ("427 pixels" in made.err) == (asked > 427)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--height", "0"),
        ("--height", "-1"),
        ("--height", "x"),
        ("--fps", "0"),
        ("--fps", "1000000"),
    ],
)
def test_numbers_out_of_range_are_a_sentence(
    cli: Cli, shot: Path, tmp_path: Path, option: str, value: str
) -> None:
    made = cli("draft", shot, "-o", tmp_path / "a.mp4", option, value)
    assert made.status == 2
    assert f"“{value}”" in made.err
    assert "whole number" in made.err
