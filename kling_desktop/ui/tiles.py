"""An edit of the label map, remembered as 256-pixel tiles of what it changed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kling_desktop.model.areas import STATIC, Labels, Rect

SIDE = 256
Tile = tuple[int, int]
"""(column, row) of a tile."""
Kept = Labels | bytes | Callable[[], bytes]
"""A tile as it is, compressed, or compressed and somewhere else."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class LabelDelta:
    """What an edit changed: per tile old XOR new, so that one value serves undo and redo.

    ``counts`` is the change in pixels of every area (undo subtracts it). How a tile is kept may
    change at any time, from another thread, but never which tiles there are.
    """

    tiles: dict[Tile, Kept]
    bounds: Rect
    counts: Mapping[int, int]

    @property
    def size(self) -> int:
        """Bytes of memory it takes."""
        return sum(_size(kept) for kept in self.tiles.values())

    def pack(self) -> None:
        """Compress what is not; slow."""
        for tile, kept in self.tiles.items():
            if isinstance(kept, np.ndarray):
                self.tiles[tile] = zlib.compress(kept.tobytes(), 1)

    def move(self, store: Callable[[bytes], Callable[[], bytes]]) -> None:
        """Hand the compressed tiles to a store, and keep only how to get them back."""
        for tile, kept in self.tiles.items():
            if isinstance(kept, bytes):
                self.tiles[tile] = store(kept)

    def toggle(self, labels: Labels) -> None:
        """Turn the map from before into after, or back, in place. OSError where it cannot be read
        back, with the map untouched."""
        changes = [(_part(labels, tile), _opened(kept)) for tile, kept in self.tiles.items()]
        for part, change in changes:
            np.bitwise_xor(part, change.reshape(part.shape), out=part)


class LabelEdit:
    """An edit under way: ``touch`` a rectangle before writing to it, then ``finish`` or ``cancel``."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._before: dict[Tile, Labels] = {}
        self._touched = (0, 0, 0, 0)
        """The tiles that were touched last: mostly those that are touched next."""

    def touch(self, rect: Rect) -> None:
        """Keep the old pixels of the tiles that the rectangle, which lies on the map, meets; cheap
        when already kept."""
        x0, y0, x1, y1 = rect
        tiles = (x0 // SIDE, y0 // SIDE, (x1 - 1) // SIDE + 1, (y1 - 1) // SIDE + 1)
        if tiles == self._touched:
            return
        self._touched = tiles
        left, top, right, bottom = tiles
        before = self._before
        for row in range(top, bottom):
            for column in range(left, right):
                if (column, row) not in before:
                    before[column, row] = _part(self._labels, (column, row)).copy()

    def before(self, rect: Rect) -> Labels:
        """The pixels of a touched rectangle as they were when the edit began."""
        found = self._labels[rect.y0 : rect.y1, rect.x0 : rect.x1].copy()
        for row in range(rect.y0 // SIDE, (rect.y1 - 1) // SIDE + 1):
            for column in range(rect.x0 // SIDE, (rect.x1 - 1) // SIDE + 1):
                old = self._before.get((column, row))
                if old is None:
                    continue
                left, top = column * SIDE, row * SIDE
                x0, y0 = max(rect.x0, left), max(rect.y0, top)
                x1, y1 = min(rect.x1, left + old.shape[1]), min(rect.y1, top + old.shape[0])
                found[y0 - rect.y0 : y1 - rect.y0, x0 - rect.x0 : x1 - rect.x0] = old[
                    y0 - top : y1 - top, x0 - left : x1 - left
                ]
        return found

    def finish(self) -> LabelDelta | None:
        """What changed, or None where nothing did. The edit is over."""
        tiles: dict[Tile, Kept] = {}
        counts = np.zeros(STATIC + 1, np.int64)
        bounds = Rect(0, 0, 0, 0)
        for tile, old in self._before.items():
            new = _part(self._labels, tile)
            if np.array_equal(old, new):
                continue
            counts += _counts(new) - _counts(old)
            tiles[tile] = np.bitwise_xor(old, new, out=old)
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


def _size(kept: Kept) -> int:
    if isinstance(kept, np.ndarray):
        return kept.nbytes
    return len(kept) if isinstance(kept, bytes) else 0


def _opened(kept: Kept) -> Labels:
    if isinstance(kept, np.ndarray):
        return kept
    return np.frombuffer(zlib.decompress(kept if isinstance(kept, bytes) else kept()), np.uint8)


def _counts(part: Labels) -> npt.NDArray[np.int64]:
    import cv2

    found = cv2.calcHist([np.ascontiguousarray(part)], [0], None, [STATIC + 1], [0, STATIC + 1])
    return np.asarray(found).reshape(-1).astype(np.int64)
