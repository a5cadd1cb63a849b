"""Ground and picture as the widget shows them, kept in device pixels: repaints only copy from it.

Scaling the picture is the dearest part of a frame, and most frames change only what lies above it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from kling_desktop.ui.canvas import scene
from kling_desktop.ui.canvas.photo import Photo
from kling_desktop.ui.canvas.scene import Surround
from kling_desktop.ui.canvas.view import View

Pixels = npt.NDArray[np.uint8]


class Backdrop:
    """One image of the widget's size; drawn anew where the view, the picture or the look differ."""

    def __init__(self) -> None:
        self._pixels: Pixels = np.zeros((0, 0, 4), np.uint8)
        self._image = QImage()
        self._view: View | None = None
        self._surround: Surround | None = None
        self._changes = 0

    def image(self, view: View, photo: Photo, surround: Surround) -> QImage:
        """What lies below everything else, in device pixels of the whole widget."""
        if view is self._view and surround is self._surround and photo.changes == self._changes:
            return self._image
        alike = surround is self._surround and photo.changes == self._changes
        old, self._view, self._surround = self._view, view, surround
        self._changes = photo.changes
        step = _step(old, view) if alike and old is not None else None
        if step is None:
            self._begin(view)
            self._draw(self._image.rect(), photo)
        elif step != (0, 0):
            for part in self._shift(*step):
                self._draw(part, photo)
        return self._image

    def _begin(self, view: View) -> None:
        width, height = view.device
        if self._pixels.shape[:2] != (height, width):
            self._pixels = np.empty((height, width, 4), np.uint8)
            form = QImage.Format.Format_RGB32
            self._image = QImage(self._pixels.data, width, height, 4 * width, form)

    def _draw(self, part: QRect, photo: Photo) -> None:
        assert self._view is not None  # noqa: S101  (set by ``image``)
        assert self._surround is not None  # noqa: S101
        painter = QPainter(self._image)
        painter.setClipRect(part)
        scene.draw_picture(painter, self._view, part, photo, self._surround)
        painter.end()

    def _shift(self, dx: int, dy: int) -> list[QRect]:
        """Move what is there; returns the parts that are not true any more."""
        height, width = self._pixels.shape[:2]
        if abs(dx) >= width or abs(dy) >= height:
            return [self._image.rect()]
        (to_y, from_y), (to_x, from_x) = _slices(dy, height), _slices(dx, width)
        self._pixels[to_y, to_x] = self._pixels[from_y, from_x].copy()
        parts = []
        if dx:
            parts.append(QRect(0 if dx > 0 else width + dx, 0, abs(dx), height))
        if dy:
            parts.append(QRect(0, 0 if dy > 0 else height + dy, width, abs(dy)))
        return parts


def _slices(step: int, side: int) -> tuple[slice, slice]:
    """Where pixels go to and come from when they move by ``step``."""
    if step >= 0:
        return slice(step, side), slice(0, side - step)
    return slice(0, side + step), slice(-step, side)


def _step(old: View, new: View) -> tuple[int, int] | None:
    """The whole device pixels by which the picture moved and nothing else, or None."""
    dx, dy = new.x - old.x, new.y - old.y
    if dx != int(dx) or dy != int(dy) or replace(new, x=old.x, y=old.y) != old:
        return None
    return int(dx), int(dy)
