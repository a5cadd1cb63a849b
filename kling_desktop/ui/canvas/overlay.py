"""The areas as translucent colour, kept only for the visible part at the mip level in use."""

from __future__ import annotations

import math
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from kling_desktop.imaging.strokes import capsule
from kling_desktop.model.areas import AREAS, STATIC, Labels, Rect
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.colours import SWATCHES

Palette = npt.NDArray[np.uint32]
"""Premultiplied 0xAARRGGBB for label 0…7, and for the hatched half of the pixels at 8…15."""

OPACITY = 0.52
HATCH = 8
"""Width of the static area's stripes in overlay pixels, a power of two; also the bit that tells
palette entries of the one stripe from those of the other."""
SPARE = 12
"""One part in so many is made beyond each edge of the view, so that small moves find it done."""
BAND = 65_536
"""Pixels looked up in one go: numpy widens each index to eight bytes, which should stay in cache."""
LARGE = 300_000
"""From so many pixels on two threads share the work."""


def palette(hidden: Collection[int] = (), opacity: float = OPACITY) -> Palette:
    """Colours by label; the static area has a dark second stripe, hidden areas have none."""
    table = np.zeros(2 * HATCH, np.uint32)
    for area in AREAS:
        if area not in hidden:
            table[area] = table[area | HATCH] = _premultiplied(SWATCHES[area][:3], opacity)
    if STATIC not in hidden:
        table[STATIC] = _premultiplied((236, 238, 240), opacity)
        table[STATIC | HATCH] = _premultiplied((56, 60, 66), opacity)
    return table


class Overlay:
    """An ARGB32-premultiplied buffer over part of a label map.

    Pixel (i, j) of level n shows the label at image pixel (i·2ⁿ + 2ⁿ⁻¹, j·2ⁿ + 2ⁿ⁻¹).
    """

    def __init__(self) -> None:
        self.image = QImage()
        self.level = 0
        self.area = Rect(0, 0, 0, 0)
        """The part that the buffer holds, in pixels of its level."""
        self._labels: Labels = np.zeros((0, 0), np.uint8)
        self._palette = palette()
        self._inks = _inks(self._palette)
        self._pool: Palette = np.zeros(0, np.uint32)
        self._stripe: Labels = np.zeros(0, np.uint8)
        self.pixels: Palette = self._pool.reshape(0, 0)
        self._channels: Labels = np.zeros((0, 0, 4), np.uint8)
        self._corner: Point = (0.0, 0.0)
        self._second = ThreadPoolExecutor(1, "overlay")

    def close(self) -> None:
        """Let the helping thread end."""
        self._second.shutdown()

    def show(self, labels: Labels) -> None:
        """Take over another label map; ``ensure`` makes what is seen of it."""
        self._labels, self.area = labels, Rect(0, 0, 0, 0)

    def recolour(self, colours: Palette) -> None:
        self._palette, self._inks = colours, _inks(colours)
        self._refresh(self.area)

    def ensure(self, view: View) -> None:
        """Make sure that whatever ``view`` shows is in the buffer."""
        level = view.level
        seen = self._on_level(view.visible(), level)
        if seen.empty:
            return
        own = self.area
        inside = own.x0 <= seen.x0 and own.y0 <= seen.y0 and own.x1 >= seen.x1 and own.y1 >= seen.y1
        if level != self.level or not inside:
            # A level covers at most two of its pixels for each of the screen's; and the margins.
            room = 3 * math.prod(math.ceil(side * view.ratio) for side in view.widget)
            self._move(seen, level, min(room, self._labels.size))

    def refresh(self, rect: Rect) -> None:
        """The labels of these image pixels changed."""
        level = self.level
        half = (1 << level) >> 1
        own = self.area
        x0, y0 = max(own.x0, (rect.x0 - half) >> level), max(own.y0, (rect.y0 - half) >> level)
        x1 = min(own.x1, ((rect.x1 - half) >> level) + 1)
        y1 = min(own.y1, ((rect.y1 - half) >> level) + 1)
        if x0 < x1 and y0 < y1:
            self._fill(x0, y0, x1, y1)

    def draw(self, a: Point, b: Point, *, radius_a: float, radius_b: float, value: int) -> bool:
        """Draw a capsule of image pixels that has just been drawn into the labels, too.

        Quicker than ``refresh``, but false, with nothing drawn, where it would not be exact: on
        smaller levels and in stripes.
        """
        if self.level or value == STATIC:
            return False
        capsule(
            self._channels,
            a,
            b,
            radius_a=radius_a,
            radius_b=radius_b,
            value=self._inks[value],
            origin=self._corner,
        )
        return True

    def _move(self, seen: Rect, level: int, room: int) -> None:
        spare_x, spare_y = seen.width // SPARE, seen.height // SPARE
        height, width = (_count(side, level) for side in self._labels.shape)
        self.level = level
        self.area = Rect(
            seen.x0 - spare_x, seen.y0 - spare_y, seen.x1 + spare_x, seen.y1 + spare_y
        ).clipped(width, height)
        size = self.area.width * self.area.height
        if size > self._pool.size:
            self._pool = np.ones(max(size, room), np.uint32)  # ones, so that the pages are there
        self.pixels = self._pool[:size].reshape(self.area.height, self.area.width)
        self._channels = self.pixels.view(np.uint8).reshape(*self.pixels.shape, 4)
        self._corner = float(self.area.x0), float(self.area.y0)
        run = np.arange(self.area.width + self.area.height + 2 * HATCH)
        self._stripe = (run & HATCH).astype(np.uint8)
        self._refresh(self.area)
        self.image = QImage(
            self.pixels.data,
            self.area.width,
            self.area.height,
            self.area.width * 4,
            QImage.Format.Format_ARGB32_Premultiplied,
        )

    def _on_level(self, rect: Rect, level: int) -> Rect:
        """Pixels of a level that show a rectangle of the image, one more on each side."""
        last = (1 << level) - 1
        height, width = (_count(side, level) for side in self._labels.shape)
        return Rect(
            (rect.x0 >> level) - 1,
            (rect.y0 >> level) - 1,
            ((rect.x1 + last) >> level) + 1,
            ((rect.y1 + last) >> level) + 1,
        ).clipped(width, height)

    def _refresh(self, rect: Rect) -> None:
        if rect.width * rect.height < LARGE:
            self._fill(*rect)
            return
        middle = (rect.y0 + rect.y1) // 2
        upper = self._second.submit(self._fill, rect.x0, rect.y0, rect.x1, middle)
        self._fill(rect.x0, middle, rect.x1, rect.y1)
        upper.result()

    def _fill(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """Look the colours up for a part of the buffer, in pixels of its level."""
        rows = max(1, BAND // (x1 - x0))
        for top in range(y0, y1, rows):
            self._fill_band(x0, top, x1, min(top + rows, y1))

    def _fill_band(self, x0: int, y0: int, x1: int, y1: int) -> None:
        step, own = 1 << self.level, self.area
        half = step >> 1
        labels = self._labels[
            y0 * step + half : (y1 - 1) * step + half + 1 : step,
            x0 * step + half : (x1 - 1) * step + half + 1 : step,
        ]
        target = self.pixels[y0 - own.y0 : y1 - own.y0, x0 - own.x0 : x1 - own.x0]
        # One run of stripes, read with a stride of one in both directions, is diagonal.
        phase = (x0 + y0) % (2 * HATCH)
        stripes: Labels = np.ndarray(
            target.shape, np.uint8, buffer=self._stripe, offset=phase, strides=(1, 1)
        )
        self._palette.take(labels | stripes, out=target, mode="clip")


def _count(side: int, level: int) -> int:
    """Pixels of a level along a side of the image: those whose sampling point lies on it."""
    step = 1 << level
    return len(range(step >> 1, side, step))


def _inks(colours: Palette) -> list[tuple[int, ...]]:
    """The palette as B, G, R, A, the way cv2 takes a colour."""
    return [tuple((int(c) >> shift) & 0xFF for shift in (0, 8, 16, 24)) for c in colours]


def _premultiplied(rgb: tuple[int, int, int], opacity: float) -> int:
    red, green, blue = (round(channel * opacity) for channel in rgb)
    return round(255 * opacity) << 24 | red << 16 | green << 8 | blue
