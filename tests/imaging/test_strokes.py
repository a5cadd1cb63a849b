"""Capsules: exact to 0.75 px wherever they lie, and never outside the bounds they announce."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kling_desktop.imaging.strokes import capsule, capsule_bounds, front, shape, stamp
from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Point

WIDTH, HEIGHT = 70, 50
BUDGET = 0.75

near = st.floats(-40.0, 110.0)
far = st.floats(-1e6, 1e6)
radius = st.floats(0.0, 40.0)


def depth(a: Point, b: Point, ra: float, rb: float) -> npt.NDArray[np.float64]:
    """How deep every pixel centre lies in the ideal capsule, in pixels; negative outside.

    The largest of r(t) − |p − c(t)| over the way t from 0 to 1, in closed form: it is concave in
    t, and its summit is where the distance grows as fast as the radius.
    """
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    dx, dy, grow = b[0] - a[0], b[1] - a[1], rb - ra
    length = float(np.hypot(dx, dy))
    if length <= abs(grow) or length < 1e-6:
        share: npt.NDArray[np.float64] = np.full(x.shape, float(grow > 0))
    else:
        along = ((x - a[0]) * dx + (y - a[1]) * dy) / length
        aside = np.abs((x - a[0]) * dy - (y - a[1]) * dx) / length
        lean = grow / length
        share = (along + aside * lean / np.sqrt(1 - lean * lean)) / length
        share = share.clip(0, 1)
    return ra + grow * share - np.hypot(x - a[0] - dx * share, y - a[1] - dy * share)


def drawn(a: Point, b: Point, ra: float, rb: float) -> npt.NDArray[np.uint8]:
    target = np.zeros((HEIGHT, WIDTH), np.uint8)
    capsule(target, a, b, radius_a=ra, radius_b=rb, value=5)
    return target


@settings(max_examples=600, deadline=None)
@given(st.tuples(near, near), st.tuples(near, near), radius, radius)
@example((20.0, 20.0), (20.0, 20.0), 0.0, 0.0)
@example((20.5, 20.5), (50.5, 20.5), 10.0, 10.0)
@example((20.0, 20.0), (22.0, 20.0), 10.0, 2.0)
def test_every_pixel_is_right_but_for_a_thin_edge(a: Point, b: Point, ra: float, rb: float) -> None:
    found, deep = drawn(a, b, ra, rb), depth(a, b, ra, rb)
    assert (found[deep > BUDGET] == 5).all()
    assert (found[deep < -BUDGET] == 0).all()


@settings(max_examples=400, deadline=None)
@given(st.tuples(far, far), st.tuples(far, far), radius, radius)
@example((-1e6, -1e6), (1e6, 1e6), 6.0, 6.0)
@example((-1e6, 20.0), (30.0, 20.0), 1.0, 12.0)
@example((0.0, 24.0), (3724.0, -557.0), 24.0, 0.0)
def test_ends_far_outside_change_nothing_inside(a: Point, b: Point, ra: float, rb: float) -> None:
    found, deep = drawn(a, b, ra, rb), depth(a, b, ra, rb)
    assert (found[deep > BUDGET] == 5).all()
    assert (found[deep < -BUDGET] == 0).all()


@settings(max_examples=200, deadline=None)
@given(st.tuples(near, near), st.tuples(far, far), st.floats(100.0, 5e3), st.floats(100.0, 5e3))
def test_large_radii_stay_exact(a: Point, b: Point, ra: float, rb: float) -> None:
    found, deep = drawn(a, b, ra, rb), depth(a, b, ra, rb)
    assert (found[deep > BUDGET] == 5).all()
    assert (found[deep < -BUDGET] == 0).all()


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(st.floats(0, WIDTH - 0.01), st.floats(0, HEIGHT - 0.01)),
    st.tuples(st.floats(0, WIDTH - 0.01), st.floats(0, HEIGHT - 0.01)),
    st.floats(0.0, 0.99),
)
def test_the_pixels_under_both_points_are_always_set(a: Point, b: Point, thin: float) -> None:
    found = drawn(a, b, thin, thin)
    assert found[int(a[1]), int(a[0])] == 5
    assert found[int(b[1]), int(b[0])] == 5


@settings(max_examples=300, deadline=None)
@given(st.tuples(near, near), st.tuples(near, near), radius, radius)
def test_bounds_hold_all_that_is_drawn(a: Point, b: Point, ra: float, rb: float) -> None:
    found = drawn(a, b, ra, rb)
    bounds = capsule_bounds(a, b, ra, rb, (WIDTH, HEIGHT))
    inside = 0 if bounds.empty else found[bounds.y0 : bounds.y1, bounds.x0 : bounds.x1].sum()
    assert found.sum() == inside


def test_bounds_are_tight() -> None:
    assert capsule_bounds((10.0, 20.0), (30.0, 20.0), 5.0, 5.0, (90, 90)) == (4, 14, 36, 26)


@settings(max_examples=200, deadline=None)
@given(
    st.tuples(near, near),
    st.tuples(near, near),
    st.floats(2.0, 40.0),
    st.tuples(st.integers(-64, 64), st.integers(-64, 64)),
)
def test_an_overlay_shows_the_same_capsule(
    a: Point, b: Point, wide: float, origin: tuple[int, int]
) -> None:
    overlay = np.zeros((HEIGHT, WIDTH), np.uint8)
    capsule(overlay, a, b, radius_a=wide, radius_b=wide, value=5, origin=origin)
    deep = depth(
        (a[0] - origin[0], a[1] - origin[1]), (b[0] - origin[0], b[1] - origin[1]), wide, wide
    )
    assert (overlay[deep > BUDGET] == 5).all()
    assert (overlay[deep < -BUDGET] == 0).all()


def test_on_average_the_edge_is_neither_inside_nor_outside() -> None:
    rng = np.random.default_rng(7)
    more = total = 0
    for _ in range(200):
        a, b = rng.uniform(20, 30, (2, 2)).tolist()
        wide = float(rng.uniform(3, 18))
        more += int((drawn(a, b, wide, wide) > 0).sum()) - int((depth(a, b, wide, wide) > 0).sum())
        total += int((depth(a, b, wide, wide) > 0).sum())
    assert abs(more) < 0.01 * total


def test_colours_go_into_every_channel() -> None:
    overlay = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    capsule(overlay, (20, 20), (30, 20), radius_a=5, radius_b=5, value=(10, 20, 30, 40))
    assert overlay[20, 25].tolist() == [10, 20, 30, 40]
    assert overlay[40, 60].tolist() == [0, 0, 0, 0]


def test_a_value_may_be_a_number_of_numpy() -> None:
    target = np.zeros((HEIGHT, WIDTH), np.uint8)
    capsule(target, (20, 20), (30, 20), radius_a=5, radius_b=5, value=np.uint8(6))
    assert target[20, 25] == 6


def test_nothing_else_is_touched_and_old_values_are_replaced() -> None:
    target = np.full((HEIGHT, WIDTH), 3, np.uint8)
    capsule(target, (20, 20), (40, 20), radius_a=5, radius_b=5, value=0)
    assert target[20, 30] == 0
    assert set(np.unique(target)) == {0, 3}


def test_bool_arrays_and_views_can_be_drawn_into() -> None:
    whole = np.zeros((HEIGHT, WIDTH), np.bool_)
    capsule(whole[10:40, 10:60], (20, 10), (30, 10), radius_a=4, radius_b=4, value=1)
    assert whole[20, 35]
    assert not whole[:10].any()
    assert not whole[:, :10].any()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_point_that_is_not_finite_draws_nothing(bad: float) -> None:
    assert not drawn((bad, 20.0), (30.0, 20.0), 5.0, 5.0).any()
    assert not drawn((20.0, 20.0), (30.0, bad), 5.0, 5.0).any()


def test_a_radius_that_is_no_number_draws_nothing() -> None:
    assert not drawn((20.0, 20.0), (30.0, 20.0), float("nan"), 5.0).any()
    assert not drawn((20.0, 20.0), (30.0, 20.0), 0.0, float("nan")).any()


@settings(max_examples=300, deadline=None)
@given(*[st.floats()] * 6)
def test_no_number_whatever_makes_it_stumble(
    ax: float, ay: float, bx: float, by: float, ra: float, rb: float
) -> None:
    target = np.zeros((HEIGHT, WIDTH), np.uint8)
    capsule(target, (ax, ay), (bx, by), radius_a=ra, radius_b=rb, value=1)
    assert target.max() <= 1


def test_an_array_without_pixels_is_left_alone() -> None:
    target = np.zeros((0, 0), np.uint8)
    capsule(target, (0, 0), (5, 5), radius_a=3, radius_b=3, value=1)
    assert target.size == 0


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.floats(20, 220), st.floats(20, 180)), min_size=2, max_size=8),
    st.floats(0.3, 70),
)
def test_a_stroke_that_goes_on_is_the_capsules_one_after_the_other(
    places: list[tuple[float, float]], radius: float
) -> None:
    size = (240, 200)
    whole, on = np.zeros((200, 240), np.uint8), np.zeros((200, 240), np.uint8)
    begun = False
    for a, b in zip([places[0], *places], places, strict=False):
        whole_one = shape(a, b, radius_a=radius, radius_b=radius, origin=(0, 0), size=size)
        assert whole_one is not None
        stamp(whole, whole_one, 1)
        if begun and a == b:
            continue
        new = front(a, b, radius, size) if begun else None
        rect, found = new or (Rect(0, 0, *size), whole_one)
        stamp(on[rect.y0 : rect.y1, rect.x0 : rect.x1], found, 1)
        begun = True
    # On the border a pixel's rounding may differ, never what lies within or beyond it.
    inner = cv2.erode(whole, np.ones((3, 3), np.uint8)) > 0
    outer = cv2.dilate(whole, np.ones((3, 3), np.uint8)) > 0
    assert on[inner].all()
    assert not on[~outer].any()


@settings(max_examples=300, deadline=None)
@given(
    st.tuples(st.floats(-90, 340), st.floats(-90, 340)),
    st.tuples(st.floats(-90, 340), st.floats(-90, 340)),
    st.floats(1.5, 90),
)
@example((30.0, 246.0), (1.0, 235.0), 53.0)
@example((0.0, 17.0), (3.0, 0.0), 79.0)
def test_the_rectangle_of_a_stroke_that_goes_on_holds_it(
    a: tuple[float, float], b: tuple[float, float], radius: float
) -> None:
    """Drawn on a part that is larger on all sides, it sets no pixel beyond."""
    room, side = 100, 256
    found = front(a, b, radius, (side, side))
    if found is None:
        return
    (x0, y0, x1, y1), drawn = found
    wide = np.zeros((y1 - y0 + 2 * room, x1 - x0 + 2 * room), np.uint8)
    stamp(wide, drawn._replace(corners=drawn.corners + room * 256, tops=False), 1)
    inside = np.zeros_like(wide)
    inside[room:-room, room:-room] = 1
    # What lies outside the picture is of no interest.
    picture = np.zeros_like(wide)
    left, top = room - x0, room - y0
    picture[max(0, top) : top + side, max(0, left) : left + side] = 1
    # The diameter that closes the shape may reach further, into the disc that is there already.
    there = np.zeros_like(wide)
    capsule(there, a, a, radius_a=radius, radius_b=radius, value=1, origin=(x0 - room, y0 - room))
    there = cv2.dilate(there, np.ones((3, 3), np.uint8))
    assert not (wide & picture & ~inside & ~there & 1).any()


def test_a_front_is_refused_where_the_whole_is_wanted() -> None:
    size = (200, 100)
    assert front((10.0, 10.0), (10.0, 10.0), 20.0, size) is None
    assert front((10.0, 10.0), (20.0, 10.0), 1.0, size) is None
    assert front((10.0, 10.0), (20.0, 10.0), 30_000.0, size) is None
    assert front((-300.0, 10.0), (-280.0, 10.0), 20.0, size) is None
    assert front((float("nan"), 10.0), (20.0, 10.0), 20.0, size) is None
