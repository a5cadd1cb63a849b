"""The lasso: fills a polygon that is drawn freehand, clicked corner by corner, or both."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.hits import REACH
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.base import CanvasTool
from kling_desktop.ui.colours import colour

DRAG = 4.0
"""Widget pixels that the pointer travels before a click becomes a freehand line."""
_SHIFT = 4


class Lasso(CanvasTool):
    """Alt, held when the polygon closes, takes its pixels from the area instead."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._corners: list[Point] = []
        self._pointer: Point = (0.0, 0.0)
        self._pressed: Point | None = None
        self._drawn = False
        """Whether the pointer was dragged since it was pressed."""
        self._clicked = False
        """Whether corners are being clicked, so that letting go does not close the polygon."""
        self._subtracts = False

    @property
    def active(self) -> bool:
        return bool(self._corners)

    def press(self, at: Pointer) -> None:
        if self.stage.document.shot.picture is None:
            return
        self._subtracts = at.alt
        if len(self._corners) > 2 and self._near_start(at.point):
            self._close()
            return
        if not self._corners and not self.stage.may_paint(self.stage.toolbox.area):
            return
        self._pressed = self._pointer = at.point
        self._drawn = False
        self._corners.append(at.point)
        self._show()

    def double(self, at: Pointer) -> None:
        if self._corners:
            self._subtracts = at.alt
            self._close()
        else:
            self.press(at)

    def drag(self, at: Pointer) -> None:
        if self._pressed is None:
            return
        travelled = math.hypot(at.x - self._pressed[0], at.y - self._pressed[1])
        if travelled >= DRAG * self.stage.view.reach or self._drawn:
            self._corners.append(at.point)
            self._drawn = True
        self._subtracts = at.alt
        self._follow(at.point)

    def hover(self, at: Pointer) -> None:
        if self._corners:
            self._subtracts = at.alt
            self._follow(at.point)

    def release(self, at: Pointer) -> None:
        if self._pressed is None:
            return
        self._pressed, self._subtracts = None, at.alt
        if self._drawn and not self._clicked:
            self._close()
        else:
            self._clicked = True

    def key(self, key: int, keys: Qt.KeyboardModifier, *, repeats: bool) -> bool:  # noqa: ARG002
        if not self._corners:
            return False
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._subtracts = bool(keys & Qt.KeyboardModifier.AltModifier)
            self._close()
            return True
        if key in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}:
            self._show()
            self._corners.pop()
            self._clicked = bool(self._corners)
            return True
        return False

    def cancel(self) -> None:
        if self._corners:
            self._show()
        self._corners, self._pressed, self._clicked = [], None, False

    def draw(self, painter: QPainter) -> None:
        if not self._corners:
            return
        view = self.stage.view
        corners = [*self._corners, self._pointer]
        polygon = QPolygonF([QPointF(*view.to_device(*corner)) for corner in corners])
        tint = colour(self.stage.toolbox.area)
        tint.setAlpha(40)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawPolygon(polygon)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dashes = QPen(QColor(255, 255, 255), 1.4 * view.ratio, Qt.PenStyle.CustomDashLine)
        dashes.setDashPattern([4.0, 3.0])
        for pen in (QPen(QColor(0, 0, 0, 190), 2.6 * view.ratio), dashes):
            painter.setPen(pen)
            painter.drawPolyline(polygon)
        if self._clicked:
            radius = 4.0 * view.ratio
            painter.setBrush(QColor(255, 255, 255))
            painter.drawEllipse(polygon.at(0), radius, radius)

    def _near_start(self, at: Point) -> bool:
        x, y = self._corners[0]
        return math.hypot(x - at[0], y - at[1]) <= REACH * self.stage.view.reach

    def _follow(self, at: Point) -> None:
        self._show()
        self._pointer = at
        self._show()

    def _show(self) -> None:
        """Ask for a repaint of all that the polygon covers."""
        places = np.array([self.stage.view.to_widget(*p) for p in [*self._corners, self._pointer]])
        x0, y0 = np.floor(places.min(axis=0)).astype(int) - 8
        x1, y1 = np.ceil(places.max(axis=0)).astype(int) + 8
        self.stage.update(QRect(int(x0), int(y0), int(x1 - x0), int(y1 - y0)))

    def _close(self) -> None:
        corners = self._corners
        self.cancel()
        rect, mask = polygon_mask(corners, *self.stage.view.image)
        text = "Lasso: remove" if self._subtracts else "Lasso"
        self.stage.fill(rect, mask, subtract=self._subtracts, text=text)


def polygon_mask(corners: list[Point], width: int, height: int) -> tuple[Rect, Mask]:
    """The pixels inside a polygon on a picture of that size: their rectangle, and the mask in it.

    Empty for fewer than three corners.
    """
    nothing = Rect(0, 0, 0, 0), np.zeros((0, 0), np.bool_)
    if len(corners) < 3:
        return nothing
    import cv2

    line = np.asarray(corners, np.float64)
    low, high = np.floor(line.min(axis=0)).astype(int), np.ceil(line.max(axis=0)).astype(int)
    rect = Rect(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1).clipped(width, height)
    if rect.empty:
        return nothing
    mask = np.zeros((rect.height, rect.width), np.uint8)
    places = (line - (rect.x0 + 0.5, rect.y0 + 0.5)) * (1 << _SHIFT)
    cv2.fillPoly(mask, [np.round(places).astype(np.int32)], 255, cv2.LINE_8, _SHIFT)
    return rect, mask == 255
