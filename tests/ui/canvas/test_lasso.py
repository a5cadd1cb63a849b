"""The lasso: freehand, corner by corner, and both."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt

from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import EraserEnd, Hand
from tests.ui.canvas.proof import ALT

SQUARE = ((100.0, 50.0), (300.0, 50.0), (300.0, 250.0), (100.0, 250.0))


@pytest.fixture
def lasso(toolbox: Toolbox, canvas: Canvas) -> None:
    toolbox.tool, toolbox.area = Tool.LASSO, 4


def square_is(labels: np.ndarray, area: int) -> bool:
    return bool((labels[52:248, 102:298] == area).all())


def along(corners: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    line = []
    for (ax, ay), (bx, by) in itertools.pairwise(corners):
        line += [(ax + (bx - ax) * k / 10, ay + (by - ay) * k / 10) for k in range(10)]
    return [*line, corners[-1]]


def test_a_freehand_lasso_fills_what_it_goes_round(
    lasso: None, document: Document, hand: Hand
) -> None:
    hand.drag(*along(SQUARE))
    assert square_is(document.labels, 4)
    assert document.counts[4] == 200 * 200
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert not document.labels.any()


def test_a_freehand_lasso_may_end_exactly_where_it_began(
    lasso: None, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.drag(*along((*SQUARE, SQUARE[0])))
    assert square_is(document.labels, 4)
    assert not canvas.busy


@pytest.mark.parametrize("end", ["start", "double", "enter"])
def test_a_clicked_polygon_closes(lasso: None, document: Document, hand: Hand, end: str) -> None:
    for corner in SQUARE[:-1]:
        hand.click(corner)
    assert not document.labels.any()
    if end == "double":
        hand.double(SQUARE[-1])
    else:
        hand.click(SQUARE[-1])
        hand.hover((200, 100))
        if end == "enter":
            hand.key(Qt.Key.Key_Return)
        else:
            hand.click(SQUARE[0])
    assert square_is(document.labels, 4)
    assert document.undo_stack.count() == 1


def test_clicked_corners_and_a_freehand_stretch_go_together(
    lasso: None, document: Document, hand: Hand
) -> None:
    hand.click(SQUARE[0])
    hand.drag(*along(SQUARE[1:3]))
    hand.click(SQUARE[3])
    hand.key(Qt.Key.Key_Enter)
    assert square_is(document.labels, 4)


def test_enter_with_alt_takes_away(lasso: None, document: Document, hand: Hand) -> None:
    hand.drag(*along(SQUARE))
    for corner in ((150, 100), (250, 100), (200, 200)):
        hand.click(corner)
    hand.key(Qt.Key.Key_Return, ALT)
    assert document.labels[130, 200] == 0
    assert document.undo_stack.undoText() == "Lasso: remove"


def test_corners_tapped_with_the_eraser_end_take_away(
    lasso: None, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.drag(*along(SQUARE))
    for corner in ((150, 100), (250, 100), (200, 200)):
        EraserEnd(canvas).click(corner)
    hand.key(Qt.Key.Key_Return)
    assert document.labels[130, 200] == 0
    assert document.undo_stack.undoText() == "Lasso: remove"


@pytest.mark.parametrize("end", ["enter", "start", "tool"])
def test_a_polygon_stays_with_the_area_that_it_began_with(
    lasso: None, document: Document, toolbox: Toolbox, hand: Hand, end: str
) -> None:
    for corner in SQUARE[:2]:
        hand.click(corner)
    toolbox.area = 6
    for corner in SQUARE[2:]:
        hand.click(corner)
    if end == "enter":
        hand.key(Qt.Key.Key_Enter)
    elif end == "start":
        hand.click(SQUARE[0])
    else:
        toolbox.tool = Tool.BRUSH
    assert square_is(document.labels, 4)
    assert document.counts[6] == 0 and toolbox.area == 6
    toolbox.tool = Tool.LASSO
    hand.drag(*along(SQUARE))
    assert square_is(document.labels, 6)


def test_a_polygon_spares_the_hidden_area_that_came_into_the_hand(
    lasso: None, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.paint(Rect(150, 100, 200, 150), np.full((50, 50), 6, np.uint8), "Something")
    toolbox.set_hidden(6, hidden=True)
    for corner in SQUARE:
        hand.click(corner)
    toolbox.area = 6
    hand.key(Qt.Key.Key_Enter)
    assert document.counts[6] == 50 * 50
    assert document.counts[4] == 200 * 200 - 50 * 50


def test_the_right_button_takes_no_area_in_hand_while_a_polygon_is_open(
    lasso: None, document: Document, toolbox: Toolbox, hand: Hand, canvas: Canvas
) -> None:
    document.paint(Rect(0, 0, 50, 50), np.full((50, 50), 6, np.uint8), "Something")
    right = Qt.MouseButton.RightButton
    for end in (Qt.Key.Key_Escape, Qt.Key.Key_Enter):
        for corner in SQUARE:
            hand.click(corner)
        hand.press((20, 20), button=right)
        hand.release((20, 20), button=right)
        assert toolbox.area == 4 and canvas.busy
        hand.key(end)
    assert square_is(document.labels, 4)
    hand.press((20, 20), button=right)
    assert toolbox.area == 6


def test_escape_and_backspace(lasso: None, document: Document, hand: Hand, canvas: Canvas) -> None:
    for corner in (*SQUARE, (10.0, 10.0)):
        hand.click(corner)
    hand.key(Qt.Key.Key_Backspace)
    hand.key(Qt.Key.Key_Enter)
    assert square_is(document.labels, 4)
    assert document.labels[20, 20] == 0
    hand.click(SQUARE[0])
    hand.click(SQUARE[1])
    hand.key(Qt.Key.Key_Escape)
    assert not canvas.busy
    hand.key(Qt.Key.Key_Enter)
    assert document.undo_stack.count() == 1


def test_backspace_down_to_nothing_ends_the_polygon(
    lasso: None, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.click(SQUARE[0])
    hand.click(SQUARE[2])
    hand.key(Qt.Key.Key_Backspace)
    assert canvas.busy
    hand.key(Qt.Key.Key_Backspace)
    assert not canvas.busy
    hand.drag(*along(SQUARE))
    assert square_is(document.labels, 4)


def test_two_corners_hold_nothing(lasso: None, document: Document, hand: Hand) -> None:
    hand.click(SQUARE[0])
    hand.click(SQUARE[2])
    hand.key(Qt.Key.Key_Enter)
    assert document.undo_stack.count() == 0


def test_another_zoom_in_mid_polygon_keeps_its_corners(
    lasso: None, document: Document, hand: Hand, canvas: Canvas
) -> None:
    for corner in SQUARE[:2]:
        hand.click(corner)
    canvas.zoom = canvas.zoom / 2
    for corner in SQUARE[2:]:
        hand.click(corner)
    hand.key(Qt.Key.Key_Enter)
    assert abs(document.counts[4] - 200 * 200) < 800
