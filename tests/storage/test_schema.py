"""What the JSON of a shot may say, and the sentence for everything else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Curve, Path
from kling_desktop.model.shot import Settings
from kling_desktop.model.timing import Timing
from kling_desktop.storage.path_part import path_json, paths_from_json
from kling_desktop.storage.schema import (
    Document,
    camera_from_json,
    dump,
    parse,
    settings_from_json,
)
from kling_desktop.storage.shotfile import ShotFileError

TWO = [[1, 2.5], [3, 4]]


def test_paths() -> None:
    found = paths_from_json(
        {
            "6": {"points": TWO, "curve": "straight", "timing": "ease-in", "x": [1]},
            "1": {"points": ((1.0, -2.0),)},
            "3": {"points": []},
        }
    )
    assert list(found) == [1, 3, 6]
    assert found[1] == Path(((1.0, -2.0),), Curve.SMOOTH, Timing.LINEAR)
    assert found[3] == Path()
    six = Path(((1.0, 2.5), (3.0, 4.0)), Curve.STRAIGHT, Timing.EASE_IN, extra={"x": [1]})
    assert found[6] == six
    assert all(isinstance(value, float) for point in found[6].points for value in point)


def test_what_shapes_a_motion() -> None:
    rich = Path(
        ((1.0, 2.5), (3.0, 4.0)),
        timing=Timing.CUSTOM,
        hold=(0.25, 0.5),
        speed=((0.0, 0.0), (0.5, 3.0), (1.0, 1.0)),
        parent=2,
        turns=True,
        scale=1.5,
        extra={"x": [1]},
    )
    assert paths_from_json({"6": path_json(rich)}) == {6: rich}
    assert path_json(Path(rich.points)).keys() == {"points", "curve", "timing"}
    itself = paths_from_json({"6": path_json(replace(rich, parent=6))})
    assert itself[6].parent is None


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "keys are the areas 1 to 6"),
        ([], "keys are the areas 1 to 6"),
        ({"7": {"points": TWO}}, "area “7”, but there are at most six moving areas"),
        ({"0": {"points": TWO}}, "at most six"),
        ({"01": {"points": TWO}}, "at most six"),
        ({"static": {"points": TWO}}, "at most six"),
        ({1: {"points": TWO}}, None),
        ({"2": TWO}, "The path of area 2 should be a JSON object."),
        ({"2": {}}, "In the path of area 2, “points” is missing."),
        ({"2": {"points": {}}}, "“points” should be a list"),
        ({"2": {"points": [[1]]}}, "“points.0.1” is missing"),
        ({"2": {"points": [[1, 2, 3]]}}, "“points.0” should be a pair of numbers"),
        ({"2": {"points": [{"x": 1, "y": 2}]}}, "“points.0” should be a list"),
        ({"2": {"points": [["1", 2]]}}, "“points.0.0” should be a number"),
        ({"2": {"points": [[True, 2]]}}, "“points.0.0” should be a number"),
        ({"2": {"points": [[None, 2]]}}, "“points.0.0” should be a number"),
        ({"2": {"points": [[float("nan"), 2]]}}, "should be a finite number"),
        ({"2": {"points": [[0, float("-inf")]]}}, "should be a finite number"),
        ({"2": {"points": [[0, 1e7]]}}, "“points.0.1” is “10000000.0”, which is beyond 1,000,000"),
        ({"2": {"points": [[-(10**9), 0]]}}, "beyond -1,000,000"),
        ({"2": {"points": [[10**400, 0]]}}, "In the path of area 2"),
        ({"2": {"points": [[1, 2]] * 10_001}}, "are more than 10000; draw a simpler path"),
        (
            {"2": {"points": TWO, "curve": "wiggly"}},
            "“curve” is “wiggly”, which is not known; known: straight, smooth",
        ),
        (
            {"2": {"points": TWO, "timing": "bounce"}},
            "known: linear, ease-in, ease-out, ease-in-out",
        ),
        ({"2": {"points": TWO, "curve": ["smooth"]}}, "not known"),
        ({"2": {"points": TWO, "curve": None}}, "not known"),
        ({"2": {"points": TWO, "timing": "x\n" * 999}}, "…”, which is not known"),
        ({"2": {"points": TWO, "hold": 1}}, "“hold” should be two shares of the time"),
        ({"2": {"points": TWO, "hold": ["a", 0]}}, "“hold.0” should be two shares of the time"),
        ({"2": {"points": TWO, "hold": [0.5, 0.6]}}, "it rests for more than 98% of the time"),
        ({"2": {"points": TWO, "hold": [-0.1, 0]}}, "“hold.0” is “-0.1”, which is beyond 0"),
        ({"2": {"points": TWO, "speed": [[0, 1], [1, -1]]}}, "which is beyond 0"),
        ({"2": {"points": TWO, "speed": [[0, 1], [0.5, 1]]}}, "should rise from 0 to 1"),
        ({"2": {"points": TWO, "speed": [[0, 0], [1, 0]]}}, "its speed curve never moves"),
        ({"2": {"points": TWO, "speed": "fast"}}, "a list of pairs: a share of the time"),
        ({"2": {"points": TWO, "parent": 7}}, "“parent” is “7”, which is beyond 6"),
        ({"2": {"points": TWO, "turns": "yes"}}, "“turns” should be true or false"),
        ({"2": {"points": TWO, "scale": 0}}, "“scale” is “0”, which is beyond 0"),
    ],
)
def test_refused_paths(found: Any, words: str | None) -> None:
    with pytest.raises(ShotFileError) as caught:
        paths_from_json(found)
    assert (words or "") in str(caught.value)
    assert len(str(caught.value)) < 200
    assert "\n" not in str(caught.value)


def test_ten_thousand_points_are_read() -> None:
    assert len(paths_from_json({"1": {"points": [[1, 2]] * 10_000}})[1].points) == 10_000


@pytest.mark.parametrize(
    ("found", "camera"),
    [
        (None, None),
        ({"type": "forward_up"}, Camera("forward_up")),
        ({"type": "from-tomorrow", "config": None}, Camera("from-tomorrow")),
        ({"type": "simple", "config": {}}, Camera("simple", {})),
        (
            {"type": "simple", "config": {"pan": -99, "warp": 1.5}, "x": {}},
            Camera("simple", {"pan": -99.0, "warp": 1.5}, {"x": {}}),
        ),
        (
            {
                "type": "simple",
                "config": {"zoom": 1, "ease": "in", "lock": True, "keys": [1, None]},
            },
            Camera(
                "simple",
                {"zoom": 1.0},
                {"config": {"ease": "in", "lock": True, "keys": [1, None]}},
            ),
        ),
    ],
)
def test_camera(found: Any, camera: Camera | None) -> None:
    assert camera_from_json(found) == camera


@pytest.mark.parametrize(
    "found",
    [
        "simple",
        7,
        {},
        {"type": None},
        {"type": "simple", "config": [1]},
        {"type": "simple", "config": {"zoom": "5"}},
        {"type": "simple", "config": {"zoom": float("nan")}},
        {"type": "simple", "config": {"zoom": None, "later": "x"}},
        {"type": "simple", "config": {"later": float("nan")}},
        {"type": "simple", "config": {"zoom": True}},
    ],
)
def test_refused_cameras(found: Any) -> None:
    with pytest.raises(ShotFileError, match="camera"):
        camera_from_json(found)


@pytest.mark.parametrize(
    ("found", "settings"),
    [
        ({}, Settings()),
        ({"duration": 5}, Settings(duration="5")),
        ({"duration": "forever"}, Settings(duration="forever")),
        ({"cfg_scale": None}, Settings(cfg_scale=None)),
        ({"cfg_scale": 1}, Settings(cfg_scale=1.0)),
        ({"cfg_scale": -7.5}, Settings(cfg_scale=-7.5)),
        ({"prompt": "x" * 9000, "seed": [1]}, Settings(prompt="x" * 9000, extra={"seed": [1]})),
        (
            {"model_name": "m", "mode": "4k", "negative_prompt": "n"},
            Settings("m", "4k", negative_prompt="n"),
        ),
    ],
)
def test_settings(found: Any, settings: Settings) -> None:
    assert settings_from_json(found) == settings


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "The settings should be a JSON object."),
        ({"duration": 5.5}, "“duration” should be text"),
        ({"duration": True}, "“duration” should be text"),
        ({"prompt": None}, "“prompt” should be text"),
        ({"mode": 1}, "“mode” should be text"),
        ({"cfg_scale": "0.5"}, "“cfg_scale” should be a number"),
        ({"cfg_scale": float("inf")}, "“cfg_scale” should be a finite number"),
        ({"cfg_scale": False}, "“cfg_scale” should be a number"),
    ],
)
def test_refused_settings(found: Any, words: str) -> None:
    with pytest.raises(ShotFileError) as caught:
        settings_from_json(found)
    assert words in str(caught.value)


def test_a_document_comes_back_and_stays_the_same_text() -> None:
    document = Document(
        image="image.png",
        areas="areas.png",
        paths={3: Path(((0.1, 1e-300), (-5.0, 3.0)))},
        camera=Camera("simple", {"zoom": 2}),
        settings=Settings(cfg_scale=1),
        extra={"z": 1, "a": 2},
    )
    text = dump(document)
    assert parse(text) == document
    assert dump(parse(text)) == text


def test_what_a_later_camera_says_is_kept_in_the_file_and_not_sent() -> None:
    found = {"type": "simple", "config": {"ease": "in", "zoom": 2.0}, "speed": "slow"}
    camera = camera_from_json(found)
    assert camera is not None
    assert camera.to_api() == {"type": "simple", "config": {"zoom": 2}, "speed": "slow"}
    assert Camera("forward_up", None, camera.extra).to_api() == {
        "type": "forward_up",
        "speed": "slow",
    }
    text = dump(Document(image="image.png", areas="areas.png", camera=camera))
    assert parse(text).camera == camera
    assert json.loads(text)["camera"] == found


def test_an_unknown_key_never_overrides_a_known_one() -> None:
    document = Document(
        image="image.png",
        areas="areas.png",
        settings=Settings(prompt="mine", extra={"prompt": "theirs"}),
        extra={"version": 9, "paths": 5, "format": "x", "kept": 1},
    )
    found = parse(dump(document))
    assert found.settings.prompt == "mine"
    assert found.extra == {"kept": 1}
