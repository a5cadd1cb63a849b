"""An operation whose amount is still being chosen: shown live, as one step that is replaced."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from kling_desktop.ui.area_operations import AGAIN_MS, AreaOperations
from kling_desktop.ui.area_orders import Change, Kind, Order
from kling_desktop.ui.document import Document


class Trial(QObject):
    """Starts from the map as it is now. Whatever else is done to the shot meanwhile ends it, and
    what is shown then stays."""

    shown = Signal(str)
    """The amount asked for last is seen now; the sentence says why nothing is, where it is not."""
    ended = Signal()

    def __init__(self, kind: Kind, document: Document, operations: AreaOperations) -> None:
        super().__init__(operations)
        self._document, self._operations = document, operations
        self._order: Callable[[int], Order] = partial(_order, operations, kind)
        self._base = document.labels.copy()
        self._wanted: Order | None = None
        self._running: Order | None = None
        self._closing = self._over = self._own = False
        self._applied = False
        """Whether its step is on top of the stack."""
        document.undo_stack.indexChanged.connect(self._on_index_changed)
        document.opened.connect(self._end)

    def show(self, px: int) -> None:
        """Show another amount; of those asked for while one is worked out, only the last counts."""
        self._wanted = self._order(px)
        self._start()

    def accept(self) -> None:
        """Keep what was asked for last, once it is there."""
        self._closing = True
        if self._running is None:
            self._end()

    def cancel(self) -> None:
        """Leave everything as it was."""
        if not self._over:
            self._take_back()
            self._end()

    def _start(self) -> None:
        asked = self._wanted
        if self._running is None and asked is not None and not self._over:
            self._wanted, self._running = None, asked
            base = self._base
            self._operations.jobs.run(lambda: asked.change(base), self._arrived, self._failed)

    def _arrived(self, change: Change) -> None:
        if self._over or self._running is None:
            return
        if self._operations.busy():
            QTimer.singleShot(AGAIN_MS, self, partial(self._arrived, change))
            return
        asked, self._running = self._running, None
        rect, painted = change
        self._take_back()
        if not rect.empty:
            self._own = True
            self._document.paint(rect, painted, asked.text)
            self._own, self._applied = False, True
        self.shown.emit(asked.nothing if rect.empty else "")
        self._start()
        if self._closing and self._running is None:
            self._end()

    def _failed(self, sentence: str) -> None:
        self._running = None
        if not self._over:
            self.shown.emit(sentence)
        if self._closing:
            self._end()

    def _take_back(self) -> None:
        if self._applied:
            self._own = True
            forget_last(self._document.undo_stack)
            self._own = self._applied = False

    def _on_index_changed(self, index: int) -> None:  # noqa: ARG002
        if not self._own:
            self._end()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._document.undo_stack.indexChanged.disconnect(self._on_index_changed)
            self._document.opened.disconnect(self._end)
            self.ended.emit()
            self.deleteLater()


def forget_last(stack: QUndoStack) -> None:
    """Undo the last step so that it cannot be done again either."""
    command = stack.command(stack.index() - 1)
    command.undo()
    command.setObsolete(True)
    stack.undo()  # of what is obsolete Qt only lets go


def _order(operations: AreaOperations, kind: Kind, px: int) -> Order:
    return operations.order(kind, px=px)
