"""Freehand lines reduced to their shape."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.ui.canvas.simplify import clamped, constrained, simplified

coordinates = st.floats(-2000, 2000, width=32)
lines = st.lists(st.tuples(coordinates, coordinates), min_size=0, max_size=60)


def distance(point: tuple[float, float], a: np.ndarray, b: np.ndarray) -> float:
    along = b - a
    share = np.clip(np.dot(point - a, along) / max(np.dot(along, along), 1e-18), 0, 1)
    return float(np.hypot(*(point - (a + share * along))))


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


@pytest.mark.parametrize(("angle", "snapped"), [(3, 0), (8, 15), (44, 45), (-50, -45), (178, 180)])
def test_constrained_turns_to_multiples_of_15_degrees(angle: float, snapped: float) -> None:
    to = (10 + 100 * math.cos(math.radians(angle)), 20 + 100 * math.sin(math.radians(angle)))
    x, y = constrained((10, 20), to)
    assert math.remainder(math.degrees(math.atan2(y - 20, x - 10)) - snapped, 360) == pytest.approx(
        0, abs=1e-6
    )
    assert math.dist((x, y), to) < 100 * math.sin(math.radians(7.5)) + 1e-6


@given(st.tuples(coordinates, coordinates))
def test_clamped_lies_on_the_picture(point: tuple[float, float]) -> None:
    x, y = clamped(point, 640, 480)
    assert 0 <= x <= 639
    assert 0 <= y <= 479
    if 0 <= point[0] <= 639 and 0 <= point[1] <= 479:
        assert (x, y) == point
