"""The box around the selected points, and its handles, by which they are scaled and turned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from kling_desktop.model.path import Path, Point
from kling_desktop.model.path_shape import Shape, box, middle, rotated, scaled
from kling_desktop.ui.canvas.hits import REACH
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.dashes import draw_dashes
from kling_desktop.ui.canvas.tools.path_gesture import Gesture
from kling_desktop.ui.canvas.view import View

ROOM = 18.0
"""Widget pixels from the points to the box, so that its handles lie beside the points."""
ABOVE = 28.0
"""Widget pixels from the box up to the handle that turns."""
CORNER, ROUND, RING = 4.5, 5.5, 13.0
"""Half the side of a corner handle, the radius of the one that turns, and of the ring around a
selected point, in widget pixels."""
MARGIN = 16
LIGHT, DARK = QColor(255, 255, 255), QColor(16, 18, 20)
LEAST = 0.01
"""A factor nearer to nothing would take the shape away for good."""


class Handle(Enum):
    """By the signs of the corner; the one that turns has none."""

    TOP_LEFT = (-1, -1)
    TOP_RIGHT = (1, -1)
    BOTTOM_LEFT = (-1, 1)
    BOTTOM_RIGHT = (1, 1)
    TURN = (0, -1)


CURSORS = {
    Handle.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Handle.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Handle.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Handle.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Handle.TURN: Qt.CursorShape.PointingHandCursor,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The box of some points over a view, with its handles in widget pixels."""

    points: Shape
    view: View

    @property
    def rect(self) -> QRectF:
        corners = (QPointF(*self.view.to_widget(*corner)) for corner in box(self.points))
        return QRectF(*corners).adjusted(-ROOM, -ROOM, ROOM, ROOM)

    @property
    def handles(self) -> dict[Handle, Point]:
        """Where they are. The one that turns lies below where there is no room above."""
        rect = self.rect
        x, y = rect.center().x(), rect.top() - ABOVE
        if y < ROUND and rect.bottom() + ABOVE < self.view.widget[1] - ROUND:
            y = rect.bottom() + ABOVE
        return {
            Handle.TOP_LEFT: (rect.left(), rect.top()),
            Handle.TOP_RIGHT: (rect.right(), rect.top()),
            Handle.BOTTOM_LEFT: (rect.left(), rect.bottom()),
            Handle.BOTTOM_RIGHT: (rect.right(), rect.bottom()),
            Handle.TURN: (x, y),
        }

    def hit(self, at: Point) -> tuple[Handle, float] | None:
        """The nearest handle within reach of a place in image pixels, and its distance in widget
        pixels."""
        place = self.view.to_widget(*at)
        near = {handle: math.dist(place, each) for handle, each in self.handles.items()}
        handle = min(near, key=lambda each: near[each])
        return (handle, near[handle]) if near[handle] <= REACH else None

    @property
    def covered(self) -> QRect:
        """The widget pixels that it is drawn in."""
        turn = QPointF(*self.handles[Handle.TURN])
        whole = self.rect.united(QRectF(turn, turn).adjusted(-1, -1, 1, 1))
        return whole.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect()

    def draw(self, painter: QPainter, turned: float = 0.0) -> None:
        """A ring around each point, the box in dashes, and its handles; all but the rings
        ``turned`` around the middle by degrees. The painter is set to device pixels."""
        ratio = self.view.ratio
        rect = self.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(QTransform.fromScale(ratio, ratio), combine=True)
        centre = rect.center()
        painter.translate(centre)
        painter.rotate(turned)
        painter.translate(-centre)
        handles = self.handles
        turn = QPointF(*handles.pop(Handle.TURN))
        line = QPainterPath()
        line.addRect(rect)
        edge = rect.top() if turn.y() < rect.top() else rect.bottom()
        line.moveTo(rect.center().x(), edge)
        line.lineTo(turn)
        draw_dashes(painter, line, 1.0)
        painter.setBrush(LIGHT)
        painter.setPen(QPen(DARK, 1.5))
        for x, y in handles.values():
            painter.drawRect(QRectF(x - CORNER, y - CORNER, 2 * CORNER, 2 * CORNER))
        painter.drawEllipse(turn, ROUND, ROUND)
        painter.restore()

    def draw_rings(self, painter: QPainter) -> None:
        """Around each point that is selected."""
        ratio = self.view.ratio
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for point in self.points:
            middle_of = QPointF(*self.view.to_device(*point))
            for width, ink in ((4.0, DARK), (2.0, LIGHT)):
                painter.setPen(QPen(ink, width * ratio))
                painter.drawEllipse(middle_of, RING * ratio, RING * ratio)


class Transform(Gesture):
    """Changes the places of the selected points together, from where they were at its beginning."""

    def __init__(self, stage: Stage, at: Pointer) -> None:
        super().__init__(stage)
        self._at = at
        self._indices = sorted(self.chosen)
        self._points = tuple(self.before.points[index] for index in self._indices)
        self._path = self.before

    def end(self) -> Path:
        return self._path

    def _show(self, changed: Sequence[Point]) -> None:
        points = list(self.before.points)
        for index, point in zip(self._indices, self.fitted(changed), strict=True):
            points[index] = point
        self._path = replace(self.before, points=tuple(points))
        self.stage.try_path(self._path)


class Scale(Transform):
    """By a corner: from the opposite one, or with Alt from the middle; with Shift in proportion."""

    text = "Scale path"

    def __init__(self, stage: Stage, at: Pointer, handle: Handle) -> None:
        super().__init__(stage, at)
        low, high = box(self._points)
        across, down = handle.value
        self._corner = (high[0] if across > 0 else low[0], high[1] if down > 0 else low[1])
        self._opposite = (low[0] if across > 0 else high[0], low[1] if down > 0 else high[1])

    def move(self, at: Pointer) -> None:
        anchor = middle(self._points) if at.alt else self._opposite
        reach = (self._corner[0] - anchor[0], self._corner[1] - anchor[1])
        moved = (reach[0] + at.x - self._at.x, reach[1] + at.y - self._at.y)
        if at.shift:
            length2 = reach[0] ** 2 + reach[1] ** 2
            along = (moved[0] * reach[0] + moved[1] * reach[1]) / length2 if length2 else 1.0
            factors = (_kept(along), _kept(along))
        else:
            factors = (_factor(moved[0], reach[0]), _factor(moved[1], reach[1]))
        self._show(scaled(self._points, factors, anchor))


class Rotate(Transform):
    """Around the middle of the box; with Shift by multiples of 15°."""

    text = "Rotate path"

    def __init__(self, stage: Stage, at: Pointer) -> None:
        super().__init__(stage, at)
        self._middle = middle(self._points)
        self._begun = self._angle(at)
        self.degrees = 0.0

    def move(self, at: Pointer) -> None:
        turned = math.remainder(self._angle(at) - self._begun, 360.0)
        self.degrees = round(turned / 15.0) * 15.0 if at.shift else turned
        self._show(rotated(self._points, self.degrees, self._middle))

    def draw(self, painter: QPainter) -> None:
        frame = Frame(self._points, self.stage.view)
        frame.draw(painter, self.degrees)

    @property
    def marked(self) -> QRect:
        """Wherever the box gets to in a whole turn."""
        around = QRectF(Frame(self._points, self.stage.view).covered)
        corner = around.topLeft() - around.center()
        reach = math.hypot(corner.x(), corner.y()) + ABOVE
        centre = QPointF(*self.stage.view.to_widget(*self._middle))
        return QRectF(centre, centre).adjusted(-reach, -reach, reach, reach).toAlignedRect()

    def _angle(self, at: Pointer) -> float:
        x, y = self._middle
        return math.degrees(math.atan2(at.y - y, at.x - x))


def _factor(moved: float, reach: float) -> float:
    """How much farther; nothing where all points lie on one line."""
    return _kept(moved / reach) if abs(reach) > 1e-6 else 1.0


def _kept(factor: float) -> float:
    return math.copysign(max(abs(factor), LEAST), factor)
