"""new, check, request, draft, follow: statuses, sentences, and the exact body."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kling_desktop.model.path import Curve, flatten
from kling_desktop.model.path import Path as Track
from tests.cli.conftest import PATHS, PHOTOS, Cli, label_map, make_shot


def decoded(text: str) -> np.ndarray:
    assert not text.startswith("data:")
    assert "\n" not in text
    with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as image:
        assert image.mode == "L"
        return np.asarray(image)


def test_new_writes_the_shot_file_of_the_contract(shot: Path) -> None:
    with zipfile.ZipFile(shot) as archive:
        names = set(archive.namelist())
        meta = json.loads(archive.read("shot.json"))
        assert archive.read("image.jpg") == (PHOTOS / "rocket.jpg").read_bytes()
        with Image.open(io.BytesIO(archive.read("areas.png"))) as areas:
            assert np.array_equal(np.asarray(areas), label_map(640, 427))
    assert {"shot.json", "image.jpg", "areas.png"} <= names
    assert (meta["format"], meta["version"]) == ("kling-desktop-shot", 1)
    assert meta["paths"]["2"]["timing"] == "ease-in"
    assert meta["settings"]["model_name"] == "kling-v2-1-master"


def test_settings_camera_and_end_frame_can_be_set(cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "a.kling"
    made = cli(
        "new", PHOTOS / "coffee.png", "-o", target, "--set", "prompt=a cup = a cup",
        "--set", "duration=10", "--set", "cfg_scale=0.75",
        "--set", 'camera={"type": "simple", "config": {"zoom": 4}}',
        "--set", f"end_image={PHOTOS / 'rocket.jpg'}",
    )  # fmt: skip
    assert made.status == 0, made.err
    with zipfile.ZipFile(target) as archive:
        meta = json.loads(archive.read("shot.json"))
        assert archive.read(meta["end_image"]) == (PHOTOS / "rocket.jpg").read_bytes()
    assert meta["settings"]["prompt"] == "a cup = a cup"
    assert (meta["settings"]["duration"], meta["settings"]["cfg_scale"]) == ("10", 0.75)
    assert meta["camera"] == {"type": "simple", "config": {"zoom": 4}}
    codes = [problem["code"] for problem in cli("check", target, "--json").json]
    assert "exclusive_groups" in codes
    assert "end_frame_not_supported" in codes


@pytest.mark.parametrize(
    "pair", ["colour=red", "prompt", "cfg_scale=much", "camera=[1]", "camera={"]
)
def test_a_wrong_setting_is_a_sentence_and_nothing_is_written(
    cli: Cli, tmp_path: Path, pair: str
) -> None:
    target = tmp_path / "a.kling"
    made = cli("new", PHOTOS / "coffee.png", "-o", target, "--set", pair)
    assert made.status == 2
    assert made.err.strip()
    assert not target.exists()


def test_a_good_shot_passes(cli: Cli, shot: Path) -> None:
    checked = cli("check", shot)
    assert (checked.status, checked.out) == (0, "Nothing in the way.\n")
    assert cli("check", shot, "--json").json == []


def test_problems_are_listed_with_all_their_fields(cli: Cli, shot: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.kling"
    cli("new", PHOTOS / "rocket.jpg", "-o", bad, "--set", "cfg_scale=1.2", "--set", "mode=4k")
    checked = cli("check", bad, "--json")
    assert checked.status == 2
    assert {problem["code"] for problem in checked.json} == {
        "cfg_out_of_range", "mode_not_supported",
    }  # fmt: skip
    for problem in checked.json:
        assert list(problem) == ["code", "severity", "field", "message", "fix"]
    assert cli("request", bad).status == 2


def test_fix_makes_the_safe_fixes_in_the_file(cli: Cli, tmp_path: Path) -> None:
    bad = tmp_path / "bad.kling"
    cli("new", PHOTOS / "rocket.jpg", "-o", bad, "--set", "cfg_scale=1.2", "--set", "mode=4k")
    assert cli("check", bad, "--fix").status == 0
    assert cli("check", bad, "--json").json == []


def test_the_request_carries_exactly_what_was_painted(cli: Cli, shot: Path) -> None:
    body = cli("request", shot).json
    labels = label_map(640, 427)
    masks = [decoded(group["mask"]) for group in body["dynamic_masks"]]
    static = decoded(body["static_mask"])
    for mask, area in zip([*masks, static], [1, 2, 7], strict=True):
        assert set(np.unique(mask)) == {0, 255}
        assert np.array_equal(mask == 255, labels == area)
    assert (np.sum([mask == 255 for mask in [*masks, static]], axis=0) <= 1).all()
    assert base64.b64decode(body["image"]) == (PHOTOS / "rocket.jpg").read_bytes()
    assert (body["model_name"], body["mode"], body["duration"]) == ("kling-v2-1-master", "pro", "5")
    assert body["cfg_scale"] == 0.5
    assert "image_tail" not in body
    assert "camera_control" not in body


def test_the_paths_are_sent_bottom_left_and_within_a_pixel(cli: Cli, shot: Path) -> None:
    groups = cli("request", shot).json["dynamic_masks"]
    for group, drawn in zip(groups, PATHS.values(), strict=True):
        points = [(point["x"], point["y"]) for point in group["trajectories"]]
        assert 2 <= len(points) <= 77
        assert all(type(value) is int for point in points for value in point)
        sent = np.array([(x, 426 - y) for x, y in points], float)
        assert np.abs(sent[0] - drawn["points"][0]).max() <= 0.5
        curve = flatten(Track(tuple(map(tuple, drawn["points"])), Curve(drawn["curve"])))
        assert max(distance(point, sent) for point in curve) <= 1.0


def distance(point: np.ndarray, polyline: np.ndarray) -> float:
    starts, along = polyline[:-1], np.diff(polyline, axis=0)
    share = ((point - starts) * along).sum(1) / np.maximum((along**2).sum(1), 1e-9)
    nearest = starts + np.clip(share, 0, 1)[:, None] * along
    return float(np.hypot(*(nearest - point).T).min())


def test_masks_and_points_follow_a_picture_that_is_sent_smaller(cli: Cli, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3600, 5400, 3), np.uint8)
    picture = tmp_path / "large.bmp"
    Image.fromarray(noise).save(picture)
    shot = make_shot(cli, tmp_path / "large.kling", picture, 5400, 3600)
    made = cli("request", shot)
    body = made.json
    data = base64.b64decode(body["image"])
    assert len(data) <= 10_000_000
    with Image.open(io.BytesIO(data)) as image:
        size = image.size
    sizes = {decoded(group["mask"]).shape[::-1] for group in body["dynamic_masks"]}
    assert sizes == {decoded(body["static_mask"]).shape[::-1]} == {size}
    first = body["dynamic_masks"][0]["trajectories"][0]
    assert first["x"] == pytest.approx(320.5 * size[0] / 5400, abs=1)
    assert first["y"] == pytest.approx(size[1] - 1 - 200 * size[1] / 3600, abs=1)
    assert made.err.strip(), "a changed picture is said"


def test_draft_writes_a_video_that_follows_the_paths(cli: Cli, shot: Path, tmp_path: Path) -> None:
    video = tmp_path / "draft.mp4"
    made = cli("draft", shot, "-o", video, "--fps", "15")
    assert (made.status, made.out.strip()) == (0, str(video))
    report = cli("follow", shot, video, "--json").json
    first = next(area for area in report["areas"] if area["area"] == 1)
    assert first["mean_px"] < 1.0
    assert {"area", "mean_px", "max_px", "end_px", "score", "track"} <= set(first)


@pytest.mark.parametrize("command", ["check", "request", "draft", "generate", "follow"])
def test_a_missing_or_broken_shot_is_a_sentence(cli: Cli, tmp_path: Path, command: str) -> None:
    broken = tmp_path / "broken.kling"
    broken.write_bytes(b"PK\x03\x04 nothing more")
    extra = {"draft": ["-o", tmp_path / "x.mp4"], "follow": [tmp_path / "x.mp4"]}.get(command, [])
    for path in (broken, tmp_path / "absent.kling"):
        ended = cli(command, path, *extra)
        assert ended.status == 2
        assert ended.err.strip()
        assert ended.out == ""


def test_usage_errors_are_status_2(cli: Cli) -> None:
    assert cli("draft").status == 2
    assert cli("account", "add").status == 2
    assert cli("--version").status == 0
