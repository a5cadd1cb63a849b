"""Small dark labels beside a path: a second, a rest, a deviation; they read on any picture."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

TEXT = 10.5
"""Height of the letters in widget pixels."""
PAD_X, PAD_Y = 5.0, 2.5
BAR, BAR_GAP, BAR_HEIGHT = 2.0, 2.0, 7.0
"""The two bars of a pause."""
GROUND, INK = QColor(22, 24, 28), QColor(255, 255, 255)
RIM = QColor(235, 237, 240)


@dataclass(frozen=True, slots=True)
class Pill:
    """A label at ``box`` (device pixels), led by two bars where an area ``pauses``."""

    box: QRectF
    text: str
    pauses: bool = False


def pill_size(text: str, ratio: float, *, pauses: bool = False) -> tuple[float, float]:
    """Width and height in device pixels."""
    metrics = QFontMetricsF(_font(ratio))
    icon = (2 * BAR + 2 * BAR_GAP + 2) * ratio if pauses else 0.0
    width = metrics.horizontalAdvance(text) + icon + 2 * PAD_X * ratio
    return width, (TEXT + 2 * PAD_Y + 2) * ratio


def draw_pill(painter: QPainter, pill: Pill, ratio: float) -> None:
    """The painter is set to device pixels and antialiasing."""
    box, round_ = pill.box, 4.5 * ratio
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(RIM)
    painter.drawRoundedRect(box, round_, round_)
    painter.setBrush(GROUND)
    inner = box.adjusted(ratio, ratio, -ratio, -ratio)
    painter.drawRoundedRect(inner, round_ - ratio, round_ - ratio)
    words = QRectF(box)
    if pill.pauses:
        painter.setBrush(INK)
        left, middle = box.left() + PAD_X * ratio, box.center().y()
        for at in (left, left + (BAR + BAR_GAP) * ratio):
            top = QPointF(at, middle - BAR_HEIGHT * ratio / 2)
            end = QPointF(at + BAR * ratio, middle + BAR_HEIGHT * ratio / 2)
            painter.drawRect(QRectF(top, end))
        words.setLeft(left + (2 * BAR + BAR_GAP) * ratio)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(_font(ratio))
    painter.setPen(INK)
    painter.drawText(words, Qt.AlignmentFlag.AlignCenter, pill.text)


def _font(ratio: float) -> QFont:
    font = QFont()
    font.setPixelSize(max(1, round(TEXT * ratio)))
    font.setWeight(QFont.Weight.DemiBold)
    return font
