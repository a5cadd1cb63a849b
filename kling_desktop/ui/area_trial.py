"""An operation whose amount is still being chosen: shown live, no step of undo until it is kept."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kling_desktop.model.areas import Labels, Rect
from kling_desktop.ui.area_operations import AreaOperations
from kling_desktop.ui.area_orders import Change, Kind, Order, order
from kling_desktop.ui.commands import ChangeLabels
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Toolbox
from kling_desktop.ui.trial import LiveTrial


class AreaTrial(LiveTrial):
    """Of the area in hand at the beginning, on the map as it was then, with the locks of then.

    What is shown is a step that is not on the undo stack. It has to be there, or gone, before
    anything else changes the map: so whatever else the artist does to the shot keeps what is seen
    and ends the trial, and undo and redo take it back.
    """

    def __init__(
        self,
        kind: Kind,
        document: Document,
        toolbox: Toolbox,
        *,
        operations: AreaOperations,
        canvas: QWidget,
    ) -> None:
        super().__init__(canvas, operations)
        self._kind, self._area, self._locked = kind, toolbox.area, toolbox.locked
        self._document, self._toolbox, self._operations = document, toolbox, operations
        self._labels, self._base = document.labels, document.labels.copy()
        self._wanted: Order | None = None
        self._running: Order | None = None
        self._px: int | None = None
        self._closing = False
        self._step: ChangeLabels | None = None
        """What is seen of it."""
        self._seen: tuple[Rect, Labels] = (Rect(0, 0, 0, 0), self._base)
        self._index = document.undo_stack.index()
        document.undo_stack.indexChanged.connect(self._on_index_changed)
        document.opened.connect(self._drop)
        toolbox.view_changed.connect(self._on_view_changed)

    def show(self, amount: int) -> None:
        """Of the amounts asked for while one is worked out, only the last counts."""
        px = amount
        looks = self._document.shot.looks
        asked = order(self._kind, self._area, looks, self._locked, px=px)
        # A field says the same number once more when it loses the keyboard.
        if not self.over and px != self._px and self._operations.allowed(asked):
            self._wanted, self._px = asked, px
            self._start()

    def accept(self) -> None:
        self._closing = True
        if self._running is None:
            self.keep()

    def keep(self) -> None:
        """What was accepted and is not there yet follows."""
        late = (self._wanted or self._running) if self._closing else None
        if self.over:
            return
        step, (rect, painted) = self._step, self._seen
        self._take_back()
        self._end()
        if late is not None:
            self._operations.carry_out(late)
        elif step is not None:
            self._document.paint(rect, painted, step.text())

    def cancel(self) -> None:
        if not self.over:
            self._take_back()
            self._end()

    # Inside

    def _start(self) -> None:
        asked = self._wanted
        if self._running is None and asked is not None:
            self._wanted, self._running = None, asked
            base = self._base
            self._operations.jobs.run(lambda: asked.change(base), self._arrived, self._failed)

    def _arrived(self, change: Change) -> None:
        asked, self._running = self._running, None
        if self.over or asked is None:
            return
        self._take_back()
        self._apply(asked.text, change)
        self.shown.emit(asked.nothing if self._step is None else "")
        self._go_on()

    def _failed(self, sentence: str) -> None:
        self._running = None
        if not self.over:
            self.shown.emit(sentence)
            self._go_on()

    def _go_on(self) -> None:
        self._start()
        if self._closing and self._running is None:
            self.keep()

    def _apply(self, text: str, change: Change) -> None:
        document, (rect, painted) = self._document, change
        if rect.empty:
            return
        edit = document.edit_labels()
        edit.touch(rect)
        document.labels[rect.y0 : rect.y1, rect.x0 : rect.x1] = painted
        delta = edit.finish()
        if delta is not None:
            self._step, self._seen = ChangeLabels(document, delta, text), change
            self._step.redo()
            document.labels_changed.emit(rect)

    def _take_back(self) -> None:
        step, self._step = self._step, None
        if step is not None and self._document.labels is self._labels:
            step.undo()

    def _on_index_changed(self, index: int) -> None:
        """Somebody did, or undid, something without a word to the trial."""
        if self._document.labels is not self._labels:
            self._drop()
        elif index < self._index:
            self.cancel()
        else:
            self.keep()

    def _on_view_changed(self) -> None:
        """What is locked from now on was not when this was shown."""
        if self._toolbox.locked != self._locked:
            self.keep()

    def _drop(self) -> None:
        """Another shot is here: nothing of it is left to take back."""
        self._step = None
        self._end()

    def _end(self) -> None:
        if not self.over:
            self._document.undo_stack.indexChanged.disconnect(self._on_index_changed)
            self._document.opened.disconnect(self._drop)
            self._toolbox.view_changed.disconnect(self._on_view_changed)
            self.finish()
