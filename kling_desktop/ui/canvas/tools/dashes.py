"""Draws the outline of a gesture so that it reads on any picture, and a sign of what it does."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.toolbox import Combine

Box = tuple[Point, Point]
"""Top left and bottom right corner in image pixels."""

LIGHT, DARK = QColor(255, 255, 255), QColor(0, 0, 0, 190)
BESIDE = 17.0
"""Widget pixels from the pointer, to the right and down, to the middle of the sign."""
DISC = 8.0
"""Radius of the sign in widget pixels."""
MARGIN = 28
"""Widget pixels by which outline and sign may reach beyond the places that they belong to."""


def to_device(view: View) -> QTransform:
    """Image pixels → device pixels, for whole shapes at once."""
    return QTransform(view.zoom, 0, 0, view.zoom, view.x, view.y)


def draw_dashes(painter: QPainter, line: QPainterPath, ratio: float) -> None:
    """Light dashes on a dark line along a path in device pixels."""
    dashes = QPen(LIGHT, 1.4 * ratio, Qt.PenStyle.CustomDashLine)
    dashes.setDashPattern([4.0, 3.0])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(DARK, 2.6 * ratio), dashes):
        painter.setPen(pen)
        painter.drawPath(line)


def draw_sign(painter: QPainter, at: Point, how: Combine, ratio: float) -> None:
    """+, − or ∩ on a dark disc beside a place in device pixels."""
    middle = QPointF(at[0] + BESIDE * ratio, at[1] + BESIDE * ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DARK)
    painter.drawEllipse(middle, DISC * ratio, DISC * ratio)
    pen = QPen(LIGHT, 1.8 * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(_sign(how, 4.0 * ratio).translated(middle))


def covered(box: Box, view: View) -> QRect:
    """Widget pixels that outline and sign may touch around a box of image pixels."""
    (x0, y0), (x1, y1) = (view.to_widget(*corner) for corner in box)
    seen_x = [min(max(x, -MARGIN), view.widget[0] + MARGIN) for x in (x0, x1)]
    seen_y = [min(max(y, -MARGIN), view.widget[1] + MARGIN) for y in (y0, y1)]
    left, top = math.floor(seen_x[0]) - MARGIN, math.floor(seen_y[0]) - MARGIN
    right, bottom = math.ceil(seen_x[1]) + MARGIN, math.ceil(seen_y[1]) + MARGIN
    return QRect(left, top, right - left, bottom - top)


def box_of(*points: Point) -> Box:
    """The smallest box that holds the points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys)), (max(xs), max(ys))


def _sign(how: Combine, reach: float) -> QPainterPath:
    sign = QPainterPath()
    if how == Combine.INTERSECT:
        sign.moveTo(-reach * 0.8, reach)
        sign.lineTo(-reach * 0.8, -reach * 0.2)
        sign.arcTo(QRectF(-reach * 0.8, -reach, reach * 1.6, reach * 1.6), 180, -180)
        sign.lineTo(reach * 0.8, reach)
        return sign
    sign.moveTo(-reach, 0)
    sign.lineTo(reach, 0)
    if how == Combine.ADD:
        sign.moveTo(0, -reach)
        sign.lineTo(0, reach)
    return sign
