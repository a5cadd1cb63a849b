"""The points of a path that are sent, as dots, and where they stray furthest from what was drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from kling_desktop.ui.budget import SentPoints
from kling_desktop.ui.canvas.view import View

DOT, RING = 2.4, 8.0
"""Radii in widget pixels."""
TELLING = 0.5
"""Image pixels of deviation below which its place is not worth showing."""
LIGHT, DARK = QColor(255, 255, 255), QColor(16, 18, 20)
STRAY = QColor(255, 176, 32)


@dataclass(frozen=True, slots=True)
class PlacedPoints:
    """The dots, and the middle of the ring, in device pixels."""

    dots: tuple[QPointF, ...] = ()
    worst: QPointF | None = None
    bounds: QRectF = field(default_factory=QRectF)


def placed_points(sent: SentPoints, view: View) -> PlacedPoints:
    dots = tuple(QPointF(*view.to_device(x, y)) for x, y in sent.points)
    worst = None
    if sent.deviation_px >= TELLING:
        worst = QPointF(*view.to_device(*sent.worst))
    places = dots if worst is None else (*dots, worst)
    xs, ys = [place.x() for place in places], [place.y() for place in places]
    box = QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)) if places else QRectF()
    return PlacedPoints(dots, worst, box)


def draw_sent(painter: QPainter, placed: PlacedPoints, ratio: float) -> None:
    """The painter is set to device pixels and antialiasing."""
    painter.setPen(QPen(DARK, 1.4 * ratio))
    painter.setBrush(LIGHT)
    for dot in placed.dots:
        painter.drawEllipse(dot, DOT * ratio, DOT * ratio)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if placed.worst is not None:
        for width, ink in ((4.6, DARK), (2.2, STRAY)):
            painter.setPen(QPen(ink, width * ratio))
            painter.drawEllipse(placed.worst, RING * ratio, RING * ratio)
