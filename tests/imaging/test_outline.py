"""Shapes: exactly the pixels whose centres lie inside, wherever the shape lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kling_desktop.imaging.outline import ellipse, polygon, rectangle
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point

WIDTH, HEIGHT = 40, 30
UNDECIDED = 1e-9

places = st.tuples(st.floats(-30, 70), st.floats(-30, 60)) | st.tuples(
    st.integers(-10, 100).map(lambda half: half / 2),
    st.integers(-10, 80).map(lambda half: half / 2),
)
y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5


def whole(rect: Rect, mask: Mask) -> Mask:
    """The mask laid on the picture; the rectangle must be on it and no larger than needed."""
    assert mask.shape == (rect.height, rect.width)
    assert mask.dtype == np.bool_
    if rect.empty:
        assert (rect, mask.shape) == (Rect(0, 0, 0, 0), (0, 0))
    else:
        assert rect == rect.clipped(WIDTH, HEIGHT)
        assert mask[0].any() and mask[-1].any() and mask[:, 0].any() and mask[:, -1].any()
    full = np.zeros((HEIGHT, WIDTH), np.bool_)
    full[rect.y0 : rect.y1, rect.x0 : rect.x1] = mask
    return full


def inside(corners: list[Point]) -> tuple[Mask, Mask]:
    """(inside by the even-odd rule, too close to the line to tell), a ray for every centre."""
    odd = np.zeros((HEIGHT, WIDTH), np.bool_)
    close = np.zeros((HEIGHT, WIDTH), np.bool_)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        crosses = (y < ay) != (y < by)
        with np.errstate(all="ignore"):
            at = ax + (y - ay) * ((bx - ax) / (by - ay) if by != ay else 0.0)
        odd ^= crosses & (at <= x)
        close |= crosses & (np.abs(at - x) < UNDECIDED)
    return odd, close


@given(st.lists(places, min_size=3, max_size=12))
@example([(5.0, 5.0), (5.0, 20.0), (30.0, 20.0), (30.0, 5.0)])
@example([(5.0, 5.0), (30.0, 25.0), (30.0, 5.0), (5.0, 25.0)])
@example([(5.5, 5.5), (5.5, 5.5), (20.5, 5.5)])
def test_a_polygon_holds_the_centres_inside_by_the_even_odd_rule(corners: list[Point]) -> None:
    expected, close = inside(corners)
    found = whole(*polygon(corners, WIDTH, HEIGHT))
    assert ((found == expected) | close).all()


@given(places, places)
def test_a_rectangle_holds_the_centres_between_its_corners(a: Point, b: Point) -> None:
    (x0, x1), (y0, y1) = sorted((a[0], b[0])), sorted((a[1], b[1]))
    expected = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
    assert (whole(*rectangle(a, b, WIDTH, HEIGHT)) == expected).all()


@given(places, places)
def test_an_ellipse_holds_the_centres_inside(a: Point, b: Point) -> None:
    across, down = abs(a[0] - b[0]) / 2, abs(a[1] - b[1]) / 2
    found = whole(*ellipse(a, b, WIDTH, HEIGHT))
    if min(across, down) < 1e-6:
        assert found.sum() <= max(WIDTH, HEIGHT)
        return
    cx, cy = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    size = ((x - cx) / across) ** 2 + ((y - cy) / down) ** 2
    # A hair's breadth in pixels, whatever the flatness of the ellipse.
    tie = np.abs(size - 1) < UNDECIDED * (1 + 1 / min(across, down)) ** 2 * WIDTH
    assert ((found == (size <= 1)) | tie).all()


def test_a_shape_and_its_neighbour_share_no_pixel_and_leave_none() -> None:
    left = [(-5.0, -5.0), (17.3, -5.0), (9.5, 40.0), (-5.0, 40.0)]
    right = [(17.3, -5.0), (60.0, -5.0), (60.0, 40.0), (9.5, 40.0)]
    one, other = (whole(*polygon(shape, WIDTH, HEIGHT)) for shape in (left, right))
    assert (one != other).all()


@pytest.mark.parametrize(
    "corners",
    [
        [],
        [(1.0, 1.0), (9.0, 9.0)],
        [(1.0, 1.0), (9.0, 9.0), (float("nan"), 3.0)],
        [(1.0, 1.0), (9.0, 9.0), (float("inf"), 3.0)],
        [(-50.0, 1.0), (-9.0, 9.0), (-20.0, 30.0)],
        [(50.0, 1.0), (90.0, 9.0), (70.0, 30.0)],
    ],
)
def test_what_is_no_polygon_or_off_the_picture_is_nothing(corners: list[Point]) -> None:
    assert not whole(*polygon(corners, WIDTH, HEIGHT)).any()


@pytest.mark.parametrize("shape", [rectangle, ellipse])
def test_a_box_without_width_or_with_absurd_corners_is_nothing(shape: type) -> None:
    for a, b in (((3.0, 3.0), (3.0, 9.0)), ((1.0, 1.0), (float("nan"), 5.0))):
        assert not whole(*shape(a, b, WIDTH, HEIGHT)).any()


def test_a_shape_far_larger_than_the_picture_covers_it() -> None:
    far = 1e6
    corners = [(-far, -far), (far, -far), (far, far), (-far, far)]
    assert whole(*polygon(corners, WIDTH, HEIGHT)).all()
    assert whole(*ellipse((-far, -far), (far, far), WIDTH, HEIGHT)).all()
    assert whole(*rectangle((-far, -far), (far, far), WIDTH, HEIGHT)).all()
