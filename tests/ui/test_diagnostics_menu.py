"""Help that the window gives: copied diagnostics, the log folder, a task's details."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from kling_desktop.model.task import Task, TaskState
from kling_desktop.ui.diagnostics import COPIED, Diagnostics
from kling_desktop.ui.dialogs.task_details import READING, TaskDetails
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.window import MainWindow
from tests.ui.waiting import until

TASK = Task("t1", "lab", TaskState.FAILED, time.time(), time.time(), shot="Boat")


class Opened(QObject):
    """Takes what the desktop is asked to show."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url.toLocalFile())


@pytest.fixture
def opened() -> Iterator[Opened]:
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "take")  # type: ignore[arg-type]
    yield opened
    QDesktopServices.unsetUrlHandler("file")


@pytest.fixture
def seen() -> list[Mapping[str, str]]:
    return []


@pytest.fixture
def serve(
    empty_window: MainWindow, notices: Notices, tmp_path: Path, seen: list[Mapping[str, str]]
) -> Iterator[Callable[..., Diagnostics]]:
    made: list[Diagnostics] = []

    def gather(window: Mapping[str, str]) -> str:
        seen.append(window)
        return "all that helps"

    def serve(gather: Callable[[Mapping[str, str]], str] = gather) -> Diagnostics:
        made.append(
            Diagnostics(
                empty_window,
                notices,
                gather=gather,
                describe=lambda task_id: f"about {task_id}",
                logs=tmp_path / "state" / "logs",
            )
        )
        return made[-1]

    yield serve
    for each in made:
        each.close()


def test_diagnostics_are_copied_off_the_gui_thread(
    empty_window: MainWindow,
    serve: Callable[..., Diagnostics],
    seen: list[Mapping[str, str]],
    posted: list[tuple[str, Tone]],
) -> None:
    serve()
    action = empty_window.acts["help.diagnostics"]
    action.trigger()
    assert not action.isEnabled() and posted == []
    until(lambda: posted)
    assert posted == [(COPIED, Tone.INFO)] and action.isEnabled()
    assert QGuiApplication.clipboard().text() == "all that helps"
    assert {"Qt", "screens", "theme", "window", "platform plugin"} <= seen[0].keys()
    assert "1280 × 800" in seen[0]["window"] and "at 1.00" in seen[0]["screens"]


def test_what_goes_wrong_is_said(
    empty_window: MainWindow, serve: Callable[..., Diagnostics], posted: list[tuple[str, Tone]]
) -> None:
    def refuse(_seen: Mapping[str, str]) -> str:
        raise ValueError("The settings cannot be read; look at them.")

    serve(refuse)
    empty_window.acts["help.diagnostics"].trigger()
    until(lambda: posted)
    assert posted == [("The settings cannot be read; look at them.", Tone.ERROR)]
    assert empty_window.acts["help.diagnostics"].isEnabled()


def test_the_log_folder_is_made_and_shown(
    empty_window: MainWindow, serve: Callable[..., Diagnostics], opened: Opened, tmp_path: Path
) -> None:
    serve()
    empty_window.acts["help.logs"].trigger()
    assert opened.urls == [str(tmp_path / "state" / "logs")]
    assert (tmp_path / "state" / "logs").is_dir()


def test_a_log_folder_that_cannot_be_made_is_said(
    empty_window: MainWindow,
    serve: Callable[..., Diagnostics],
    opened: Opened,
    tmp_path: Path,
    posted: list[tuple[str, Tone]],
) -> None:
    (tmp_path / "state").write_text("a file")
    serve()
    empty_window.acts["help.logs"].trigger()
    assert opened.urls == [] and posted[0][1] == Tone.ERROR


def test_the_details_of_a_task_are_shown_and_copied(
    empty_window: MainWindow, serve: Callable[..., Diagnostics]
) -> None:
    serve()
    empty_window.tasks.details_requested.emit(TASK)
    dialog = empty_window.findChild(TaskDetails)
    assert dialog is not None and dialog.isVisible()
    assert dialog.text.toPlainText() == READING and not dialog.copy.isEnabled()
    until(dialog.copy.isEnabled)
    assert dialog.text.toPlainText() == "about t1" and dialog.text.isReadOnly()
    assert "Boat" in dialog.windowTitle()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "about t1"
    assert dialog.copy.text() == "Copied" and dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_details_that_cannot_be_read_say_why(qtbot: QtBot) -> None:
    def unknown(task_id: str) -> str:
        raise KeyError(task_id)

    dialog = TaskDetails(TASK, unknown)
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    dialog.open()
    until(lambda: "never written down" in dialog.text.toPlainText())
    assert not dialog.copy.isEnabled()
    dialog.close()
    until(lambda: gone)
