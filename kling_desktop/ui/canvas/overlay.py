"""The areas as translucent colour, kept only for the visible part at the mip level in use."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from kling_desktop.imaging.strokes import Shape, stamp
from kling_desktop.model.areas import AREAS, STATIC, Labels, Rect
from kling_desktop.ui.canvas.census import BLOCK, Census
from kling_desktop.ui.canvas.scene import draw_level
from kling_desktop.ui.canvas.view import View
from kling_desktop.ui.colours import USUAL, Looks, rgb

Palette = npt.NDArray[np.uint32]
"""Premultiplied 0xAARRGGBB for label 0…7, and for the hatched half of the pixels at 8…15."""

OPACITY = 0.52
STRIPE = (56, 60, 66)
"""RGB of the static area's second stripe."""
HATCH = 8
"""Width of the static area's stripes in overlay pixels, a power of two; also the bit that tells
palette entries of the one stripe from those of the other."""
SPARE = 14
"""One part in so many is made beyond each edge of the view, so that small moves find it done."""
MANY = 16_384
"""From so many pixels on they are looked up two at a time, which takes half as long."""
SOFT = 2
Part = tuple[int, int, int, int]
"""x0, y0, x1, y1."""
LARGE = 300_000
"""From so many pixels on two threads share the work."""


def palette(
    hidden: Collection[int] = (),
    looks: Looks = USUAL,
    strengths: Mapping[int, float] = {},
) -> Palette:
    """Colours by label; the static area has a dark second stripe, hidden areas have none."""
    table = np.zeros(2 * HATCH, np.uint32)
    for area in AREAS:
        if area in hidden:
            continue
        opacity = OPACITY * strengths.get(area, 1.0)
        inks = (rgb(area, looks),) * 2
        if area == STATIC:
            inks = (_lighter(inks[0]), STRIPE)
        table[area], table[area | HATCH] = (_premultiplied(ink, opacity) for ink in inks)
    return table


class Overlay:
    """An ARGB32-premultiplied buffer over part of a label map.

    Pixel (i, j) of level n shows the label in the middle of the image pixels that it stands for.
    Where something thinner than that may lie, it shows the larger of two labels, at a quarter and
    at three quarters of the way from corner to corner: then nothing that is at least half as wide
    goes unseen.
    """

    def __init__(self) -> None:
        self.image = QImage()
        self.level = 0
        self._thinnest, self._striped = math.inf, False
        """The least width of what is painted, and whether stripes may be among it."""
        self._samples = _samples(0, math.inf)
        self.rough = False
        """Whether thin things may be missed for the moment."""
        self.area = Rect(0, 0, 0, 0)
        """The part that the buffer holds, in pixels of its level."""
        self.painted: Part | None = None
        """Where there may be colour, in pixels of the buffer: only that is drawn."""
        self._labels: Labels = np.zeros((0, 0), np.uint8)
        self._census = Census(self._labels)
        self._palette = palette()
        self._inks, self._pairs = _inks(self._palette), _pairs(self._palette)
        self._pool: Palette = np.zeros(0, np.uint32)
        self._stripes: Labels = np.zeros((0, 0), np.uint8)
        """HATCH in every second stripe of the buffer, 0 in the others."""
        self.pixels: Palette = self._pool.reshape(0, 0)
        self._channels: Labels = np.zeros((0, 0, 4), np.uint8)
        self._second = ThreadPoolExecutor(1, "overlay")

    def close(self) -> None:
        """Let the helping thread end."""
        self._second.shutdown()

    def show(self, labels: Labels) -> None:
        """Take over another label map; ``ensure`` makes what is seen of it."""
        self._labels, self.area = labels, Rect(0, 0, 0, 0)
        self._census, self.painted = Census(labels), None
        bare = self._census.bounds.empty
        self._thinnest, self._striped = (math.inf if bare else 0.0), not bare

    def recolour(self, colours: Palette) -> None:
        self._palette, self._inks, self._pairs = colours, _inks(colours), _pairs(colours)
        if not self.area.empty:
            self._fill_all()

    def ensure(self, view: View) -> None:
        """Make sure that whatever ``view`` shows is in the buffer."""
        level = view.level
        seen = self._on_level(view.visible(), level)
        if seen.empty:
            return
        own = self.area
        inside = own.x0 <= seen.x0 and own.y0 <= seen.y0 and own.x1 >= seen.x1 and own.y1 >= seen.y1
        if level != self.level or not inside:
            self._move(seen, level, view.room)

    def refine(self) -> bool:
        """Look twice where that was put off; whether anything may look different now."""
        if not self.rough:
            return False
        self.rough, self._samples = False, _samples(self.level, self._thinnest)
        self._fill_all()
        return True

    def draw(self, painter: QPainter, view: View, part: QRect) -> None:
        """Draw what ``part`` (device pixels) shows of the buffer, as far as there is paint in it."""
        draw_level(
            painter,
            self.image,
            view,
            part,
            level=self.level,
            at=(self.area[0], self.area[1]),
            inside=self.painted,
        )

    def refresh(self, rect: Rect, *, value: int = STATIC, width: float = 0.0) -> None:
        """The labels of these image pixels changed, perhaps by nothing but strokes of a ``width``
        in image pixels that set them to ``value``: what is neither striped nor thin takes half the
        time to look up, as long as there is nothing else."""
        if value == STATIC:
            self._striped = True
        if width < self._thinnest:
            self._narrow(width)
        level = self.level
        first, second = self._samples
        left, top, right, bottom = self.area
        x0, y0, x1, y1 = rect
        small = x1 - x0 < BLOCK << level and y1 - y0 < BLOCK << level
        if small:
            self._census.mark(rect)
        elif x0 < x1 and y0 < y1:
            self._census.count(rect)
            self._find_paint()
        x0, y0 = max(left, (x0 - second) >> level), max(top, (y0 - second) >> level)
        x1, y1 = min(right, ((x1 - first) >> level) + 1), min(bottom, ((y1 - first) >> level) + 1)
        if x0 < x1 and y0 < y1:
            if small:
                self._note(x0 - left, y0 - top, x1 - left, y1 - top)
                self._look_up(x0, y0, x1, y1)
            else:
                self._fill(x0, y0, x1, y1)

    def stamp(self, rect: Rect, shape: Shape, value: int, width: float) -> bool:
        """Stamp a shape of a width that has just been stamped into the labels of ``rect``, too.

        Quicker than ``refresh``, but false, with nothing drawn, where it would not be exact: on
        smaller levels, in stripes, and beyond the buffer's edge.
        """
        x0, y0, x1, y1 = rect
        left, top, right, bottom = self.area
        if self.level or value == STATIC or x0 < left or y0 < top or x1 > right or y1 > bottom:
            return False
        if width < self._thinnest:
            self._narrow(width)
        self._census.mark(rect)
        x0, y0, x1, y1 = x0 - left, y0 - top, x1 - left, y1 - top
        self._note(x0, y0, x1, y1)
        stamp(self._channels[y0:y1, x0:x1], shape, self._inks[value])
        return True

    def _narrow(self, width: float) -> None:
        """Something thinner than all before is there: now it takes two looks not to miss it."""
        step, before = 1 << self.level, self._thinnest
        self._thinnest = width
        if width < step <= before and not self.area.empty:
            self.rough = True
            self.refine()

    def _move(self, seen: Rect, level: int, room: int) -> None:
        """Hold another part, and some around it; ``room`` is how many pixels may be seen at all."""
        # A finer level is for coming nearer, where what lies around goes out of sight.
        spare = 0 if level < self.level else 1
        spare_x, spare_y = spare * seen.width // SPARE, spare * seen.height // SPARE
        height, width = (_count(side, level) for side in self._labels.shape)
        # While the view changes one look has to do; ``refine`` takes the second when it rests.
        self.level, self._samples = level, _samples(level, math.inf)
        self.rough = self._thinnest < 1 << level
        self.area = Rect(
            seen.x0 - spare_x, seen.y0 - spare_y, seen.x1 + spare_x, seen.y1 + spare_y
        ).clipped(width, height)
        width, height = self.area.width, self.area.height
        stride = width + width % 2  # even, to be written two at a time
        if stride * height > self._pool.size:
            # Written to at once: memory is slow when it is new, which a turn of the wheel would feel.
            most = min(room + room // 3, self._labels.size)
            self._pool = np.ones(max(stride * height, most), np.uint32)
        lines = self._pool[: stride * height].reshape(height, stride)
        self.pixels = lines[:, :width]
        self._channels = lines.view(np.uint8).reshape(height, stride, 4)[:, :width]
        # One run of stripes, read with a stride of one in both directions, is diagonal.
        run = (np.arange(width + height) + (self.area.x0 + self.area.y0)) & HATCH
        self._stripes = np.ndarray(
            (height, width), np.uint8, buffer=run.astype(np.uint8), strides=(1, 1)
        )
        self._fill_all()
        form = QImage.Format.Format_ARGB32_Premultiplied
        self.image = QImage(lines.data, width, height, stride * 4, form)

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

    def _find_paint(self) -> None:
        """There is colour where the census says so."""
        self.painted, bounds = None, self._census.bounds
        if not bounds.empty:
            (x0, y0, x1, y1), (left, top, _, _) = self._on_level(bounds, self.level), self.area
            self._note(x0 - left, y0 - top, x1 - left, y1 - top)

    def _note(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """There may be colour here in the buffer, and next to it, where smoothing looks."""
        x0, y0, x1, y1 = x0 - SOFT, y0 - SOFT, x1 + SOFT, y1 + SOFT
        left, top, right, bottom = self.painted or (x0, y0, x0, y0)
        if x0 < left or y0 < top or x1 > right or y1 > bottom:
            height, width = self.pixels.shape
            self.painted = (
                max(0, min(left, x0)),
                max(0, min(top, y0)),
                min(width, max(right, x1)),
                min(height, max(bottom, y1)),
            )

    def _fill_all(self) -> None:
        """Look all the colours up; of much, a second thread does half."""
        x0, y0, x1, y1 = self.area
        self._find_paint()
        if (x1 - x0) * (y1 - y0) < LARGE:
            self._fill(x0, y0, x1, y1)
            return
        middle = (y0 + y1) // 2
        upper = self._second.submit(self._fill, x0, y0, x1, middle)
        self._fill(x0, middle, x1, y1)
        upper.result()

    def _fill(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """Look the colours up for a part of the buffer, in pixels of its level, by blocks."""
        level, (left, top, _, _) = self.level, self.area
        for y in range(y0, y1, BLOCK):
            for x in range(x0, x1, BLOCK):
                right, bottom = min(x + BLOCK, x1), min(y + BLOCK, y1)
                image = Rect(x << level, y << level, right << level, bottom << level)
                if self._census.holds(image):
                    self._look_up(x, y, right, bottom)
                else:
                    self.pixels[y - top : bottom - top, x - left : right - left] = 0

    def _look_up(self, x0: int, y0: int, x1: int, y1: int) -> None:
        step, (left, top, _, _) = 1 << self.level, self.area
        whole, (first, second) = self._labels, self._samples
        y, x, end_y, end_x = y0 * step, x0 * step, (y1 - 1) * step + 1, (x1 - 1) * step + 1
        labels = whole[y + first : end_y + first : step, x + first : end_x + first : step]
        if first != second:
            later = whole[y + second : end_y + second : step, x + second : end_x + second : step]
            labels = np.maximum(labels, later)
        part = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        striped = labels | self._stripes[part] if self._striped else labels
        target = self.pixels[part]
        if self._striped and striped.size > MANY and (x1 - x0) % 2 == 0 and (x0 - left) % 2 == 0:
            pairs = striped.view(np.uint16)
            self._pairs.take(pairs, out=target.view(np.uint64), mode="clip")
        else:
            self._palette.take(striped, out=target, mode="clip")


def _count(side: int, level: int) -> int:
    """Pixels of a level along a side of the image: those whose sampling points lie on it."""
    return len(range(_samples(level, 0.0)[1], side, 1 << level))


def _samples(level: int, thinnest: float) -> tuple[int, int]:
    """How far into a pixel of a level, in image pixels, labels are looked at, so that nothing is
    missed that is as wide as ``thinnest`` or half the pixel."""
    step = 1 << level
    if thinnest >= step:
        return step >> 1, step >> 1
    return step >> 2, (step >> 1) + (step >> 2)


def _inks(colours: Palette) -> list[tuple[int, ...]]:
    """The palette as B, G, R, A, the way cv2 takes a colour."""
    return [tuple((int(c) >> shift) & 0xFF for shift in (0, 8, 16, 24)) for c in colours]


def _pairs(colours: Palette) -> npt.NDArray[np.uint64]:
    """The palette for two labels at once, as two bytes in memory make a number."""
    numbers = np.arange(1 << 16)
    first, second = (
        (numbers & 0xFF, numbers >> 8)
        if sys.byteorder == "little"
        else (numbers >> 8, numbers & 0xFF)
    )
    both = np.stack([colours.take(first, mode="clip"), colours.take(second, mode="clip")], axis=1)
    return both.view(np.uint64).reshape(-1)


def _lighter(ink: tuple[int, int, int]) -> tuple[int, int, int]:
    """Three quarters of the way to white, so that the dark stripe stands out against any colour."""
    red, green, blue = (255 - (255 - channel) // 4 for channel in ink)
    return red, green, blue


def _premultiplied(rgb: tuple[int, int, int], opacity: float) -> int:
    red, green, blue = (round(channel * opacity) for channel in rgb)
    return round(255 * opacity) << 24 | red << 16 | green << 8 | blue
