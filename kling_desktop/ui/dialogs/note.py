"""A small sentence next to what it is about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from kling_desktop.ui.theme import set_tone


class Note(QLabel):
    """A small wrapped sentence that takes no room while it is empty."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "small")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.say("")

    def say(self, sentence: str, tone: str = "muted") -> None:
        self.setText(sentence)
        self.setVisible(bool(sentence))
        set_tone(self, tone)
