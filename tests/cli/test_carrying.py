"""A model without a brush, from the shot to the kept video: it ends where the draft ends."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kling_desktop.imaging.load import pixels
from kling_desktop.motion import video
from kling_desktop.motion.end_frame import end_frame
from kling_desktop.practice.server import PracticeServer
from kling_desktop.storage.accounts import Account, Accounts
from kling_desktop.storage.directories import Directories
from kling_desktop.workshop import read_shot
from tests.cli.conftest import PHOTOS, TOKEN, Cli


@pytest.fixture
def turbo(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An account at a host that serves models without a brush."""
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", TOKEN)
    with PracticeServer(tmp_path / "official", token=TOKEN, pace=0, dialect="official") as server:
        Accounts(Directories.of(home)).add(Account("host", "official", server.url), TOKEN)
        yield "host"


def fields(found: str) -> dict[str, object]:
    return dict(json.loads(found))


def picture(text: object) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(str(text), validate=True))))


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    """Of the light, in what both show: encoders want even sides, and halve colours."""
    height, width = min(len(one), len(other)), min(one.shape[1], other.shape[1])
    first, second = (light(each[:height, :width]) for each in (one, other))
    return float(10 * np.log10(255**2 / np.square(first - second).mean()))


def light(frame: np.ndarray) -> np.ndarray:
    return frame @ np.array([0.2126, 0.7152, 0.0722])


def test_the_fix_makes_it_ready(cli: Cli, turbo: str, shot: Path) -> None:
    settled = make_with(cli, shot, "model_name=kling-v2-5-turbo", "mode=std")
    assert cli("check", settled, "--account", turbo).status == 2
    fixed = cli("check", "--fix", settled, "--account", turbo)
    assert fixed.status == 0
    assert "let an end frame" in fixed.err
    assert read_shot(settled).end_carries


def make_with(cli: Cli, shot: Path, *pairs: str) -> Path:
    """The same shot with other settings."""
    parts = [argument for pair in pairs for argument in ("--set", pair)]
    source = PHOTOS / "rocket.jpg"
    areas, paths = shot.with_suffix(".areas.png"), shot.with_suffix(".paths.json")
    target = shot.with_name("set.kling")
    made = cli("new", source, "-o", target, "--areas", areas, "--paths", paths, *parts)
    assert made.status == 0, made.err
    return target


def test_the_request_holds_the_drafts_end_and_no_masks(cli: Cli, turbo: str, shot: Path) -> None:
    carried = make_with(cli, shot, "model_name=kling-v2-5-turbo", "end_carries=true")
    body = fields(cli("request", carried, "--account", turbo).out)
    assert not {"static_mask", "dynamic_masks", "camera_control"} & set(body)
    found = read_shot(carried)
    expected = end_frame(found, pixels(found.picture), (640, 427))
    assert psnr(picture(body["image_tail"]), expected) > 38
    assert picture(body["image"]).shape == picture(body["image_tail"]).shape == (427, 640, 3)


def test_the_kept_video_ends_there(cli: Cli, turbo: str, shot: Path, tmp_path: Path) -> None:
    carried = make_with(cli, shot, "model_name=kling-v2-5-turbo", "end_carries=true")
    kept = tmp_path / "kept.mp4"
    made = cli("generate", carried, "--account", turbo, "-o", kept)
    assert made.status == 0, made.err
    frames = [frame for _, frame in video.read(kept)]
    found = read_shot(carried)
    still = pixels(found.picture)
    last = end_frame(found, still, (640, 427))
    assert psnr(frames[-1], last) > 30
    assert psnr(frames[-1], last) > psnr(frames[-1], still) + 6


def test_a_landing_ends_on_the_still(cli: Cli, turbo: str, shot: Path, tmp_path: Path) -> None:
    carried = make_with(cli, shot, "model_name=kling-v2-5-turbo", "end_carries=true", "land=true")
    kept = tmp_path / "kept.mp4"
    made = cli("generate", carried, "--account", turbo, "-o", kept)
    assert made.status == 0, made.err
    frames = [frame for _, frame in video.read(kept)]
    still = pixels(read_shot(carried).picture)
    assert psnr(frames[-1], still) > 30
    assert psnr(frames[0], still) < psnr(frames[-1], still) - 2


def test_it_is_saved_and_opened_again(cli: Cli, shot: Path) -> None:
    carried = make_with(cli, shot, "end_carries=true")
    assert read_shot(carried).end_carries
    assert not read_shot(make_with(cli, shot, "end_carries=false")).end_carries
