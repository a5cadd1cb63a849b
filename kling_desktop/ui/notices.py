"""Sentences for the artist, shown in one place in the window and gone when no longer true."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal


class Tone(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Notices(QObject):
    """Anybody posts; the window's strip shows the newest. No dialog, no storm."""

    posted = Signal(str, object)
    """Sentence, Tone."""

    def post(self, sentence: str, tone: Tone = Tone.INFO) -> None:
        self.posted.emit(sentence, tone)
