"""Bad pictures, masks and paths: a sentence, exit 2, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.badfiles import REFUSED, UNUSUAL
from tests.cli.conftest import PHOTOS, Cli


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_picture_is_refused_and_nothing_is_written(
    cli: Cli, tmp_path: Path, home: Path, name: str
) -> None:
    picture = tmp_path / name
    picture.write_bytes(REFUSED[name]())
    before = set(tmp_path.iterdir())
    made = cli("new", picture, "-o", tmp_path / "shot.kling")
    assert made.status == 2
    assert name in made.err
    assert made.err.strip().endswith(".")
    assert made.err.count("\n") <= 2
    assert set(tmp_path.iterdir()) - {home} == before


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_but_legal_pictures_are_taken(cli: Cli, tmp_path: Path, name: str) -> None:
    picture = tmp_path / name
    picture.write_bytes(UNUSUAL[name]())
    assert cli("new", picture, "-o", tmp_path / "shot.kling").status == 0
    checked = cli("check", tmp_path / "shot.kling", "--json")
    codes = {problem["code"] for problem in checked.json}
    assert codes <= {"image_too_small", "image_format", "image_converted"}
    if name in {"cmyk.jpg", "rgb16.png", "gray16.png", "turned.jpg", "rgba.png"}:
        assert "image_converted" in codes


def wrong_size() -> np.ndarray:
    return np.zeros((100, 100), np.uint8)


def value_8() -> np.ndarray:
    return np.full((427, 640), 8, np.uint8)


def colour() -> np.ndarray:
    return np.zeros((427, 640, 3), np.uint8)


def deep() -> np.ndarray:
    return np.zeros((427, 640), np.uint16)


@pytest.mark.parametrize("make", [wrong_size, value_8, colour, deep])
def test_wrong_areas_are_refused(cli: Cli, tmp_path: Path, make) -> None:
    areas = tmp_path / "areas.png"
    cv2.imwrite(str(areas), make())
    target = tmp_path / "shot.kling"
    made = cli("new", PHOTOS / "rocket.jpg", "-o", target, "--areas", areas)
    assert (made.status, target.exists()) == (2, False)
    assert made.err.strip()


@pytest.mark.parametrize(
    "paths",
    [
        {"7": {"points": [[1, 1], [2, 2]]}},
        {"1": {"points": [["a", 1]]}},
        {"1": {"points": "none"}},
        {"1": {"points": [[1, 1], [2, 2]], "curve": "wavy"}},
        {"1": {"points": [[1, 1], [2, 2]], "timing": "later"}},
        {"1": {"points": [[1e300, 1], [2, 2]]}},
        [],
    ],
)
def test_wrong_paths_are_refused(cli: Cli, tmp_path: Path, paths: object) -> None:
    file = tmp_path / "paths.json"
    file.write_text(json.dumps(paths))
    target = tmp_path / "shot.kling"
    made = cli("new", PHOTOS / "rocket.jpg", "-o", target, "--paths", file)
    assert (made.status, target.exists()) == (2, False)
    assert made.err.strip()


def points(*found: list[float]) -> dict[str, object]:
    return {"1": {"points": list(found), "curve": "straight"}}


@pytest.mark.parametrize(
    ("paths", "code"),
    [
        (points([320, 200]), "path_too_few_points"),
        (points([320, 200], [320, 500]), "point_outside_image"),
        (points([320, 200], [-3, 200]), "point_outside_image"),
        ({**points([320, 200], [400, 200]), "3": {"points": [[9, 9], [99, 9]]}}, "path_without_area"),
    ],
)  # fmt: skip
def test_paths_that_the_api_would_refuse_are_stopped(
    cli: Cli, tmp_path: Path, paths: object, code: str
) -> None:
    file, areas = tmp_path / "paths.json", tmp_path / "areas.png"
    file.write_text(json.dumps(paths))
    labels = np.zeros((427, 640), np.uint8)
    labels[180:220, 300:340] = 1
    cv2.imwrite(str(areas), labels)
    shot = tmp_path / "shot.kling"
    assert (
        cli("new", PHOTOS / "rocket.jpg", "-o", shot, "--areas", areas, "--paths", file).status == 0
    )
    checked = cli("check", shot, "--json")
    assert (checked.status, [problem["code"] for problem in checked.json]) == (2, [code])
    assert cli("request", shot).status == 2
    assert cli("generate", shot, "--practice").status == 2


def test_many_corners_never_need_more_than_77_points(cli: Cli, tmp_path: Path) -> None:
    zigzag = [[10 + 6 * i, 100 + 200 * (i % 2)] for i in range(100)]
    file, areas = tmp_path / "paths.json", tmp_path / "areas.png"
    file.write_text(json.dumps(points(*zigzag)))
    labels = np.zeros((427, 640), np.uint8)
    labels[80:120, 0:40] = 1
    cv2.imwrite(str(areas), labels)
    shot = tmp_path / "shot.kling"
    cli("new", PHOTOS / "rocket.jpg", "-o", shot, "--areas", areas, "--paths", file)
    (group,) = cli("request", shot).json["dynamic_masks"]
    assert 2 <= len(group["trajectories"]) <= 77
    checked = cli("check", shot, "--json")
    assert (checked.status, [p["code"] for p in checked.json]) == (0, ["path_simplified"])


def small(folder: Path) -> Path:
    picture = folder / "small.png"
    cv2.imwrite(str(picture), np.zeros((200, 400, 3), np.uint8))
    return picture


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ((), "image_too_small"),
        (("cfg_scale=1.2",), "cfg_out_of_range"),
        ((f"prompt={'x' * 2501}",), "prompt_too_long"),
        (("model_name=kling-v9",), "model_unknown"),
        (
            ('camera={"type": "simple", "config": {"pan": 1}}', f"end_image={PHOTOS / 'coffee.png'}"),
            "exclusive_groups",
        ),
    ],
)  # fmt: skip
def test_what_the_server_would_reject_never_leaves(
    cli: Cli, tmp_path: Path, pairs: tuple[str, ...], code: str
) -> None:
    shot = tmp_path / "shot.kling"
    photo = PHOTOS / "rocket.jpg" if pairs else small(tmp_path)
    chosen = [part for pair in pairs for part in ("--set", pair)]
    assert cli("new", photo, "-o", shot, *chosen).status == 0
    assert code in {problem["code"] for problem in cli("check", shot, "--json").json}
    for command in ("request", "generate"):
        ended = cli(command, shot, *(["--practice"] if command == "generate" else []))
        assert (ended.status, ended.out) == (2, "")
        assert "Nothing was sent." in ended.err
    assert cli("tasks", "--json").json == []
