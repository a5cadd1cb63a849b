"""Changes whole areas: the work is done off the GUI thread, its result is one step of undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from kling_desktop.model.areas import STATIC
from kling_desktop.model.shot import Shot
from kling_desktop.ui.area_orders import NEEDS_PIXELS, Change, Kind, Order, order
from kling_desktop.ui.area_words import in_words, locked_sentence, opening
from kling_desktop.ui.document import Document
from kling_desktop.ui.jobs import Jobs
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.toolbox import Toolbox

ABOUT = "areas"
"""What its sentences are about."""
AGAIN_MS = 30
"""How soon it asks again whether the gesture under way is over."""


class AreaOperations(QObject):
    """Runs orders one after the other. Errors and refusals become notices."""

    working_changed = Signal(str)
    """What is being worked on now, as a sentence; empty when nothing is."""

    def __init__(
        self, document: Document, toolbox: Toolbox, notices: Notices, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._toolbox, self._notices = document, toolbox, notices
        self.jobs = Jobs(self)
        self.busy: Callable[[], bool] = _never
        """Whether a gesture is under way, which a result must not come into."""
        self._shots = 0
        document.opened.connect(self._on_opened)

    # What can be asked of it

    def order(self, kind: Kind, *, px: int = 0, other: int = 0) -> Order:
        """An operation on the area in hand as it is called now."""
        toolbox, looks = self._toolbox, self._document.shot.looks
        return order(kind, toolbox.area, looks, toolbox.locked, px=px, other=other)

    def may(self, kind: Kind, asked: Order) -> bool:
        """Whether there is something to do and it is allowed; says so where not."""
        area, looks = self._toolbox.area, self._document.shot.looks
        if not self.allowed(asked):
            return False
        if kind in NEEDS_PIXELS and not self._document.counts[area]:
            words = opening(in_words(area, looks))
            self._notices.post(f"{words} is not painted yet: paint it first.", about=ABOUT)
            return False
        return True

    def run(self, kind: Kind, *, px: int = 0, other: int = 0) -> None:
        """Do an operation to the area in hand, if it may be done."""
        asked = self.order(kind, px=px, other=other)
        if self.may(kind, asked):
            self.carry_out(asked)

    def carry_out(self, asked: Order) -> None:
        """Work on a copy of the map; the result replaces the map as one step of undo."""
        document = self._document
        labels, ticket = document.labels.copy(), (self._shots, document.labels_revision)
        self.working_changed.emit(f"{asked.text}…")
        self.jobs.run(
            lambda: asked.change(labels), partial(self._arrived, asked, ticket), self._failed
        )

    def clear(self, area: int) -> None:
        """Take away an area's pixels and its path."""
        document = self._document
        if area in self._toolbox.locked:
            self._refuse(area)
            return
        text = f"Clear {in_words(area, document.shot.looks)}"
        document.undo_stack.beginMacro(text)
        document.clear_area(area, text)
        document.set_path(area, None, text)
        document.undo_stack.endMacro()

    def allowed(self, asked: Order) -> bool:
        """Whether none of its areas is locked: says so where one is, shows those that are hidden."""
        if self._document.shot.picture is None:
            return False
        for area in asked.areas:
            if area in self._toolbox.locked:
                self._refuse(area)
                return False
        for area in asked.areas:
            if area in self._toolbox.hidden:
                self._toolbox.set_hidden(area, hidden=False)
        return True

    def close(self) -> None:
        """Finish what is under way, and take no more."""
        self.jobs.close()

    # Inside

    def _arrived(self, asked: Order, ticket: tuple[int, int], change: Change) -> None:
        shots, revision = ticket
        if shots != self._shots:
            self.working_changed.emit("")
        elif self.busy():
            again = partial(self._arrived, asked, ticket, change)
            QTimer.singleShot(AGAIN_MS, self, again)
        elif revision != self._document.labels_revision:
            self.carry_out(asked)
        else:
            self.working_changed.emit("")
            self._apply(asked, change)

    def _apply(self, asked: Order, change: Change) -> None:
        document, (rect, painted) = self._document, change
        swapped = _swapped(document.shot, asked.swaps)
        if rect.empty and swapped.paths == document.shot.paths:
            self._notices.post(asked.nothing, about=ABOUT)
            return
        self._notices.settle(ABOUT)
        document.undo_stack.beginMacro(asked.text)
        if not rect.empty:
            document.paint(rect, painted, asked.text)
        document.set_shot(swapped, asked.text)
        document.undo_stack.endMacro()

    def _refuse(self, area: int) -> None:
        sentence = locked_sentence(area, self._document.shot.looks)
        self._notices.post(sentence, Tone.WARNING, about=ABOUT)

    def _failed(self, sentence: str) -> None:
        self.working_changed.emit("")
        self._notices.post(sentence, Tone.ERROR, about=ABOUT)

    def _on_opened(self) -> None:
        self._shots += 1


def _swapped(shot: Shot, pair: tuple[int, int] | None) -> Shot:
    """The shot with the paths of two areas exchanged; the static area has none to give or take."""
    if pair is None or STATIC in pair:
        return shot
    a, b = pair
    to = {a: b, b: a}
    paths = {to.get(area, area): path for area, path in shot.paths.items()}
    return replace(shot, paths=dict(sorted(paths.items())))


def _never() -> bool:
    return False
