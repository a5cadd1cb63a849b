"""A mask shown over the picture: its outline, and a tint where wanted, sharp at any zoom."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPainter

from kling_desktop.model.areas import Mask, Rect
from kling_desktop.ui.canvas.view import View

LIGHT, DARK = 0xE6E6E6E6, 0xB4000000
"""Premultiplied colours of the line inside the mask's edge and of the one around it."""
_Places = npt.NDArray[np.intp]
_AROUND = 4
"""Device pixels beyond the mask in which the line around it still shows."""


class Veil:
    """Made anew only when the mask or the view is another one."""

    def __init__(self) -> None:
        self._rect = Rect(0, 0, 0, 0)
        self._framed: npt.NDArray[np.uint8] = np.zeros((0, 0), np.uint8)
        """The mask, with one more row and column of nothing."""
        self._level = 0
        self._inks: npt.NDArray[np.uint32] = _inks(None)
        self._view: View | None = None
        self._pool: npt.NDArray[np.uint32] = np.zeros(0, np.uint32)
        self._image = QImage()
        self._corner = QPoint()

    @property
    def rect(self) -> Rect:
        """What it covers in image pixels; empty where nothing is shown."""
        x0, y0, x1, y1 = (side << self._level for side in self._rect)
        return Rect(x0, y0, x1, y1)

    def show(self, rect: Rect, mask: Mask, *, level: int = 0, tint: QColor | None = None) -> None:
        """Show ``mask`` over ``rect``, both in pixels of a mip level."""
        self._rect, self._level = rect, level
        self._framed = np.zeros((rect.height + 1, rect.width + 1), np.uint8)
        self._framed[:-1, :-1] = mask
        self._inks, self._view = _inks(tint), None

    def clear(self) -> None:
        self._rect, self._view = Rect(0, 0, 0, 0), None
        self._image = QImage()
        self._framed, self._pool = np.zeros((0, 0), np.uint8), np.zeros(0, np.uint32)

    def draw(self, painter: QPainter, view: View) -> None:
        """With the painter set to device pixels."""
        if self._rect.empty:
            return
        if view != self._view:
            self._view = view
            self._make(view)
        if not self._image.isNull():
            painter.drawImage(self._corner, self._image)

    def _make(self, view: View) -> None:
        """The part that the view shows, in its device pixels."""
        import cv2

        self._image = QImage()
        rect = self.rect.clipped(*view.image)
        columns = _seen(view.x, view.widget[0] * view.ratio, rect.x0, rect.x1, view.zoom)
        rows = _seen(view.y, view.widget[1] * view.ratio, rect.y0, rect.y1, view.zoom)
        if not columns.size or not rows.size:
            return
        step = 1 << self._level
        across = _under(columns, view.x, view.zoom, rect.x0, rect.x1, step)
        down = _under(rows, view.y, view.zoom, rect.y0, rect.y1, step)
        shown = self._framed.take(down, axis=0).take(across, axis=1)
        thick = max(1, round(view.ratio))
        kernel = np.ones((2 * thick + 1, 2 * thick + 1), np.uint8)
        # 0 outside, 1 on the line around it, 2 on the line inside, 3 within
        code = cv2.add(shown, cv2.erode(shown, kernel, borderType=cv2.BORDER_REPLICATE))
        code = cv2.add(code, cv2.dilate(shown, kernel))
        height, width = shown.shape
        if self._pool.size < shown.size:
            self._pool = np.empty(shown.size, np.uint32)
        pixels = self._pool[: shown.size].reshape(height, width)
        self._inks.take(np.asarray(code, np.uint8), mode="clip", out=pixels)
        self._image = QImage(
            pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        self._corner = QPoint(int(columns[0]), int(rows[0]))


def _seen(corner: float, length: float, start: int, end: int, zoom: float) -> _Places:
    """Device pixels that show image pixels start…end and the line around them."""
    first = max(math.floor(corner + start * zoom) - _AROUND, -_AROUND)
    last = min(math.ceil(corner + end * zoom) + _AROUND, math.ceil(length) + _AROUND)
    return np.arange(first, last, dtype=np.intp)


def _under(places: _Places, corner: float, zoom: float, start: int, end: int, step: int) -> _Places:
    """The mask's column or row under each device pixel, or -1, which holds nothing."""
    found = np.floor((places + 0.5 - corner) / zoom).astype(np.intp)
    return np.where((found >= start) & (found < end), (found - start) // step, np.intp(-1))


def _inks(tint: QColor | None) -> npt.NDArray[np.uint32]:
    """Colours of: outside, around the edge, inside the edge, within."""
    within = 0
    if tint is not None:
        alpha = tint.alpha()
        red, green, blue = (c * alpha // 255 for c in (tint.red(), tint.green(), tint.blue()))
        within = alpha << 24 | red << 16 | green << 8 | blue
    return np.array([0, DARK, LIGHT, within], np.uint32)
