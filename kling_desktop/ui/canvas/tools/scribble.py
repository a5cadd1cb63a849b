"""Draws what the smart tool is told: its box, and what is marked as inside or outside."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.tools.dashes import Box, draw_dashes, to_device
from kling_desktop.ui.canvas.view import View

SCRIBBLE = 5.0
"""Radius of a mark in widget pixels."""
RIM = 1.5
"""Width of the dark line around it in widget pixels."""
INSIDE, OUTSIDE, DARK = QColor(64, 210, 110, 200), QColor(255, 70, 60, 200), QColor(0, 0, 0, 150)


def draw_box(painter: QPainter, box: Box, view: View) -> None:
    """With the painter set to device pixels, as below."""
    path = QPainterPath()
    path.addRect(QRectF(QPointF(*box[0]), QPointF(*box[1])))
    draw_dashes(painter, to_device(view).map(path), view.ratio)


def draw_scribble(painter: QPainter, line: list[Point], view: View, *, inside: bool) -> None:
    """The line that the pointer went, as wide as it counts."""
    polyline = to_device(view).map(QPolygonF([QPointF(*point) for point in line]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen()
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    for colour, radius in ((DARK, SCRIBBLE + RIM), (INSIDE if inside else OUTSIDE, SCRIBBLE)):
        pen.setColor(colour)
        pen.setWidthF(2 * radius * view.ratio)
        painter.setPen(pen)
        if len(line) > 1:
            painter.drawPolyline(polyline)
        else:
            painter.drawPoint(polyline.at(0))
