"""How one path looks: curve with a casing, start, arrow and handles, in device pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from kling_desktop.model.path import Path, Points
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.colours import USUAL, Looks, colour, on_colour

PIECE = 6.0
"""Longest piece of a drawn curve in device pixels where the flattened one is finer."""
START, HANDLE, DOT = 8.0, 7.5, 4.5
"""Radii in widget pixels: the start with its area's number, a numbered handle, a crowded one."""
ROOM = 2 * HANDLE + 5
"""Widget pixels between neighbours from which on handles carry numbers."""
REACH = 22.0
"""Widget pixels that anything drawn may reach beyond the curve."""
LIGHT, DARK = QColor(255, 255, 255), QColor(16, 18, 20)
"""Opaque: Qt strokes a translucent line at less than half the speed."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One path ready to be drawn: curve and control points in device pixels."""

    path: Path
    curve: Points
    """Flattened, in image pixels; does not depend on the view."""
    polygon: QPolygonF
    points: list[QPointF]
    bounds: QRect
    """What it covers, in widget pixels."""


def prepared(path: Path, curve: Points, view: View) -> Drawn:
    """A path with its flattened ``curve``, placed in a view."""
    places = _thinned(curve, view.zoom) * view.zoom + (view.x, view.y)
    polygon = QPolygonF([QPointF(x, y) for x, y in places.tolist()])
    points = [QPointF(*view.to_device(*point)) for point in path.points]
    box = polygon.boundingRect()
    reach, ratio = REACH, view.ratio
    bounds = QRectF(box.x() / ratio, box.y() / ratio, box.width() / ratio, box.height() / ratio)
    covered = bounds.adjusted(-reach, -reach, reach, reach).toAlignedRect()
    return Drawn(path, curve, polygon, points, covered.intersected(QRect(0, 0, *view.widget)))


def _thinned(curve: Points, zoom: float) -> Points:
    """Without the vertices that lie closer together than the screen can show."""
    if len(curve) < 3:
        return curve
    travelled = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T)))) * zoom
    cell = np.floor(travelled / PIECE)
    keep = np.concatenate(([True], cell[1:] != cell[:-1]))
    keep[-1] = True
    return np.asarray(curve[keep])


def draw_path(
    painter: QPainter,
    area: int,
    drawn: Drawn,
    ratio: float,
    *,
    looks: Looks = USUAL,
    active: bool = False,
    selected: int | None = None,
) -> None:
    """Curve in the area's colour between a dark and a light casing, arrow, start, and handles on
    the ``active`` one. The painter is set to device pixels and antialiasing."""
    tint = colour(area, looks)
    if drawn.polygon.size() > 1:
        for width, ink in ((6.4, DARK), (4.8, LIGHT), (3.0 if active else 2.4, tint)):
            painter.setPen(_pen(ink, width * ratio))
            painter.drawPolyline(drawn.polygon)
        _arrow(painter, drawn, tint, ratio, short=_handle_radius(drawn, ratio) if active else 0.0)
    if active:
        _handles(painter, drawn, tint, ratio, selected)
    if drawn.points:
        _start(painter, area, drawn.points[0], ratio, looks, selected=active and selected == 0)


def _pen(ink: QColor, width: float) -> QPen:
    style, cap, join = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(ink, width, style, cap, join)


def _arrow(painter: QPainter, drawn: Drawn, tint: QColor, ratio: float, *, short: float) -> None:
    """A head at the end, pointing where the last stretch of the curve goes; ``short`` widget
    pixels before it, where a handle sits on the end."""
    tip = drawn.polygon.at(drawn.polygon.size() - 1)
    back = drawn.polygon.at(0)
    for index in range(drawn.polygon.size() - 2, -1, -1):
        back = drawn.polygon.at(index)
        if math.hypot(tip.x() - back.x(), tip.y() - back.y()) > 8 * ratio:
            break
    angle = math.atan2(tip.y() - back.y(), tip.x() - back.x())
    if short:
        back_by = (short + 10.0) * ratio
        tip -= QPointF(back_by * math.cos(angle), back_by * math.sin(angle))
    head = QPolygonF(
        [
            QPointF(
                tip.x() + ratio * (along * math.cos(angle) - across * math.sin(angle)),
                tip.y() + ratio * (along * math.sin(angle) + across * math.cos(angle)),
            )
            for along, across in ((9.0, 0.0), (-5.0, 7.0), (-2.0, 0.0), (-5.0, -7.0))
        ]
    )
    for width, ink in ((4.0, DARK), (2.4, LIGHT)):
        painter.setPen(_pen(ink, width * ratio))
        painter.setBrush(ink)
        painter.drawPolygon(head)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tint)
    painter.drawPolygon(head)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _handle_radius(drawn: Drawn, ratio: float) -> float:
    """Radius in widget pixels: small where the control points are crowded."""
    gaps = (math.hypot(b.x() - a.x(), b.y() - a.y()) for a, b in pairwise(drawn.points))
    return HANDLE if min(gaps, default=math.inf) >= ROOM * ratio else DOT


def _handles(
    painter: QPainter, drawn: Drawn, tint: QColor, ratio: float, selected: int | None
) -> None:
    """A disc on every control point but the start, numbered where there is room."""
    radius = _handle_radius(drawn, ratio)
    for index, point in enumerate(drawn.points[1:], start=1):
        ring = tint if index != selected else QColor(0, 0, 0)
        fill = QColor(255, 255, 255) if index != selected else tint.lighter(115)
        _disc(painter, point, radius * ratio, fill, ring, 2.0 * ratio)
        if radius == HANDLE:
            _number(painter, index + 1, point, radius, ratio, QColor(20, 20, 20))


def _start(
    painter: QPainter, area: int, point: QPointF, ratio: float, looks: Looks, *, selected: bool
) -> None:
    """A full disc with the area's number."""
    ring = QColor(0, 0, 0) if selected else QColor(255, 255, 255)
    _disc(painter, point, START * ratio, colour(area, looks), ring, 2.0 * ratio)
    _number(painter, area, point, START, ratio, on_colour(area, looks))


def _disc(
    painter: QPainter, point: QPointF, radius: float, fill: QColor, ring: QColor, width: float
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DARK)
    painter.drawEllipse(point, radius + width, radius + width)
    painter.setPen(_pen(ring, width))
    painter.setBrush(fill)
    painter.drawEllipse(point, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _number(
    painter: QPainter, number: int, point: QPointF, radius: float, ratio: float, ink: QColor
) -> None:
    font = QFont()
    font.setBold(True)
    font.setPixelSize(max(1, round(radius * (1.35 if number < 10 else 1.05) * ratio)))
    painter.setFont(font)
    painter.setPen(ink)
    side = 2 * radius * ratio
    box = QRectF(point.x() - side / 2, point.y() - side / 2, side, side)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
