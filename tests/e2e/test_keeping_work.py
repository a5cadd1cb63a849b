"""No work is lost: recovery copies, strokes under way, pasted pictures, and the program's end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QClipboard, QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kling_desktop import app as program
from kling_desktop.ui.dialogs.unsaved import UnsavedDialog
from tests.e2e.conftest import LEFT, NONE, PHOTOS, Studio

Start = Callable[..., Studio]


def copies(studio: Studio) -> list[Path]:
    return list(studio.app.workshop.directories.autosave.glob("*.kling"))


def asked(studio: Studio) -> UnsavedDialog | None:
    found = studio.window.findChild(UnsavedDialog)
    assert found is None or isinstance(found, UnsavedDialog)
    return found


def stroke(studio: Studio) -> None:
    studio.toolbox.radius = 20
    studio.drag((100, 100), (200, 100))


def half_a_stroke(studio: Studio) -> None:
    studio.toolbox.radius = 20
    studio._mouse(QEvent.Type.MouseButtonPress, (100, 100), LEFT, LEFT)
    studio._mouse(QEvent.Type.MouseMove, (200, 100), NONE, LEFT)


def quick(studio: Studio) -> None:
    """The wait for the artist's pause is short."""
    studio.app.files.recovery._settle.setInterval(20)


def test_the_first_stroke_is_kept(start: Start) -> None:
    studio = start(PHOTOS / "astronaut.png")
    quick(studio)
    stroke(studio)
    studio.wait(lambda: len(copies(studio)) == 1, "the copy is made", 5)


def test_the_first_stroke_after_saving_is_kept(start: Start, tmp_path: Path) -> None:
    studio = start(PHOTOS / "astronaut.png")
    stroke(studio)
    studio.app.files._write(tmp_path / "a.kling", None)
    studio.wait(lambda: not studio.app.document.modified, "it is saved")
    studio.app.files.finish()
    assert not copies(studio)
    quick(studio)
    studio.drag((100, 200), (200, 200))
    studio.wait(lambda: len(copies(studio)) == 1, "the copy is made", 5)


def test_closing_in_mid_stroke_asks_and_keeps_the_stroke(start: Start) -> None:
    studio = start(PHOTOS / "astronaut.png")
    half_a_stroke(studio)
    assert not studio.window.close()
    dialog = asked(studio)
    assert dialog is not None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert studio.app.document.labels[100, 150] == 1
    assert studio.app.document.undo_stack.count() == 1


def test_a_picture_opened_in_mid_stroke_asks(start: Start) -> None:
    studio = start(PHOTOS / "astronaut.png")
    half_a_stroke(studio)
    studio.app.files.open_dropped([PHOTOS / "rocket.jpg"])
    studio.wait(lambda: asked(studio) is not None, "it asks", 5)
    assert studio.app.document.title == "astronaut"
    assert studio.app.document.labels[100, 150] == 1


def test_saving_in_mid_stroke_saves_the_stroke(start: Start, tmp_path: Path) -> None:
    studio = start(PHOTOS / "astronaut.png")
    stroke(studio)
    studio.app.files._write(tmp_path / "a.kling", None)
    studio.app.files.finish()
    studio.key(Qt.Key.Key_2)
    half_a_stroke(studio)
    studio.do("file.save")
    studio.app.files.finish()
    assert studio.app.document.undo_stack.count() == 2
    assert not studio.app.document.modified


def test_a_pasted_picture_is_not_lost_unasked(start: Start) -> None:
    studio = start()
    image = QImage(400, 320, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 200, 30))
    QGuiApplication.clipboard().setImage(image)
    QTest.keyClick(studio.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    studio.wait(lambda: studio.app.document.shot.picture is not None, "it is pasted")
    assert not studio.window.close()
    dialog = asked(studio)
    assert dialog is not None
    QTest.mouseClick(dialog.discard, LEFT)
    assert not studio.window.isVisible()
    assert not copies(studio)


def test_a_clipboard_without_anything_is_said(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_clipboard: QClipboard) -> QMimeData | None:
        return None

    monkeypatch.setattr(QClipboard, "mimeData", nothing)
    studio.do("edit.paste")
    assert "copy a picture first" in studio.window.strip.text.text()


def test_a_shutdown_nobody_asked_for_keeps_unsaved_work(start: Start) -> None:
    studio = start(PHOTOS / "astronaut.png")
    stroke(studio)
    studio.app.shutdown()
    assert len(copies(studio)) == 1
    again = start()
    again.wait(again.window.strip.isVisible, "the work is offered", 5)
    (offer, _) = again.window.strip._offers
    QTest.mouseClick(offer, LEFT)
    again.wait(lambda: again.app.document.counts[1] > 0, "it is back", 5)


def test_a_shutdown_after_discarding_leaves_nothing(start: Start) -> None:
    studio = start(PHOTOS / "astronaut.png")
    stroke(studio)
    studio.window.close()
    dialog = asked(studio)
    assert dialog is not None
    QTest.mouseClick(dialog.discard, LEFT)
    studio.app.shutdown()
    assert not copies(studio)


def test_an_error_goes_with_what_it_was_about(studio: Studio, tmp_path: Path) -> None:
    strip, files = studio.window.strip, studio.app.files
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    files.open(broken)
    files.finish()
    assert strip.isVisible()
    files.open(PHOTOS / "astronaut.png")
    files.finish()
    assert not strip.isVisible()
    files._write(tmp_path / "nowhere" / "a.kling", None)
    files.finish()
    assert strip.isVisible()
    files.open(PHOTOS / "rocket.jpg")
    files.finish()
    assert strip.isVisible(), "the shot is still not saved"
    files._write(tmp_path / "a.kling", None)
    files.finish()
    assert not strip.isVisible()


def test_a_task_that_was_sent_settles_an_older_refusal(studio: Studio) -> None:
    studio.drop(PHOTOS / "rocket.jpg")
    studio.app.worker.refused.emit("The disk is full; free some space.")
    assert studio.window.strip.isVisible()
    studio.press_button("generateButton")
    studio.generated()
    assert not studio.window.strip.isVisible()


def test_twenty_rounds_leave_nothing_behind(qapp: QApplication, home: Path) -> None:
    counts = []
    for _ in range(20):
        app = program.build([str(PHOTOS / "rocket.jpg")], home)
        studio = Studio(app)
        stroke(studio)
        assert app.document.counts[1] > 0
        app.shutdown()
        for found in app.files.recovery.recoverable():
            found.copy.unlink()
        del app, studio
        qapp.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        counts.append((threading.active_count(), len(QApplication.topLevelWidgets())))
    threads, widgets = zip(*counts, strict=True)
    assert max(threads[3:]) <= max(threads[:3])
    assert max(widgets[3:]) <= max(widgets[:3])
