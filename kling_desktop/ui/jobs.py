"""Work off the GUI thread, one job after the other, with results delivered on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from kling_desktop.storage.atomic import StorageError

T = TypeVar("T")
SENTENCES = (ValueError, StorageError, OSError, MemoryError)
"""Errors that say something to the artist; any other is a mistake of ours and is raised."""


class Jobs(QObject):
    """A single worker thread: what is asked for first is done first, so saves never overtake."""

    _ended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")
        self._open = 0
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a job runs, waits, or has not delivered its result."""
        return self._open > 0

    def run(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None]
    ) -> None:
        """Do ``work`` on the thread, then call ``done`` with its value, or ``failed`` with a
        sentence, on the GUI thread. ``work`` must touch no Qt object that others use."""
        self._open += 1

        def task() -> None:
            try:
                value = work()
            except Exception as error:  # noqa: BLE001 - handed over to the GUI thread
                self._ended.emit(failed, error)
            else:
                self._ended.emit(done, value)

        self._pool.submit(task)

    def finish(self) -> None:
        """Wait for every job and deliver the results."""
        pool, self._pool = self._pool, ThreadPoolExecutor(1, thread_name_prefix="files")
        pool.shutdown(wait=True)
        while self.busy:
            QCoreApplication.sendPostedEvents(self)

    def close(self) -> None:
        """Finish, and take no more."""
        self.finish()
        self._pool.shutdown()

    @Slot(object, object)
    def _on_ended(self, receive: Callable[[Any], None], value: object) -> None:
        self._open -= 1
        if not isinstance(value, Exception):
            receive(value)
        elif isinstance(value, SENTENCES):
            receive(sentence(value))
        else:
            raise value


def sentence(error: Exception) -> str:
    """What the artist reads for an error that a job may have."""
    if isinstance(error, MemoryError):
        return "There is not enough memory for this picture; close other programs and try again."
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'} cannot be used ({error.strerror or error})."
    return str(error)
