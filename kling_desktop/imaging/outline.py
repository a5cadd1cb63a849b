"""Masks of shapes that are drawn with the pointer: polygon, rectangle, ellipse.

A pixel belongs to a shape if its centre does, (i + 0.5, j + 0.5), so that shapes side by side
neither overlap nor leave a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kling_desktop.imaging.flood import nothing
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point

_ABSURD = 1e12
"""No pointer is that far away, and beyond it differences of coordinates lose their pixels."""
_Numbers = npt.NDArray[np.float64]


def polygon(corners: Sequence[Point], width: int, height: int) -> tuple[Rect, Mask]:
    """The pixels of a width × height picture inside a closed polygon of image points (x, y).

    What the line encloses twice lies outside (even-odd rule). Returns the smallest rectangle that
    holds the pixels and the mask in it; nothing for fewer than three corners, or absurd ones.
    """
    line = np.asarray(corners, np.float64).reshape(-1, 2)
    if len(line) < 3 or not np.abs(line).max() < _ABSURD:
        return nothing()
    rows, crossings = _crossings(line, height)
    columns = _first_pixel(crossings, width)
    # Every row is crossed an even number of times: sorted, the crossings are starts and ends.
    order = np.sort(rows * (width + 1) + columns)
    rows, columns = np.divmod(order, width + 1)
    return _spans(rows[::2], columns[::2], columns[1::2])


def rectangle(a: Point, b: Point, width: int, height: int) -> tuple[Rect, Mask]:
    """The pixels of a width × height picture in the box between two corners, as for a polygon."""
    box = np.array((a, b), np.float64)
    if not np.abs(box).max() < _ABSURD:
        return nothing()
    x0, x1 = _first_pixel(np.sort(box[:, 0]), width).tolist()
    y0, y1 = _first_pixel(np.sort(box[:, 1]), height).tolist()
    rect = Rect(x0, y0, x1, y1)
    return nothing() if rect.empty else (rect, np.ones((rect.height, rect.width), np.bool_))


def ellipse(a: Point, b: Point, width: int, height: int) -> tuple[Rect, Mask]:
    """The pixels of a width × height picture in the ellipse inscribed in the box between two
    corners, as for a polygon."""
    box = np.array((a, b), np.float64)
    if not np.abs(box).max() < _ABSURD:
        return nothing()
    (x, y), (across, down) = box.mean(axis=0), np.abs(box[1] - box[0]) / 2
    if not across or not down:
        return nothing()
    top, bottom = _first_pixel(np.array((y - down, y + down)), height)
    rows = np.arange(top, bottom)
    half = across * np.sqrt(np.maximum(0.0, 1 - ((rows + 0.5 - y) / down) ** 2))
    return _spans(rows, _first_pixel(x - half, width), _first_pixel(x + half, width))


def _first_pixel(places: _Numbers, length: int) -> npt.NDArray[np.intp]:
    """The first pixel of 0…length whose centre does not lie before each place."""
    return np.ceil(np.clip(places, 0, length) - 0.5).astype(np.intp)


def _crossings(line: _Numbers, height: int) -> tuple[npt.NDArray[np.intp], _Numbers]:
    """(rows, x): where the closed line crosses the rows of pixel centres."""
    ends = np.roll(line, -1, axis=0)
    upper = np.where((line[:, 1] <= ends[:, 1])[:, None], line, ends)
    lower = np.where((line[:, 1] <= ends[:, 1])[:, None], ends, line)
    first, last = _first_pixel(upper[:, 1], height), _first_pixel(lower[:, 1], height)
    counts = last - first
    side = np.repeat(np.arange(len(line)), counts)
    # Rows of all sides in one array: the position in it, less where the rows of the side begin.
    rows = np.arange(len(side)) - np.repeat(np.cumsum(counts) - counts - first, counts)
    crossed = counts > 0
    slope = np.zeros(len(line))
    span = lower[crossed] - upper[crossed]
    slope[crossed] = span[:, 0] / span[:, 1]
    return rows, upper[side, 0] + (rows + 0.5 - upper[side, 1]) * slope[side]


def _spans(
    rows: npt.NDArray[np.intp], starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]
) -> tuple[Rect, Mask]:
    """The union of runs of pixels [start, end) in ascending rows that do not overlap in a row."""
    some = starts < ends
    rows, starts, ends = rows[some], starts[some], ends[some]
    if not rows.size:
        return nothing()
    rect = Rect(int(starts.min()), int(rows[0]), int(ends.max()), int(rows[-1]) + 1)
    mask = np.zeros((rect.height, rect.width), np.bool_)
    flat = mask.reshape(-1)
    first = (rows - rect.y0) * rect.width - rect.x0
    for start, end in zip((first + starts).tolist(), (first + ends).tolist(), strict=True):
        flat[start:end] = True
    return rect, mask
