"""What is shown live while its amount is still being chosen: no step of undo until it is kept."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

Event = QEvent.Type
PRESSES = {Event.MouseButtonPress, Event.MouseButtonDblClick, Event.TabletPress}
LEAVING = {Event.Close, Event.WindowBlocked}
"""The window goes, or a dialog comes that may save what is seen."""
ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class LiveTrial(QObject):
    """Whatever else the artist does to the shot keeps what is seen and ends the trial; undo and
    redo take it back."""

    shown = Signal(str)
    """The amount asked for last is seen now; the sentence says why nothing is, where it is not."""
    ended = Signal()

    def __init__(self, canvas: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self.over = False
        self._watched = (canvas, canvas.window())
        for widget in self._watched:
            widget.installEventFilter(self)

    def show(self, amount: int) -> None:
        """Show another amount."""
        raise NotImplementedError

    def accept(self) -> None:
        """Keep what was asked for last, once it is there."""
        self.keep()

    def keep(self) -> None:
        """Make what is seen a step of undo, now."""
        raise NotImplementedError

    def cancel(self) -> None:
        """Leave everything as it was, the steps that can be done again included."""
        raise NotImplementedError

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A gesture changes the shot as soon as it begins."""
        kind, canvas = event.type(), self._watched[0]
        if (kind in LEAVING and watched is not canvas) or (
            watched is canvas and _begins(event) and not _pans(canvas)
        ):
            self.keep()
        return False

    def finish(self) -> None:
        """No more is shown."""
        self.over = True
        for widget in self._watched:
            widget.removeEventFilter(self)
        self.ended.emit()
        self.deleteLater()


def settle(parent: QObject, *, keep: bool) -> bool:
    """End the trial that is under way below ``parent``, keeping what is seen or taking it back;
    whether there was one. To be called before anything else changes, saves or undoes."""
    found = [trial for trial in parent.findChildren(LiveTrial) if not trial.over]
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
