"""Puts the layers on the screen: background, picture or draft frame, areas, border."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPalette

from kling_desktop.ui.canvas.view import View

SMOOTH_BELOW = 4.0
"""From this zoom on single pixels are shown as squares, so that one can paint them."""


@dataclass(frozen=True, slots=True)
class Surround:
    """What is around the picture: neutral, so that it does not tint how colours look."""

    ground: QColor
    edge: QColor

    @staticmethod
    def of(palette: QPalette) -> Surround:
        """To go with a light or a dark window."""
        if palette.window().color().lightness() < 128:
            return Surround(QColor(30, 30, 30), QColor(8, 8, 8))
        return Surround(QColor(203, 203, 203), QColor(150, 150, 150))


def draw_ground(painter: QPainter, picture: QRect, part: QRect, surround: Surround) -> None:
    """Fill what lies around the picture, and its border; both rectangles in device pixels."""
    painter.fillRect(part, surround.ground)
    if not picture.isEmpty():
        painter.setPen(surround.edge)
        painter.drawRect(picture.adjusted(-1, -1, 0, 0))


def picture_rect(view: View) -> QRect:
    """Where the picture lies, in whole device pixels."""
    x0, y0 = round(view.x), round(view.y)
    x1, y1 = (round(side) for side in view.to_device(*view.image))
    return QRect(x0, y0, x1 - x0, y1 - y0)


def draw_level(
    painter: QPainter, image: QImage, view: View, part: QRect, *, level: int, at: tuple[int, int]
) -> None:
    """Draw the part of a mip level that ``part`` (device pixels) shows.

    ``at`` is where the image's first pixel lies, in pixels of its level.
    """
    scale = view.zoom * (1 << level)
    x, y = view.x + at[0] * scale, view.y + at[1] * scale
    if scale == 1.0 and x == int(x) and y == int(y):
        left, top = int(x), int(y)
        target = part & QRect(left, top, image.width(), image.height())
        painter.drawImage(target.topLeft(), image, target.translated(-left, -top))
        return
    # A margin of source pixels keeps smoothing the same as if everything were drawn.
    x0 = max(0, math.floor((part.left() - x) / scale) - 1)
    y0 = max(0, math.floor((part.top() - y) / scale) - 1)
    x1 = min(image.width(), math.ceil((part.right() + 1 - x) / scale) + 1)
    y1 = min(image.height(), math.ceil((part.bottom() + 1 - y) / scale) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < SMOOTH_BELOW)
    target_f = QRectF(x + x0 * scale, y + y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale)
    painter.drawImage(target_f, image, QRectF(x0, y0, x1 - x0, y1 - y0))


def draw_frame(painter: QPainter, image: QImage, view: View) -> None:
    """Draw a frame of any size over the whole picture."""
    width, height = view.image[0] * view.zoom, view.image[1] * view.zoom
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(view.x, view.y, width, height), image)


def draw_layer(painter: QPainter, image: QImage, part: QRect) -> None:
    """Draw a layer of the widget's size in device pixels."""
    painter.drawImage(QPoint(part.left(), part.top()), image, part)


def device_rect(rect: QRect, ratio: float) -> QRect:
    """A rectangle of widget pixels in whole device pixels, rounded outwards."""
    if ratio == 1.0:
        return rect
    return QRectF(
        rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio
    ).toAlignedRect()
