"""The window as a whole: title, leaving, notices, dropping, geometry, bars."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kling_desktop.imaging.masks import labels_png
from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Curve
from kling_desktop.model.task import Task, TaskState
from kling_desktop.model.timing import Timing
from kling_desktop.storage.autosave import Autosave
from kling_desktop.ui.dialogs.unsaved import UnsavedDialog
from kling_desktop.ui.document import Document
from kling_desktop.ui.files import Files
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.pictures import load
from kling_desktop.ui.task_list import TaskList
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from kling_desktop.workshop import Workshop
from tests.ui.pointer import PHOTOS, click, drop
from tests.ui.waiting import until

Paint = Callable[[int, Rect], None]
PROMISED = [
    "canvas",
    "prompt",
    "negativePrompt",
    "model",
    "mode",
    "duration",
    "cfgScale",
    "account",
    "problems",
    "areas",
    "camera",
    "generateButton",
]


@pytest.mark.parametrize("name", PROMISED)
def test_widgets_carry_the_promised_names(empty_window: MainWindow, name: str) -> None:
    assert empty_window.findChild(QWidget, name) is not None
    assert empty_window.objectName() == "mainWindow"


def test_the_title_names_the_shot_and_marks_changes(window: MainWindow, paint: Paint) -> None:
    assert window.windowTitle() == "astronaut[*] — Kling Desktop"
    assert not window.isWindowModified()
    paint(1, Rect(0, 0, 9, 9))
    assert window.isWindowModified()
    window.document.undo_stack.undo()
    assert not window.isWindowModified()


def dialog_of(window: MainWindow) -> UnsavedDialog:
    found = window.findChild(UnsavedDialog)
    assert isinstance(found, UnsavedDialog)
    return found


def test_an_unchanged_window_just_closes(window: MainWindow) -> None:
    assert window.close()


def test_closing_asks_and_cancel_stays(window: MainWindow, paint: Paint) -> None:
    paint(1, Rect(0, 0, 9, 9))
    assert not window.close()
    dialog = dialog_of(window)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert window.document.modified


def test_closing_twice_asks_once(window: MainWindow, paint: Paint) -> None:
    paint(1, Rect(0, 0, 9, 9))
    window.close()
    window.close()
    assert len(window.findChildren(UnsavedDialog)) == 1


def test_discard_closes(window: MainWindow, paint: Paint) -> None:
    paint(1, Rect(0, 0, 9, 9))
    window.close()
    click(dialog_of(window).discard)
    assert not window.isVisible()


def test_save_saves_and_then_closes(
    qtbot: QtBot,
    window: MainWindow,
    paint: Paint,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "kept.kling"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    paint(1, Rect(0, 0, 9, 9))
    window.close()
    click(dialog_of(window).save)
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    assert target.read_bytes().startswith(b"PK")


def test_a_failed_save_keeps_the_window(
    window: MainWindow,
    files: Files,
    paint: Paint,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "nowhere" / "kept.kling"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    paint(1, Rect(0, 0, 9, 9))
    window.close()
    click(dialog_of(window).save)
    files.finish()
    assert window.isVisible()
    assert window.strip.isVisible()


def test_opening_another_picture_asks_first(
    window: MainWindow, files: Files, paint: Paint, document: Document
) -> None:
    paint(1, Rect(0, 0, 9, 9))
    files.open(PHOTOS / "rocket.jpg")
    files.finish()
    assert document.title == "astronaut"
    click(dialog_of(window).discard)
    assert document.title == "rocket"


@pytest.mark.parametrize("target", ["window", "canvas"])
def test_a_dropped_picture_opens(
    empty_window: MainWindow, files: Files, document: Document, target: str
) -> None:
    widget = empty_window if target == "window" else empty_window.canvas
    drop(widget, PHOTOS / "rocket.jpg")
    files.finish()
    assert document.title == "rocket"


def test_notices_show_in_place_and_close(window: MainWindow, notices: Notices) -> None:
    assert not window.strip.isVisible()
    notices.post("The disk is full; free some space.", Tone.ERROR)
    assert window.strip.isVisible()
    assert window.strip.property("tone") == "error"
    click(window.strip.close_button)
    assert not window.strip.isVisible()


def test_information_goes_by_itself_errors_stay(window: MainWindow, notices: Notices) -> None:
    notices.post("Saved.", Tone.INFO)
    window.strip._timer.timeout.emit()
    assert not window.strip.isVisible()
    notices.post("Saved.", Tone.INFO)
    notices.post("Broken.", Tone.ERROR)
    assert not window.strip._timer.isActive()
    assert window.strip.text.text() == "Broken."


def test_a_crashed_window_s_work_is_offered(
    make_window: Callable[[], MainWindow],
    files: Files,
    document: Document,
    workshop: Workshop,
) -> None:
    lost = load(PHOTOS / "astronaut.png").shot
    lost.labels[:40, :40] = 2
    copy = Autosave(workshop.directories.autosave)
    copy.keep(lost, Path("/pictures/waving.kling"), labels_png=labels_png)
    copy._lock.close()
    window = make_window()
    QTest.qWait(1)
    assert "“waving”" in window.strip.text.text()
    offers = window.strip.findChildren(QPushButton)
    assert [button.text() for button in offers] == ["Open recovered work", "Discard it"]
    click(offers[0])
    files.finish()
    assert document.counts[2] == 1600
    assert window.windowTitle().startswith("waving")
    assert window.isWindowModified()


def sent() -> Task:
    return Task("t1", "practice", TaskState.PROCESSING, 1.0, 1.0, shot="astronaut")


def test_the_videos_unfold_with_the_first_task(window: MainWindow, task_list: TaskList) -> None:
    assert window.tasks.height() <= 48
    assert not window.player.isVisible()
    task_list.update(sent())
    QApplication.processEvents()
    assert window.tasks.height() > 200
    assert window.player.isVisible()
    assert window.tasks.view.isVisible()


def test_what_is_folded_is_not_remembered_as_a_size(
    window: MainWindow, make_window: Callable[[], MainWindow], task_list: TaskList
) -> None:
    window.close()
    task_list.update(sent())
    again = make_window()
    QApplication.processEvents()
    assert again.tasks.height() > 200


def test_remembered_sizes_win_over_folding(
    window: MainWindow, make_window: Callable[[], MainWindow], task_list: TaskList
) -> None:
    task_list.update(sent())
    QApplication.processEvents()
    window.close()
    task_list.load([])
    again = make_window()
    assert again.tasks.height() > 200


def test_a_notice_lies_over_the_canvas(window: MainWindow, notices: Notices) -> None:
    before = window.canvas.geometry(), window.canvas.view_point(0, 0)
    notices.post("The disk is full; free some space.", Tone.ERROR)
    QApplication.processEvents()
    assert (window.canvas.geometry(), window.canvas.view_point(0, 0)) == before
    strip = window.strip
    assert strip.width() == window.canvas.width()
    assert strip.mapToGlobal(QPoint(0, 0)) == window.canvas.mapToGlobal(QPoint(0, 0))
    middle = strip.text.geometry().center().y()
    assert abs(strip._sign.geometry().center().y() - middle) <= 1


def test_a_settled_matter_takes_only_its_own_notice_back(
    window: MainWindow, notices: Notices
) -> None:
    notices.post("It cannot be read.", Tone.ERROR, about="opening")
    notices.settle("saving")
    assert window.strip.isVisible()
    notices.settle("opening")
    assert not window.strip.isVisible()


@pytest.mark.parametrize("name", ["model", "mode", "duration"])
def test_what_decides_the_price_is_seen_on_a_small_screen(window: MainWindow, name: str) -> None:
    QApplication.processEvents()
    field = window.findChild(QWidget, name)
    assert field is not None
    assert field.visibleRegion().boundingRect().height() == field.height()


def test_geometry_and_splitters_are_remembered(
    window: MainWindow, make_window: Callable[[], MainWindow], task_list: TaskList
) -> None:
    task_list.update(sent())
    window._splitters["middle"].setSizes([300, 380])
    kept = window._splitters["middle"].sizes()
    window.close()
    again = make_window()
    assert again._splitters["middle"].sizes() == kept


def test_the_bar_shows_zoom_and_the_pointer_s_place(window: MainWindow) -> None:
    window.canvas.actual_size()
    assert window.zoom.text() == "100 %"
    place = window.canvas.view_point(100.5, 200.5).toPoint()
    QTest.mouseMove(window.canvas, place)
    QTest.mouseMove(window.canvas, place + QPoint(1, 0))
    until(lambda: window.status.place.text().startswith("x 10"))
    assert window.status.size_label.text() == "512 × 512 px"


def test_the_slider_changes_the_brush_and_follows_it(window: MainWindow, toolbox: Toolbox) -> None:
    slider = window.findChild(QSlider, "brushSlider")
    slider.setFocus()
    before = toolbox.radius
    QTest.keyClick(slider, Qt.Key.Key_PageUp)
    assert toolbox.radius > before
    toolbox.radius = 50.0
    assert window.options.brush.number.value() == 100


def test_entering_a_size_gives_the_keyboard_back_to_the_canvas(
    window: MainWindow, toolbox: Toolbox
) -> None:
    number = window.options.brush.number
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "84")
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert toolbox.radius == 42
    assert window.canvas.hasFocus()


def test_curve_and_timing_belong_to_the_path_in_hand(
    ready_window: MainWindow, toolbox: Toolbox, document: Document
) -> None:
    toolbox.tool = Tool.PATH
    options = ready_window.options.path
    assert ready_window.options.currentWidget() is options
    options.curve.setFocus()
    QTest.keyClick(options.curve, Qt.Key.Key_Down)
    options.timing.setFocus()
    QTest.keyClick(options.timing, Qt.Key.Key_End)
    path = document.shot.paths[1]
    assert (path.curve, path.timing) == (Curve.STRAIGHT, Timing.EASE_IN_OUT)
    toolbox.area = 2
    assert not options.curve.isEnabled()
    assert "Area 2" in options.hint.text()


def test_recent_files_are_in_the_menu(window: MainWindow) -> None:
    names = [action.text() for action in window.recent.actions()]
    assert names[0] == "astronaut.png"
    window.recent.actions()[-1].trigger()
    assert not window.recent.menuAction().isEnabled()


def test_it_fits_a_small_screen(window: MainWindow) -> None:
    window.resize(QSize(900, 600))
    QApplication.processEvents()
    assert window.width() == 900
    assert window.height() == 600
    button = window.column.generate.button
    assert window.rect().contains(button.mapTo(window, button.rect().bottomRight()))


def test_alt_belongs_to_the_tools_while_the_canvas_has_the_keyboard(window: MainWindow) -> None:
    bar = window.menuBar()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Alt)
    assert bar.activeAction() is None
    assert window.canvas.hasFocus()
    prompt = window.findChild(QPlainTextEdit, "prompt")
    assert prompt is not None
    prompt.setFocus()
    QTest.keyClick(prompt, Qt.Key.Key_Alt)
    assert bar.activeAction() is not None
    QTest.keyClick(bar, Qt.Key.Key_Escape)
