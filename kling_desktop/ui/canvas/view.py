"""Where the picture lies in the widget: a pure transform between image, device and widget pixels.

Zoom counts *device* pixels per image pixel, so that 100 % is sharp on any screen. The widget's own
(logical) pixels are device pixels divided by ``ratio``, Qt's devicePixelRatio.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Point

MIN_ZOOM, MAX_ZOOM = 0.05, 32.0
MARGIN = 20.0
"""Widget pixels that a fitted picture keeps free on each side, where there is room."""
KEPT = 48.0
"""Widget pixels of the picture that stay in sight however far it is moved."""


@dataclass(frozen=True)  # no slots: the level is remembered
class View:
    """``image`` size in image pixels, ``widget`` size in widget pixels; (``x``, ``y``) is where the
    picture's top-left corner lies, in device pixels from the widget's corner."""

    image: tuple[int, int] = (0, 0)
    widget: tuple[int, int] = (1, 1)
    ratio: float = 1.0
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    # Between the pixels

    def to_widget(self, x: float, y: float) -> Point:
        """Image pixels → widget pixels."""
        return (x * self.zoom + self.x) / self.ratio, (y * self.zoom + self.y) / self.ratio

    def to_image(self, x: float, y: float) -> Point:
        """Widget pixels → image pixels."""
        return (x * self.ratio - self.x) / self.zoom, (y * self.ratio - self.y) / self.zoom

    def to_device(self, x: float, y: float) -> Point:
        """Image pixels → device pixels."""
        return x * self.zoom + self.x, y * self.zoom + self.y

    @property
    def reach(self) -> float:
        """Image pixels under one widget pixel."""
        return self.ratio / self.zoom

    @property
    def device(self) -> tuple[int, int]:
        """Size of the widget in whole device pixels."""
        width, height = self.widget
        return math.ceil(width * self.ratio), math.ceil(height * self.ratio)

    @property
    def room(self) -> int:
        """Pixels of any mip level in use that the widget can show: up to two for each of its own,
        and those at the edges."""
        width, height = self.device
        return 2 * (width + 8) * (height + 8)

    @cached_property
    def level(self) -> int:
        """The mip level whose pixels come closest to device pixels: 0 from 71 % upwards."""
        if self.zoom >= 1.0:
            return 0
        return math.floor(0.5 - math.log2(self.zoom))

    def visible(self) -> Rect:
        """The whole image pixels that can be seen, clipped to the picture (perhaps empty)."""
        x0, y0 = self.to_image(0.0, 0.0)
        x1, y1 = self.to_image(*self.widget)
        seen = Rect(math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1))
        return seen.clipped(*self.image)

    def covers(self, x: float, y: float) -> bool:
        """Whether an image point lies on the picture."""
        return 0.0 <= x < self.image[0] and 0.0 <= y < self.image[1]

    def dirty(self, rect: Rect, margin: float = 0.0) -> tuple[int, int, int, int]:
        """(x, y, width, height) in widget pixels of what shows ``rect``, clipped to the widget.

        Reaches one pixel of the mip level in use and ``margin`` widget pixels further, because
        smoothing carries colour across.
        """
        zoom, ratio = self.zoom, self.ratio
        edge = (1 << self.level) * zoom + 1.0
        x0 = max(0, math.floor((rect.x0 * zoom + self.x - edge) / ratio - margin))
        y0 = max(0, math.floor((rect.y0 * zoom + self.y - edge) / ratio - margin))
        x1 = min(self.widget[0], math.ceil((rect.x1 * zoom + self.x + edge) / ratio + margin))
        y1 = min(self.widget[1], math.ceil((rect.y1 * zoom + self.y + edge) / ratio + margin))
        return x0, y0, max(0, x1 - x0), max(0, y1 - y0)

    # Other views of the same picture

    def fitted(self) -> View:
        """The whole picture, as large as it goes, in the middle."""
        if not all(self.image):
            return self
        room = [max(side - 2 * MARGIN, side * 0.8, 1.0) * self.ratio for side in self.widget]
        zoom = min(room[0] / self.image[0], room[1] / self.image[1], MAX_ZOOM)
        return replace(self, zoom=zoom).centred()

    def centred(self) -> View:
        """At this zoom with the picture's middle in the widget's middle."""
        x, y = (
            (side * self.ratio - length * self.zoom) / 2
            for side, length in zip(self.widget, self.image, strict=True)
        )
        return _sharp(replace(self, x=x, y=y))

    def zoomed(self, zoom: float, at: Point) -> View:
        """At another zoom, the image point under the widget point ``at`` staying there."""
        zoom = min(max(zoom, min(MIN_ZOOM, self.fitted().zoom)), MAX_ZOOM)
        x, y = self.to_image(*at)
        place = at[0] * self.ratio - x * zoom, at[1] * self.ratio - y * zoom
        return _kept(replace(self, zoom=zoom, x=place[0], y=place[1]))

    def stepped(self, factor: float, at: Point) -> View:
        """One step in or out; a step across 100 % stops there, where the picture is sharp."""
        zoom = self.zoom * factor
        if (self.zoom < 1.0 - 1e-9 and zoom > 1.0) or (self.zoom > 1.0 + 1e-9 and zoom < 1.0):
            zoom = 1.0
        return self.zoomed(zoom, at)

    def moved(self, dx: float, dy: float) -> View:
        """Moved by widget pixels, never out of sight."""
        return _kept(replace(self, x=self.x + dx * self.ratio, y=self.y + dy * self.ratio))

    def resized(self, widget: tuple[int, int], ratio: float) -> View:
        """In a widget of another size: the image point in the middle stays there."""
        x, y = self.to_image(self.widget[0] / 2, self.widget[1] / 2)
        zoom = self.zoom * ratio / self.ratio
        left, top = widget[0] * ratio / 2 - x * zoom, widget[1] * ratio / 2 - y * zoom
        return _kept(replace(self, widget=widget, ratio=ratio, zoom=zoom, x=left, y=top))


def _kept(view: View) -> View:
    """Moved back as far as needed to keep some of the picture in sight."""
    place = [view.x, view.y]
    for axis in (0, 1):
        length = view.image[axis] * view.zoom
        side = view.widget[axis] * view.ratio
        keep = min(KEPT * view.ratio, length, side)
        place[axis] = min(max(place[axis], keep - length), side - keep)
    return _sharp(replace(view, x=place[0], y=place[1]))


def _sharp(view: View) -> View:
    """On whole device pixels wherever the pixels of the level in use are whole device pixels."""
    scale = view.zoom * (1 << view.level)
    if scale != int(scale):
        return view
    return replace(view, x=float(round(view.x)), y=float(round(view.y)))
