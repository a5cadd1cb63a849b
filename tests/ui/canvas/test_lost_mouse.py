"""Gestures whose end the canvas never hears of: nothing that was drawn is lost or goes on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import LEFT, MIDDLE, Hand

START, MIDST, LATER = (100.0, 100.0), (200.0, 100.0), (200.0, 250.0)


@pytest.fixture
def dialog(canvas: Canvas, qtbot: QtBot) -> QDialog:
    dialog = QDialog(canvas)
    dialog.setModal(True)
    qtbot.addWidget(dialog)
    return dialog


def show(dialog: QDialog) -> None:
    """Open it; the system tells a little later which window has the keyboard now."""
    dialog.open()
    QApplication.processEvents()


def sound(document: Document) -> bool:
    """Whether counts and undo know of everything in the map."""
    counted = {area: int((document.labels == area).sum()) for area in document.counts}
    if counted != dict(document.counts):
        return False
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    return not document.labels.any()


def test_a_dialog_in_mid_stroke_ends_the_stroke(
    canvas: Canvas, document: Document, hand: Hand, dialog: QDialog
) -> None:
    hand.press(START)
    hand.move(MIDST)
    show(dialog)
    assert not canvas.busy
    dialog.close()  # the button was let go over the dialog
    hand.hover(LATER)
    assert document.labels[100, 150] == 1
    assert document.labels[200, 200] == 0
    hand.drag((300, 200), (300, 250))
    assert document.undo_stack.count() == 2
    assert sound(document)


def away(canvas: Canvas) -> None:
    reason = Qt.FocusReason.ActiveWindowFocusReason
    QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut, reason))


@pytest.mark.parametrize(
    "lose",
    [
        away,
        QWidget.hide,
        lambda _canvas: QGuiApplication.instance().focusWindowChanged.emit(None),
    ],
    ids=["focus", "hidden", "deactivated"],
)
def test_losing_the_mouse_ends_the_stroke(
    canvas: Canvas, document: Document, hand: Hand, lose: Callable[[Canvas], None]
) -> None:
    hand.press(START)
    hand.move(MIDST)
    lose(canvas)
    assert not canvas.busy
    assert document.undo_stack.count() == 1
    hand.release(MIDST)
    assert sound(document)


def test_a_move_without_the_button_ends_the_stroke_where_it_was(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.press(START)
    hand.move(MIDST)
    hand.hover(LATER)
    assert not canvas.busy
    assert document.labels[200, 200] == 0
    assert sound(document)


def test_a_press_keeps_a_stroke_that_is_still_open(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.press(START)
    hand.move(MIDST)
    hand.press((300, 250))
    hand.release((300, 250))
    assert document.undo_stack.count() == 2
    assert sound(document)


def test_a_pen_that_is_lifted_unheard_ends_the_stroke(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.pen(QEvent.Type.TabletPress, START)
    hand.pen(QEvent.Type.TabletMove, MIDST)
    hand.pen(QEvent.Type.TabletMove, LATER, held=False)
    assert document.labels[200, 200] == 0
    assert not canvas.busy
    hand.drag((300, 200), (300, 250))
    assert document.undo_stack.count() == 2
    assert sound(document)


def test_the_middle_button_in_mid_stroke_keeps_it_and_moves_the_picture(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    both = LEFT | MIDDLE
    hand.press(START)
    hand.move(MIDST)
    hand.press(MIDST, button=MIDDLE)
    before, painted = canvas.view_point(0, 0), document.labels.copy()
    hand.move((230, 100), held=both)
    assert canvas.view_point(0, 0).x() > before.x()
    hand.release(MIDST)
    hand.move((240, 100), held=MIDDLE)
    hand.release(MIDST, button=MIDDLE)
    hand.hover(LATER)
    assert (document.labels == painted).all()
    assert document.undo_stack.count() == 1
    assert sound(document)


def test_a_picture_in_the_grip_stays_where_the_button_was_lost(canvas: Canvas, hand: Hand) -> None:
    hand.press(START, button=MIDDLE)
    hand.move(MIDST, held=MIDDLE)
    before = canvas.view_point(0, 0)
    hand.hover(LATER)
    assert canvas.view_point(0, 0) == before


def test_a_path_point_stays_where_it_had_been_dragged(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, dialog: QDialog
) -> None:
    toolbox.tool = Tool.PATH
    hand.click(START)
    hand.press(START)
    hand.move(MIDST)
    show(dialog)
    dialog.close()
    hand.hover(LATER)
    assert document.shot.paths[1].points == (pytest.approx(MIDST),)
    assert document.undo_stack.count() == 2


def test_a_lasso_closes_where_it_had_got_to(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, dialog: QDialog
) -> None:
    toolbox.tool = Tool.LASSO
    hand.press(START)
    for place in (MIDST, LATER):
        hand.move(place)
    show(dialog)
    assert not canvas.busy
    expected = np.zeros_like(document.labels)
    assert document.labels[150, 190] == 1
    assert sound(document)
    assert (document.labels == expected).all()
