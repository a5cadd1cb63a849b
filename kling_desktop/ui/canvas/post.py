"""Carries an answer from a thread to the thread that asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakMethod

from PySide6.QtCore import QObject, Qt, Signal

Answer = TypeVar("Answer")


class Post(QObject, Generic[Answer]):
    """``send`` from anywhere; ``take``, a method, is called in the thread where the post was made.

    The post goes with its parent: what is sent later is lost, which is as it should be. It keeps
    nobody alive, although a thread may keep it for long.
    """

    _sent = Signal(object)

    def __init__(self, take: Callable[[Answer], None], parent: QObject) -> None:
        super().__init__(parent)
        self._take = WeakMethod(take)
        # A slot of this object, not ``take`` itself: Qt then knows in which thread to call it.
        self._sent.connect(self._on_sent, Qt.ConnectionType.QueuedConnection)

    def send(self, answer: Answer) -> None:
        with contextlib.suppress(RuntimeError):  # raised where Qt has deleted it already
            self._sent.emit(answer)

    def _on_sent(self, answer: Answer) -> None:
        take = self._take()
        if take is not None:
            take(answer)
