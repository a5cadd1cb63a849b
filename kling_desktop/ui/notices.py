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

    posted = Signal(str, object, str)
    """Sentence, Tone, and what it is about (empty for nothing in particular)."""
    settled = Signal(str)
    """What older sentences were about is no longer so."""

    def post(self, sentence: str, tone: Tone = Tone.INFO, *, about: str = "") -> None:
        """``about`` is a key by which a later success takes the sentence back."""
        self.posted.emit(sentence, tone, about)

    def settle(self, about: str) -> None:
        """It worked: take back what was said about it."""
        self.settled.emit(about)
