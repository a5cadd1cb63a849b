"""Results of slow work, delivered on the GUI thread for as long as somebody is there to hear."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer

from kling_desktop.ui.pool import DaemonPool

T = TypeVar("T")
LOOK_MS = 30


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work under way, and who hears of it."""

    future: Future[Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]


class Later(QObject):
    """Asks by a timer whether work is done: its threads touch no Qt object, since a dialog may be
    gone before a host has answered."""

    def __init__(self, workers: int, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = DaemonPool(workers, "dialog")
        self._waiting: list[Waiting] = []
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Waiting:
        """Do ``work`` on a thread, then call ``done`` with its value or ``failed`` on this one."""
        waiting = Waiting(self._pool.submit(work), done, failed)
        self._waiting.append(waiting)
        self._timer.start()
        return waiting

    def forget(self, waiting: Waiting | None) -> None:
        """Hear nothing of it any more; the work itself may go on."""
        self._waiting = [each for each in self._waiting if each is not waiting]

    def close(self) -> None:
        """Hear of nothing any more, and take no more work."""
        self._waiting = []
        self._timer.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> None:
        for each in [each for each in self._waiting if each.future.done()]:
            self.forget(each)
            error = each.future.exception()
            if error is None:
                each.done(each.future.result())
            elif isinstance(error, Exception):
                each.failed(error)
        if not self._waiting:
            self._timer.stop()
