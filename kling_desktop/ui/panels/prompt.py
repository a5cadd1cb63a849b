"""A text field of the request with a live count of its characters."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from kling_desktop.model.checks import MAX_PROMPT
from kling_desktop.ui.theme import set_tone

MOST_LINES = 6
AROUND = 20
"""Frame, padding and the document's own margin, above and below the lines together."""
PAUSE_MS = 1_200
"""A pause in typing after which the next letter begins another step of undo."""


class PromptEdit(QPlainTextEdit):
    """Grows with its text. Undo and redo belong to the shot: their keys pass to the window."""

    def __init__(self, name: str, *, lines: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self._least = lines
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and _is_undo(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_undo(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Another width wraps differently, which the layout knows only after this event.
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        # A plain text document counts its height in lines, wrapped ones included.
        lines = round(self.document().size().height())
        shown = min(max(lines, self._least), MOST_LINES)
        height = math.ceil(QFontMetricsF(self.font()).height()) * shown + AROUND
        if height != self.height():
            self.setFixedHeight(height)


class Prompt(QWidget):
    """Editor of one prompt, and the count that stands in its section's heading."""

    typed = Signal(str, str)
    """The text, and a merge key that stays the same while typing goes on."""

    def __init__(
        self, title: str, name: str, *, lines: int, example: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._burst = name, 0
        self.edit = PromptEdit(name, lines=lines)
        self.edit.setPlaceholderText(example)
        self.edit.setAccessibleName(title)
        self.count = QLabel()
        self.count.setObjectName(f"{name}Count")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._end_burst)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.edit.textChanged.connect(self._on_text_changed)
        self._tell_count()

    def show_text(self, text: str) -> None:
        """Show what the shot says, without moving the cursor where nothing differs."""
        if text == self.edit.toPlainText():
            return
        self._end_burst()
        position = self.edit.textCursor().position()
        blocked = self.edit.blockSignals(True)
        self.edit.setPlainText(text)
        self.edit.blockSignals(blocked)
        cursor = self.edit.textCursor()
        cursor.setPosition(min(position, len(self.edit.document().toPlainText())))
        self.edit.setTextCursor(cursor)
        self._tell_count()

    def select_surplus(self) -> None:
        """Take the keyboard, with what is too long selected."""
        self.edit.setFocus()
        if len(self.edit.toPlainText()) > MAX_PROMPT:
            cursor = self.edit.textCursor()
            cursor.setPosition(MAX_PROMPT)
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            self.edit.setTextCursor(cursor)

    def _on_text_changed(self) -> None:
        self._tell_count()
        self._pause.start()
        self.typed.emit(self.edit.toPlainText(), f"{self._name} {self._burst}")

    def _end_burst(self) -> None:
        self._burst += 1

    def _tell_count(self) -> None:
        length = len(self.edit.toPlainText())
        self.count.setText(f"{length} / {MAX_PROMPT}")
        set_tone(self.count, "error" if length > MAX_PROMPT else "muted")


def _is_undo(event: QKeyEvent) -> bool:
    keys = QKeySequence.StandardKey
    return event.matches(keys.Undo) or event.matches(keys.Redo)
