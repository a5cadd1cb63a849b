"""An operation whose amount is still being chosen: shown live, no step of undo until it is kept."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from kling_desktop.model.areas import Labels, Rect
from kling_desktop.ui.area_operations import AreaOperations
from kling_desktop.ui.area_orders import Change, Kind, Order, order
from kling_desktop.ui.commands import ChangeLabels
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Toolbox

Event = QEvent.Type
PRESSES = {Event.MouseButtonPress, Event.MouseButtonDblClick, Event.TabletPress}
LEAVING = {Event.Close, Event.WindowBlocked}
"""The window goes, or a dialog comes that may save what is seen."""
ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class Trial(QObject):
    """Of the area in hand at the beginning, on the map as it was then, with the locks of then.

    What is shown is a step that is not on the undo stack. It has to be there, or gone, before
    anything else changes the map: so whatever else the artist does to the shot keeps what is seen
    and ends the trial, and undo and redo take it back.
    """

    shown = Signal(str)
    """The amount asked for last is seen now; the sentence says why nothing is, where it is not."""
    ended = Signal()

    def __init__(
        self,
        kind: Kind,
        document: Document,
        toolbox: Toolbox,
        *,
        operations: AreaOperations,
        canvas: QWidget,
    ) -> None:
        super().__init__(operations)
        self._kind, self._area, self._locked = kind, toolbox.area, toolbox.locked
        self._document, self._toolbox, self._operations = document, toolbox, operations
        self._labels, self._base = document.labels, document.labels.copy()
        self._wanted: Order | None = None
        self._running: Order | None = None
        self._px: int | None = None
        self._closing = self.over = False
        self._step: ChangeLabels | None = None
        """What is seen of it."""
        self._seen: tuple[Rect, Labels] = (Rect(0, 0, 0, 0), self._base)
        self._index = document.undo_stack.index()
        self._watched = (canvas, canvas.window())
        for widget in self._watched:
            widget.installEventFilter(self)
        document.undo_stack.indexChanged.connect(self._on_index_changed)
        document.opened.connect(self._drop)
        toolbox.view_changed.connect(self._on_view_changed)

    def show(self, px: int) -> None:
        """Show another amount; of those asked for while one is worked out, only the last counts."""
        looks = self._document.shot.looks
        asked = order(self._kind, self._area, looks, self._locked, px=px)
        # A field says the same number once more when it loses the keyboard.
        if not self.over and px != self._px and self._operations.allowed(asked):
            self._wanted, self._px = asked, px
            self._start()

    def accept(self) -> None:
        """Keep what was asked for last, once it is there."""
        self._closing = True
        if self._running is None:
            self.keep()

    def keep(self) -> None:
        """Make what is seen a step of undo, now. What was accepted and is not there yet follows."""
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
        """Leave everything as it was, the steps that can be done again included."""
        if not self.over:
            self._take_back()
            self._end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A gesture writes to the map as soon as it begins."""
        kind, canvas = event.type(), self._watched[0]
        if (kind in LEAVING and watched is not canvas) or (
            watched is canvas and _begins(event) and not _pans(canvas)
        ):
            self.keep()
        return False

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
            self.over = True
            for widget in self._watched:
                widget.removeEventFilter(self)
            self._document.undo_stack.indexChanged.disconnect(self._on_index_changed)
            self._document.opened.disconnect(self._drop)
            self._toolbox.view_changed.disconnect(self._on_view_changed)
            self.ended.emit()
            self.deleteLater()


def settle(parent: QObject, *, keep: bool) -> bool:
    """End the trial that is under way below ``parent``, keeping what is seen or taking it back;
    whether there was one. To be called before anything else changes, saves or undoes."""
    found = [trial for trial in parent.findChildren(Trial) if not trial.over]
    for trial in found:
        if keep:
            trial.keep()
        else:
            trial.cancel()
    return bool(found)


def _begins(event: QEvent) -> bool:
    """Whether a gesture begins, or is accepted, with it."""
    if isinstance(event, QMouseEvent) and event.button() != Qt.MouseButton.LeftButton:
        return False
    if isinstance(event, QKeyEvent):
        return event.type() == Event.KeyPress and event.key() in ENTER
    return event.type() in PRESSES


def _pans(canvas: QWidget) -> bool:
    """Whether a press would only move the view: that is what the pointer shows."""
    return canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
