"""A program that was shut down leaves nothing of its pictures in memory."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from kling_desktop import app as program

PHOTOS = Path(__file__).parents[1] / "data" / "photos"


def flush() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    gc.collect()


def run(home: Path) -> list[weakref.ref[object]]:
    """Start, open a picture, shut down; returns what must not outlive that."""
    app = program.build([str(PHOTOS / "rocket.jpg")], home)
    app.window.show()
    QCoreApplication.processEvents()
    canvas, document = app.window.canvas, app.document
    things = (app, app.window, canvas, document, document.labels, document.pixels)
    refs = [weakref.ref(thing) for thing in (*things, canvas.stage.photo._levels[0])]
    app.shutdown()
    app.window.deleteLater()
    return refs


def test_nothing_of_a_program_that_was_shut_down_stays(qapp: QApplication, tmp_path: Path) -> None:
    refs = []
    for number in range(3):
        refs += run(tmp_path / str(number))
        flush()
    for thread in threading.enumerate():
        if thread.name == "pyramid":
            thread.join()
    flush()
    assert [type(ref()).__name__ for ref in refs if ref() is not None] == []
