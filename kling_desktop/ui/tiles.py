"""An edit of the label map, remembered as compressed 256-pixel tiles of what it changed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kling_desktop.model.areas import STATIC, Labels, Rect

SIDE = 256
Tile = tuple[int, int]
"""(column, row) of a tile."""


@dataclass(frozen=True, slots=True)
class LabelDelta:
    """What an edit changed: per tile old XOR new, compressed, so that one value serves undo and
    redo. ``counts`` is the change in pixels of every area (undo subtracts it)."""

    tiles: Mapping[Tile, bytes]
    bounds: Rect
    counts: Mapping[int, int]

    @property
    def size(self) -> int:
        """Bytes it keeps."""
        return sum(len(data) for data in self.tiles.values())

    def toggle(self, labels: Labels) -> None:
        """Turn the map from before into after, or back, in place."""
        for tile, data in self.tiles.items():
            part = _part(labels, tile)
            change = np.frombuffer(zlib.decompress(data), np.uint8).reshape(part.shape)
            np.bitwise_xor(part, change, out=part)


class LabelEdit:
    """An edit under way: ``touch`` a rectangle before writing to it, then ``finish`` or ``cancel``."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._before: dict[Tile, Labels] = {}

    def touch(self, rect: Rect) -> None:
        """Keep the old pixels of the tiles that the rectangle meets; cheap when already kept."""
        height, width = self._labels.shape
        x0, y0, x1, y1 = rect.clipped(width, height)
        if x0 >= x1 or y0 >= y1:
            return
        before = self._before
        for row in range(y0 // SIDE, (y1 - 1) // SIDE + 1):
            for column in range(x0 // SIDE, (x1 - 1) // SIDE + 1):
                if (column, row) not in before:
                    before[column, row] = _part(self._labels, (column, row)).copy()

    def before(self, rect: Rect) -> Labels:
        """The pixels of a touched rectangle as they were when the edit began."""
        found = self._labels[rect.y0 : rect.y1, rect.x0 : rect.x1].copy()
        for (column, row), old in self._before.items():
            left, top = column * SIDE, row * SIDE
            part = Rect(left, top, left + old.shape[1], top + old.shape[0])
            x0, y0 = max(rect.x0, part.x0), max(rect.y0, part.y0)
            x1, y1 = min(rect.x1, part.x1), min(rect.y1, part.y1)
            if x0 < x1 and y0 < y1:
                found[y0 - rect.y0 : y1 - rect.y0, x0 - rect.x0 : x1 - rect.x0] = old[
                    y0 - top : y1 - top, x0 - left : x1 - left
                ]
        return found

    def finish(self) -> LabelDelta | None:
        """What changed, or None where nothing did. The edit is over."""
        tiles: dict[Tile, bytes] = {}
        counts = np.zeros(STATIC + 1, np.int64)
        bounds = Rect(0, 0, 0, 0)
        for tile, old in self._before.items():
            new = _part(self._labels, tile)
            change = np.bitwise_xor(old, new)
            if change.any():
                tiles[tile] = zlib.compress(change.tobytes(), 1)
                counts += _counts(new) - _counts(old)
                left, top = tile[0] * SIDE, tile[1] * SIDE
                bounds = bounds.united(Rect(left, top, left + old.shape[1], top + old.shape[0]))
        self._before = {}
        if not tiles:
            return None
        return LabelDelta(tiles, bounds, {area: int(n) for area, n in enumerate(counts) if n})

    def cancel(self) -> Rect:
        """Put everything back; returns the rectangle to repaint."""
        bounds = Rect(0, 0, 0, 0)
        for tile, old in self._before.items():
            _part(self._labels, tile)[:] = old
            left, top = tile[0] * SIDE, tile[1] * SIDE
            bounds = bounds.united(Rect(left, top, left + old.shape[1], top + old.shape[0]))
        self._before = {}
        return bounds


def _part(labels: Labels, tile: Tile) -> Labels:
    left, top = tile[0] * SIDE, tile[1] * SIDE
    return labels[top : top + SIDE, left : left + SIDE]


def _counts(part: Labels) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.bincount(part.reshape(-1), minlength=STATIC + 1).astype(np.int64)
