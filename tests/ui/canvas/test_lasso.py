"""The lasso: freehand, corner by corner, and both."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import Qt

from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand
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
