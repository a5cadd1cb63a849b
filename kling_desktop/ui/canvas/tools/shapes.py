"""Rectangle and ellipse: dragged from corner to corner, or with Ctrl from the middle."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from kling_desktop.imaging import outline
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.dashes import box_of, draw_dashes, to_device
from kling_desktop.ui.canvas.tools.selection import Selection
from kling_desktop.ui.colours import colour

DRAG = 4.0
"""Widget pixels from corner to corner below which it was only a click."""
FAINT = 40
"""Opacity, of 255, of the colour inside."""


class Shape(Selection):
    """Shift without Alt makes both sides equal."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._start: Point | None = None

    @property
    def active(self) -> bool:
        return self._start is not None

    def press(self, at: Pointer) -> None:
        self.cancel()
        if self.may_begin():
            self._start = at.point
            self._follow(at)

    def drag(self, at: Pointer) -> None:
        if self._start is not None:
            self._follow(at)

    def release(self, at: Pointer) -> None:
        if self._start is None:
            return
        self.at = at
        a, b = self._corners()
        self.cancel()
        if math.dist(a, b) >= DRAG * self.stage.view.reach:
            self.take(*self.mask(a, b), self.how)

    def cancel(self) -> None:
        self._start = None
        self.show(None)

    def draw(self, painter: QPainter) -> None:
        if self._start is None:
            return
        stage = self.stage
        shape = QPainterPath()
        a, b = box_of(*self._corners())
        self.add_to(shape, QRectF(QPointF(*a), QPointF(*b)))
        shape = to_device(stage.view).map(shape)
        tint = colour(self.area, stage.document.shot.looks)
        tint.setAlpha(FAINT)
        painter.fillPath(shape, tint)
        draw_dashes(painter, shape, stage.view.ratio)
        self.draw_sign(painter)

    def mask(self, a: Point, b: Point) -> tuple[Rect, Mask]:
        """The pixels between two corners."""
        raise NotImplementedError

    def add_to(self, path: QPainterPath, box: QRectF) -> None:
        """Add the outline in a box of image pixels to a path."""
        raise NotImplementedError

    def _follow(self, at: Pointer) -> None:
        self.at = at
        self.show(box_of(*self._corners(), at.point))

    def _corners(self) -> tuple[Point, Point]:
        assert self._start is not None  # noqa: S101
        (ax, ay), at = self._start, self.at
        across, down = at.x - ax, at.y - ay
        if at.shift and not at.alt:
            side = max(abs(across), abs(down))
            across, down = math.copysign(side, across), math.copysign(side, down)
        first = (ax - across, ay - down) if at.ctrl else (ax, ay)
        return first, (ax + across, ay + down)


class Rectangle(Shape):
    name = "Rectangle"

    def mask(self, a: Point, b: Point) -> tuple[Rect, Mask]:
        return outline.rectangle(a, b, *self.stage.view.image)

    def add_to(self, path: QPainterPath, box: QRectF) -> None:
        path.addRect(box)


class Ellipse(Shape):
    name = "Ellipse"

    def mask(self, a: Point, b: Point) -> tuple[Rect, Mask]:
        return outline.ellipse(a, b, *self.stage.view.image)

    def add_to(self, path: QPainterPath, box: QRectF) -> None:
        path.addEllipse(box)
