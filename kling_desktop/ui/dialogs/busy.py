"""Slow work that a dialog waits for, calmly: nothing flickers where it is soon over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from kling_desktop.ui.dialogs.later import Later

T = TypeVar("T")
PATIENCE_MS = 200


class Busy(QObject):
    """One thing at a time, on a thread of its own; what comes in meanwhile is not done."""

    shown = Signal(bool)
    """True once the work takes so long that it should be seen, False when that work is over."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._later = Later(1, self)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show)
        self._seen = False
        self.working = False
        self.words = ""
        """What is being done, for the artist."""

    def run(
        self,
        words: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do ``work``, then call ``done`` with its value or ``failed``; nothing while it works."""
        if self.working:
            return
        self.working, self.words = True, words
        self._patience.start()
        self._later.run(
            work, lambda value: self._end(done, value), lambda error: self._end(failed, error)
        )

    def close(self) -> None:
        """Hear of nothing any more."""
        self._later.close()
        self._patience.stop()

    def _show(self) -> None:
        self._seen = True
        self.shown.emit(True)

    def _end(self, receive: Callable[[T], None], value: T) -> None:
        self.working = False
        self._patience.stop()
        if self._seen:
            self._seen = False
            self.shown.emit(False)
        receive(value)
