"""How one path looks: curve with a casing, start, arrow, handles and ticks, in device pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from kling_desktop.model.path import Path, Points
from kling_desktop.ui.budget import SentPoints
from kling_desktop.ui.canvas.path_sent import PlacedPoints, draw_sent, placed_points
from kling_desktop.ui.canvas.path_ticks import (
    PlacedTimes,
    draw_pills,
    draw_ticks,
    draw_way,
    placed_times,
)
from kling_desktop.ui.canvas.path_times import Times
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
class Plan:
    """What is known of one path whatever the view, in image pixels."""

    motion: Path
    """With the motion of its parents."""
    path: Path
    """By itself."""
    curve: Points
    """Of the path by itself, flattened."""
    times: Times
    seconds: float
    """How long the video is."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One path ready to be drawn: curve, control points and marks in device pixels."""

    plan: Plan
    polygon: QPolygonF
    points: list[QPointF]
    bounds: QRect
    """What it covers, in widget pixels."""
    active: bool = False
    """Whether it has handles."""
    words: bool = False
    """Whether its times are told."""
    times: PlacedTimes = field(default_factory=PlacedTimes)
    sent: SentPoints | None = None
    """What is sent of it, where that is to be seen."""
    dots: PlacedPoints = field(default_factory=PlacedPoints)


def prepared(
    plan: Plan,
    view: View,
    *,
    active: bool = False,
    words: bool = False,
    sent: SentPoints | None = None,
) -> Drawn:
    """A path placed in a view."""
    places = _thinned(plan.curve, view.zoom) * view.zoom + (view.x, view.y)
    polygon = QPolygonF([QPointF(x, y) for x, y in places.tolist()])
    points = [view.to_device(*point) for point in plan.path.points]
    times, dots = PlacedTimes(), PlacedPoints()
    if len(places):
        times = placed_times(plan.times, view, points, places, active=active, words=words)
    if sent is not None:
        dots = placed_points(sent, view)
    bounds = _bounds(view, polygon.boundingRect(), times.bounds, dots.bounds)
    handles = [QPointF(*point) for point in points]
    return Drawn(plan, polygon, handles, bounds, active, words, times, sent, dots)


def _bounds(view: View, curve: QRectF, *more: QRectF) -> QRect:
    """The widget pixels that a curve and what goes with it cover; boxes in device pixels."""
    reach = REACH * view.ratio
    box = curve.adjusted(-reach, -reach, reach, reach)
    for other in more:
        if not other.isNull():
            box = box.united(other.adjusted(-reach, -reach, reach, reach))
    ratio = view.ratio
    bounds = QRectF(box.x() / ratio, box.y() / ratio, box.width() / ratio, box.height() / ratio)
    return bounds.toAlignedRect().intersected(QRect(0, 0, *view.widget))


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
    selected: int | None = None,
) -> None:
    """Curve in the area's colour between a dark and a light casing, ticks, arrow, start, and
    handles on the active one. The painter is set to device pixels and antialiasing."""
    tint, active = colour(area, looks), drawn.active
    draw_way(painter, drawn.times, tint, ratio)
    if drawn.polygon.size() > 1:
        for width, ink in ((6.4, DARK), (4.8, LIGHT), (3.0 if active else 2.4, tint)):
            painter.setPen(_pen(ink, width * ratio))
            painter.drawPolyline(drawn.polygon)
    draw_ticks(painter, drawn.times, ratio, active=active)
    draw_sent(painter, drawn.dots, ratio)
    short = _handle_radius(drawn, ratio) if active else 0.0
    _arrow(painter, drawn.times.way, tint, ratio)
    _arrow(painter, drawn.polygon, tint, ratio, short=short)
    if active:
        _handles(painter, drawn, tint, ratio, selected)
    if drawn.points:
        _start(painter, area, drawn.points[0], ratio, looks, selected=active and selected == 0)
    draw_pills(painter, drawn.times, ratio)


def _pen(ink: QColor, width: float) -> QPen:
    style, cap, join = Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(ink, width, style, cap, join)


def _arrow(
    painter: QPainter, line: QPolygonF, tint: QColor, ratio: float, *, short: float = 0.0
) -> None:
    """A head at the end of a line, if it is one, pointing where its last stretch goes; ``short``
    widget pixels before the end, where a handle sits on it."""
    if line.size() < 2:
        return
    tip = line.at(line.size() - 1)
    back = line.at(0)
    for index in range(line.size() - 2, -1, -1):
        back = line.at(index)
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
