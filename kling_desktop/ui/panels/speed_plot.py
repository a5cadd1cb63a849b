"""How a speed curve looks: axes in seconds, the curve over its ground, its points."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from kling_desktop.model.timing import Speed
from kling_desktop.ui.theme import Scheme, scheme

HEIGHT = 112
SIDE, ABOVE, BELOW = 10.0, 10.0, 20.0
"""Room around the plot: for points on its edge, and for the seconds below it."""
TOP, HEADROOM = 2.5, 1.15
"""The relative speed at the upper edge, unless something is faster: then there is room above it."""
POINT = 4.5
SMALL = 11
"""Height of the words in pixels."""
TIGHT = 26.0
"""Pixels between the seconds that are written at least."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A curve and its axes: seconds ``begin`` to ``end`` of the video, speeds 0 to ``most``."""

    speed: Speed
    begin: float = 0.0
    end: float = 5.0
    most: float | None = None

    @property
    def top(self) -> float:
        return self.most or max(TOP, *(fast * HEADROOM for _, fast in self.speed))

    def fixed(self) -> Plot:
        """Its axes stay, however fast the curve gets."""
        return replace(self, most=self.top)

    def showing(self, speed: Speed) -> Plot:
        return replace(self, speed=speed)

    def place(self, time: float, fast: float, size: QSize) -> QPointF:
        """(share of the time, speed) → pixels."""
        area = _area(size)
        share = fast / self.top
        return QPointF(area.left() + time * area.width(), area.bottom() - share * area.height())

    def value(self, place: QPointF, size: QSize) -> tuple[float, float]:
        """Pixels → (share of the time, speed), neither of them clamped but for what is below 0."""
        area = _area(size)
        time = (place.x() - area.left()) / max(area.width(), 1.0)
        fast = (area.bottom() - place.y()) / max(area.height(), 1.0) * self.top
        return min(max(time, 0.0), 1.0), max(fast, 0.0)

    def beside(self, place: QPointF, size: QSize) -> float:
        """How many pixels a place is off the line, infinitely many beyond its ends."""
        points = [self.place(*each, size) for each in self.speed]
        if not points[0].x() - POINT <= place.x() <= points[-1].x() + POINT:
            return math.inf
        return min(_off(place, a, b) for a, b in pairwise(points))

    def words(self, index: int) -> str:
        """A point for those who hear it."""
        time, fast = self.speed[index]
        seconds = self.begin + time * (self.end - self.begin)
        return f"Point {index + 1} of {len(self.speed)}: speed {fast:.1f} at {seconds:.1f} s"


def draw_plot(painter: QPainter, widget: QWidget, plot: Plot, selected: int | None) -> None:
    """Draw it all; ``selected`` is the point that keys act on."""
    colours, size = scheme(widget.palette()), widget.size()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    focused, enabled = widget.hasFocus(), widget.isEnabled()
    painter.setPen(QPen(QColor(colours.accent_text if focused else colours.line), 1.0))
    painter.setBrush(QColor(colours.base))
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    _axes(painter, plot, size, colours, enabled=enabled)
    ink = QColor(colours.accent_text if enabled else colours.faint)
    _curve(painter, plot, size, ink, QColor(colours.accent_soft if enabled else colours.raised))
    for index, (time, fast) in enumerate(plot.speed) if enabled else ():
        full = index == selected
        radius = POINT + 1.0 if full else POINT
        painter.setPen(QPen(ink, 1.8))
        painter.setBrush(ink if full else QColor(colours.base))
        painter.drawEllipse(plot.place(time, fast, size), radius, radius)


def _area(size: QSize) -> QRectF:
    return QRectF(SIDE, ABOVE, size.width() - 2 * SIDE, size.height() - ABOVE - BELOW)


def _axes(painter: QPainter, plot: Plot, size: QSize, colours: Scheme, *, enabled: bool) -> None:
    """Lines at whole seconds with their words, the ground, and the mean speed."""
    area, line = _area(size), QColor(colours.line)
    font = painter.font()
    font.setPixelSize(SMALL)
    painter.setFont(font)
    span = max(plot.end - plot.begin, 1e-6)
    last = -math.inf
    for second in range(math.ceil(plot.begin - 1e-6), math.floor(plot.end + 1e-6) + 1):
        x = area.left() + (second - plot.begin) / span * area.width()
        painter.setPen(QPen(line, 1.0))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        if x - last >= TIGHT:
            last = x
            painter.setPen(QColor(colours.muted if enabled else colours.faint))
            box = QRectF(x - 20, area.bottom() + 4, 40, BELOW - 4)
            middle = min(max(box.center().x(), 16.0), size.width() - 16.0)
            box.moveCenter(QPointF(middle, box.center().y()))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{second} s")
    painter.setPen(QPen(line, 1.0))
    painter.drawLine(area.bottomLeft(), area.bottomRight())


def _curve(painter: QPainter, plot: Plot, size: QSize, ink: QColor, ground: QColor) -> None:
    area = _area(size)
    points = [plot.place(*each, size) for each in plot.speed]
    path = QPainterPath(points[0])
    for point in points[1:]:
        path.lineTo(point)
    under = QPainterPath(path)
    under.lineTo(area.bottomRight())
    under.lineTo(area.bottomLeft())
    under.closeSubpath()
    painter.setOpacity(0.7)
    painter.fillPath(under, ground)
    painter.setOpacity(1.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPath(path)


def _off(place: QPointF, a: QPointF, b: QPointF) -> float:
    """Distance of a place from a line between two points."""
    along, to = b - a, place - a
    square = QPointF.dotProduct(along, along)
    share = min(max(QPointF.dotProduct(to, along) / max(square, 1e-9), 0.0), 1.0)
    rest = to - along * share
    return math.hypot(rest.x(), rest.y())
