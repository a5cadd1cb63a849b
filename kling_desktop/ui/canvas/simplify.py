"""Reduces a hand-drawn line to the few points that carry its shape (Ramer–Douglas–Peucker)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kling_desktop.model.path import Point


def simplified(points: Sequence[Point], tolerance: float) -> tuple[Point, ...]:
    """The points to keep so that no dropped one lies further than ``tolerance`` from the line.

    First and last always stay; points on top of one another count once.
    """
    line = np.asarray(points, np.float64).reshape(-1, 2)
    if len(line) > 1:
        line = line[np.concatenate(([True], np.hypot(*np.diff(line, axis=0).T) > 1e-9))]
    if len(line) < 3:
        return tuple((float(x), float(y)) for x, y in line)
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
            middle = first + 1 + farthest
            keep[middle] = True
            pending += [(first, middle), (middle, last)]
    return tuple((float(x), float(y)) for x, y in line[keep])


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


def _distances(
    points: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    start: np.ndarray[tuple[int], np.dtype[np.float64]],
    end: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Distance of each point from the piece of line between start and end."""
    along = end - start
    length2 = float(along @ along)
    if length2 < 1e-18:
        return np.asarray(np.hypot(*(points - start).T))
    share = np.clip((points - start) @ along / length2, 0.0, 1.0)
    return np.asarray(np.hypot(*(points - (start + share[:, None] * along)).T))
