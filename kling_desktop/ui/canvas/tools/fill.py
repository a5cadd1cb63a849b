"""The bucket: a click fills what lies inside an outline, or any region that one area covers."""

from __future__ import annotations

from PySide6.QtGui import QPainter

from kling_desktop.imaging.flood import fill
from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.dashes import box_of
from kling_desktop.ui.canvas.tools.selection import Selection
from kling_desktop.ui.toolbox import Combine

GAP = (
    "The fill reached all edges of the picture. If it was meant to stay inside an outline, "
    "undo it, close the gap in the outline and fill again."
)
"""Said where an outline had been drawn and did not hold."""


class Fill(Selection):
    """With Alt or a pen's eraser end it clears the piece of the area in hand that is clicked, with
    Shift+Alt it clears all others. The place and the keys count when the button is let go."""

    name = "Fill"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._pressed = False

    @property
    def active(self) -> bool:
        return self._pressed

    def press(self, at: Pointer) -> None:
        self.cancel()
        if self.may_begin():
            self._pressed = True
            self.drag(at)

    def drag(self, at: Pointer) -> None:
        if self._pressed:
            self.at = at
            self.show(box_of(at.point))

    def release(self, at: Pointer) -> None:
        pressed, self.at = self._pressed, at
        self.cancel()
        if pressed and self.stage.view.covers(at.x, at.y):
            self._fill()

    def cancel(self) -> None:
        self._pressed = False
        self.show(None)

    def draw(self, painter: QPainter) -> None:
        if self._pressed:
            self.draw_sign(painter)

    def _fill(self) -> None:
        document, area = self.stage.document, self.area
        seed = int(self.at.x), int(self.at.y)
        label = int(document.labels[seed[1], seed[0]])
        adds = self.how == Combine.ADD
        if adds == (label == area):
            return  # the area has the region already, or nothing to lose there
        if adds and label and not self.stage.may_paint(label):
            return
        rect, mask = fill(document.labels, seed)
        outlined = adds and not label and document.counts[area] > 0
        if self.take(rect, mask, self.how) and outlined:
            self._warn(rect, int(mask.sum()))

    def _warn(self, rect: Rect, filled: int) -> None:
        width, height = self.stage.view.image
        if rect == Rect(0, 0, width, height) and filled * 2 > width * height:
            self.stage.notices.post(GAP)
