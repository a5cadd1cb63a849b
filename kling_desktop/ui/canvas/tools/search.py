"""One computation at a time in a thread: a newer one takes the place of the older."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from kling_desktop.ui.canvas.post import Post

Answer = TypeVar("Answer")
Work = Callable[[Callable[[], bool]], Answer]
"""What is computed; it may ask whether it was cancelled, and then return anything."""


class Search(Generic[Answer]):
    """``found``, a method, is called with each answer that still matters; with None where the work
    failed."""

    def __init__(self, name: str, found: Callable[[Answer | None], None], parent: QObject) -> None:
        self._name, self._found = name, found
        self._stop: Event | None = None
        """Of the work under way; also tells its answer from older ones."""
        self._post = Post(self._on_answer, parent)

    @property
    def running(self) -> bool:
        return self._stop is not None

    def start(self, work: Work[Answer]) -> None:
        self.cancel()
        self._stop = Event()
        Thread(target=_run, args=(self._post, self._stop, work), name=self._name).start()

    def cancel(self) -> None:
        """Whatever is under way is not wanted any more."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    def _on_answer(self, answered: tuple[Event, Answer | None]) -> None:
        stop, answer = answered
        if stop is self._stop:
            self._stop = None
            self._found(answer)


def _run(post: Post[tuple[Event, Answer | None]], stop: Event, work: Work[Answer]) -> None:
    answer = None
    try:
        answer = work(stop.is_set)
    finally:
        post.send((stop, answer))
