"""What the pointer takes hold of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.model.path import Curve, Path, at
from kling_desktop.ui.canvas.hits import CurveHit, PointHit, hit, hit_curve, hit_point

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
    found = hit_curve(ZIGZAG, pointer, 6)
    assert found is not None
    assert (found.index, found.place) == (index, pytest.approx(place))


def test_a_point_comes_before_the_curve_through_it() -> None:
    assert isinstance(hit(ZIGZAG, (100, 3), 9), PointHit)
    assert isinstance(hit(ZIGZAG, (50, 3), 9), CurveHit)
    assert hit(ZIGZAG, (50, 40), 9) is None


def test_nothing_to_hit_on_an_empty_or_single_point_path() -> None:
    assert hit(Path(), (0, 0), 9) is None
    assert hit_curve(Path(((5, 5),)), (5, 5), 9) is None


@given(paths, st.floats(0, 1))
def test_every_place_of_a_curve_is_hit(path: Path, time: float) -> None:
    x, y = at(path, time)[0]
    found = hit_curve(path, (float(x), float(y)), 1.0)
    assert found is not None
    assert found.distance < 0.01
    assert 1 <= found.index <= len(path.points)
