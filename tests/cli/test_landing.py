"""Land on this frame, from the shot to the kept video: the still is what the video ends with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kling_desktop.imaging.load import pixels
from kling_desktop.model.landing import switched
from kling_desktop.motion import video
from kling_desktop.practice.server import PracticeServer
from kling_desktop.workshop import read_shot, write_shot
from tests.cli.conftest import PHOTOS, Cli, make_shot

Rgb = np.ndarray


def psnr(one: Rgb, other: Rgb) -> float:
    error = np.square(one.astype(np.float64) - other).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def light(frame: Rgb) -> Rgb:
    return frame @ np.array([0.2126, 0.7152, 0.0722])


@pytest.fixture
def landing(cli: Cli, tmp_path: Path) -> Path:
    """The photo of a cup, two areas with paths that end on them, a video that ends with it."""
    path = make_shot(cli, tmp_path / "land.kling", PHOTOS / "coffee.png", 600, 400)
    shot = switched(read_shot(path), land=True)
    write_shot(replace(shot, settings=replace(shot.settings, duration="5")), path)
    return path


def test_a_landing_shot_ends_with_the_still(
    cli: Cli, landing: Path, account: str, server: PracticeServer, tmp_path: Path
) -> None:
    shot = read_shot(landing)
    assert shot.land
    made = cli("generate", landing, "--account", account, "-o", tmp_path / "kept.mp4", "--json")
    assert made.status == 0, made.err
    kept = [frame for _, frame in video.read(tmp_path / "kept.mp4")]
    (source,) = (tmp_path / "server").rglob("*.mp4")
    sent = [frame for _, frame in video.read(source)]
    assert len(kept) == len(sent) == 150
    assert video.probe(tmp_path / "kept.mp4").seconds == pytest.approx(5.0, abs=0.01)

    still = pixels(shot.picture)
    # Of the light: a video's colours have half the resolution, which no encoder can mend.
    assert psnr(light(kept[-1]), light(still)) >= 38
    assert psnr(kept[0], sent[-1]) >= 38
    assert min(map(psnr, kept[:0:-10], sent[::10])) >= 38
    # It is another picture that it begins with, or nothing was turned round.
    assert psnr(light(kept[0]), light(still)) < 33


def test_its_motion_is_measured_from_the_end(
    cli: Cli, landing: Path, account: str, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.mp4"
    assert cli("generate", landing, "--account", account, "-o", kept).status == 0
    found = cli("follow", landing, kept, "--json").json["areas"]
    assert [area["area"] for area in found] == [1, 2]
    for area in found:
        assert area["note"] is None
        assert area["mean_px"] < 1.5
        ends = read_shot(landing).paths[area["area"]].points
        track = np.array(area["track"])
        assert (np.diff(track[:, 0]) > 0).all()
        assert np.abs(track[[0, -1], 1:] - np.array([ends[0], ends[-1]])).max() < 3.0
    assert "px at the beginning" in cli("follow", landing, kept).out


def test_it_is_no_landing_without_the_switch(
    cli: Cli, shot: Path, account: str, server: PracticeServer, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.mp4"
    assert cli("generate", shot, "--account", account, "-o", kept).status == 0
    (source,) = (tmp_path / "server").rglob("*.mp4")
    assert kept.read_bytes() == source.read_bytes()


@pytest.mark.parametrize(("value", "lands"), [("true", True), ("false", False), ("True", True)])
def test_new_may_land(cli: Cli, tmp_path: Path, value: str, lands: bool) -> None:
    made = cli("new", PHOTOS / "coffee.png", "-o", tmp_path / "a.kling", "--set", f"land={value}")
    assert made.status == 0, made.err
    assert read_shot(tmp_path / "a.kling").land is lands


def test_landing_perhaps_is_refused(cli: Cli, tmp_path: Path) -> None:
    made = cli("new", PHOTOS / "coffee.png", "-o", tmp_path / "a.kling", "--set", "land=perhaps")
    assert made.status == 2
    assert "should be true or false" in made.err
