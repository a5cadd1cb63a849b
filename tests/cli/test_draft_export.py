"""``draft`` as video, GIF and pictures: what it writes is what the draft shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from kling_desktop.imaging.load import pixels
from kling_desktop.motion import video
from kling_desktop.motion.draft import Draft
from kling_desktop.workshop import read_shot
from tests.cli.conftest import PATHS, PHOTOS, Cli, label_map

SHORT = "duration=0.4"


@pytest.fixture
def short(cli: Cli, tmp_path: Path) -> Path:
    """The rocket with two moving areas, 0.4 seconds long, in a folder of its own."""
    shot, areas, paths = (tmp_path / name for name in ("a.kling", "areas.png", "paths.json"))
    cv2.imwrite(str(areas), label_map(640, 427))
    paths.write_text(json.dumps(PATHS))
    made = cli(
        "new", PHOTOS / "rocket.jpg", "-o", shot, "--areas", areas, "--paths", paths, "--set", SHORT
    )
    assert made.status == 0, made.err
    return shot


def frames(shot: Path, fps: float, height: int | None = None) -> list[np.ndarray]:
    opened = read_shot(shot)
    assert opened.picture is not None
    draft = Draft(pixels(opened.picture), opened.labels, opened.paths, opened.camera, height=height)
    return list(draft.frames(0.4, fps))


@pytest.mark.parametrize("height", [None, 200])
def test_pictures_are_the_draft_to_the_bit(
    cli: Cli, short: Path, tmp_path: Path, height: int | None
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    more = ["--height", height] if height else []
    made = cli("draft", short, "-o", out / "walk.png", "--fps", "20", *more)
    assert made.status == 0, made.err
    written = sorted(out.iterdir())
    assert made.out.split() == [str(path) for path in written]
    assert [path.name for path in written] == [f"walk_{number:04}.png" for number in range(1, 9)]
    for path, frame in zip(written, frames(short, 20, height), strict=True):
        found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert found is not None
        assert np.array_equal(found[..., ::-1], frame)


def test_a_video_is_made_of_the_draft(
    cli: Cli, short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = video.write
    encoded: list[np.ndarray] = []

    def listening(path: Path, given: Iterable[np.ndarray], **more: Any) -> None:
        def heard() -> Iterator[np.ndarray]:
            for frame in given:
                encoded.append(frame.copy())
                yield frame

        write(path, heard(), **more)

    monkeypatch.setattr(video, "write", listening)
    out = tmp_path / "out.mp4"
    made = cli("draft", short, "-o", out)
    assert (made.status, made.out.strip()) == (0, str(out))
    wanted = frames(short, 30)
    assert len(encoded) == len(wanted) == 12
    assert all(np.array_equal(a, b) for a, b in zip(encoded, wanted, strict=True))
    for (_, decoded), frame in zip(video.read(out), wanted, strict=True):
        assert np.abs(decoded[:427, :640].astype(int) - frame).mean() < 4.5


def test_a_gif_runs_forth_and_back_for_ever(cli: Cli, short: Path, tmp_path: Path) -> None:
    made = cli("draft", short, "-o", tmp_path / "a.gif", "--fps", "10", "--loop", "pingpong")
    assert made.status == 0, made.err
    with Image.open(tmp_path / "a.gif") as image:
        assert image.info["loop"] == 0
        shown = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            assert image.info["duration"] == 100
            shown.append(np.asarray(image.convert("RGB")))
    first, second, third, fourth = frames(short, 10)
    for found, frame in zip(shown, (first, second, third, fourth, third, second), strict=True):
        assert np.abs(found.astype(int) - frame).mean() < 5.0
    assert np.array_equal(shown[2], shown[4])


@pytest.mark.parametrize(("asked", "said"), [(None, False), (25, False), (30, True)])
def test_a_gif_has_25_frames_a_second_at_most(
    cli: Cli, short: Path, tmp_path: Path, asked: int | None, said: bool
) -> None:
    more = ["--fps", asked] if asked else []
    made = cli("draft", short, "-o", tmp_path / "a.gif", "--height", "60", *more)
    assert made.status == 0
    assert ("with 25 frames a second, not 30" in made.err) == said
    with Image.open(tmp_path / "a.gif") as image:
        assert (getattr(image, "n_frames", 1), image.info["duration"]) == (10, 40)


@pytest.mark.parametrize("name", ["a.avi", "a"])
def test_an_unknown_ending_is_a_sentence(cli: Cli, short: Path, tmp_path: Path, name: str) -> None:
    made = cli("draft", short, "-o", tmp_path / name)
    assert (made.status, made.out) == (2, "")
    assert made.err.count("\n") == 1
    assert ".mp4, .gif" in made.err
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.png"])
def test_a_missing_folder_is_a_sentence(cli: Cli, short: Path, tmp_path: Path, name: str) -> None:
    made = cli("draft", short, "-o", tmp_path / "no" / name)
    assert (made.status, made.out) == (2, "")
    assert made.err.startswith("There is no folder")


def test_the_shot_is_not_one_of_its_pictures(cli: Cli, short: Path, tmp_path: Path) -> None:
    named = short.rename(tmp_path / "a_0003.png")
    before = named.read_bytes()
    made = cli("draft", named, "-o", tmp_path / "a.png")
    assert (made.status, made.out) == (2, "")
    assert "choose another name" in made.err
    assert named.read_bytes() == before


def test_other_loops_are_no_choice(cli: Cli, short: Path, tmp_path: Path) -> None:
    assert cli("draft", short, "-o", tmp_path / "a.gif", "--loop", "twice").status == 2
