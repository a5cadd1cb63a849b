"""What the pointer takes hold of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.model.path import Curve, Path, at, flatten
from kling_desktop.ui.canvas.hits import BLOCK, CurveHit, PointHit, Trace, hit, hit_any, hit_point

ZIGZAG = Path(((0, 0), (100, 0), (100, 100), (200, 100)), curve=Curve.STRAIGHT)
coordinates = st.floats(0, 500, width=32)
paths = st.builds(
    Path,
    points=st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=8).map(tuple),
    curve=st.sampled_from(Curve),
)


def test_the_nearest_point_wins() -> None:
    path = Path(((0, 0), (10, 0), (14, 0)))
    assert hit_point(path, (11, 1), 20) == PointHit(1, pytest.approx(2**0.5))
    assert hit_point(path, (50, 50), 20) is None


def test_of_two_points_on_one_place_the_later_is_taken() -> None:
    assert hit_point(Path(((5, 5), (9, 9), (5, 5))), (5, 5), 3) == PointHit(2, 0)


@pytest.mark.parametrize(
    ("pointer", "index", "place"),
    [((50, 3), 1, (50, 0)), ((97, 40), 2, (100, 40)), ((150, 104), 3, (150, 100))],
)
def test_the_curve_is_hit_between_its_points(
    pointer: tuple[float, float], index: int, place: tuple[float, float]
) -> None:
    found = Trace(ZIGZAG).nearest(pointer, 6)
    assert found is not None
    assert (found.index, found.place) == (index, pytest.approx(place))


def test_a_point_comes_before_the_curve_through_it() -> None:
    assert isinstance(hit(Trace(ZIGZAG), (100, 3), 9), PointHit)
    assert isinstance(hit(Trace(ZIGZAG), (50, 3), 9), CurveHit)
    assert hit(Trace(ZIGZAG), (50, 40), 9) is None


def test_nothing_to_hit_on_an_empty_or_single_point_path() -> None:
    assert hit(Trace(Path()), (0, 0), 9) is None
    assert Trace(Path(((5, 5),))).nearest((5, 5), 9) is None


@given(paths, st.floats(0, 1))
def test_every_place_of_a_curve_is_hit(path: Path, time: float) -> None:
    x, y = at(path, time)[0]
    found = Trace(path).nearest((float(x), float(y)), 1.0)
    assert found is not None
    assert found.distance < 0.01
    assert 1 <= found.index <= len(path.points)


@given(paths, st.tuples(coordinates, coordinates), st.floats(0.1, 200))
def test_boxes_leave_nothing_out(path: Path, pointer: tuple, reach: float) -> None:
    """The nearest place of a curve is found as if every piece of it were looked at."""
    curve = flatten(path)
    start, along = curve[:-1], np.diff(curve, axis=0)
    length2 = np.maximum((along**2).sum(axis=1), 1e-18)
    share = np.clip(((np.array(pointer) - start) * along).sum(axis=1) / length2, 0, 1)
    distance = np.hypot(*(start + share[:, None] * along - pointer).T).min()
    found = Trace(path).nearest(pointer, reach)
    if distance <= reach:
        assert found is not None
        assert found.distance == pytest.approx(distance, abs=1e-9)
    else:
        assert found is None


def test_a_long_curve_is_hit_in_every_block() -> None:
    path = Path(((0, 0), (400, 300), (800, 0)), Curve.SMOOTH)
    trace = Trace(path)
    assert len(trace.curve) > 4 * BLOCK
    for vertex in range(0, len(trace.curve), 50):
        found = trace.nearest(tuple(trace.curve[vertex]), 1.0)
        assert found is not None
        assert found.index == (1 if trace.curve[vertex][0] < 400 else 2)


def test_of_several_paths_that_in_hand_comes_first() -> None:
    lines = {
        1: Path(((0.0, 0.0), (100.0, 0.0)), Curve.STRAIGHT),
        2: Path(((0.0, 6.0), (100.0, 6.0)), Curve.STRAIGHT),
        3: Path(((50.0, 8.0),), Curve.STRAIGHT),
    }

    def traces(_area: int, path: Path) -> Trace:
        return Trace(path)

    assert hit_any(lines, 1, (50, 4), 9, traces) == (1, CurveHit(1, (50, 0), 4))
    assert hit_any(lines, 4, (50, 4), 9, traces) == (3, PointHit(0, 4))
    assert hit_any(lines, 4, (20, 4), 9, traces) == (2, CurveHit(1, (20, 6), 2))
    assert hit_any(lines, 4, (20, 40), 9, traces) is None
