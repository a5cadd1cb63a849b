"""The background thread that renders the videos of accepted tasks, one after the other."""

from __future__ import annotations

import logging
import queue
import secrets
import threading

from kling_desktop.practice.book import Book, Record
from kling_desktop.practice.render import Interrupted, Render

log = logging.getLogger(__name__)

FAILURE = "The practice video could not be rendered."


class Renderer:
    """Owns one thread between ``start`` and ``stop``; tasks left over go to the next server."""

    def __init__(self, book: Book, render: Render) -> None:
        self._book = book
        self._render = render
        self._waiting: queue.SimpleQueue[Record | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="practice-renderer", daemon=True)

    def start(self) -> None:
        """Begin, with whatever an earlier server on this folder left undone."""
        for record in self._book.unrendered():
            self.add(record)
        self._thread.start()

    def add(self, record: Record) -> None:
        if record.failure is None:
            self._waiting.put(record)

    def stop(self) -> None:
        """Give up the video in progress and wait for the thread to end."""
        self._stopping.set()
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            record = self._waiting.get()
            if record is not None and not self._book.video(record).exists():
                self._make(record)

    def _make(self, record: Record) -> None:
        # Under a name of its own: another server may be rendering the same task.
        draft = self._book.draft_folder(record) / f"{secrets.token_hex(4)}.mp4"
        try:
            self._render(self._book.order(record), draft, self._stopping)
            draft.replace(self._book.video(record))
        except Interrupted:
            log.debug("left for the next server: %s", record.id)
        except Exception:
            # Whatever it was, the task must not wait for ever.
            log.exception("no video for task %s", record.id)
            self._book.fail(record, FAILURE)
        finally:
            draft.unlink(missing_ok=True)
