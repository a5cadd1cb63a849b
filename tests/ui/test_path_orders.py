"""Orders on paths by themselves: circles never come about, and nothing else is touched."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.model import areas
from kling_desktop.model.areas import MOVING
from kling_desktop.model.path import Path, may_carry, resolved
from kling_desktop.model.shot import Picture, Shot
from kling_desktop.ui.path_orders import Kind, Order, carried, copied, snapped

moving = st.sampled_from(MOVING)
OUTSIDE = Path(((-50.0, 20.0), (900.0, 40.0), (100.0, 700.0)))


def shot(paths: dict[int, Path], *, land: bool = False) -> Shot:
    labels = areas.empty(640, 480)
    labels[100:201, 100:301] = 3
    return Shot(Picture(b"", "PNG", 640, 480), labels, paths, land=land)


def goes_round(paths: dict[int, Path]) -> bool:
    for path in paths.values():
        above, steps = path.parent, 0
        while above is not None and steps <= len(paths):
            above, steps = paths[above].parent if above in paths else None, steps + 1
        if steps > len(paths):
            return True
    return False


@given(st.lists(st.tuples(st.sampled_from(["carry", "copy"]), moving, moving), max_size=30))
def test_no_order_of_orders_makes_a_circle(steps: list[tuple[str, int, int]]) -> None:
    paths = {area: Path(((10.0 * area, 10.0), (50.0, 90.0))) for area in MOVING}
    for what, a, b in steps:
        if a == b:
            continue
        if what == "copy":
            paths[b] = copied(shot(paths), a, b).path
        elif may_carry(paths, a, b):
            path = carried(shot(paths), a, b)
            assert path is not None
            paths[a] = path
        assert not goes_round(paths)
        for area, path in resolved(paths).items():
            assert bool(path.carriers) == (paths[area].parent is not None)


def test_a_circle_in_a_file_ends_the_search() -> None:
    paths = {1: Path(((0.0, 0.0),), parent=2), 2: Path(((0.0, 0.0),), parent=1)}
    assert not may_carry(paths, 1, 2)
    assert may_carry(paths, 3, 1)


@pytest.mark.parametrize("kind", [Kind.REVERSE, Kind.MIRROR_ACROSS, Kind.MIRROR_DOWN])
def test_what_lies_outside_of_the_picture_stays_there(kind: Kind) -> None:
    there = Order(kind, 1).changed(shot({1: OUTSIDE})).path
    assert there != OUTSIDE
    assert Order(kind, 1).changed(shot({1: there})) == (OUTSIDE, False)


@pytest.mark.parametrize(("kind", "amount"), [(Kind.SCALE, 250), (Kind.ROTATE, 77)])
def test_what_is_scaled_or_turned_is_kept_on_the_picture(kind: Kind, amount: int) -> None:
    points = ((20.0, 20.0), (600.0, 40.0), (320.0, 470.0))
    for x, y in Order(kind, 1).changed(shot({1: Path(points)}), amount).path.points:
        assert 0 <= x <= 639
        assert 0 <= y <= 479


@pytest.mark.parametrize("kind", [Kind.SCALE, Kind.ROTATE])
@pytest.mark.parametrize("land", [False, True])
def test_the_place_on_the_area_stays(kind: Kind, land: bool) -> None:
    points = ((200.0, 200.0), (300.0, 240.0), (320.0, 270.0))
    found = Order(kind, 1).changed(shot({1: Path(points)}, land=land), 50).path.points
    foot = -1 if land else 0
    assert found[foot] == pytest.approx(points[foot])
    assert not np.allclose(found, points)


def test_a_copy_of_a_path_that_begins_outside_of_the_picture_is_put_on_the_area() -> None:
    assert copied(shot({1: OUTSIDE}), 1, 3).path.points[0] == (200.5, 150.5)
    assert copied(shot({1: OUTSIDE}), 1, 4) == (OUTSIDE, False)


def test_an_unpainted_area_has_no_middle() -> None:
    assert snapped(shot({1: OUTSIDE}), 1) is None
    assert carried(shot({1: OUTSIDE}), 4, 1) is None
    assert carried(shot({1: OUTSIDE}), 3, 1) == Path(((200.5, 150.5),), parent=1)
