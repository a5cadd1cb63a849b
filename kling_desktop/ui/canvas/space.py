"""The space bar over the canvas: held it moves the picture, tapped it plays the draft, wherever the
keyboard's focus is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

PRESS, RELEASE = QEvent.Type.KeyPress, QEvent.Type.KeyRelease


class SpaceBar(QObject):
    """Takes the space bar from the other widgets of the window while the pointer is over the
    canvas, except from those that a text is being written in."""

    held = Signal(bool)
    tapped = Signal()
    """It was pressed and let go, and was not ``used`` for anything meanwhile."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._listens = self._taps = False

    def press(self) -> None:
        self._taps = True
        self.held.emit(True)

    def release(self) -> None:
        taps, self._taps = self._taps, False
        self.held.emit(False)
        if taps:
            self.tapped.emit()

    def used(self) -> None:
        """Something was done while it was down: letting it go is no tap."""
        self._taps = False

    def listen(self, *, on: bool) -> None:
        """The pointer came over the canvas, or left it."""
        application = QApplication.instance()
        if not isinstance(application, QApplication) or on == self._listens:
            return
        self._listens = on
        # Only the widget in focus is listened to: hearing every event of the program costs a
        # brush its speed.
        if on:
            application.focusChanged.connect(self._on_focus_changed)
            self._on_focus_changed(None, self._focus)
        else:
            application.focusChanged.disconnect(self._on_focus_changed)
            self._on_focus_changed(self._focus, None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in {PRESS, RELEASE} or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Space or not self._may_take(watched):
            return False
        if not event.isAutoRepeat():
            if event.type() == PRESS:
                self.press()
            else:
                self.release()
        return True

    @property
    def _focus(self) -> QWidget:
        """What a key goes to: the window where no widget in it has the focus."""
        return QApplication.focusWidget() or self._canvas.window()

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is not None and self._may_take(new):
            new.installEventFilter(self)

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
