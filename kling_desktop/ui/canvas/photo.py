"""The picture as the canvas shows it: at once at full size, smaller when the copies are ready."""

from __future__ import annotations

from threading import Thread

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.post import Post

Pixels = npt.NDArray[np.uint8]


class Photo(QObject):
    """Mip levels of one picture, RGB. Level n is reduced by 2ⁿ on both sides.

    What the screen wants, 32 bits a pixel, is made of the part that is seen: a third of the memory
    of a large picture would go into bytes that say nothing.
    """

    ready = Signal()
    """All levels are there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._levels: list[Pixels] = []
        self._pool: Pixels = np.zeros(0, np.uint8)
        """Where parts are made: fresh memory for each would cost more than the making."""
        self._opening = 0
        self._making = False
        """Whether the smaller levels are still on their way."""
        self.changes = 0
        """Grows whenever there is something else to show."""
        self._post = Post(self._on_made, self)

    @property
    def levels(self) -> int:
        """How many levels there are by now."""
        return len(self._levels)

    def nearest(self, level: int) -> tuple[int, tuple[int, int]]:
        """The level asked for, or the nearest larger one that there is: its number, and its size as
        (width, height)."""
        if not self._making:
            level = min(level, len(self._levels) - 1)
        height, width = self._level(level).shape[:2]
        return level, (width, height)

    def part(self, level: int, rect: Rect, room: int = 0) -> QImage:
        """Some of a level, in pixels of the level; good until the next one is asked for. ``room``
        is how many pixels may be asked for before long: memory is slow when it is new."""
        from kling_desktop.imaging.pyramid import bgra

        size = 4 * rect.width * rect.height
        if size > self._pool.size:
            self._pool = np.ones(max(size, 4 * room), np.uint8)
        part = self._pool[:size].reshape(rect.height, rect.width, 4)
        shown = self._level(level)[rect.y0 : rect.y1, rect.x0 : rect.x1]
        bgra(shown if level < len(self._levels) else shown.copy(), part)
        return as_image(part)

    def _level(self, level: int) -> Pixels:
        """A level; while it is being made, single pixels of the picture in place of their means."""
        if level < len(self._levels):
            return self._levels[level]
        step = 1 << level
        return self._levels[0][::step, ::step]

    def small(self, pixels: int) -> tuple[Pixels, int]:
        """The largest level of at most so many pixels, or the smallest by now, and which it is."""
        for level, found in enumerate(self._levels):
            if found.shape[0] * found.shape[1] <= pixels:
                return found, level
        return self._levels[-1], len(self._levels) - 1

    def open(self, pixels: Pixels) -> None:
        """Show RGB ``pixels`` (H, W, 3) from now on; the smaller levels are made in a thread."""
        self._opening += 1
        self._making = bool(pixels.size)
        self._take([pixels] if pixels.size else [])
        if pixels.size:
            work = (self._post, self._opening, pixels)
            Thread(target=_make, args=work, name="pyramid").start()

    def _on_made(self, made: tuple[int, list[Pixels]]) -> None:
        opening, levels = made
        if opening == self._opening:  # else another picture has been opened meanwhile
            self._making = False
            self._take(levels)
            self.ready.emit()

    def _take(self, levels: list[Pixels]) -> None:
        self.changes += 1
        self._levels = levels


def as_image(pixels: Pixels) -> QImage:
    """A QImage over B, G, R, 255 pixels (H, W, 4), which must outlive it."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)


def _make(post: Post[tuple[int, list[Pixels]]], opening: int, pixels: Pixels) -> None:
    from kling_desktop.imaging.pyramid import pyramid

    post.send((opening, pyramid(pixels)))
