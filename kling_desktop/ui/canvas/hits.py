"""What of a path lies under the pointer: pure functions over image pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kling_desktop.model.path import Path, Point, Points, flatten

REACH = 9.0
"""Widget pixels around the pointer in which a point or the curve is caught."""


@dataclass(frozen=True, slots=True)
class PointHit:
    """A control point: its index and its distance in image pixels."""

    index: int
    distance: float


@dataclass(frozen=True, slots=True)
class CurveHit:
    """A place on the curve: a point put in there would get ``index``."""

    index: int
    place: Point
    distance: float


def hit_point(path: Path, at: Point, reach: float) -> PointHit | None:
    """The nearest control point within ``reach`` image pixels; the later one of equals."""
    best: PointHit | None = None
    for index, (x, y) in enumerate(path.points):
        distance = math.hypot(x - at[0], y - at[1])
        if distance <= reach and (best is None or distance <= best.distance):
            best = PointHit(index, distance)
    return best


def hit_curve(path: Path, at: Point, reach: float, curve: Points | None = None) -> CurveHit | None:
    """The nearest place on the curve within ``reach`` image pixels, between control points.
    ``curve`` is the flattened path where somebody has it already, for it takes long to make."""
    curve = flatten(path) if curve is None else curve
    if len(curve) < 2:
        return None
    piece, place, distance = _nearest(curve, at)
    if distance > reach:
        return None
    return CurveHit(_index(path, curve, piece), place, distance)


def hit(
    path: Path, at: Point, reach: float, curve: Points | None = None
) -> PointHit | CurveHit | None:
    """What the pointer would take hold of: a point before the curve that runs through it."""
    return hit_point(path, at, reach) or hit_curve(path, at, reach * 0.75, curve)


def _nearest(curve: Points, at: Point) -> tuple[int, Point, float]:
    """(piece of the polyline, nearest place on it, distance)."""
    start, along = curve[:-1], np.diff(curve, axis=0)
    length2 = np.maximum((along**2).sum(axis=1), 1e-18)
    share = np.clip(((np.asarray(at) - start) * along).sum(axis=1) / length2, 0.0, 1.0)
    places = start + share[:, None] * along
    distances = np.hypot(places[:, 0] - at[0], places[:, 1] - at[1])
    piece = int(np.argmin(distances))
    return piece, (float(places[piece, 0]), float(places[piece, 1])), float(distances[piece])


def _index(path: Path, curve: Points, piece: int) -> int:
    """How many control points the curve has passed once it is past the start of ``piece``."""
    passed, vertex = 0, 0
    for point in path.points:
        rest = curve[vertex : piece + 1]
        same = np.flatnonzero((rest == point).all(axis=1))
        if not same.size:
            break
        passed, vertex = passed + 1, vertex + int(same[0])
    return passed
