"""What of a path lies under the pointer: functions over image pixels that know no widget."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kling_desktop.model.path import Path, Point, Points, flatten

REACH = 9.0
"""Widget pixels around the pointer in which a point or the curve is caught."""
CURVE_SHARE = 0.75
"""How much of that counts for a curve."""
BLOCK = 128
"""Pieces of a curve that share a box: where the pointer is outside of it, none of them is near."""


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


Hit = PointHit | CurveHit


class Trace:
    """A path with its flattened curve, made ready once to be asked with every move of a pointer."""

    def __init__(self, path: Path, curve: Points | None = None) -> None:
        """``curve`` where somebody has it already, for it takes long to make."""
        self.path = path
        self.curve = flatten(path) if curve is None else curve
        starts = np.arange(0, max(len(self.curve) - 1, 1), BLOCK)
        ends = np.minimum(starts + BLOCK, len(self.curve) - 1)
        if len(self.curve) > 1:
            # A block ends where the next one starts.
            self._low = np.minimum(np.minimum.reduceat(self.curve, starts), self.curve[ends])
            self._high = np.maximum(np.maximum.reduceat(self.curve, starts), self.curve[ends])

    def nearest(self, at: Point, reach: float) -> CurveHit | None:
        """The nearest place on the curve within ``reach`` image pixels."""
        if len(self.curve) < 2:
            return None
        spot = np.asarray(at)
        close = ((self._low - reach <= spot) & (spot <= self._high + reach)).all(axis=1)
        best: tuple[float, int, Point] | None = None
        for block in np.flatnonzero(close).tolist():
            found = self._nearest_of(block * BLOCK, spot)
            if found[0] <= reach and (best is None or found[0] < best[0]):
                best = found
        if best is None:
            return None
        distance, piece, place = best
        return CurveHit(bisect_right(self._stations, piece), place, distance)

    def _nearest_of(self, first: int, at: Points) -> tuple[float, int, Point]:
        """(distance, piece of the polyline, nearest place on it) of one block."""
        part = self.curve[first : first + BLOCK + 1]
        start, along = part[:-1], np.diff(part, axis=0)
        length2 = np.maximum((along**2).sum(axis=1), 1e-18)
        share = np.clip(((at - start) * along).sum(axis=1) / length2, 0.0, 1.0)
        places = start + share[:, None] * along
        distances = np.hypot(*(places - at).T)
        piece = int(np.argmin(distances))
        x, y = places[piece].tolist()
        return float(distances[piece]), first + piece, (x, y)

    @cached_property
    def _stations(self) -> list[int]:
        """Where in the curve each control point stands, as far as they are found in it."""
        found: list[int] = []
        vertex = 0
        for point in self.path.points:
            same = np.flatnonzero((self.curve[vertex:] == point).all(axis=1))
            if not same.size:
                break
            vertex += int(same[0])
            found.append(vertex)
        return found


Traces = Callable[[int, Path], Trace]
"""The trace of an area's path."""


def hit_point(path: Path, at: Point, reach: float) -> PointHit | None:
    """The nearest control point within ``reach`` image pixels; the later one of equals."""
    best: PointHit | None = None
    for index, (x, y) in enumerate(path.points):
        distance = math.hypot(x - at[0], y - at[1])
        if distance <= reach and (best is None or distance <= best.distance):
            best = PointHit(index, distance)
    return best


def hit(trace: Trace, at: Point, reach: float) -> Hit | None:
    """What the pointer would take hold of: a point before the curve that runs through it."""
    return hit_point(trace.path, at, reach) or trace.nearest(at, reach * CURVE_SHARE)


def hit_any(
    paths: Mapping[int, Path], own: int, at: Point, reach: float, traces: Traces
) -> tuple[int, Hit] | None:
    """What the pointer would take hold of, and its area: of the path in hand (``own``) before any
    other; of the others the nearest point, or else the nearest curve."""
    found: list[tuple[int, Hit]] = []
    for area in sorted(paths, key=lambda area: area != own):
        caught = hit(traces(area, paths[area]), at, reach)
        if caught is not None and area == own:
            return own, caught
        if caught is not None:
            found.append((area, caught))
    ranked = sorted(found, key=lambda each: (isinstance(each[1], CurveHit), each[1].distance))
    return ranked[0] if ranked else None
