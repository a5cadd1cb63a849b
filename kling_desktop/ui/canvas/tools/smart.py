"""The smart tool: a rough rectangle around a thing selects the thing (GrabCut, in a thread)."""

from __future__ import annotations

import math
from threading import Thread

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.post import Post
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.base import CanvasTool

SIDE = 384
"""Longest side at which is looked for the thing: more takes long and finds no better edge."""
AROUND = 0.25
"""Share of the rectangle's sides that is looked at around it, to learn the background."""
ROUNDS = 3
SMALLEST = 6
"""Shortest side of a rectangle, in widget pixels, that is more than a slip of the hand."""

Pixels = npt.NDArray[np.uint8]


class Smart(CanvasTool):
    """Alt, held on release, takes the thing from the area instead. Escape stops looking."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._start: Point | None = None
        self._end: Point = (0.0, 0.0)
        self._job = 0
        """Number of the search under way or done last: an older one's answer is dropped."""
        self._looking = Rect(0, 0, 0, 0)
        self._subtracts = False
        self._post = Post(self._on_found, stage.canvas)

    @property
    def active(self) -> bool:
        return self._start is not None

    def press(self, at: Pointer) -> None:
        self.cancel()
        stage = self.stage
        if stage.document.shot.picture is not None and stage.may_paint(stage.toolbox.area):
            self._start = self._end = at.point

    def drag(self, at: Pointer) -> None:
        if self._start is not None and self._looking.empty:
            self._show()
            self._end = at.point
            self._show()

    def release(self, at: Pointer) -> None:
        if self._start is None or not self._looking.empty:
            return
        self.drag(at)
        rect = self._rect()
        if min(rect.width, rect.height) < SMALLEST * self.stage.view.reach:
            self.cancel()
            return
        self._looking, self._subtracts = rect, at.alt
        self._job += 1
        self.cursor = Qt.CursorShape.BusyCursor
        work = (self._post, self._job, self.stage.document.pixels, rect)
        Thread(target=_find, args=work, name="smart selection").start()

    def cancel(self) -> None:
        if self._start is not None:
            self._show()
        self._job += 1
        self._start, self._looking = None, Rect(0, 0, 0, 0)
        self.cursor = Qt.CursorShape.CrossCursor

    def area_changed(self) -> None:
        self.cancel()

    def draw(self, painter: QPainter) -> None:
        if self._start is None:
            return
        view = self.stage.view
        (ax, ay), (bx, by) = view.to_device(*self._start), view.to_device(*self._end)
        frame = QRectF(min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dashes = QPen(QColor(255, 255, 255), 1.4 * view.ratio, Qt.PenStyle.CustomDashLine)
        dashes.setDashPattern([4.0, 3.0])
        for pen in (QPen(QColor(0, 0, 0, 190), 2.6 * view.ratio), dashes):
            painter.setPen(pen)
            painter.drawRect(frame)

    def _rect(self) -> Rect:
        """The dragged rectangle in whole image pixels on the picture."""
        start = self._start or self._end
        (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(start, self._end, strict=True))
        rect = Rect(math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1))
        return rect.clipped(*self.stage.view.image)

    def _show(self) -> None:
        if self._start is None:
            return
        (ax, ay), (bx, by) = (self.stage.view.to_widget(*p) for p in (self._start, self._end))
        x, y = int(min(ax, bx)) - 4, int(min(ay, by)) - 4
        self.stage.update(QRect(x, y, int(abs(bx - ax)) + 9, int(abs(by - ay)) + 9))

    def _on_found(self, found: tuple[int, Mask]) -> None:
        job, mask = found
        if job != self._job:
            return
        rect, subtracts = self._looking, self._subtracts
        self.cancel()
        if not mask.any():
            self.stage.notices.post("Nothing stood out there. Drag closer around one thing.")
            return
        text = "Smart selection: remove" if subtracts else "Smart selection"
        self.stage.fill(rect, mask, subtract=subtracts, text=text)


def cut_out(pixels: Pixels, rect: Rect) -> Mask:
    """What stands out from its surroundings inside ``rect`` of an RGB picture (H, W, 3).

    Returns a mask of the rectangle's shape, perhaps empty. GrabCut (Rother, Kolmogorov, Blake,
    2004) on a reduced copy of the rectangle and some of what is around it.
    """
    import cv2

    height, width = pixels.shape[:2]
    dx, dy = math.ceil(rect.width * AROUND) + 2, math.ceil(rect.height * AROUND) + 2
    wide = Rect(rect.x0 - dx, rect.y0 - dy, rect.x1 + dx, rect.y1 + dy).clipped(width, height)
    scale = min(1.0, SIDE / max(wide.width, wide.height))
    size = max(3, round(wide.width * scale)), max(3, round(wide.height * scale))
    part = pixels[wide.y0 : wide.y1, wide.x0 : wide.x1]
    small = np.ascontiguousarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA))
    across, down = size[0] / wide.width, size[1] / wide.height
    x0, x1 = (round((x - wide.x0) * across) for x in (rect.x0, rect.x1))
    y0, y1 = (round((y - wide.y0) * down) for y in (rect.y0, rect.y1))
    guess = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    guess[max(1, y0) : min(size[1] - 1, y1), max(1, x0) : min(size[0] - 1, x1)] = cv2.GC_PR_FGD
    if not (guess == cv2.GC_PR_FGD).any():
        return np.zeros((rect.height, rect.width), np.bool_)
    cv2.setRNGSeed(1)  # the same rectangle selects the same pixels
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, guess, (0, 0, 0, 0), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = ((guess == cv2.GC_PR_FGD) | (guess == cv2.GC_FGD)).astype(np.float32)
    full = cv2.resize(found, (wide.width, wide.height), interpolation=cv2.INTER_LINEAR)
    left, top = rect.x0 - wide.x0, rect.y0 - wide.y0
    return np.asarray(full[top : top + rect.height, left : left + rect.width] > 0.5)


def _find(post: Post[tuple[int, Mask]], job: int, pixels: Pixels, rect: Rect) -> None:
    post.send((job, cut_out(pixels, rect)))
