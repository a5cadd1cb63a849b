"""Timing: rests, easing and speed curves, and what parents and a landing do to a motion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.model import landing
from kling_desktop.model.camera import Camera, CameraKind
from kling_desktop.model.camera import backwards as camera_backwards
from kling_desktop.model.path import (
    Curve,
    Path,
    at,
    backwards,
    done,
    flatten,
    length,
    moments,
    resolved,
)
from kling_desktop.model.shot import Shot
from kling_desktop.model.timing import Timing, eased, mirrored_speed, moving, speeds

place = st.tuples(st.floats(0, 2000, width=32), st.floats(0, 2000, width=32))
holds = st.tuples(st.floats(0, 0.49), st.floats(0, 0.49))
speed_curves = st.lists(st.floats(0.01, 5), min_size=2, max_size=8).map(
    lambda fast: tuple(zip(np.linspace(0, 1, len(fast)).tolist(), fast, strict=True))
)
TIMINGS = [timing for timing in Timing if timing != Timing.STEPS]
paths = st.builds(
    Path,
    points=st.lists(place, min_size=2, max_size=8).map(tuple),
    curve=st.sampled_from(Curve),
    timing=st.sampled_from(TIMINGS),
    hold=holds,
    speed=speed_curves,
)
times = np.linspace(0.0, 1.0, 201)


@given(holds)
def test_a_hold_rests_before_and_after(hold: tuple[float, float]) -> None:
    before, after = hold
    assert moving(hold, before).item() == pytest.approx(0.0)
    assert moving(hold, before / 2).item() == 0.0
    assert moving(hold, 1.0 - after).item() == pytest.approx(1.0)
    assert moving(hold, 1.0 - after / 2).item() == 1.0
    assert moving(hold, (before + 1.0 - after) / 2).item() == pytest.approx(0.5)


@settings(max_examples=40)
@given(speed_curves)
def test_a_speed_curve_is_the_slope_of_the_way(speed: tuple[tuple[float, float], ...]) -> None:
    fine = np.linspace(0.0, 1.0, 20001)
    way = eased(Timing.CUSTOM, fine, speed)
    assert way[0] == 0.0
    assert way[-1] == pytest.approx(1.0)
    when, fast = np.array(speed).T
    asked = np.interp((fine[1:] + fine[:-1]) / 2, when, fast)
    mean = float(((fast[1:] + fast[:-1]) / 2 * np.diff(when)).sum())
    assert np.diff(way) * 20000 == pytest.approx(asked / mean, abs=5e-3)


@pytest.mark.parametrize("timing", [Timing.EASE_IN, Timing.EASE_OUT, Timing.LINEAR])
def test_the_curve_an_editor_begins_with_is_the_preset(timing: Timing) -> None:
    own = eased(Timing.CUSTOM, times, speeds(timing))
    assert own == pytest.approx(eased(timing, times), abs=1e-9)


def test_the_curve_of_both_ends_slow_is_near_enough() -> None:
    own = eased(Timing.CUSTOM, times, speeds(Timing.EASE_IN_OUT))
    assert own == pytest.approx(eased(Timing.EASE_IN_OUT, times), abs=0.01)


def test_a_curve_that_goes_nowhere_is_even() -> None:
    for speed in ((), ((0.0, 0.0), (1.0, 0.0)), ((0.0, 1.0),)):
        assert eased(Timing.CUSTOM, times, speed) == pytest.approx(times)


@given(speed_curves)
def test_a_mirrored_curve_runs_the_other_way(speed: tuple[tuple[float, float], ...]) -> None:
    mirrored = eased(Timing.CUSTOM, times, mirrored_speed(speed))
    assert 1.0 - mirrored[::-1] == pytest.approx(eased(Timing.CUSTOM, times, speed), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(paths)
def test_backwards_is_the_same_motion_from_its_end(path: Path) -> None:
    assert at(backwards(path), times) == pytest.approx(at(path, 1.0 - times), abs=1e-3)
    assert at(backwards(backwards(path)), times) == pytest.approx(at(path, times), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(paths, paths)
def test_a_parent_adds_its_displacement(parent: Path, child: Path) -> None:
    found = resolved({1: parent, 2: replace(child, parent=1)})
    alone = at(child, times)
    assert at(found[2], times) == pytest.approx(
        alone + at(parent, times) - at(parent, 0.0), abs=1e-9
    )
    assert at(found[1], times) == pytest.approx(at(parent, times))


@settings(max_examples=30, deadline=None)
@given(paths, paths)
def test_the_flattened_way_of_a_carried_area_is_where_it_goes(parent: Path, child: Path) -> None:
    carried = resolved({1: parent, 2: replace(child, parent=1)})[2]
    way, when = flatten(carried), moments(carried)
    assert len(way) == len(when)
    between = (when[:-1] + when[1:]) / 2
    off = np.hypot(*(at(carried, between) - (way[:-1] + way[1:]) / 2).T)
    assert off.max() <= 0.5


def test_a_child_with_one_point_moves_as_its_parent() -> None:
    parent = Path(((0.0, 0.0), (30.0, 40.0)), Curve.STRAIGHT)
    child = resolved({1: parent, 2: Path(((5.0, 5.0),), parent=1)})[2]
    assert at(child, [0.0, 0.5, 1.0]).tolist() == [[5.0, 5.0], [20.0, 25.0], [35.0, 45.0]]
    assert length(child) == pytest.approx(50.0)


def test_grandparents_count_and_circles_carry_nothing() -> None:
    way = Path(((0.0, 0.0), (10.0, 0.0)), Curve.STRAIGHT)
    chain = resolved({1: way, 2: replace(way, parent=1), 3: replace(way, parent=2)})
    assert at(chain[3], 1.0).tolist() == [[30.0, 0.0]]
    circle = resolved({1: replace(way, parent=2), 2: replace(way, parent=1)})
    assert at(circle[1], 1.0).tolist() == [[10.0, 0.0]]
    assert resolved({1: replace(way, parent=4)})[1].carriers == ()


def test_done_of_a_path_knows_its_rests() -> None:
    path = Path(((0.0, 0.0), (10.0, 0.0)), hold=(0.25, 0.25))
    assert done(path, [0.1, 0.25, 0.5, 0.75, 0.9]).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


# Landing


@settings(max_examples=60, deadline=None)
@given(paths, paths, st.booleans())
def test_what_is_sent_begins_where_the_shot_says_the_area_lies(
    parent: Path, child: Path, land: bool
) -> None:
    shot = Shot(paths={1: parent, 2: replace(child, parent=1)}, land=land)
    sent = landing.sent(shot)
    for area, path in shot.paths.items():
        still = path.points[-1] if land else path.points[0]
        assert at(sent.paths[area], 0.0)[0] == pytest.approx(still, abs=1e-3)
        seen = landing.places(sent.paths[area], times, land=land)
        assert seen[-1 if land else 0] == pytest.approx(still, abs=1e-3)
        drawn = at(resolved(shot.paths, land=land)[area], times)
        assert seen == pytest.approx(drawn, abs=1e-3)
        # The motion as the artist sees it runs along the drawn path in the drawn direction.
        moved = at(resolved(shot.paths)[area], times)
        assert seen - seen[0] == pytest.approx(moved - moved[0], abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(paths)
def test_switching_keeps_the_paths_on_their_areas(path: Path) -> None:
    shot = Shot(paths={1: path})
    landed = landing.switched(shot, land=True)
    assert landed.land
    assert landed.paths[1].points[-1] == path.points[0]
    assert landing.sent(landed).paths[1].points == path.points
    again = landing.switched(landed, land=False)
    assert not again.land
    assert again.paths[1].points == path.points
    assert at(again.paths[1], times) == pytest.approx(at(path, times), abs=1e-6)


def test_the_camera_is_asked_for_backwards_too() -> None:
    shot = Shot(camera=Camera(CameraKind.SIMPLE, {"zoom": 4.0}), land=True)
    assert landing.sent(shot).camera == Camera(CameraKind.SIMPLE, {"zoom": -4.0})
    assert camera_backwards(Camera(CameraKind.DOWN_BACK)) == Camera(CameraKind.FORWARD_UP)
    assert camera_backwards(Camera(CameraKind.RIGHT_TURN_FORWARD)) is None
    assert landing.sent(replace(shot, camera=Camera(CameraKind.RIGHT_TURN_FORWARD))).camera is None
