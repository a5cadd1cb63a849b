"""Checks: every rule as a problem with code, severity, field, sentence and, where safe, a fix."""

from dataclasses import replace

import numpy as np
import pytest

from kling_desktop.model.camera import Camera
from kling_desktop.model.capabilities import Capability, Catalogue, cells
from kling_desktop.model.checks import check
from kling_desktop.model.fixes import fix, fix_all
from kling_desktop.model.path import Path
from kling_desktop.model.problem import Severity
from kling_desktop.model.shot import Picture, Settings, Shot, of
from kling_desktop.model.timing import Timing

ALL = frozenset({("*", "*")})
FIVE = frozenset({("pro", "5")})
BRUSH = Capability(
    "kling-v2-1-master", "Kling 2.1 Master", ("std", "pro"), ("5", "10"),
    brush=ALL, camera=ALL, camera_kinds=("simple",), cfg=True,
)  # fmt: skip
NARROW = Capability(
    "kling-v1-5", "Kling 1.5", ("std", "pro"), ("5", "10"),
    brush=FIVE, camera=FIVE, end_frame=FIVE, cfg=True,
)  # fmt: skip
PLAIN = Capability("kling-v2-6", "Kling 2.6", ("std", "pro"), ("5", "10"), end_frame=FIVE)
NO_MODE = Capability("kling-v2-master", "Kling 2 Master", (), ("5", "10"))
CATALOGUE = Catalogue({m.name: m for m in (BRUSH, NARROW, PLAIN, NO_MODE)})


def picture(width=640, height=427, *, format="JPEG", size=1000):
    return Picture(b"x" * size, format, width, height, "photo")


def painted(**changes) -> Shot:
    shot = of(picture())
    shot.labels[100:200, 100:200] = 1
    shot = replace(shot, paths={1: Path(((150.0, 150.0), (400.0, 150.0)))})
    return replace(shot, **changes)


def codes(shot, catalogue=CATALOGUE):
    return [problem.code for problem in check(shot, catalogue)]


def with_settings(**changes):
    return painted(settings=replace(Settings(), **changes))


def test_a_good_shot_has_no_problem():
    assert check(painted(), CATALOGUE) == []


def test_a_picture_alone_may_be_sent():
    assert check(of(picture()), CATALOGUE) == []


def path(*points):
    return {1: Path(points)}


ERRORS = {
    "no_image": Shot(),
    "image_too_small": of(picture(640, 299)),
    "image_aspect": of(picture(1000, 399)),
    "prompt_too_long": with_settings(prompt="x" * 2501),
    "negative_prompt_too_long": with_settings(negative_prompt="x" * 2501),
    "cfg_out_of_range": with_settings(cfg_scale=1.2),
    "too_many_areas": painted(paths={k: Path(((150, 150), (400, 150))) for k in (1, 7)}),
    "area_without_path": painted(paths={}),
    "path_without_area": painted(paths={**painted().paths, 2: Path(((1, 1), (300, 1)))}),
    "path_too_few_points": painted(paths=path((150, 150))),
    "landing_with_end_frame": replace(of(picture()), land=True, end=picture()),
    "camera_cannot_land": replace(of(picture()), land=True, camera=Camera("left_turn_forward")),
    "point_outside_image": painted(paths=path((150, 150), (400, 428))),
    "exclusive_groups": painted(camera=Camera("simple", {"zoom": 3})),
    "end_frame_not_supported": replace(of(picture()), end=picture()),
    "model_unknown": with_settings(model_name="kling-v9"),
    "mode_not_supported": with_settings(mode="4k"),
    "duration_not_supported": with_settings(duration="7"),
    "brush_not_supported": with_settings(model_name="kling-v2-6"),
    "camera_unknown": replace(of(picture()), camera=Camera("sideways")),
    "camera_config": replace(of(picture()), camera=Camera("simple", {"zoom": 3, "pan": 1})),
}


@pytest.mark.parametrize("code", ERRORS)
def test_each_rule_stops_the_shot(code):
    found = {problem.code: problem for problem in check(ERRORS[code], CATALOGUE)}
    assert found[code].severity == Severity.ERROR
    assert found[code].stops
    assert found[code].message.endswith(".")
    assert len(found[code].message) < 200


WARNINGS = {
    "image_format": of(picture(format="WEBP")),
    "image_too_large": of(picture(size=10_000_001)),
    "start_outside_area": painted(paths=path((50, 50), (400, 50))),
    "parent_without_path": painted(paths={1: Path(((150, 150), (400, 150)), parent=3)}),
    "path_too_short": painted(paths=path((150, 150), (180, 150))),
    "cfg_not_taken": replace(
        of(picture()), settings=replace(Settings(), model_name="kling-v2-6", cfg_scale=0.5)
    ),
    "path_leaves_image": painted(paths=path((150, 150), (639, 3), (639, 1), (150, 2), (300, 200))),
}


def test_a_landing_shot_is_checked_where_its_paths_end():
    landing = painted(land=True)
    assert codes(landing) == ["start_outside_area"]
    assert "ends outside its area" in check(landing, CATALOGUE)[0].message
    assert codes(painted(land=True, paths=path((400, 150), (150, 150)))) == []


def test_a_path_of_one_point_will_do_where_a_parent_carries_it():
    shot = painted(paths={1: Path(((150.0, 150.0), (400.0, 150.0))), 2: Path(((20.0, 20.0),))})
    shot.labels[10:40, 10:40] = 2
    assert codes(shot) == ["path_too_few_points"]
    carried = Path(((20.0, 20.0),), parent=1)
    assert codes(replace(shot, paths={**shot.paths, 2: carried})) == []


@pytest.mark.parametrize("code", WARNINGS)
def test_each_warning_warns_and_stops_nothing(code):
    found = check(WARNINGS[code], CATALOGUE)
    assert code in [problem.code for problem in found]
    assert not any(problem.stops for problem in found)


@pytest.mark.parametrize(
    "shot",
    [
        of(picture(300, 300)),
        of(picture(1000, 400)),
        of(picture(400, 1000)),
        of(picture(size=10_000_000)),
        with_settings(prompt="x" * 2500, cfg_scale=0.0),
        with_settings(cfg_scale=1.0, duration="10"),
        with_settings(cfg_scale=None),
        replace(of(picture()), camera=Camera("simple", {"zoom": -10, "pan": 0})),
        replace(of(picture()), camera=Camera("down_back")),
        painted(paths=path((150, 150), (640, 427))),
    ],
)
def test_the_limits_themselves_are_allowed(shot):
    assert check(shot, CATALOGUE) == []


@pytest.mark.parametrize("config", [None, {}, {"zoom": 0}, {"zoom": 11}, {"dolly": 1}])
def test_simple_camera_needs_one_axis_within_limits(config):
    assert codes(replace(of(picture()), camera=Camera("simple", config))) == ["camera_config"]


def test_a_preset_camera_takes_no_values():
    shot = replace(of(picture()), camera=Camera("down_back", {"zoom": 1}))
    assert codes(shot) == ["camera_config"]
    assert fix_all(shot, CATALOGUE)[0].camera == Camera("down_back", None)


def test_a_model_without_modes_is_not_asked_for_one():
    shot = of(picture())
    shot = replace(shot, settings=replace(shot.settings, model_name="kling-v2-master", mode="4k"))
    assert codes(replace(shot, settings=replace(shot.settings, cfg_scale=None))) == []


def test_brush_in_the_wrong_mode_can_be_fixed():
    shot = with_settings(model_name="kling-v1-5", mode="std", duration="10")
    (problem,) = check(shot, CATALOGUE)
    assert (problem.code, problem.fix) == ("brush_not_supported", "Use pro, 5 s")
    assert check(fix(shot, problem, CATALOGUE), CATALOGUE) == []


def test_a_model_without_a_brush_names_those_that_have_one():
    (problem,) = check(with_settings(model_name="kling-v2-6", cfg_scale=None), CATALOGUE)
    assert "Kling 2.1 Master or Kling 1.5" in problem.message
    assert "carry the motion" in (problem.fix or "")


def test_fixes_put_points_into_the_picture_and_values_into_their_range():
    shot = with_settings(cfg_scale=7.0, duration="9")
    shot = replace(shot, paths=path((150.0, 150.0), (900.0, -5.0)))
    fixed, done = fix_all(shot, CATALOGUE)
    assert check(fixed, CATALOGUE) == []
    assert {problem.code for problem in done} == {
        "cfg_out_of_range", "duration_not_supported", "point_outside_image",
    }  # fmt: skip
    assert fixed.paths[1].points == ((150.0, 150.0), (639.0, 0.0))
    assert fixed.settings.cfg_scale == 1.0
    assert fixed.labels is shot.labels


def test_a_fix_never_removes_what_was_made():
    shot = painted(camera=Camera("simple", {"zoom": 3}))
    fixed, done = fix_all(shot, CATALOGUE)
    assert (fixed, done) == (shot, [])


def test_errors_come_first():
    shot = with_settings(prompt="x" * 2501)
    shot = replace(shot, picture=picture(format="BMP"))
    assert [problem.severity for problem in check(shot, CATALOGUE)] == ["error", "warning"]


def test_known_counts_are_trusted_instead_of_reading_the_map():
    shot = replace(painted(), labels=np.zeros((427, 640), np.uint8))
    found = check(shot, CATALOGUE, painted={1: 10_000})
    assert "path_without_area" not in [problem.code for problem in found]


@pytest.mark.parametrize(
    ("text", "cell"), [("*", ("*", "*")), ("pro 5", ("pro", "5")), ("* 10", ("*", "10"))]
)
def test_cells_are_read(text, cell):
    assert cells(text) == cell


@pytest.mark.parametrize("text", ["", "pro", "pro 5 7"])
def test_other_cells_are_refused(text):
    with pytest.raises(ValueError, match="cell"):
        cells(text)


def test_the_camera_is_written_as_the_page_writes_it():
    assert Camera("simple", {"zoom": 3.0}).to_api() == {"type": "simple", "config": {"zoom": 3.0}}
    assert Camera("down_back").to_api() == {"type": "down_back"}


@pytest.mark.parametrize("land", [False, True])
def test_a_path_whose_other_end_lies_on_its_area_can_be_turned_round(land):
    points = ((150.0, 150.0), (300.0, 260.0), (400.0, 150.0))
    drawn = Path(points if land else points[::-1], timing=Timing.EASE_IN, hold=(0.1, 0.0))
    shot = painted(land=land, paths={1: drawn})
    (problem,) = check(shot, CATALOGUE)
    assert (problem.code, problem.fix) == ("start_outside_area", "Turn the path round")
    fixed = fix(shot, problem, CATALOGUE)
    assert fixed.paths == {1: replace(drawn, points=drawn.points[::-1])}
    assert check(fixed, CATALOGUE) == []


@pytest.mark.parametrize("land", [False, True])
def test_a_path_beside_its_area_cannot(land):
    (problem,) = check(painted(land=land, paths=path((50, 50), (400, 50))), CATALOGUE)
    assert (problem.code, problem.fix) == ("start_outside_area", None)


@pytest.mark.parametrize("others", [{}, {3: Path()}])
def test_an_area_whose_carrier_has_no_path_can_move_by_itself(others):
    shot = painted()
    carried = replace(shot.paths[1], parent=3)
    shot = replace(shot, paths={1: carried, **others})
    (problem,) = check(shot, CATALOGUE)
    assert (problem.code, problem.field) == ("parent_without_path", "paths.1")
    assert problem.message == "Area 3 has no path: nothing carries area 1."
    fixed = fix(shot, problem, CATALOGUE)
    assert fixed.paths[1] == replace(carried, parent=None)
    assert check(fixed, CATALOGUE) == []
