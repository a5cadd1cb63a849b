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
from typing import Any

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Point

_SHIFT = 8
_ONE = 1 << _SHIFT
_SAGITTA = 0.05
"""How far, in pixels, a side of the polygon may cut into the circle."""
_OUTLINE = 0.42
"""How far cv2's outline reaches beyond the polygon that it fills, in pixels, on average."""
_LARGEST = 2_000_000.0
"""Largest radius in target pixels: what lies around it still fits cv2's fixed-point numbers."""
_QUARTER = math.pi / 2
_ABSURD = 1e12
"""No pointer is that far away, and beyond it differences of coordinates lose their pixels."""
_Value = int | tuple[float, ...]
_End = tuple[float, float, float]
"""x, y, radius in target pixels."""


def capsule(
    target: npt.NDArray[Any],
    a: Point,
    b: Point,
    *,
    radius_a: float,
    radius_b: float,
    value: int | Sequence[float],
    origin: Point = (0.0, 0.0),
    scale: float = 1.0,
) -> None:
    """Set every pixel of ``target`` whose centre lies in the capsule from ``a`` to ``b``.

    Points and radii are image pixels; pixel i covers [i, i + 1). ``target`` is a uint8 or bool
    array (height, width), or (height, width, channels) with as many numbers in ``value``; its
    first pixel lies at ``origin``, and one image pixel is ``scale`` of its own, so that the same
    capsule can be drawn into a reduced overlay. The edge is exact to 0.75 px. At least the pixel
    under each point is set. Whatever lies outside is left out; a point that is not finite or
    beyond 1e12 draws nothing.
    """
    import cv2

    ax, ay = (a[0] - origin[0]) * scale, (a[1] - origin[1]) * scale
    bx, by = (b[0] - origin[0]) * scale, (b[1] - origin[1]) * scale
    ra = min(max(radius_a * scale - _OUTLINE, 0.0), _LARGEST)
    rb = min(max(radius_b * scale - _OUTLINE, 0.0), _LARGEST)
    reach = max(ra, rb) + 2.0
    height, width = target.shape[:2]
    if not target.size:
        return
    if not (
        -reach <= ax <= width + reach
        and -reach <= bx <= width + reach
        and -reach <= ay <= height + reach
        and -reach <= by <= height + reach
    ):
        part = _near((ax, ay, ra), (bx, by, rb), width, height, reach)
        if part is None:
            return
        (ax, ay, ra), (bx, by, rb) = part
    colour = tuple(value) if isinstance(value, Sequence) else int(value)
    corners = _hull(ax, ay, ra, bx, by, rb)
    pixels = target.view(np.uint8) if target.dtype == np.bool_ else target
    cv2.fillConvexPoly(pixels, corners, colour, cv2.LINE_8, _SHIFT)
    if min(ay - ra, by - rb) < 1.0:
        _first_row(target, corners, colour)
    if min(ra, rb) < 1.0:
        _dot(target, ax, ay, colour)
        _dot(target, bx, by, colour)


def capsule_bounds(a: Point, b: Point, radius_a: float, radius_b: float) -> Rect:
    """A rectangle of image pixels that holds every pixel that ``capsule`` sets, not yet clipped."""
    return Rect(
        math.floor(min(a[0] - radius_a, b[0] - radius_b)) - 1,
        math.floor(min(a[1] - radius_a, b[1] - radius_b)) - 1,
        math.ceil(max(a[0] + radius_a, b[0] + radius_b)) + 1,
        math.ceil(max(a[1] + radius_a, b[1] + radius_b)) + 1,
    )


def _first_row(target: npt.NDArray[Any], corners: npt.NDArray[Any], colour: _Value) -> None:
    """Draw the first row again, as the second one: cv2 cuts an outline half a pixel too early."""
    import cv2

    rows = np.zeros((2, target.shape[1]), np.uint8)
    cv2.fillConvexPoly(rows, corners + np.array((0, _ONE), np.int32), 1, cv2.LINE_8, _SHIFT)
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
