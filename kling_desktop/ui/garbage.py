"""Collects Python's cyclic garbage on the GUI thread, and on no other."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 1_000


class Garbage(QObject):
    """Python collects in whichever thread happens to allocate. A widget that is a part of such
    garbage would then die in a worker's thread, while Qt still has events for it in this one: the
    program ends without a word. So the collector is switched off, and called from here by its own
    measures. ``close`` puts things back as they were.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due, if any."""
        due = zip(gc.get_count(), gc.get_threshold(), strict=True)
        full = [generation for generation, (count, most) in enumerate(due) if count > most]
        if full:
            gc.collect(full[-1])

    def close(self) -> None:
        self._timer.stop()
        if self._was_on:
            gc.enable()
