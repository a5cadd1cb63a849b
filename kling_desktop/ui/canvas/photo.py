"""The picture as the canvas shows it: 32-bit pixels at once, smaller copies when they are ready."""

from __future__ import annotations

from threading import Thread

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from kling_desktop.ui.canvas.post import Post

Pixels = npt.NDArray[np.uint8]


class Photo(QObject):
    """Mip levels of one picture. Level n is reduced by 2ⁿ on both sides."""

    ready = Signal()
    """All levels are there."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._levels: list[Pixels] = []
        self._images: list[QImage] = []
        self._opening = 0
        self._post = Post(self._on_made, self)

    @property
    def levels(self) -> int:
        """How many levels there are by now."""
        return len(self._images)

    def image(self, level: int) -> tuple[QImage, int]:
        """The level asked for, or the nearest larger one that exists, and which one it is."""
        level = min(level, len(self._images) - 1)
        return self._images[level], level

    def open(self, pixels: Pixels) -> None:
        """Show RGB ``pixels`` (H, W, 3) from now on; the smaller levels are made in a thread."""
        self._opening += 1
        if not pixels.size:
            self._take([])
            return
        from kling_desktop.imaging.pyramid import bgra

        self._take([bgra(pixels)])
        Thread(
            target=_make, args=(self._post, self._opening, self._levels[0]), name="pyramid"
        ).start()

    def _on_made(self, made: tuple[int, list[Pixels]]) -> None:
        opening, levels = made
        if opening == self._opening:  # else another picture has been opened meanwhile
            self._take(levels)
            self.ready.emit()

    def _take(self, levels: list[Pixels]) -> None:
        self._images = [as_image(level) for level in levels]
        self._levels = levels  # QImage borrows the arrays: they must live as long


def as_image(pixels: Pixels) -> QImage:
    """A QImage over B, G, R, 255 pixels (H, W, 4), which must outlive it."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGB32)


def _make(post: Post[tuple[int, list[Pixels]]], opening: int, level: Pixels) -> None:
    from kling_desktop.imaging.pyramid import pyramid

    post.send((opening, pyramid(level)))
