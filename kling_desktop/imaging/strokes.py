"""Draws brush strokes: hard-edged capsules at subpixel positions, straight into an array.

A capsule is everything that a disc covers on its way from one point to another while its radius
changes evenly: the convex hull of two discs. It is filled as one polygon, whose corners lie on the
two arcs of the circles between their common tangents.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Point

_SHIFT = 8
_LINE_8 = 8
"""cv2's name for a hard edge."""
_ONE = 1 << _SHIFT
_SAGITTA = 0.05
"""How far, in pixels, a side of the polygon may cut into the circle."""
_OUTLINE = 0.42
"""How far cv2's outline reaches beyond the polygon that it fills, in pixels, on average."""
_LARGEST = 2_000_000.0
"""Largest radius in target pixels: what lies around it still fits cv2's fixed-point numbers."""
_WIDEST = 20_000.0
"""Radius in pixels up to which a stroke's front is drawn by itself."""
_WORD = 32
_QUARTER = math.pi / 2
_ABSURD = 1e12
"""No pointer is that far away, and beyond it differences of coordinates lose their pixels."""
_Value = int | tuple[float, ...]
_End = tuple[float, float, float]
"""x, y, radius in target pixels."""


class Shape(NamedTuple):
    """A capsule as pixels of an array: made once, and stamped into every array that lies alike."""

    corners: npt.NDArray[np.int32]
    """(n, 2) in fixed point, counted from pixel centres."""
    dots: tuple[Point, ...] = ()
    """Places whose pixel is set however thin the capsule is."""
    tops: bool = False
    """Whether it reaches the array's first row."""


def capsule(
    target: npt.NDArray[Any],
    a: Point,
    b: Point,
    *,
    radius_a: float,
    radius_b: float,
    value: int | Sequence[float],
    origin: Point = (0.0, 0.0),
) -> None:
    """Set every pixel of ``target`` whose centre lies in the capsule from ``a`` to ``b``.

    ``target`` is a uint8 or bool array (height, width), or (height, width, channels) with as many
    numbers in ``value``; its first pixel lies at ``origin``.
    """
    height, width = target.shape[:2]
    if target.size:
        found = shape(
            a, b, radius_a=radius_a, radius_b=radius_b, origin=origin, size=(width, height)
        )
        if found is not None:
            pixels = target.view(np.uint8) if target.dtype == np.bool_ else target
            stamp(pixels, found, tuple(value) if isinstance(value, Sequence) else int(value))


def shape(
    a: Point,
    b: Point,
    *,
    radius_a: float,
    radius_b: float,
    origin: Point,
    size: tuple[int, int],
) -> Shape | None:
    """The capsule from ``a`` to ``b`` for an array of ``size`` (width, height) at ``origin``.

    Points and radii are image pixels; pixel i covers [i, i + 1). The edge is exact to 0.75 px. At
    least the pixel under each point is set. Whatever lies outside is left out: None where nothing
    is left, and for a point that is not finite or beyond 1e12.
    """
    ax, ay, bx, by = a[0] - origin[0], a[1] - origin[1], b[0] - origin[0], b[1] - origin[1]
    ra = min(max(radius_a - _OUTLINE, 0.0), _LARGEST)
    rb = min(max(radius_b - _OUTLINE, 0.0), _LARGEST)
    if math.isnan(ra + rb):
        return None
    reach = max(ra, rb) + 2.0
    width, height = size
    if not (
        -reach <= ax <= width + reach
        and -reach <= bx <= width + reach
        and -reach <= ay <= height + reach
        and -reach <= by <= height + reach
    ):
        part = _near((ax, ay, ra), (bx, by, rb), width, height, reach)
        if part is None:
            return None
        (ax, ay, ra), (bx, by, rb) = part
    even = ra == rb
    corners = _even(ax, ay, bx, by, ra) if even else _hull(ax, ay, ra, bx, by, rb)
    dots = ((ax, ay), (bx, by)) if ra < 1.0 or rb < 1.0 else ()
    return Shape(corners, dots, min(ay - ra, by - rb) < 1.0)


def stamp(target: npt.NDArray[Any], shape: Shape, value: int | tuple[float, ...]) -> None:
    """Set the pixels of a shape that was made for a uint8 array of this size."""
    _cv2().fillConvexPoly(target, shape.corners, value, _LINE_8, _SHIFT)
    if shape.tops:
        _first_row(target, shape.corners, value)
    for x, y in shape.dots:
        _dot(target, x, y, value)


def capsule_bounds(
    a: Point, b: Point, radius_a: float, radius_b: float, size: tuple[int, int]
) -> Rect:
    """A rectangle of image pixels that holds every pixel that ``capsule`` sets on a picture of
    ``size`` (width, height), perhaps empty."""
    (ax, ay), (bx, by), (width, height) = a, b, size
    x0 = math.floor(min(ax - radius_a, bx - radius_b)) - 1
    y0 = math.floor(min(ay - radius_a, by - radius_b)) - 1
    x1 = math.ceil(max(ax + radius_a, bx + radius_b)) + 1
    y1 = math.ceil(max(ay + radius_a, by + radius_b)) + 1
    return Rect(
        max(0, x0),
        max(0, y0),
        min(width, x1),
        min(height, y1),
    )


def front(a: Point, b: Point, radius: float, size: tuple[int, int]) -> tuple[Rect, Shape] | None:
    """What is new of the capsule from ``a`` to ``b`` where a stroke has already set the disc around
    ``a``: the half that lies before it, for an array that holds just the rectangle of the picture
    of ``size`` (width, height) that is returned with it.

    Much less to fill, and quicker to tell, than the whole. None for what needs ``shape``: thin or
    huge brushes, strokes that stand still, and whatever lies wholly outside.
    """
    (ax, ay), (bx, by), (width, height) = a, b, size
    along, down = bx - ax, by - ay
    length = math.hypot(along, down)
    drawn, far = radius - _OUTLINE, radius + _WIDEST
    if not (
        length > 0.0
        and 1.0 <= drawn <= _WIDEST
        and -far <= ax <= width + far
        and -far <= ay <= height + far
        and -far <= bx <= width + far
        and -far <= by <= height + far
    ):
        return None
    share = radius / length
    across_x, across_y = share * abs(down), share * abs(along)
    x0, x1 = (ax - across_x, bx + radius) if along >= 0.0 else (bx - radius, ax + across_x)
    y0, y1 = (ay - across_y, by + radius) if down >= 0.0 else (by - radius, ay + across_y)
    left, top = max(0, int(x0) - 1), max(0, int(y0) - 1)
    right, bottom = min(width, int(x1) + 2), min(height, int(y1) + 2)
    if left >= right or top >= bottom:
        return None
    corners = _front(drawn, along, down) + _packed(bx - left, by - top)
    back = _packed(along, down)
    corners[-2] -= back
    corners[-1] -= back
    # Only there is the array cut off close to the shape.
    tops = top == 0 and (by - drawn if down < 0.0 else ay - across_y) < 1.0
    return Rect(left, top, right, bottom), Shape(corners.view(np.int32).reshape(-1, 2), (), tops)


@lru_cache(maxsize=1)
def _cv2() -> ModuleType:
    """The module, imported at the first stroke, not at start-up, and not looked for at every one:
    an import statement costs an event a tenth of its time where Qt's hook hears of it."""
    import cv2

    return cv2


def _first_row(target: npt.NDArray[Any], corners: npt.NDArray[Any], colour: _Value) -> None:
    """Draw the first row again, as the second one: cv2 cuts an outline half a pixel too early."""
    rows = np.zeros((2, target.shape[1]), np.uint8)
    lower = corners + np.array((0, _ONE), np.int32)
    _cv2().fillConvexPoly(rows, lower, 1, _LINE_8, _SHIFT)
    target[0, rows[1] == 1] = colour


def _dot(target: npt.NDArray[Any], x: float, y: float, colour: _Value) -> None:
    """Set the pixel under a point, which cv2 leaves out where a sliver lies along the border."""
    if 0 <= x < target.shape[1] and 0 <= y < target.shape[0]:
        target[int(y), int(x)] = colour


def _near(a: _End, b: _End, width: int, height: int, reach: float) -> tuple[_End, _End] | None:
    """The part of a capsule whose discs can touch the array, or None where there is none.

    A capsule is the union of the discs between its ends, so that what is cut off is exactly those
    discs that lie further outside than ``reach`` (Liang-Barsky, one slab for each axis).
    """
    if not all(abs(number) < _ABSURD for number in (*a, *b)):
        return None
    first, last = 0.0, 1.0
    for start, end, size in ((a[0], b[0], width), (a[1], b[1], height)):
        low, high, step = -reach, size + reach, end - start
        if step == 0.0:
            if not low <= start <= high:
                return None
            continue
        entry, leave = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, entry), min(last, leave)
    if first > last:
        return None
    return _between(a, b, first), _between(a, b, last)


def _between(a: _End, b: _End, share: float) -> _End:
    return (
        a[0] + (b[0] - a[0]) * share,
        a[1] + (b[1] - a[1]) * share,
        a[2] + (b[2] - a[2]) * share,
    )


def _even(ax: float, ay: float, bx: float, by: float, radius: float) -> npt.NDArray[Any]:
    """Corners of a capsule of one radius: half of a ready-made disc at each end.

    The hull of a polygon and its copy elsewhere parts at the two corners that lie furthest across.
    """
    disc = _disc(radius)
    sides = len(disc) // 2 - 1
    half = sides // 2
    turn = round((math.atan2(by - ay, bx - ax) / (2 * math.pi) - 0.25) * sides) % sides
    corners = disc[turn : turn + sides + 2] + complex(bx * _ONE, by * _ONE)
    corners[half + 1 :] = disc[turn + half : turn + sides + 1] + complex(ax * _ONE, ay * _ONE)
    return corners.view(np.float64).astype(np.int32).reshape(-1, 2)


def _front(radius: float, along: float, down: float) -> npt.NDArray[np.int64]:
    """Corners, packed, of the half of a disc around (0, 0) that faces a direction, and the ends of
    its diameter once more, the other way round: shifted to a disc further back they close a
    capsule."""
    sides = 2 * _sides(radius, math.pi)
    return _half(radius, round((math.atan2(down, along) / (2 * math.pi) - 0.25) * sides) % sides)


@lru_cache(maxsize=512)
def _half(radius: float, turn: int) -> npt.NDArray[np.int64]:
    """The same from a corner of the disc onwards. Remembered, as a stroke turns slowly."""
    half = _sides(radius, math.pi)
    arc = _disc(radius)[turn : turn + half + 1]
    corners = np.concatenate([arc, arc[[-1, 0]]]).view(np.float64).astype(np.int64).reshape(-1, 2)
    found: npt.NDArray[np.int64] = corners[:, 0] + (corners[:, 1] << _WORD)
    found.setflags(write=False)
    return found


def _packed(x: float, y: float) -> int:
    """Two fixed-point numbers in one of 64 bits, so that adding once adds both. As int32 they are
    x and y again, except that a negative x takes the smallest step off y."""
    return int(x * _ONE) + (int(y * _ONE) << _WORD)


@lru_cache(maxsize=32)
def _disc(radius: float) -> npt.NDArray[np.complex128]:
    """Corners of a disc around a pixel's corner in fixed point, twice around and one more at each
    end. Remembered, because a brush asks for the same one at every event."""
    sides = 2 * _sides(radius, math.pi)
    turns = np.arange(2 * sides + 2) * (2j * math.pi / sides)
    disc: npt.NDArray[np.complex128] = np.exp(turns) * (radius * _ONE) - complex(0.5, 0.5) * _ONE
    disc.setflags(write=False)
    return disc


def _hull(ax: float, ay: float, ra: float, bx: float, by: float, rb: float) -> npt.NDArray[Any]:
    """Corners (n, 2) of the hull of two discs, in fixed point, counted from pixel centres."""
    length = math.hypot(bx - ax, by - ay)
    if length <= abs(ra - rb):
        # One disc holds the other.
        ax, ay, ra = bx, by, rb = (ax, ay, ra) if ra > rb else (bx, by, rb)
        along, half = 0.0, _QUARTER
    else:
        # Where the two common tangents touch: as seen from the line of centres.
        along, half = math.atan2(by - ay, bx - ax), math.acos((ra - rb) / length)
    around_b = _arc(2 * half, _sides(rb, 2 * half))
    around_a = _arc(4 * _QUARTER - 2 * half, _sides(ra, 4 * _QUARTER - 2 * half))
    ends = len(around_b)
    corners = np.empty(ends + len(around_a), np.complex128)
    np.multiply(around_b, cmath.rect(rb * _ONE, along - half), out=corners[:ends])
    np.multiply(around_a, cmath.rect(ra * _ONE, along + half), out=corners[ends:])
    corners[:ends] += complex((bx - 0.5) * _ONE, (by - 0.5) * _ONE)
    corners[ends:] += complex((ax - 0.5) * _ONE, (ay - 0.5) * _ONE)
    return corners.view(np.float64).astype(np.int32).reshape(-1, 2)


def _sides(radius: float, turn: float) -> int:
    """Sides that an arc needs, in steps of four so that few different arcs are ever asked for."""
    return 4 + (int(turn * math.sqrt(radius / (8 * _SAGITTA))) & ~3)


@lru_cache(maxsize=64)
def _arc(turn: float, sides: int) -> npt.NDArray[np.complex128]:
    """Points (sides + 1) of the unit circle from 1 onwards, as complex numbers.

    Remembered, because a brush of one radius asks for the same half circle at every event.
    """
    arc: npt.NDArray[np.complex128] = np.exp(1j * np.linspace(0.0, turn, sides + 1))
    arc.setflags(write=False)
    return arc
