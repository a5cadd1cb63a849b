"""A whole window on a home of its own, and the parts that it stands on."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path as Curve
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.files import Files
from kling_desktop.ui.inspector import Inspector
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.panels.tasks import TasksPanel
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.task_list import TaskList
from kling_desktop.ui.toolbox import Toolbox
from kling_desktop.ui.window import MainWindow
from kling_desktop.workshop import Workshop
from tests.ui.pointer import PHOTOS


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, on=False)
    return qapp


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path / "home")
    yield workshop
    workshop.close()


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document()


@pytest.fixture
def toolbox(qapp: QApplication) -> Toolbox:
    return Toolbox()


@pytest.fixture
def notices(qapp: QApplication) -> Notices:
    return Notices()


@pytest.fixture
def posted(notices: Notices) -> list[tuple[str, Tone]]:
    """What was posted so far."""
    found: list[tuple[str, Tone]] = []
    notices.posted.connect(lambda sentence, tone: found.append((sentence, tone)))
    return found


@pytest.fixture
def studio(qapp: QApplication, workshop: Workshop) -> Studio:
    return Studio(
        accounts=workshop.accounts,
        profiles=workshop.profiles,
        models=workshop.models,
        preferences=workshop.preferences,
    )


@pytest.fixture
def inspector(document: Document, studio: Studio) -> Inspector:
    return Inspector(document, studio)


@pytest.fixture
def files(document: Document, notices: Notices, workshop: Workshop) -> Iterator[Files]:
    files = Files(
        document,
        notices,
        preferences=workshop.preferences,
        directories=workshop.directories,
    )
    yield files
    files.close()


@pytest.fixture
def task_list(qapp: QApplication) -> TaskList:
    return TaskList()


@pytest.fixture
def make_window(
    qtbot: QtBot,
    document: Document,
    toolbox: Toolbox,
    studio: Studio,
    inspector: Inspector,
    notices: Notices,
    files: Files,
    task_list: TaskList,
) -> Iterator[Callable[[], MainWindow]]:
    made: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(
            document=document,
            toolbox=toolbox,
            studio=studio,
            inspector=inspector,
            notices=notices,
            preferences=studio.preferences,
            canvas=Canvas(document, toolbox, notices),
            player=QWidget(),
            tasks=TasksPanel(task_list),
            files=files,
        )
        window.resize(1280, 800)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        inspector.look()
        made.append(window)
        return window

    yield make
    for window in made:
        window.hide()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def empty_window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()


@pytest.fixture
def window(empty_window: MainWindow, files: Files, inspector: Inspector) -> MainWindow:
    """With the astronaut open, nothing painted."""
    assert files.open_now(PHOTOS / "astronaut.png")
    inspector.look()
    return empty_window


@pytest.fixture
def paint(document: Document) -> Callable[[int, Rect], None]:
    def painted(area: int, rect: Rect) -> None:
        label = np.full((rect.height, rect.width), area, np.uint8)
        document.paint(rect, label, f"Paint {area}")

    return painted


@pytest.fixture
def ready_window(
    window: MainWindow, document: Document, paint: Callable[[int, Rect], None], inspector: Inspector
) -> MainWindow:
    """Area 1 painted with a path: nothing is in the way."""
    paint(1, Rect(100, 100, 200, 200))
    document.set_path(1, Curve(((150.0, 150.0), (300.0, 180.0))), "Draw path 1")
    inspector.look()
    return window
