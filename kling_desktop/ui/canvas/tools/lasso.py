"""The lasso: fills a polygon that is drawn freehand, clicked corner by corner, or both."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from kling_desktop.imaging.outline import polygon
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.hits import REACH
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.dashes import LIGHT, Box, box_of, draw_dashes, to_device
from kling_desktop.ui.canvas.tools.selection import Selection
from kling_desktop.ui.colours import colour

DRAG = 4.0
"""Widget pixels that the pointer travels before a click becomes a freehand line."""
FAINT = 40
"""Opacity, of 255, of the colour inside."""


class Lasso(Selection):
    """Enter, a double click or a click on the first corner closes it; Backspace takes the last
    corner back."""

    name = "Lasso"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._corners = QPolygonF()
        self._bounds: Box | None = None
        self._pressed: Point | None = None
        self._drawn = False
        """Whether the pointer was dragged since it was pressed."""
        self._clicked = False
        """Whether corners are being clicked, so that letting go does not close the polygon."""

    @property
    def active(self) -> bool:
        return not self._corners.isEmpty()

    def press(self, at: Pointer) -> None:
        if self.stage.document.shot.picture is None:
            return
        if self._corners.size() > 2 and self._near_start(at.point):
            self.at = at
            self._close()
            return
        if not self.active and not self.may_begin():
            return
        self._pressed, self._drawn = at.point, False
        self._add(at)

    def double(self, at: Pointer) -> None:
        if self.active:
            self.at = at
            self._close()
        else:
            self.press(at)

    def drag(self, at: Pointer) -> None:
        if self._pressed is None:
            return
        slip = DRAG * self.stage.view.reach
        if self._drawn or math.dist(at.point, self._pressed) >= slip:
            self._drawn = True
            self._add(at)
        else:
            self._follow(at)

    def hover(self, at: Pointer) -> None:
        if self.active:
            self._follow(at)

    def release(self, at: Pointer) -> None:
        if self._pressed is None:
            return
        self._pressed, self.at = None, at
        if self._drawn and not self._clicked:
            self._close()
        else:
            self._clicked = True

    def key(self, key: int, keys: Qt.KeyboardModifier, *, repeats: bool) -> bool:  # noqa: ARG002
        if not self.active:
            return False
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.at = self.at._replace(keys=keys)
            self._close()
            return True
        if key in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}:
            self._corners.removeLast()
            self._clicked = self.active
            self._follow(self.at)
            return True
        return False

    def settle(self) -> None:
        if self._corners.size() > 2:
            self._close()

    def cancel(self) -> None:
        self._corners, self._bounds = QPolygonF(), None
        self._pressed, self._clicked = None, False
        self.show(None)

    def draw(self, painter: QPainter) -> None:
        if not self.active:
            return
        stage = self.stage
        line = QPolygonF(self._corners)
        line.append(QPointF(*self.at.point))
        line = to_device(stage.view).map(line)
        tint = colour(self.area, stage.document.shot.looks)
        tint.setAlpha(FAINT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawPolygon(line)  # the even-odd rule, as for the pixels taken
        path = QPainterPath()
        path.addPolygon(line)
        draw_dashes(painter, path, stage.view.ratio)
        if self._clicked:
            radius = 4.0 * stage.view.ratio
            painter.setBrush(LIGHT)
            painter.drawEllipse(line.at(0), radius, radius)
        self.draw_sign(painter)

    def _near_start(self, at: Point) -> bool:
        return math.dist(self._corners.at(0).toTuple(), at) <= REACH * self.stage.view.reach

    def _add(self, at: Pointer) -> None:
        """A corner where the pointer is."""
        self._bounds = box_of(*(self._bounds or ()), at.point)
        self._corners.append(QPointF(*at.point))
        self._follow(at)

    def _follow(self, at: Pointer) -> None:
        """Show the side from the last corner to the pointer."""
        self.at = at
        self.show(box_of(*(self._bounds or ()), at.point) if self.active else None)

    def _close(self) -> None:
        corners: list[Point] = [corner.toTuple() for corner in self._corners.toList()]
        self.cancel()
        self.take(*polygon(corners, *self.stage.view.image), self.how)
