"""The shape of a path: pure functions over its points, in image pixels with y down.

Only ``clamped``, ``kept_inside`` and ``fitted`` know of a picture: callers use one of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kling_desktop.model.path import Point

Shape = tuple[Point, ...]
Array = npt.NDArray[np.float64]

LEAST = 1e-9
"""Pixels below which two places are the same."""


def box(points: Iterable[Point]) -> tuple[Point, Point]:
    """Top left and bottom right corner of the smallest box that holds the points (at least one)."""
    xs, ys = zip(*points, strict=True)
    return (min(xs), min(ys)), (max(xs), max(ys))


def middle(points: Iterable[Point]) -> Point:
    """The middle of that box."""
    (x0, y0), (x1, y1) = box(points)
    return (x0 + x1) / 2, (y0 + y1) / 2


def reverse(points: Sequence[Point]) -> Shape:
    """From the end to the start."""
    return tuple(reversed(points))


def mirrored(points: Sequence[Point], *, across: bool) -> Shape:
    """Left and right exchanged (``across``), or top and bottom, within the box of the points."""
    (x0, y0), (x1, y1) = box(points)
    if across:
        return tuple((x0 + x1 - x, y) for x, y in points)
    return tuple((x, y0 + y1 - y) for x, y in points)


def moved(points: Sequence[Point], dx: float, dy: float) -> Shape:
    return tuple((x + dx, y + dy) for x, y in points)


def scaled(points: Sequence[Point], factors: tuple[float, float], about: Point) -> Shape:
    """Farther from ``about`` by a factor across and one down; a negative one mirrors."""
    (across, down), (x0, y0) = factors, about
    return tuple((x0 + (x - x0) * across, y0 + (y - y0) * down) for x, y in points)


def rotated(points: Sequence[Point], degrees: float, about: Point) -> Shape:
    """Turned around ``about``, clockwise as seen on the picture."""
    angle, (x0, y0) = math.radians(degrees), about
    cosine, sine = math.cos(angle), math.sin(angle)
    return tuple(
        (
            x0 + (x - x0) * cosine - (y - y0) * sine,
            y0 + (x - x0) * sine + (y - y0) * cosine,
        )
        for x, y in points
    )


def smoothed(points: Sequence[Point], times: int = 1) -> Shape:
    """Each point but the ends ``times`` moved half way to the middle between its neighbours."""
    line = np.asarray(points, np.float64).reshape(-1, 2)
    for _ in range(times if len(line) > 2 else 0):
        line[1:-1] = line[1:-1] / 2 + (line[:-2] + line[2:]) / 4
    return _shape(line)


def snapped_to(points: Sequence[Point], place: Point, *, end: bool = False) -> Shape:
    """Moved as a whole so that it starts, or has its ``end``, at ``place``."""
    if not points:
        return ()
    x, y = points[-1 if end else 0]
    found = list(moved(points, place[0] - x, place[1] - y))
    found[-1 if end else 0] = place  # exactly, whatever the sums round to
    return tuple(found)


def simplified(points: Sequence[Point], tolerance: float) -> Shape:
    """The points to keep so that no dropped one lies further than ``tolerance`` from the line
    (Ramer 1972; Douglas and Peucker 1973).

    First and last always stay; points on top of one another count once.
    """
    line = np.asarray(points, np.float64).reshape(-1, 2)
    if len(line) > 1:
        line = line[np.concatenate(([True], np.hypot(*np.diff(line, axis=0).T) > LEAST))]
    if len(line) < 3:
        return _shape(line)
    keep = np.zeros(len(line), np.bool_)
    keep[[0, -1]] = True
    pending = [(0, len(line) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        distances = _distances(line[first + 1 : last], line[first], line[last])
        farthest = int(np.argmax(distances))
        if distances[farthest] > tolerance:
            between = first + 1 + farthest
            keep[between] = True
            pending += [(first, between), (between, last)]
    return _shape(line[keep])


def constrained(origin: Point, to: Point, degrees: float = 15.0) -> Point:
    """``to`` turned around ``origin`` to the nearest multiple of ``degrees``."""
    dx, dy = to[0] - origin[0], to[1] - origin[1]
    step = math.radians(degrees)
    angle = round(math.atan2(dy, dx) / step) * step
    length = dx * math.cos(angle) + dy * math.sin(angle)
    return origin[0] + length * math.cos(angle), origin[1] + length * math.sin(angle)


def clamped(point: Point, width: int, height: int) -> Point:
    """The nearest place on a picture of that size that still lies on its pixels."""
    return min(max(point[0], 0.0), width - 1.0), min(max(point[1], 0.0), height - 1.0)


def kept_inside(points: Sequence[Point], dx: float, dy: float, size: tuple[int, int]) -> Point:
    """As much of a move (dx, dy) as keeps the box of the points on a picture of that size, so that
    the shape stays as it is; what is outside already goes no further out."""
    if not points:
        return 0.0, 0.0
    (x0, y0), (x1, y1) = box(points)
    return (
        min(max(dx, min(-x0, 0.0)), max(size[0] - 1.0 - x1, 0.0)),
        min(max(dy, min(-y0, 0.0)), max(size[1] - 1.0 - y1, 0.0)),
    )


class Fitted(NamedTuple):
    """A shape on a picture, and the share of its size that it has there (1 where it fits)."""

    points: Shape
    factor: float = 1.0

    @property
    def smaller(self) -> bool:
        return self.factor < 1.0


def fitted(points: Sequence[Point], size: tuple[int, int], *, pinned: int | None = None) -> Fitted:
    """The points on a picture of that size, their shape kept.

    They are moved together by the least, and made smaller about their middle where they are larger
    than the picture. The point with the index ``pinned`` stays in its place, or goes to the nearest
    one on the picture: the others come closer to it as far as they have to, down to nothing where
    it lies on the edge and they lie beyond.
    """
    if not points:
        return Fitted(())
    about = middle(points) if pinned is None else points[pinned]
    to = about if pinned is None else clamped(about, *size)
    shape = tuple(points) if to == about else moved(points, to[0] - about[0], to[1] - about[1])
    factor = min(_share(shape, axis, size[axis] - 1.0, to, pinned=pinned) for axis in (0, 1))
    if factor < 1.0:
        shape = scaled(shape, (factor, factor), to)
    if pinned is None:
        (x0, y0), (x1, y1) = box(shape)
        dx = max(-x0, 0.0) + min(size[0] - 1.0 - x1, 0.0)
        dy = max(-y0, 0.0) + min(size[1] - 1.0 - y1, 0.0)
        shape = moved(shape, dx, dy) if dx or dy else shape
    return Fitted(tuple(clamped(point, *size) for point in shape), factor)  # whatever sums round to


def _share(
    points: Sequence[Point], axis: int, room: float, about: Point, *, pinned: int | None
) -> float:
    """The share of their extent along one axis for which there is room from 0 to ``room``, at the
    place of ``about`` where that is pinned."""
    low, high = min(point[axis] for point in points), max(point[axis] for point in points)
    if pinned is None:
        return room / (high - low) if high - low > room + LEAST else 1.0
    place = about[axis]
    before = place / (place - low) if low < -LEAST else 1.0
    after = (room - place) / (high - place) if high > room + LEAST else 1.0
    return min(before, after)


def _shape(line: Array) -> Shape:
    return tuple((float(x), float(y)) for x, y in line.tolist())


def _distances(points: Array, start: Array, end: Array) -> Array:
    """Distance of each point from the piece of line between start and end."""
    along = end - start
    length2 = float(along @ along)
    if length2 < LEAST**2:
        return np.asarray(np.hypot(*(points - start).T))
    share = np.clip((points - start) @ along / length2, 0.0, 1.0)
    return np.asarray(np.hypot(*(points - (start + share[:, None] * along)).T))
