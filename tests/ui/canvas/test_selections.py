"""Lasso and wand through real events."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt

from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.tools.lasso import polygon_mask
from kling_desktop.ui.canvas.tools.wand import flood
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

SQUARE = ((100.0, 50.0), (300.0, 50.0), (300.0, 250.0), (100.0, 250.0))
ALT = Qt.KeyboardModifier.AltModifier


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
    assert abs(document.counts[4] - 200 * 200) < 4 * 201
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


def test_alt_takes_pixels_of_the_area_only(
    lasso: None, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.labels[:, :200] = 4
    document.labels[:, 200:] = 5
    hand.drag(*along(SQUARE), keys=ALT)
    assert (document.labels[52:248, 102:198] == 0).all()
    assert (document.labels[:, 200:] == 5).all()


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


def test_a_lasso_leaves_locked_areas_alone(
    lasso: None, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.labels[:, :200] = 1
    toolbox.set_locked(1, locked=True)
    hand.drag(*along(SQUARE))
    assert (document.labels[:, :200] == 1).all()
    assert (document.labels[52:248, 202:298] == 4).all()


def test_a_lasso_of_a_locked_area_says_why_not(
    lasso: None, document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.set_locked(4, locked=True)
    hand.drag(*along(SQUARE))
    assert not document.labels.any()
    assert len(said) == 1


def test_a_lasso_may_go_beyond_the_edge(lasso: None, document: Document, hand: Hand) -> None:
    hand.drag(*along(((-50.0, -50.0), (450.0, -50.0), (450.0, 350.0), (-50.0, 350.0))))
    assert (document.labels == 4).all()


def test_two_corners_hold_nothing() -> None:
    rect, mask = polygon_mask([(1, 1), (5, 5)], 10, 10)
    assert rect.empty
    assert not mask.any()


@pytest.fixture
def blocks(document: Document, canvas: Canvas, toolbox: Toolbox) -> None:
    """Left half dark, right half light, a light island in the dark."""
    pixels = np.full((300, 400, 3), 40, np.uint8)
    pixels[:, 200:] = 200
    pixels[100:120, 50:70] = 200
    pixels[::7, ::5] += 6
    document.open(of(Picture(b"", "PNG", 400, 300)), pixels, None)
    toolbox.tool, toolbox.area = Tool.WAND, 6


def test_the_wand_takes_connected_pixels_of_like_colour(
    blocks: None, document: Document, hand: Hand
) -> None:
    hand.click((300, 100))
    expected = np.zeros((300, 400), bool)
    expected[:, 200:] = True
    assert ((document.labels == 6) == expected).all()
    assert document.undo_stack.undoText() == "Wand"


def test_the_wand_obeys_its_tolerance(blocks: None, document: Document) -> None:
    rect, mask = flood(document.pixels, (301, 101), 3)
    assert rect.width <= 200
    assert not mask[document.pixels[rect.y0 : rect.y1, rect.x0 : rect.x1, 0] > 203].any()
    assert flood(document.pixels, (301, 101), 255)[1].all()


def test_the_wand_subtracts_and_keeps_off_locked_areas(
    blocks: None, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    hand.click((300, 100))
    hand.click((300, 100), keys=ALT)
    assert not document.labels.any()
    document.labels[:150] = 2
    toolbox.set_locked(2, locked=True)
    hand.click((300, 200))
    assert (document.labels[:150] == 2).all()
    assert (document.labels[150:, 200:] == 6).all()


def test_the_wand_reads_a_picture_that_may_not_be_written(blocks: None, document: Document) -> None:
    document.pixels.setflags(write=False)
    assert flood(document.pixels, (300, 100), 24)[0].x0 == 200


def test_a_click_beside_the_picture_does_nothing(
    blocks: None, document: Document, hand: Hand, open_picture: Callable[..., None]
) -> None:
    hand.click((-5, 50))
    hand.click((401, 299))
    assert document.undo_stack.count() == 0
