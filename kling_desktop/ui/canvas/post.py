"""Carries an answer from a thread to the thread that asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

Answer = TypeVar("Answer")


class Post(QObject, Generic[Answer]):
    """``send`` from anywhere; ``take`` is called in the thread where the post was made.

    Whoever asks keeps the post: an answer to one that is gone is lost, which is as it should be.
    """

    _sent = Signal(object)

    def __init__(self, take: Callable[[Answer], None]) -> None:
        super().__init__()
        self._take = take
        # A slot of this object, not ``take`` itself: Qt then knows in which thread to call it.
        self._sent.connect(self._on_sent, Qt.ConnectionType.QueuedConnection)

    def send(self, answer: Answer) -> None:
        self._sent.emit(answer)

    def _on_sent(self, answer: Answer) -> None:
        self._take(answer)
