"""What all tools share that select pixels and combine them with the area in hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from kling_desktop.model.areas import Mask, Rect
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.base import CanvasTool
from kling_desktop.ui.canvas.tools.dashes import Box, covered, draw_sign
from kling_desktop.ui.toolbox import Combine

STEPS = {
    Combine.ADD: "{}",
    Combine.SUBTRACT: "{}: remove",
    Combine.INTERSECT: "{}: keep only",
}
"""What a step of undo is called, by what the selection did."""


def step_text(name: str, how: Combine) -> str:
    return STEPS[how].format(name)


class Selection(CanvasTool):
    """Adds to the area in hand, takes from it with Alt or a pen's eraser end, keeps of it only what
    is selected with Shift+Alt; else it does what the toolbox says. The keys at the end of a gesture
    count, but the area in hand at its beginning."""

    name = ""
    """How it is called in the Edit menu."""
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.at = Pointer(0.0, 0.0)
        """Where the gesture has got to."""
        self.area = stage.toolbox.area
        """What the gesture changes, whatever area comes into the hand before it ends."""
        self._box: Box | None = None

    @property
    def how(self) -> Combine:
        """What the selection would do if the gesture ended now."""
        return self.stage.how(self.at)

    def may_begin(self) -> bool:
        """Whether there is a picture, and the area in hand, now that of the gesture, may be
        changed."""
        self.area = self.stage.toolbox.area
        return self.stage.may_paint(self.area)

    def take(self, rect: Rect, mask: Mask, how: Combine) -> bool:
        """One step of undo with what was selected; False where it changes nothing."""
        return self.stage.combine(rect, mask, how, step_text(self.name, how), self.area)

    def show(self, box: Box | None) -> None:
        """Repaint what the gesture shows around a box of image pixels, None for nothing, and what
        it showed before."""
        for each in (self._box, box):
            if each is not None:
                self.stage.update(covered(each, self.stage.view))
        self._box = box

    def show_busy(self, *, busy: bool) -> None:
        """Tell by the cursor, at once, whether something is being looked for."""
        shape = Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.CrossCursor
        if shape != self.cursor:
            self.cursor = shape
            self.stage.canvas.setCursor(shape)

    def draw_sign(self, painter: QPainter) -> None:
        view = self.stage.view
        draw_sign(painter, view.to_device(*self.at.point), self.how, view.ratio)
