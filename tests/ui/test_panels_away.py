"""Tab leaves the window to the picture and brings back what was there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QToolBar, QWidget

from kling_desktop.model.task import Task, TaskState
from kling_desktop.ui.document import Document
from kling_desktop.ui.task_list import TaskList
from kling_desktop.ui.window import MainWindow


def sent() -> Task:
    return Task("t1", "practice", TaskState.PROCESSING, 1.0, 1.0, shot="astronaut")


def tab(window: MainWindow) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    QApplication.processEvents()


def around(window: MainWindow) -> list[QWidget]:
    bars = [window.findChild(QToolBar, name) for name in ("optionsBar", "toolStrip")]
    return [*bars, window.column, window.tasks]


def test_the_canvas_fills_the_window(window: MainWindow) -> None:
    tab(window)
    assert not any(part.isVisible() for part in around(window))
    assert window.canvas.width() == window.width()
    assert window.canvas.hasFocus()
    assert window.acts["view.panels"].isChecked()


@pytest.mark.parametrize("with_task", [False, True])
def test_the_second_time_brings_all_back(
    window: MainWindow, task_list: TaskList, with_task: bool
) -> None:
    if with_task:
        task_list.update(sent())
        QApplication.processEvents()
        window._splitters["middle"].setSizes([320, 330])
        window._splitters["whole"].setSizes([800, 400])
    QApplication.processEvents()
    before = [part.geometry() for part in [window.canvas, *around(window), window.player]]
    shown = window.player.isVisible()
    tab(window)
    tab(window)
    assert [part.geometry() for part in [window.canvas, *around(window), window.player]] == before
    assert window.player.isVisible() == shown
    assert all(part.isVisible() for part in around(window))


def test_tab_walks_fields_outside_the_canvas(window: MainWindow) -> None:
    prompt = window.findChild(QPlainTextEdit, "prompt")
    prompt.setFocus()
    QTest.keyClick(prompt, Qt.Key.Key_Tab)
    assert window.column.isVisible()
    assert not window.acts["view.panels"].isChecked()


def test_a_first_task_unfolds_when_the_panels_come_back(
    window: MainWindow, task_list: TaskList
) -> None:
    tab(window)
    task_list.update(sent())
    QApplication.processEvents()
    assert not window.tasks.isVisible()
    tab(window)
    assert window.tasks.height() > 200
    assert window.player.isVisible()


def test_the_next_window_has_its_panels(
    window: MainWindow, make_window: Callable[[], MainWindow]
) -> None:
    width = window.column.width()
    tab(window)
    window.close()
    again = make_window()
    QApplication.processEvents()
    assert all(part.isVisible() for part in around(again))
    assert again.column.width() == width


def test_renaming_brings_the_panels_back(window: MainWindow, document: Document) -> None:
    tab(window)
    window.acts["area.rename"].trigger()
    editor = window.column.areas.rows[1].editor
    assert editor is not None
    assert editor.isVisible()
    QTest.keyClicks(editor, "Arm")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert document.shot.looks[1].name == "Arm"


def test_keys_of_tools_work_while_the_panels_are_away(window: MainWindow) -> None:
    tab(window)
    QTest.keyClick(window.canvas, Qt.Key.Key_X)
    assert window.acts["tool.eraser"].isChecked()
