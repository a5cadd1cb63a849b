"""The rubber band: selects the points of the path in hand that lie in a box."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.dashes import box_of, covered, draw_dashes
from kling_desktop.ui.canvas.tools.path_gesture import Gesture


class RubberBand(Gesture):
    """Selects what is inside while it is dragged; ``adds`` to what is selected already."""

    def __init__(self, stage: Stage, at: Pointer, *, adds: bool) -> None:
        super().__init__(stage)
        self._start = self._end = at.point
        self._kept = self.chosen if adds else frozenset()
        stage.select(self._kept)

    def move(self, at: Pointer) -> None:
        old, self._end = self.marked, at.point
        (x0, y0), (x1, y1) = box_of(self._start, self._end)
        inside = (
            index
            for index, (x, y) in enumerate(self.before.points)
            if x0 <= x <= x1 and y0 <= y <= y1
        )
        self.stage.select(self._kept.union(inside))
        self.stage.update(old.united(self.marked))

    def draw(self, painter: QPainter) -> None:
        view = self.stage.view
        line = QPainterPath()
        corners = (QPointF(*view.to_device(*corner)) for corner in (self._start, self._end))
        line.addRect(QRectF(*corners).normalized())
        draw_dashes(painter, line, view.ratio)

    @property
    def marked(self) -> QRect:
        return covered(box_of(self._start, self._end), self.stage.view)
