"""Puts the layers on the screen: background, picture or draft frame, areas, border."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QLine, QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPalette

from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.photo import Photo
from kling_desktop.ui.canvas.view import View

SMOOTH_BELOW = 4.0
"""From this zoom on single pixels are shown as squares, so that one can paint them."""


SMOOTH = QPainter.RenderHint.SmoothPixmapTransform
GRID_ABOVE = 16.0
"""From this zoom on single pixels are told apart by lines."""
GRID = QColor(128, 128, 128, 110)


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


def draw_picture(
    painter: QPainter, view: View, part: QRect, photo: Photo, surround: Surround
) -> None:
    """Draw ground and picture in ``part`` (device pixels), to which the painter is clipped."""
    picture = picture_rect(view)
    if not picture.contains(part):
        draw_ground(painter, picture, part, surround)
    if photo.levels:
        level, size = photo.nearest(view.level)
        # The last pixel of a smaller level may reach beyond an odd side of the picture.
        painter.setClipRect(picture & part)
        rect = _seen(view, part, level).clipped(*size)
        if not rect.empty:
            image = photo.part(level, rect, view.room)
            draw_level(painter, image, view, part, level=level, at=(rect.x0, rect.y0))


def _seen(view: View, part: QRect, level: int) -> Rect:
    """The pixels of a level that ``part`` (device pixels) shows, and some for smoothing."""
    scale = view.zoom * (1 << level)
    x, y = part.x() - view.x, part.y() - view.y
    return Rect(
        math.floor(x / scale) - 2,
        math.floor(y / scale) - 2,
        math.ceil((x + part.width()) / scale) + 2,
        math.ceil((y + part.height()) / scale) + 2,
    )


def draw_grid(painter: QPainter, view: View, part: QRect) -> None:
    """Draw the borders between pixels: for zooms above ``GRID_ABOVE``."""
    part = part & picture_rect(view)
    first_x, last_x = (
        math.ceil((edge - view.x) / view.zoom) for edge in _ends(part.x(), part.width())
    )
    first_y, last_y = (
        math.ceil((edge - view.y) / view.zoom) for edge in _ends(part.y(), part.height())
    )
    across = [
        QLine(x, part.top(), x, part.bottom())
        for x in (round(view.x + i * view.zoom) for i in range(first_x, last_x))
    ]
    down = [
        QLine(part.left(), y, part.right(), y)
        for y in (round(view.y + i * view.zoom) for i in range(first_y, last_y))
    ]
    painter.setPen(GRID)
    painter.drawLines(across + down)


def _ends(start: int, length: int) -> tuple[int, int]:
    return start, start + length


def picture_rect(view: View) -> QRect:
    """Where the picture lies, in whole device pixels."""
    x0, y0 = round(view.x), round(view.y)
    x1, y1 = (round(side) for side in view.to_device(*view.image))
    return QRect(x0, y0, x1 - x0, y1 - y0)


def draw_level(
    painter: QPainter,
    image: QImage,
    view: View,
    part: QRect,
    *,
    level: int,
    at: tuple[int, int] = (0, 0),
    inside: tuple[int, int, int, int] | None = None,
) -> None:
    """Draw the part of a mip level that ``part`` (device pixels) shows.

    ``at`` is where the image's first pixel lies, in pixels of its level; of the image only what is
    ``inside`` (x0, y0, x1, y1) is drawn.
    """
    least_x, least_y, most_x, most_y = inside or (0, 0, image.width(), image.height())
    scale = view.zoom * (1 << level)
    x, y = view.x + at[0] * scale, view.y + at[1] * scale
    if scale == 1.0 and x == int(x) and y == int(y):
        left, top = int(x), int(y)
        target = part & QRect(left + least_x, top + least_y, most_x - least_x, most_y - least_y)
        painter.drawImage(target, image, target.translated(-left, -top))
        return
    left, top, width, height = part.x(), part.y(), part.width(), part.height()
    # A margin of source pixels keeps smoothing the same as if everything were drawn.
    x0 = max(least_x, int((left - x) / scale) - 1)
    y0 = max(least_y, int((top - y) / scale) - 1)
    x1 = min(most_x, int((left + width - x) / scale) + 2)
    y1 = min(most_y, int((top + height - y) / scale) + 2)
    if x0 >= x1 or y0 >= y1:
        return
    if scale < SMOOTH_BELOW:
        painter.setRenderHint(SMOOTH)
    else:
        painter.setRenderHint(SMOOTH, False)
    target_f = QRectF(x + x0 * scale, y + y0 * scale, (x1 - x0) * scale, (y1 - y0) * scale)
    painter.drawImage(target_f, image, QRectF(x0, y0, x1 - x0, y1 - y0))


def draw_frame(painter: QPainter, image: QImage, view: View) -> None:
    """Draw a frame of any size over the whole picture."""
    width, height = view.image[0] * view.zoom, view.image[1] * view.zoom
    painter.setRenderHint(SMOOTH)
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
