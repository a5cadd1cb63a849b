"""The whole program, driven as an artist drives it: verbs over real mouse and key events."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from kling_desktop import app as program
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.toolbox import Toolbox

PHOTOS = Path(__file__).parents[1] / "data" / "photos"
NONE, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
Spot = tuple[float, float]
"""Image pixels."""


class Studio:
    """The running program with the verbs of the tests."""

    def __init__(self, app: program.App) -> None:
        self.app, self.window = app, app.window
        self.window.resize(1280, 800)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)

    @property
    def canvas(self) -> Canvas:
        found = self.widget("canvas")
        assert isinstance(found, Canvas)
        return found

    @property
    def toolbox(self) -> Toolbox:
        return self.app.toolbox

    def widget(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget), name
        return found

    def action(self, name: str) -> QAction:
        found = self.window.findChild(QAction, name)
        assert isinstance(found, QAction), name
        return found

    def do(self, name: str) -> None:
        self.action(name).trigger()

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, what
            self.app.application.processEvents()
            time.sleep(0.01)  # QTest.qWait keeps the interpreter's lock: other threads would starve

    def drop(self, file: Path) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file))])
        where, copy = QPoint(200, 200), Qt.DropAction.CopyAction
        entered = QDragEnterEvent(where, copy, mime, LEFT, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.canvas, entered)
        dropped = QDropEvent(QPointF(where), copy, mime, LEFT, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.canvas, dropped)
        name = file.name
        self.wait(
            lambda: (
                (picture := self.app.document.shot.picture) is not None and picture.name == name
            ),
            f"{name} opens",
        )

    def drag(self, *spots: Spot, steps: int = 12) -> None:
        """Press at the first spot, move through the others, release at the last."""
        self._mouse(QEvent.Type.MouseButtonPress, spots[0], LEFT, LEFT)
        for (x0, y0), (x1, y1) in pairwise(spots):
            for step in range(1, steps + 1):
                share = step / steps
                spot = (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
                self._mouse(QEvent.Type.MouseMove, spot, NONE, LEFT)
        self._mouse(QEvent.Type.MouseButtonRelease, spots[-1], LEFT, NONE)

    def click(self, spot: Spot) -> None:
        self.drag(spot)
        QTest.qWait(QApplication.doubleClickInterval() // 20)

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.canvas, key, modifier)

    def type(self, name: str, text: str) -> None:
        field = self.widget(name)
        field.setFocus()
        QTest.keyClicks(field, text)

    def press_button(self, name: str) -> None:
        QTest.mouseClick(self.widget(name), LEFT)

    def generated(self, count: int = 1) -> None:
        """Wait until so many tasks are done."""
        self.wait(
            lambda: sum(task.state == "done" for task in self.app.tasks.tasks) >= count,
            "the task gets done",
            60,
        )

    def _mouse(
        self, kind: QEvent.Type, spot: Spot, button: Qt.MouseButton, held: Qt.MouseButton
    ) -> None:
        where = self.canvas.view_point(*spot)
        screen = self.canvas.mapToGlobal(where)
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.canvas, QMouseEvent(kind, where, screen, button, held, none))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def start(qapp: QApplication, home: Path) -> Iterator[Callable[..., Studio]]:
    """Starts the program on the same home as often as asked; all are shut down at the end."""
    running: list[program.App] = []

    def launch(*arguments: object) -> Studio:
        app = program.build([str(argument) for argument in arguments], home)
        running.append(app)
        return Studio(app)

    yield launch
    for app in running:
        app.shutdown()
    qapp.processEvents()


@pytest.fixture
def studio(start: Callable[..., Studio]) -> Studio:
    return start()
