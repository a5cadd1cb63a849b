"""Space and a drag move the picture, wherever the keyboard's focus is; a text keeps its spaces."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.toolbox import Toolbox
from tests.ui.canvas.hand import LEFT

SPACE = Qt.Key.Key_Space


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def canvas(
    qtbot: QtBot,
    window: QWidget,
    document: Document,
    toolbox: Toolbox,
    notices: Notices,
    open_picture: Callable[..., None],
) -> Canvas:
    """Inside a window, the pointer over it."""
    canvas = Canvas(document, toolbox, notices)
    QHBoxLayout(window).addWidget(canvas)
    window.resize(900, 600)
    window.show()
    qtbot.waitActive(window)
    open_picture(document, 400, 300)
    QTest.mouseMove(canvas, QPoint(200, 200))
    qtbot.waitUntil(canvas.underMouse)
    return canvas


def neighbour(canvas: Canvas, widget: QWidget) -> None:
    """Put a widget beside the canvas and the keyboard's focus on it."""
    layout = canvas.window().layout()
    assert layout is not None
    widget.setFixedWidth(120)
    layout.addWidget(widget)
    QApplication.processEvents()
    widget.setFocus()
    assert QApplication.focusWidget() is widget


def key(canvas: Canvas, send: Callable[..., None]) -> None:
    """To whoever has the focus, by way of the window."""
    send(canvas.window().windowHandle(), SPACE)


def drag(canvas: Canvas) -> QPointF:
    """Drag 30 pixels to the right over the canvas; returns how far the picture moved."""
    before, window = canvas.view_point(0, 0), canvas.window().windowHandle()
    a = canvas.mapTo(canvas.window(), QPoint(200, 200))
    plain = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(window, LEFT, plain, a)
    for step in (10, 20, 30):
        QTest.mouseMove(window, a + QPoint(step, 0))
    QTest.mouseRelease(window, LEFT, plain, a + QPoint(30, 0))
    return canvas.view_point(0, 0) - before


@pytest.mark.parametrize("kind", [QSpinBox, QComboBox, QListWidget, QPushButton])
def test_space_is_the_canvas_s_while_the_pointer_is_over_it(
    canvas: Canvas, document: Document, kind: type[QWidget]
) -> None:
    widget = kind()
    clicked: list[bool] = []
    if isinstance(widget, QPushButton):
        widget.clicked.connect(clicked.append)
    neighbour(canvas, widget)
    key(canvas, QTest.keyPress)
    assert canvas.cursor().shape() == Qt.CursorShape.OpenHandCursor
    assert drag(canvas) == QPointF(30, 0)
    key(canvas, QTest.keyRelease)
    assert not document.labels.any()
    assert not clicked
    assert drag(canvas) == QPointF(0, 0)
    assert document.labels.any()


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_a_text_keeps_its_spaces(
    canvas: Canvas, document: Document, kind: type[QLineEdit | QPlainTextEdit]
) -> None:
    widget = kind()
    neighbour(canvas, widget)
    key(canvas, QTest.keyClick)
    text = widget.text() if isinstance(widget, QLineEdit) else widget.toPlainText()
    assert text == " "
    drag(canvas)
    assert canvas.hasFocus()
    key(canvas, QTest.keyPress)
    assert drag(canvas) == QPointF(30, 0)


def test_away_from_the_canvas_space_is_nothing_to_it(canvas: Canvas, qtbot: QtBot) -> None:
    button = QPushButton("Press")
    neighbour(canvas, button)
    QTest.mouseMove(canvas.window().windowHandle(), button.geometry().center())
    qtbot.waitUntil(lambda: not canvas.underMouse())
    with qtbot.waitSignal(button.clicked):
        key(canvas, QTest.keyClick)
    assert canvas.cursor().shape() != Qt.CursorShape.OpenHandCursor
