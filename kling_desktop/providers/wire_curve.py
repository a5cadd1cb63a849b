"""A path's drawn curve in the pixels of the picture that is sent, and how far points stray from it.

Everything here is in *wire* pixels: the sent picture's, origin bottom-left, y up. A place on the
curve is its share (0…1) of the path's length, as the model measures it: before any clamping.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from kling_desktop.model.path import Path, Points, flatten
from kling_desktop.providers.schedule import Floats, Schedule

Size = tuple[int, int]

SHARP = 0.1
"""Turn in radians from which a vertex counts as a corner that a thinned curve keeps."""


@dataclass(frozen=True, slots=True)
class WireCurve:
    """A dense polyline: points (n, 2) clamped to the picture, the share of each (n,), and when."""

    points: Points
    shares: Floats
    schedule: Schedule

    @classmethod
    def of(cls, path: Path, image_size: Size, sent_size: Size) -> Self:
        """The curve of a path of two points or more, with a vertex wherever it leaves the picture."""
        flat = flatten(path)
        travelled = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))))
        shares = travelled / max(travelled[-1], 1e-12)
        schedule = Schedule.of(path, shares)
        points = to_wire(flat, image_size, sent_size)
        for axis in (0, 1):
            for border in (0.0, sent_size[axis] - 1.0):
                points, shares = _cut(points, shares, axis, border)
        return cls(clamped(points, sent_size), shares, schedule)

    def thinned(self, most: int) -> WireCurve:
        """About ``most`` of its vertices, corners and both ends among them."""
        stride = -(-len(self.shares) // most)
        if stride <= 1:
            return self
        keep = np.concatenate(([True], self.turns() > SHARP, [True]))
        keep[::stride] = True
        return replace(self, points=self.points[keep], shares=self.shares[keep])

    def turns(self) -> Floats:
        """How far, in radians, the heading turns at every vertex but the ends, shape (n - 2,)."""
        step = np.diff(self.points, axis=0)
        heading = np.arctan2(step[:, 1], step[:, 0])
        found: Floats = np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi)
        return found

    def at(self, shares: Floats) -> Points:
        """Points (n, 2) at shares of the length."""
        return np.column_stack([np.interp(shares, self.shares, p) for p in self.points.T])

    def errors(self, shares: Floats, sent: Points) -> Floats:
        """Distance of every vertex from the piece of the polyline ``sent`` that stands for it.

        ``shares`` says where on the curve each sent point belongs. Between two of them the distance
        is convex along each piece of the curve, so vertices are enough; and since the curve runs
        from one end of a sent piece to the other, no point of the piece is further from the curve
        than the curve is from it.
        """
        bounds = np.searchsorted(self.shares, shares[1:-1], side="left")
        runs = np.diff(np.concatenate(([0], bounds, [len(self.shares)])))
        piece = np.repeat(np.arange(len(shares) - 1), runs)
        return distances(self.points, sent[piece], sent[piece + 1])


def distances(points: Points, start: Points, end: Points) -> Floats:
    """Distance (n,) of points from line segments; the arrays (n, 2) or (2,) go together."""
    start_x, start_y = start.T
    along_x, along_y = (end - start).T
    off_x, off_y = points[:, 0] - start_x, points[:, 1] - start_y
    square = np.maximum(along_x * along_x + along_y * along_y, 1e-300)
    share = (off_x * along_x + off_y * along_y) / square
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    off_x -= share * along_x
    off_y -= share * along_y
    found: Floats = np.sqrt(off_x * off_x + off_y * off_y)
    return found


def to_wire(points: Points, image_size: Size, sent_size: Size) -> Points:
    """Image pixels, top-left, to wire pixels: scaled to what is sent, then y = H - 1 - y."""
    scale = np.array(sent_size) / np.array(image_size)
    moved: Points = points * scale
    moved[:, 1] = sent_size[1] - 1 - moved[:, 1]
    return moved


def clamped(points: Points, size: Size) -> Points:
    """Points held inside the pixels of a picture of that size."""
    return np.clip(points, 0.0, np.array(size) - 1.0)


def _cut(points: Points, shares: Floats, axis: int, border: float) -> tuple[Points, Floats]:
    """The same polyline with a vertex wherever it crosses a border of the picture."""
    off = points[:, axis] - border
    at = np.flatnonzero(off[:-1] * off[1:] < 0)
    if not at.size:
        return points, shares
    part = (off[at] / (off[at] - off[at + 1]))[:, None]
    new = points[at] + part * (points[at + 1] - points[at])
    new[:, axis] = border
    where = shares[at] + part[:, 0] * (shares[at + 1] - shares[at])
    return np.insert(points, at + 1, new, axis=0), np.insert(shares, at + 1, where)
