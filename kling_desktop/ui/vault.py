"""Keeps the steps of undo small: packs them on a thread, and puts the oldest on disk.

Nothing is ever dropped. What exceeds the budget of memory goes to a temporary file, which has no
name and is gone with the program.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import IO

from kling_desktop.ui.tiles import LabelDelta

MEGABYTE = 1 << 20
BUDGET = 256 * MEGABYTE


class Vault:
    """Takes deltas in the order in which they are made."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        """Bytes of memory that the steps of undo may take; a change acts when the next comes."""
        self._kept: list[tuple[weakref.ref[LabelDelta], int]] = []
        """Steps that are in memory, oldest first, and the bytes of each; the thread's own."""
        self._file: IO[bytes] | None = None
        self._turn = Lock()
        self._thread = ThreadPoolExecutor(1, "undo")

    def keep(self, delta: LabelDelta) -> None:
        """Pack it soon, and make room for it."""
        self._thread.submit(self._settle, weakref.ref(delta))

    def settle(self) -> int:
        """Wait until all that was given is packed; returns the bytes that it takes in memory."""
        return self._thread.submit(self._size).result()

    def close(self) -> None:
        """Take no more; what was given can still be undone."""
        self._thread.shutdown(wait=False)

    def _size(self) -> int:
        return sum(size for ref, size in self._kept if ref() is not None)

    def _settle(self, added: weakref.ref[LabelDelta]) -> None:
        delta = added()
        if delta is None:
            return
        delta.pack()
        self._kept = [(ref, size) for ref, size in self._kept if ref() is not None]
        self._kept.append((added, delta.size))
        excess = self._size() - self.budget
        while excess > 0 and self._kept:
            ref, size = self._kept.pop(0)
            excess -= size
            old = ref()
            if old is not None:
                # A full disk leaves it in memory: the steps matter more than the budget.
                with contextlib.suppress(OSError):
                    old.move(self._store)

    def _store(self, data: bytes) -> Callable[[], bytes]:
        with self._turn:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - kept open
                weakref.finalize(self, self._file.close)
            place = self._file.seek(0, os.SEEK_END)
            self._file.write(data)
        return lambda: self._fetch(place, len(data))

    def _fetch(self, place: int, size: int) -> bytes:
        with self._turn:
            assert self._file is not None  # noqa: S101  (it was stored there)
            self._file.seek(place)
            return self._file.read(size)
