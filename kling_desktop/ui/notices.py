"""Sentences for the artist, shown in one place in the window and gone when no longer true."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

Offers = list[tuple[str, Callable[[], None]]]
"""Words of buttons, and what each does."""


class Tone(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Notices(QObject):
    """Anybody posts; the window's strip shows the newest. No dialog, no storm."""

    posted = Signal(str, object, str, object)
    """Sentence, Tone, what it is about (empty for nothing in particular), and Offers."""
    settled = Signal(str)
    """What older sentences were about is no longer so."""

    def post(
        self,
        sentence: str,
        tone: Tone = Tone.INFO,
        *,
        about: str = "",
        offers: Offers | None = None,
    ) -> None:
        """``about`` is a key by which a later success takes the sentence back; ``offers`` are up to
        two buttons for what can be done."""
        self.posted.emit(sentence, tone, about, offers or [])

    def settle(self, about: str) -> None:
        """It worked: take back what was said about it."""
        self.settled.emit(about)
