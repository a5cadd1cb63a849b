"""The space bar over the canvas, which moves the picture wherever the keyboard's focus is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

PRESS, RELEASE = QEvent.Type.KeyPress, QEvent.Type.KeyRelease


class SpaceBar(QObject):
    """Takes the space bar from the other widgets of the window while the pointer is over the
    canvas, except from those that a text is being written in."""

    held = Signal(bool)

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas

    def listen(self, *, on: bool) -> None:
        """The pointer came over the canvas, or left it. Hearing all events costs a little."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
            if on:
                application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in {PRESS, RELEASE} or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Space or not self._may_take(watched):
            return False
        if not event.isAutoRepeat():
            self.held.emit(event.type() == PRESS)
        return True

    def _may_take(self, watched: QObject) -> bool:
        return (
            isinstance(watched, QWidget)
            and watched is not self._canvas
            and watched.window() is self._canvas.window()
            and not _writes(watched)
        )


def _writes(widget: QWidget) -> bool:
    """Whether a space means a space there. Numbers have none."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit)
