"""Brush and eraser: a hard-edged capsule between every two positions of the pointer."""

from __future__ import annotations

from collections import deque

import numpy as np
from PySide6.QtCore import Qt

from kling_desktop.imaging.strokes import Shape, capsule_bounds, front, shape, stamp
from kling_desktop.model.areas import NONE, Labels, Rect
from kling_desktop.model.path import Point
from kling_desktop.ui.area_words import in_words
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.base import CanvasTool
from kling_desktop.ui.tiles import LabelEdit


class Brush(CanvasTool):
    """Paints the area in hand, or nothing at all as the eraser does. With Alt the brush takes from
    the area in hand, and from no other; with Shift+Alt it keeps of it only what it strokes."""

    cursor = Qt.CursorShape.CrossCursor
    ring = True

    def __init__(self, stage: Stage, *, erases: bool) -> None:
        super().__init__(stage)
        self._erases = erases
        self._edit: LabelEdit | None = None
        self._labels: Labels = stage.document.labels
        self._size = (0, 0)
        self._value, self._text = NONE, ""
        self._keeps = False
        """Whether the stroke brings back what it meets of the area, which went at its start."""
        self._protection: Labels | None = None
        self._last: Point = (0.0, 0.0)
        """Where the stroke has got to."""
        self._radius = 0.0
        self._begun = False
        """Whether the disc that the stroke has got to is painted."""
        self._beside = True
        """Whether the stroke goes elsewhere than the ring."""
        self._trail: deque[Point] = deque(maxlen=1)
        """The last positions of the pointer, whose mean the stroke follows."""

    @property
    def active(self) -> bool:
        return self._edit is not None

    def press(self, at: Pointer) -> None:
        self._commit()
        erases, area = self._erases or at.erases, self.stage.toolbox.area
        if self.stage.document.shot.picture is None or not (erases or self.stage.may_paint(area)):
            return
        takes = at.alt and not erases
        self._keeps = takes and at.shift
        self._value = NONE if erases or (takes and not self._keeps) else area
        self._text = self._words(area, erases=erases, takes=takes)
        self._labels = self.stage.document.labels
        height, width = self._labels.shape
        self._size = (width, height)
        self._protection = _only(area) if takes else self.stage.protection()
        self._edit = self.stage.document.edit_labels()
        if self._keeps:
            self.stage.lift(self._edit, area)
        self._trail = deque([at.point], maxlen=self.stage.toolbox.options.stabiliser + 1)
        anchor = self.stage.anchor if at.shift and not at.alt else None
        start = at.point if anchor is None else anchor
        self._radius, self._beside, self._begun = self.stage.brush_radius(at), True, False
        self._segment(start, at.point, self._radius)
        self._beside = self.stage.toolbox.options.stabiliser > 0

    def drag(self, at: Pointer) -> None:
        if self._edit is None:
            return
        place, trail = (at[0], at[1]), self._trail
        if trail.maxlen != 1:
            trail.append(place)
            place = sum(x for x, _ in trail) / len(trail), sum(y for _, y in trail) / len(trail)
        self._segment(self._last, place, self.stage.brush_radius(at))

    def release(self, at: Pointer) -> None:
        if self._edit is None:
            return
        self._trail.clear()
        self._beside = True
        if at.point != self._last:
            self.drag(at)
        self._commit()

    def cancel(self) -> None:
        if self._edit is not None:
            edit, self._edit = self._edit, None
            self.stage.document.cancel_labels(edit)

    def _commit(self) -> None:
        if self._edit is not None:
            edit, self._edit = self._edit, None
            self.stage.document.commit_labels(edit, self._text)
            self.stage.end_stroke(self._last)

    def _segment(self, a: Point, b: Point, radius: float) -> None:
        """Paint from ``a``, with the radius reached so far, to ``b`` with ``radius``."""
        assert self._edit is not None  # noqa: S101  (both callers hold one)
        before, value = self._radius, self._value
        goes_on, size = self._begun and before == radius, self._size
        self._last, self._radius = b, radius
        if goes_on and a == b:
            return
        new = front(a, b, radius, size) if goes_on else None
        rect, found = new or _whole(a, b, before, radius, size)
        self._begun = found is not None
        if found is None:
            return
        x0, y0, x1, y1 = rect
        self._edit.touch(rect)
        part, overlay = self._labels[y0:y1, x0:x1], self.stage.overlay
        if self._protection is not None:
            self._stamp_between(part, found, self._edit.before(rect) if self._keeps else part)
            overlay.refresh(rect)
        else:
            stamp(part, found, value)
            width = 2 * min(before, radius) if value else 0.0  # what an eraser leaves may be thin
            if overlay.level or not overlay.stamp(rect, found, value, width):
                overlay.refresh(rect, value=value, width=width)
        # Else what the canvas repaints for the ring, which has this radius at least, holds it.
        if self._beside or before > radius:
            self.stage.show_labels(rect)

    def _stamp_between(self, part: Labels, shape: Shape, judged: Labels) -> None:
        """The same where not every area may change: drawn aside, then let through where allowed."""
        import cv2

        stencil = np.zeros(part.shape, np.uint8)
        stamp(stencil, shape, 255)
        assert self._protection is not None  # noqa: S101
        cv2.bitwise_and(stencil, cv2.LUT(judged, self._protection), dst=stencil)
        cv2.copyTo(np.full_like(stencil, self._value), stencil, part)

    def _words(self, area: int, *, erases: bool, takes: bool) -> str:
        if erases:
            return "Erase"
        verb = "Keep part of" if self._keeps else "Erase" if takes else "Paint"
        return f"{verb} {in_words(area, self.stage.document.shot.looks)}"


def _whole(
    a: Point, b: Point, before: float, radius: float, size: tuple[int, int]
) -> tuple[Rect, Shape | None]:
    """The capsule of a stroke, for the part of the picture that holds it."""
    rect = capsule_bounds(a, b, before, radius, size)
    if rect.empty:
        return rect, None
    place, part = (rect.x0, rect.y0), (rect.width, rect.height)
    return rect, shape(a, b, radius_a=before, radius_b=radius, origin=place, size=part)


def _only(area: int) -> Labels:
    """By label 255 for the area and 0 for all others: what a stroke may change."""
    table = np.zeros(256, np.uint8)
    table[area] = 255
    return table
