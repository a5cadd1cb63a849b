"""The smart tool: a rough box around a thing, or a scribble on it, selects the thing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from kling_desktop.imaging import smart
from kling_desktop.imaging.smart import Hints
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.model.path import Point
from kling_desktop.ui.canvas.stage import Pointer, Stage
from kling_desktop.ui.canvas.tools.dashes import Box, box_of
from kling_desktop.ui.canvas.tools.proposal import Proposal, Wish
from kling_desktop.ui.canvas.tools.scribble import SCRIBBLE, draw_box, draw_scribble
from kling_desktop.ui.canvas.tools.search import Search
from kling_desktop.ui.canvas.tools.selection import Selection
from kling_desktop.ui.toolbox import Mark

SMALLEST = 6
"""Shortest side of a box, in widget pixels, that is more than a slip of the hand."""
NOTHING = "Nothing stood out there. Drag a box closer around one thing, or scribble on it."
WHERE = (
    "Drag a box around the thing first, or scribble on it: then mark what does not belong to it."
)


class Smart(Selection):
    """A proposal goes into the area at once, as one step of undo, and is replaced by the next one
    until Enter, another tool, area or thing accepts it. Escape takes it back. Ctrl marks the inside
    while dragging and Ctrl+Alt the outside, whatever the toolbox says."""

    name = "Smart selection"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._line: list[Point] = []
        """Where the gesture went."""
        self._proposal = Proposal(stage, self.name)
        self._asked: Wish | None = None
        """What is being looked for."""
        self._search: Search[tuple[Rect, Mask]] = Search(
            "smart selection", self._on_found, stage.canvas
        )

    @property
    def active(self) -> bool:
        return bool(self._line) or self._search.running

    # The gesture

    def press(self, at: Pointer) -> None:
        self._drop_line()
        if self.may_begin():
            self._line = [at.point]
            self._follow(at)

    def drag(self, at: Pointer) -> None:
        if self._line:
            self._line.append(at.point)
            self._follow(at)

    def release(self, at: Pointer) -> None:
        if not self._line:
            return
        self.drag(at)
        line, mark = self._line, self._mark
        self._drop_line()
        if mark == Mark.BOX:
            self._take_box(box_of(line[0], line[-1]))
        else:
            self._take_scribble(line, mark)

    def key(self, key: int, keys: Qt.KeyboardModifier, *, repeats: bool) -> bool:  # noqa: ARG002
        if self._proposal.wish is None or self.active:
            return False
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._proposal.accept()
            return True
        if key == Qt.Key.Key_Escape:
            self._proposal.take_back()
            return True
        return False

    def cancel(self) -> None:
        """The proposal stays: it is no part of the gesture."""
        self._drop_line()
        self._stop()

    def leave(self) -> None:
        self.cancel()
        self._proposal.accept()

    def area_changed(self) -> None:
        self.leave()

    def draw(self, painter: QPainter) -> None:
        view = self.stage.view
        self._proposal.draw(painter)
        if not self._line:
            return
        if self._mark == Mark.BOX:
            draw_box(painter, box_of(self._line[0], self._line[-1]), view)
            self.draw_sign(painter)
        else:
            draw_scribble(painter, self._line, view, inside=self._mark == Mark.INSIDE)

    @property
    def _mark(self) -> Mark:
        if self.at.ctrl:
            return Mark.OUTSIDE if self.at.alt else Mark.INSIDE
        return self.stage.toolbox.options.mark

    def _follow(self, at: Pointer) -> None:
        self.at = at
        self.show(box_of(*(self._box or ()), at.point))

    def _drop_line(self) -> None:
        self._line = []
        self.show(None)

    # What is asked for

    def _take_box(self, box: Box) -> None:
        (x0, y0), (x1, y1) = box
        if min(x1 - x0, y1 - y0) < SMALLEST * self.stage.view.reach:
            return
        # What a place in widget pixels loses in accuracy is no reason for another pixel.
        rect = Rect(
            math.floor(x0 + 1e-6), math.floor(y0 + 1e-6), math.ceil(x1 - 1e-6), math.ceil(y1 - 1e-6)
        )
        rect = rect.clipped(*self.stage.view.image)
        if rect.empty:
            return
        wish, standing = Wish(Hints(rect), self.how), self._proposal.wish
        if standing is not None and not (wish.how == standing.how and standing.near(rect)):
            self._proposal.accept()
        self._ask(wish)

    def _take_scribble(self, line: list[Point], mark: Mark) -> None:
        wish = self._asked or self._proposal.wish
        if wish is None:
            # Ctrl and Ctrl+Alt say what is marked, not what becomes of it.
            keys = Qt.KeyboardModifier.NoModifier if self.at.ctrl else self.at.keys
            wish = Wish(Hints(None), self.stage.how(self.at._replace(keys=keys)))
        stroke = smart.Mark(tuple(line), SCRIBBLE * self.stage.view.reach)
        hints = wish.hints
        if mark == Mark.INSIDE:
            hints = replace(hints, inside=(*hints.inside, stroke))
        elif hints.box is None and not hints.inside:
            self.stage.notices.post(WHERE)
            return
        else:
            hints = replace(hints, outside=(*hints.outside, stroke))
        self._ask(replace(wish, hints=hints))

    def _ask(self, wish: Wish) -> None:
        self._asked = wish
        self.show_busy(busy=True)
        self._search.start(partial(_select, self.stage.document.pixels, wish.hints))

    def _stop(self) -> None:
        self._search.cancel()
        self._asked = None
        self.show_busy(busy=False)

    # What was found

    def _on_found(self, found: tuple[Rect, Mask] | None) -> None:
        wish = self._asked
        self._stop()
        if wish is None or not self.stage.may_paint(self.stage.toolbox.area):
            return
        if found is None or not found[1].any():
            self.stage.notices.post(NOTHING)
            return
        self._proposal.put(wish, *found)


def _select(
    pixels: npt.NDArray[np.uint8], hints: Hints, cancelled: Callable[[], bool]
) -> tuple[Rect, Mask]:
    return smart.select(pixels, hints, cancelled=cancelled)
