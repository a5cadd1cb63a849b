"""Ready-made paths go where the drag says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.model.path import Curve, Path, flatten
from kling_desktop.model.path_presets import Preset, placed
from kling_desktop.model.path_shape import box

coordinates = st.floats(-1000, 1000, width=32)
places = st.tuples(coordinates, coordinates)
presets = st.sampled_from(Preset)
START, END = (100.0, 200.0), (300.0, 200.0)
RETURNS = {Preset.CIRCLE, Preset.SHAKE}


def curve(preset: Preset, start: tuple = START, end: tuple = END) -> np.ndarray:
    return flatten(Path(*placed(preset, start, end)))


@given(presets, places, places)
def test_begins_and_ends_where_it_should(preset: Preset, start: tuple, end: tuple) -> None:
    points, kind = placed(preset, start, end)
    assert isinstance(kind, Curve)
    assert points[0] == start
    assert points[-1] == (start if preset in RETURNS else end)
    assert np.isfinite(points).all()
    assert placed(preset, start, end) == (points, kind)


@given(presets, places, places, st.floats(0.5, 4))
def test_a_longer_drag_gives_the_same_shape_larger(
    preset: Preset, start: tuple, end: tuple, factor: float
) -> None:
    far = tuple(s + (e - s) * factor for s, e in zip(start, end, strict=True))
    points, larger = placed(preset, start, end)[0], placed(preset, start, far)[0]
    for (x, y), found in zip(points, larger, strict=True):
        wanted = start[0] + (x - start[0]) * factor, start[1] + (y - start[1]) * factor
        assert math.dist(found, wanted) < 1e-3


@given(presets, places, places)
def test_stays_within_reach_of_the_drag(preset: Preset, start: tuple, end: tuple) -> None:
    length = math.dist(start, end)
    for point in placed(preset, start, end)[0]:
        assert math.dist(point, start) <= length * 1.01 + 1e-3


def test_a_line_is_straight() -> None:
    assert placed(Preset.LINE, START, END) == ((START, END), Curve.STRAIGHT)


@pytest.mark.parametrize("preset", [Preset.ARC, Preset.BOUNCE])
@pytest.mark.parametrize("end", [END, (-100.0, 200.0)])
def test_arcs_and_bounces_rise_whichever_way_they_go(preset: Preset, end: tuple) -> None:
    (_, top), (_, bottom) = box(placed(preset, START, end)[0])
    assert top < START[1] - 30
    assert bottom == pytest.approx(START[1])


def test_the_points_of_a_circle_lie_on_it_and_the_curve_nearly() -> None:
    centre = (200.0, 200.0)
    for point in placed(Preset.CIRCLE, START, END)[0]:
        assert math.dist(point, centre) == pytest.approx(100)
    distances = np.hypot(*(curve(Preset.CIRCLE) - centre).T)
    assert np.abs(distances - 100).max() < 3


def test_a_circle_goes_round_once() -> None:
    x, y = (curve(Preset.CIRCLE) - (200.0, 200.0)).T
    assert np.ptp(np.unwrap(np.arctan2(y, x))) == pytest.approx(2 * math.pi, abs=0.01)


def test_the_arc_lies_on_a_circle() -> None:
    points = np.array(placed(Preset.ARC, START, END)[0])
    first, second, third = points[0], points[2], points[4]
    a = 2 * np.array([second - first, third - second])
    b = np.array([second @ second - first @ first, third @ third - second @ second])
    centre = np.linalg.solve(a, b)
    radii = np.hypot(*(points - centre).T)
    assert np.ptp(radii) < 1e-6


def test_a_wave_swings_to_both_sides_alike() -> None:
    (_, top), (_, bottom) = box(placed(Preset.WAVE, START, END)[0])
    assert (START[1] - top, bottom - START[1]) == pytest.approx((25, 25))


def test_a_spiral_goes_outward() -> None:
    reach = [math.dist(point, START) for point in placed(Preset.SPIRAL, START, END)[0]]
    assert reach == sorted(reach)
    assert reach[-1] == pytest.approx(200)


def test_a_shake_stays_around_its_start() -> None:
    points = placed(Preset.SHAKE, START, END)[0]
    reach = [math.dist(point, START) for point in points]
    assert max(reach) == pytest.approx(50)
    assert math.dist(np.mean(points, axis=0), START) < 10


def test_bounces_become_lower() -> None:
    heights = [START[1] - y for _, y in placed(Preset.BOUNCE, START, END)[0]]
    tops = heights[2::4]
    assert len(tops) == 4
    assert tops == sorted(tops, reverse=True)
    assert heights[::4] == pytest.approx([0] * 5)


def test_a_bounce_hardly_sinks_below_its_ground() -> None:
    assert curve(Preset.BOUNCE)[:, 1].max() < START[1] + 2
