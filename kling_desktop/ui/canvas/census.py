"""Knows which blocks of a label map hold paint, so that the empty ones need not be read."""

from __future__ import annotations

import numpy as np

from kling_desktop.model.areas import Labels, Rect

BLOCK = 256
"""Side of a block in image pixels."""


class Census:
    """May take an empty block for one with paint, never the other way round."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        height, width = labels.shape
        self._held = np.zeros((-(-height // BLOCK), -(-width // BLOCK)), np.bool_)
        self._marked = (0, 0, -1, -1)
        """The blocks that were marked last: mostly those that are marked next."""
        self.count(Rect(0, 0, width, height))

    def mark(self, rect: Rect) -> None:
        """There may be paint in this part of the map from now on."""
        x0, y0, x1, y1 = rect
        blocks = x0 // BLOCK, y0 // BLOCK, (x1 - 1) // BLOCK, (y1 - 1) // BLOCK
        if blocks != self._marked:
            self._marked = left, top, right, bottom = blocks
            self._held[top : bottom + 1, left : right + 1] = True

    def count(self, rect: Rect) -> None:
        """Look at this part of the map again. Slower than ``mark``, but it also finds blocks that
        are empty now."""
        self.mark(rect)
        self._marked = (0, 0, -1, -1)
        height, width = self._labels.shape
        for row in range(-(-rect.y0 // BLOCK), self._held.shape[0]):
            for column in range(-(-rect.x0 // BLOCK), self._held.shape[1]):
                top, left = row * BLOCK, column * BLOCK
                if min(top + BLOCK, height) <= rect.y1 and min(left + BLOCK, width) <= rect.x1:
                    block = self._labels[top : top + BLOCK, left : left + BLOCK]
                    self._held[row, column] = block.any()

    def holds(self, rect: Rect) -> bool:
        """Whether there may be paint in this part of the map."""
        x0, y0, x1, y1 = rect
        rows = slice(y0 // BLOCK, (y1 - 1) // BLOCK + 1)
        return bool(self._held[rows, x0 // BLOCK : (x1 - 1) // BLOCK + 1].any())

    @property
    def bounds(self) -> Rect:
        """Where all paint lies, in whole blocks; perhaps empty."""
        rows, columns = (
            np.flatnonzero(self._held.any(axis=1)),
            np.flatnonzero(self._held.any(axis=0)),
        )
        if not rows.size:
            return Rect(0, 0, 0, 0)
        height, width = self._labels.shape
        first, last = (int(columns[0]), int(rows[0])), (int(columns[-1]) + 1, int(rows[-1]) + 1)
        return Rect(*(BLOCK * k for k in (*first, *last))).clipped(width, height)
