"""Brush and eraser: a hard-edged capsule between every two positions of the pointer."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kling_desktop.imaging.strokes import capsule, capsule_bounds
from kling_desktop.model.areas import NONE, Labels, Rect
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.base import CanvasTool
from kling_desktop.ui.colours import label
from kling_desktop.ui.tiles import LabelEdit

LIGHTEST = 0.15
"""Share of the radius that the lightest touch of a pen paints, where pressure counts."""


class Brush(CanvasTool):
    """Paints the area in hand, or nothing at all as the eraser does. With Alt, the brush takes from
    the area in hand, and from no other."""

    cursor = Qt.CursorShape.CrossCursor
    ring = True

    def __init__(self, stage: Stage, *, erases: bool) -> None:
        super().__init__(stage)
        self._erases = erases
        self._edit: LabelEdit | None = None
        self._labels: Labels = stage.document.labels
        self._size = (0, 0)
        self._value, self._text = NONE, ""
        self._last: Point | None = None
        """Where the last stroke ended or this one has got to: Shift draws a line from there."""
        self._radius = 0.0

    @property
    def active(self) -> bool:
        return self._edit is not None

    def press(self, at: Pointer) -> None:
        self._commit()
        erases, area = self._erases or at.erases, self.stage.toolbox.area
        if self.stage.document.shot.picture is None or not (erases or self.stage.may_paint(area)):
            return
        takes = at.alt and not erases
        self._value = NONE if erases or takes else area
        self._text = "Erase" if erases else f"{'Erase' if takes else 'Paint'} {_name(area)}"
        self._labels = self.stage.document.labels
        height, width = self._labels.shape
        self._size = (width, height)
        self._protection = _only(area) if takes else self.stage.protection()
        self._edit = self.stage.document.edit_labels()
        start = self._last if at.shift and self._last is not None else at.point
        self._radius = self._radius_at(at)
        self._segment(start, at.point, self._radius)

    def drag(self, at: Pointer) -> None:
        if self._edit is not None and self._last is not None:
            self._segment(self._last, (at[0], at[1]), self._radius_at(at))

    def release(self, at: Pointer) -> None:
        if self._edit is None:
            return
        if at.point != self._last:
            self.drag(at)
        self._commit()

    def cancel(self) -> None:
        if self._edit is not None:
            edit, self._edit = self._edit, None
            self.stage.document.cancel_labels(edit)

    def leave(self) -> None:
        self.cancel()
        self._last = None

    def _commit(self) -> None:
        if self._edit is not None:
            edit, self._edit = self._edit, None
            self.stage.document.commit_labels(edit, self._text)

    def _radius_at(self, at: Pointer) -> float:
        if self.stage.pressure_sizes:
            return self.stage.toolbox.radius * (LIGHTEST + (1.0 - LIGHTEST) * at.pressure)
        return self.stage.toolbox.radius

    def _segment(self, a: Point, b: Point, radius: float) -> None:
        """Paint from ``a``, with the radius reached so far, to ``b`` with ``radius``."""
        assert self._edit is not None  # noqa: S101  (both callers hold one)
        before, value = self._radius, self._value
        self._last, self._radius = b, radius
        rect = capsule_bounds(a, b, before, radius).clipped(*self._size)
        if rect.empty:
            return
        self._edit.touch(rect)
        if self._protection is not None:
            self._segment_between(rect, a, b, before, radius)
            self.stage.labels_changed(rect)
            return
        capsule(self._labels, a, b, radius_a=before, radius_b=radius, value=value)
        overlay = self.stage.overlay
        if not overlay.draw(a, b, radius_a=before, radius_b=radius, value=value):
            overlay.refresh(rect)
        self.stage.show_labels(rect)

    def _segment_between(
        self, rect: Rect, a: Point, b: Point, radius_a: float, radius_b: float
    ) -> None:
        """The same where locked areas must stay: drawn aside, then let through where allowed."""
        import cv2
        import numpy as np

        part = self._labels[rect.y0 : rect.y1, rect.x0 : rect.x1]
        stamp = np.zeros(part.shape, np.uint8)
        origin = (rect.x0, rect.y0)
        capsule(stamp, a, b, radius_a=radius_a, radius_b=radius_b, value=255, origin=origin)
        assert self._protection is not None  # noqa: S101
        cv2.bitwise_and(stamp, cv2.LUT(part, self._protection), dst=stamp)
        cv2.copyTo(np.full_like(stamp, self._value), stamp, part)


def _only(area: int) -> Labels:
    """By label 255 for the area and 0 for all others: what a stroke may change."""
    import numpy as np

    table = np.zeros(256, np.uint8)
    table[area] = 255
    return table


def _name(area: int) -> str:
    return label(area)[0].lower() + label(area)[1:]
