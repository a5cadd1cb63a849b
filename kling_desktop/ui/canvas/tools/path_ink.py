"""The line that is being drawn freehand: each move costs the same, however long it has become."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from kling_desktop.model.path import Point
from kling_desktop.model.path_shape import box
from kling_desktop.ui.canvas.tools.dashes import to_device
from kling_desktop.ui.canvas.view import View

PIECE = 64
"""Places of a piece of the line: only the pieces that lie in what is repainted are drawn."""
MARGIN = 6
"""Widget pixels by which its width reaches beyond its places."""
DARK, LIGHT = QColor(16, 18, 20), QColor(255, 255, 255)


class Ink:
    """A line through places in image pixels, in pieces that share their ends."""

    def __init__(self, tint: QColor) -> None:
        self._inks = ((6.4, DARK), (4.8, LIGHT), (3.0, tint))
        self._pieces: list[list[QPointF]] = []

    def restart(self, places: Sequence[Point]) -> tuple[Point, ...]:
        """Begin anew with a line; returns the places around which it looks different now."""
        old = [(each.x(), each.y()) for piece in self._pieces for each in piece]
        self._pieces = []
        for place in places:
            self.add(place)
        return (*old, *places)

    def add(self, place: Point) -> tuple[Point, ...]:
        """Go on to a place; returns those around which the line looks different now."""
        pieces, spot = self._pieces, QPointF(*place)
        if not pieces:
            pieces.append([spot])
            return (place,)
        last = pieces[-1][-1]
        pieces[-1].append(spot)
        if len(pieces[-1]) >= PIECE:
            pieces.append([spot])
        return (last.x(), last.y()), place

    def draw(self, painter: QPainter, view: View) -> None:
        """Draw what lies in the part that is being repainted."""
        part = _repainted(painter)
        placing, margin = to_device(view), MARGIN * view.ratio
        seen = [
            polygon
            for polygon in (placing.map(QPolygonF(piece)) for piece in self._pieces)
            if part.isEmpty()
            or part.intersects(polygon.boundingRect().adjusted(-margin, -margin, margin, margin))
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
        for width, ink in self._inks:
            painter.setPen(QPen(ink, width * view.ratio, Qt.PenStyle.SolidLine, cap, join))
            for polygon in seen:
                painter.drawPolyline(polygon)

    def covered(self, view: View) -> QRect:
        """The widget pixels that it covers."""
        places = [(each.x(), each.y()) for piece in self._pieces for each in piece]
        return Ink.around(places, view) if places else QRect()

    @staticmethod
    def around(places: Sequence[Point], view: View) -> QRect:
        """The widget pixels in which a line through some places is drawn."""
        corners = (QPointF(*view.to_widget(*corner)) for corner in box(places))
        seen = QRectF(*corners).toAlignedRect()
        return seen.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _repainted(painter: QPainter) -> QRectF:
    """The part of the widget that is being repainted, as the painter counts; empty where all is."""
    clip = QRectF(painter.paintEngine().systemClip().boundingRect())
    inverted, _ = painter.deviceTransform().inverted()
    return inverted.mapRect(clip)
