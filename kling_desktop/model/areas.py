"""Areas as one label map: a byte a pixel says which brush, if any, the pixel belongs to.

A label map is a C-contiguous ``uint8`` array of shape (height, width) in image pixels, origin
top-left: 0 none, 1–6 moving, 7 static. Areas exclude each other and share one resolution because
there is nothing else they could do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

NONE = 0
MOVING = (1, 2, 3, 4, 5, 6)
STATIC = 7
AREAS = (*MOVING, STATIC)

BAND = 128
"""Rows looked at in one go where a whole map is read."""

Labels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


class Rect(NamedTuple):
    """Half-open pixel rectangle: x0 ≤ x < x1, y0 ≤ y < y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def empty(self) -> bool:
        return self.x0 >= self.x1 or self.y0 >= self.y1

    def clipped(self, width: int, height: int) -> Rect:
        """The part of it that lies on an image of that size (perhaps empty)."""
        return Rect(max(0, self.x0), max(0, self.y0), min(width, self.x1), min(height, self.y1))

    def united(self, other: Rect) -> Rect:
        if self.empty:
            return other
        if other.empty:
            return self
        return Rect(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )

    def shared(self, other: Rect) -> Rect:
        """What lies in both (perhaps empty)."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        return Rect(x0, y0, max(x0, min(self.x1, other.x1)), max(y0, min(self.y1, other.y1)))


def empty(width: int, height: int) -> Labels:
    """A label map without areas. ``zeros`` lets the system hand out pages as they are painted."""
    return np.zeros((height, width), np.uint8)


def counts(labels: Labels) -> dict[int, int]:
    """Pixels of every area 1…7, 0 where it is not painted."""
    found = np.zeros(256, np.int64)
    for top in range(0, labels.shape[0], BAND):  # bincount widens to 8 bytes a pixel: in bands
        found += np.bincount(labels[top : top + BAND].reshape(-1), minlength=256)
    return {area: int(found[area]) for area in AREAS}


def mask(labels: Labels, area: int) -> Mask:
    """(height, width) bool: True where the pixel belongs to ``area``."""
    return np.equal(labels, area)


def bounds(labels: Labels, area: int) -> Rect | None:
    """The smallest rectangle that holds the area, or None where it is not painted."""
    inside = labels == area
    columns, rows = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    if not columns.size:
        return None
    return Rect(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def centroid(labels: Labels, area: int) -> tuple[float, float] | None:
    """The area's centre of mass in image pixels (x, y), or None where it is not painted."""
    inside = (labels == area).view(np.uint8)
    across = inside.sum(axis=0, dtype=np.uint32).astype(np.float64)
    down = inside.sum(axis=1, dtype=np.uint32).astype(np.float64)
    count = float(down.sum())
    if not count:
        return None
    x, y = across @ np.arange(len(across)), down @ np.arange(len(down))
    return float(x / count) + 0.5, float(y / count) + 0.5


def scaled(labels: Labels, width: int, height: int) -> Labels:
    """The map at another size, nearest pixel, so that no value appears that was not there."""
    rows = _nearest(labels.shape[0], height)
    columns = _nearest(labels.shape[1], width)
    return np.ascontiguousarray(labels[rows][:, columns])


def _nearest(old: int, new: int) -> npt.NDArray[np.intp]:
    centres = (np.arange(new) + 0.5) * (old / new)
    return np.minimum(centres.astype(np.intp), old - 1)
