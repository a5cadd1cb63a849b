"""A selection that is in the area already, as the newest step of undo, until it is accepted."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QPainter

from kling_desktop.imaging.smart import Hints
from kling_desktop.model.areas import Mask, Rect
from kling_desktop.ui.canvas.stage import Stage
from kling_desktop.ui.canvas.tools.dashes import covered
from kling_desktop.ui.canvas.tools.selection import step_text
from kling_desktop.ui.canvas.tools.veil import Veil
from kling_desktop.ui.toolbox import Combine


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: hints, and what their selection does to the area in hand."""

    hints: Hints
    how: Combine

    def near(self, rect: Rect) -> bool:
        """Whether a box covers more than half of the one that was asked for."""
        old = self.hints.box
        if old is None:
            return False
        across = min(old.x1, rect.x1) - max(old.x0, rect.x0)
        down = min(old.y1, rect.y1) - max(old.y0, rect.y0)
        return min(across, down) > 0 and 2 * across * down > old.width * old.height


class Proposal:
    """Stands until it is accepted, taken back, or followed by any other change of the shot."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage, self._name = stage, name
        self._revision = 0
        """Of the document just after the step: while it is the same, the step is the newest."""
        self._painted = False
        """Whether there is a step at all: a selection may change nothing."""
        self._veil = Veil()
        self.wish: Wish | None = None
        """What it answers; None where nothing stands."""
        stage.document.changed.connect(self._on_changed)

    def put(self, wish: Wish, rect: Rect, mask: Mask) -> None:
        """Propose this, in place of what stands."""
        self.take_back()
        stage = self._stage
        self._painted = stage.combine(rect, mask, wish.how, step_text(self._name, wish.how))
        self.wish, self._revision = wish, stage.document.revision
        self._veil.show(rect, mask)
        self._update()

    def take_back(self) -> None:
        """Undo it, if it stands."""
        undoes = self.wish is not None and self._painted
        self.accept()
        if undoes:
            self._stage.document.undo_stack.undo()

    def accept(self) -> None:
        """Leave it in the area for good."""
        self.wish = None
        self._update()
        self._veil.clear()

    def draw(self, painter: QPainter) -> None:
        """Its outline, with the painter set to device pixels."""
        self._veil.draw(painter, self._stage.view)

    def _on_changed(self) -> None:
        if self.wish is not None and self._revision != self._stage.document.revision:
            self.accept()

    def _update(self) -> None:
        x0, y0, x1, y1 = self._veil.rect
        if x0 < x1:
            self._stage.update(covered(((x0, y0), (x1, y1)), self._stage.view))
