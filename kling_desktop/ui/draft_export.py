"""The export of a draft under way: a thread renders and writes, and tells the window how far it
is."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal

from kling_desktop.model.shot import Shot
from kling_desktop.ui.jobs import SENTENCES, sentence

if TYPE_CHECKING:
    from kling_desktop.motion.export import Kind


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What is to be exported: a ``snapshot`` over its picture, (H, W, 3) RGB, at shares (0…1) of
    its time, ``height`` pixels high, as ``target``."""

    pixels: npt.NDArray[np.uint8]
    shot: Shot
    height: int
    times: Sequence[float]
    fps: float
    kind: Kind
    target: Path


class DraftExport(QObject):
    """One export at a time; what is cancelled leaves nothing behind, even when the program ends."""

    progressed = Signal(int)
    """Frames that are done."""
    done = Signal(object)
    """The files that were made, a list of Paths."""
    failed = Signal(str)
    ended = Signal()
    """After ``done`` and ``failed``, and when a cancelled one has cleaned up."""

    _told = Signal(object)
    """From the thread: frames that are done, then the files, an error, or None if cancelled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop: threading.Event | None = None
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.cancel)

    @property
    def running(self) -> bool:
        """Whether one is under way, or still cleans up."""
        return self._stop is not None

    def start(self, order: Order) -> None:
        """Begin, unless one is under way."""
        if self._stop is None:
            self._stop = threading.Event()
            weakref.finalize(self, self._stop.set)
            work = (weakref.ref(self), order, self._stop)
            threading.Thread(target=_run, args=work, name="draft export").start()

    def cancel(self) -> None:
        """Make nothing more; ``ended`` comes once that is so."""
        if self._stop is not None:
            self._stop.set()

    def tell(self, news: object) -> None:
        """For the thread only."""
        with contextlib.suppress(RuntimeError):  # raised where Qt has deleted it already
            self._told.emit(news)

    def _on_told(self, news: object) -> None:
        if isinstance(news, int):
            if self._stop is not None and not self._stop.is_set():
                self.progressed.emit(news)
            return
        self._stop = None
        if isinstance(news, list):
            self.done.emit(news)
        elif isinstance(news, SENTENCES):
            self.failed.emit(sentence(news))
        elif news is not None:
            self.failed.emit("The draft could not be exported; this is a mistake of the program.")
        self.ended.emit()
        if isinstance(news, Exception) and not isinstance(news, SENTENCES):
            raise news


def _run(export: weakref.ref[DraftExport], order: Order, stop: threading.Event) -> None:
    """The thread; it keeps neither the window nor the export alive."""
    from kling_desktop.motion.export import Cancelled

    def tell(news: object) -> None:
        found = export()
        if found is not None:
            found.tell(news)

    try:
        tell(_made(order, stop.is_set, tell))
    except Cancelled:
        tell(None)
    except Exception as error:  # noqa: BLE001 - handed over to the GUI thread
        tell(error)


def _made(
    order: Order, cancelled: Callable[[], bool], progress: Callable[[int], None]
) -> list[Path]:
    from kling_desktop.motion.export import Clip, drafted, export

    draft = drafted(order.pixels, order.shot, height=order.height, cancelled=cancelled)
    return export(
        Clip(draft, order.times), order.target, kind=order.kind, fps=order.fps,
        cancelled=cancelled, progress=progress,
    )  # fmt: skip
