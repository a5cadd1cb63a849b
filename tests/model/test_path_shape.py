"""The shape of a path, changed and changed back."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.model.path_shape import (
    box,
    clamped,
    constrained,
    fitted,
    kept_inside,
    middle,
    mirrored,
    moved,
    reverse,
    rotated,
    scaled,
    simplified,
    smoothed,
    snapped_to,
)

coordinates = st.floats(-2000, 2000, width=32)
places = st.tuples(coordinates, coordinates)
lines = st.lists(places, min_size=0, max_size=60)
shapes = st.lists(places, min_size=1, max_size=20).map(tuple)
factors = st.floats(0.1, 10) | st.floats(-10, -0.1)
SIZE = (640, 480)


def same(found: tuple, wanted: tuple, tolerance: float = 1e-6) -> bool:
    return len(found) == len(wanted) and all(
        math.dist(a, b) <= tolerance for a, b in zip(found, wanted, strict=True)
    )


def distance(point: tuple[float, float], a: np.ndarray, b: np.ndarray) -> float:
    along = b - a
    share = np.clip(np.dot(point - a, along) / max(np.dot(along, along), 1e-18), 0, 1)
    return float(np.hypot(*(point - (a + share * along))))


@given(shapes)
def test_reversed_twice_is_as_before(points: tuple) -> None:
    assert reverse(reverse(points)) == points
    assert reverse(points)[0] == points[-1]


@given(shapes, st.booleans())
def test_mirrored_twice_is_as_before_and_in_the_same_box(points: tuple, across: bool) -> None:
    once = mirrored(points, across=across)
    assert same(box(once), box(points))
    assert same(mirrored(once, across=across), points)


def test_mirrored_exchanges_the_sides() -> None:
    points = ((0.0, 0.0), (10.0, 4.0), (30.0, 2.0))
    assert mirrored(points, across=True) == ((30, 0), (20, 4), (0, 2))
    assert mirrored(points, across=False) == ((0, 4), (10, 0), (30, 2))


@given(shapes, factors, factors, places)
def test_scaled_and_scaled_back(points: tuple, across: float, down: float, about: tuple) -> None:
    there = scaled(points, (across, down), about)
    assert same(scaled(there, (1 / across, 1 / down), about), points, 1e-5)
    assert same(scaled((about,), (across, down), about), (about,))


@given(shapes, st.floats(-720, 720), places)
def test_rotated_and_rotated_back_at_the_same_distance(
    points: tuple, degrees: float, about: tuple
) -> None:
    there = rotated(points, degrees, about)
    assert same(rotated(there, -degrees, about), points, 1e-5)
    for before, after in zip(points, there, strict=True):
        assert math.dist(after, about) == pytest.approx(math.dist(before, about), abs=1e-5)


def test_a_positive_turn_is_clockwise_on_the_picture() -> None:
    assert same(rotated(((10.0, 0.0),), 90, (0.0, 0.0)), ((0.0, 10.0),))


@given(shapes, st.integers(0, 8))
def test_smoothed_keeps_the_ends_and_the_box(points: tuple, times: int) -> None:
    found = smoothed(points, times)
    assert len(found) == len(points)
    assert same((found[0], found[-1]), (points[0], points[-1]))
    (x0, y0), (x1, y1) = box(points)
    assert all(x0 - 1e-6 <= x <= x1 + 1e-6 and y0 - 1e-6 <= y <= y1 + 1e-6 for x, y in found)


def test_smoothed_takes_a_zigzag_away() -> None:
    zigzag = tuple((10.0 * k, 20.0 * (k % 2)) for k in range(9))

    def swing(points: tuple) -> float:
        return sum(abs(b[1] - a[1]) for a, b in itertools.pairwise(points))

    assert swing(smoothed(zigzag)) < swing(zigzag) / 2
    spike = ((0.0, 0.0), (10.0, 0.0), (20.0, 40.0), (30.0, 0.0), (40.0, 0.0))
    assert swing(smoothed(spike, 3)) < swing(smoothed(spike)) < swing(spike)


@given(shapes, places, st.booleans())
def test_snapped_begins_or_ends_there_and_keeps_its_shape(
    points: tuple, place: tuple, end: bool
) -> None:
    found = snapped_to(points, place, end=end)
    assert found[-1 if end else 0] == place
    by = found[0][0] - points[0][0], found[0][1] - points[0][1]
    assert same(found, moved(points, *by), 1e-5)


def test_nothing_snaps_nowhere() -> None:
    assert snapped_to((), (3.0, 4.0)) == ()


@given(shapes)
def test_the_middle_is_as_far_from_all_sides(points: tuple) -> None:
    (x0, y0), (x1, y1) = box(points)
    x, y = middle(points)
    assert (x - x0, y - y0) == pytest.approx((x1 - x, y1 - y), abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 639), st.floats(0, 479)), min_size=1), places)
def test_what_was_on_the_picture_is_moved_no_further(points: list, by: tuple) -> None:
    dx, dy = kept_inside(points, *by, SIZE)
    assert abs(dx) <= abs(by[0])
    assert abs(dy) <= abs(by[1])
    for x, y in moved(points, dx, dy):
        assert -1e-9 <= x <= 639 + 1e-9
        assert -1e-9 <= y <= 479 + 1e-9


@given(shapes, places)
def test_what_is_outside_goes_no_further_out(points: tuple, by: tuple) -> None:
    dx, dy = kept_inside(points, *by, SIZE)
    for before, after in zip(points, moved(points, dx, dy), strict=True):
        for axis, most in ((0, 639), (1, 479)):
            out_before = max(-before[axis], before[axis] - most, 0)
            out_after = max(-after[axis], after[axis] - most, 0)
            whole = max(0, *(max(-p[axis], p[axis] - most) for p in points))
            assert out_after <= max(out_before, whole) + 1e-6


# Fewer points


@given(lines, st.floats(0.1, 50))
def test_no_dropped_point_is_further_than_the_tolerance(line: list, tolerance: float) -> None:
    kept = np.array(simplified(line, tolerance)).reshape(-1, 2)
    for point in line:
        if len(kept) == 1:
            assert math.dist(point, kept[0]) < 1e-6
        else:
            pairs = itertools.pairwise(kept)
            assert min(distance(point, a, b) for a, b in pairs) <= tolerance + 1e-6


@given(lines, st.floats(0.1, 50))
def test_keeps_the_ends_and_invents_nothing(line: list, tolerance: float) -> None:
    kept = simplified(line, tolerance)
    assert set(kept) <= {(float(x), float(y)) for x, y in line}
    if line:
        assert math.dist(kept[0], line[0]) < 1e-6
        assert math.dist(kept[-1], line[-1]) < 1e-6


def test_a_straight_line_needs_its_ends_only() -> None:
    assert simplified([(k, 2.0 * k) for k in range(50)], 0.5) == ((0, 0), (49, 98))


def test_a_corner_stays() -> None:
    line = [(float(k), 0.0) for k in range(20)] + [(19.0, float(k)) for k in range(1, 20)]
    assert simplified(line, 1.0) == ((0, 0), (19, 0), (19, 19))


# Where a point may be


@pytest.mark.parametrize(("angle", "snapped"), [(3, 0), (8, 15), (44, 45), (-50, -45), (178, 180)])
def test_constrained_turns_to_multiples_of_15_degrees(angle: float, snapped: float) -> None:
    to = (10 + 100 * math.cos(math.radians(angle)), 20 + 100 * math.sin(math.radians(angle)))
    x, y = constrained((10, 20), to)
    assert math.remainder(math.degrees(math.atan2(y - 20, x - 10)) - snapped, 360) == pytest.approx(
        0, abs=1e-6
    )
    assert math.dist((x, y), to) < 100 * math.sin(math.radians(7.5)) + 1e-6


@given(places)
def test_clamped_lies_on_the_picture(point: tuple[float, float]) -> None:
    x, y = clamped(point, *SIZE)
    assert 0 <= x <= 639
    assert 0 <= y <= 479
    if 0 <= point[0] <= 639 and 0 <= point[1] <= 479:
        assert (x, y) == point


# On the picture as a whole


def assert_on_picture(points: tuple) -> None:
    assert all(0 <= x <= 639 and 0 <= y <= 479 for x, y in points)


def assert_same_shape(found: tuple, points: tuple, factor: float) -> None:
    """Each point lies from the first as it did, by one factor for all."""
    (x0, y0), (a0, b0) = points[0], found[0]
    assert same(
        tuple((a - a0, b - b0) for a, b in found),
        tuple(((x - x0) * factor, (y - y0) * factor) for x, y in points),
    )


@given(shapes)
def test_fitted_keeps_the_shape_and_lies_inside(points: tuple) -> None:
    found = fitted(points, SIZE)
    assert_on_picture(found.points)
    assert_same_shape(found.points, points, found.factor)
    (x0, y0), (x1, y1) = box(points)
    assert found.smaller == (x1 - x0 > 639 + 1e-9 or y1 - y0 > 479 + 1e-9)
    if found.smaller:
        (a0, b0), (a1, b1) = box(found.points)
        assert max((a1 - a0) / 639, (b1 - b0) / 479) == pytest.approx(1)


@given(shapes)
def test_fitted_moves_by_the_least(points: tuple) -> None:
    found = fitted(points, SIZE)
    (x0, y0), (x1, y1) = box(points)
    if not found.smaller:
        dx, dy = found.points[0][0] - points[0][0], found.points[0][1] - points[0][1]
        assert abs(dx) == pytest.approx(max(-x0, x1 - 639, 0), abs=1e-6)
        assert abs(dy) == pytest.approx(max(-y0, y1 - 479, 0), abs=1e-6)


@given(shapes, st.sampled_from([0, -1]))
def test_what_is_pinned_stays_and_the_rest_comes_closer(points: tuple, foot: int) -> None:
    found = fitted(points, SIZE, pinned=foot)
    assert_on_picture(found.points)
    assert_same_shape(found.points, points, found.factor)
    assert found.points[foot] == clamped(points[foot], *SIZE)


@given(
    st.lists(st.tuples(st.floats(0, 639), st.floats(0, 479)), min_size=1).map(tuple),
    st.sampled_from([None, 0, -1]),
)
def test_what_fits_is_left_alone(points: tuple, pinned: int | None) -> None:
    assert fitted(points, SIZE, pinned=pinned) == (points, 1.0)


def test_rounding_makes_nothing_smaller() -> None:
    points = ((0.0, 100.0), (-1e-13, 50.0), (0.0, 20.0))
    found = fitted(points, SIZE, pinned=0)
    assert not found.smaller
    assert found.points == ((0, 100), (0, 50), (0, 20))


def test_as_small_as_it_must_and_no_smaller() -> None:
    points = ((100.0, 100.0), (-100.0, 140.0), (300.0, 180.0))
    assert fitted(points, SIZE, pinned=0) == (((100, 100), (0, 120), (200, 140)), 0.5)
    assert fitted((), SIZE, pinned=0) == ((), 1.0)
