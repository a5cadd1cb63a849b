"""The ring around the pointer that shows the true size of the brush."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from kling_desktop.model.path import Point

LARGEST = 1024
"""Diameter in device pixels up to which the ring is kept as an image; larger ones are drawn."""
EDGE = 3
"""Widget pixels that the double line may reach beyond the radius."""
LIGHT, DARK = QColor(255, 255, 255, 230), QColor(0, 0, 0, 200)


class Ring:
    """A light circle inside a dark one, of a radius in device pixels."""

    def __init__(self) -> None:
        self._radius = -1.0
        self._image = QImage()
        self._half = 0

    def draw(self, painter: QPainter, x: float, y: float, radius: float, ratio: float) -> None:
        """Draw around a place in device pixels, with the painter set to device pixels."""
        if 2 * radius > LARGEST:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _circles(painter, QPointF(x, y), radius, ratio)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            return
        if radius != self._radius:
            self._make(radius, ratio)
        # The image's middle is the middle of a pixel: the one that the place lies in.
        place = QPoint(math.floor(x) - self._half, math.floor(y) - self._half)
        painter.drawImage(place, self._image)

    def _make(self, radius: float, ratio: float) -> None:
        self._radius, self._half = radius, int(radius + EDGE * ratio) + 1
        side = 2 * self._half + 1
        self._image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.fill(0)
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _circles(painter, QPointF(self._half + 0.5, self._half + 0.5), radius, ratio)
        painter.end()


def ring_rect(a: Point, b: Point, radius: float) -> QRect:
    """Widget pixels that rings of ``radius`` widget pixels around two places may touch."""
    (ax, ay), (bx, by) = a, b
    reach = int(radius) + EDGE + 3
    x, width = (ax, bx - ax) if ax < bx else (bx, ax - bx)
    y, height = (ay, by - ay) if ay < by else (by, ay - by)
    twice = 2 * reach + 2
    return QRect(int(x) - reach, int(y) - reach, int(width) + twice, int(height) + twice)


def _circles(painter: QPainter, centre: QPointF, radius: float, ratio: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, offset in ((DARK, 0.9 * ratio), (LIGHT, -0.3 * ratio)):
        painter.setPen(QPen(ink, 1.3 * ratio))
        reach = max(radius + offset, 0.5)
        painter.drawEllipse(centre, reach, reach)
