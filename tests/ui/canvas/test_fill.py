"""The bucket."""

from __future__ import annotations

import numpy as np
import pytest

from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import PLAIN, EraserEnd, Hand
from tests.ui.canvas.proof import ALT, SHIFT_ALT, exactly_undone, open_square

FRAME = Rect(100, 60, 300, 240)
WIDTH = 10


@pytest.fixture
def framed(document: Document, toolbox: Toolbox, canvas: Canvas) -> np.ndarray:
    """Area 2 as a closed outline, area 3 as a block elsewhere; the bucket in hand with area 2."""
    open_square(document)
    labels = np.zeros((300, 400), np.uint8)
    x0, y0, x1, y1 = FRAME
    labels[y0:y1, x0:x1] = 2
    labels[y0 + WIDTH : y1 - WIDTH, x0 + WIDTH : x1 - WIDTH] = 0
    labels[20:50, 20:80] = 3
    document.paint(Rect(0, 0, 400, 300), labels, "Frame")
    toolbox.tool, toolbox.area = Tool.FILL, 2
    return labels


def test_the_inside_of_an_outline_is_filled(
    framed: np.ndarray, document: Document, hand: Hand, said: list[str]
) -> None:
    hand.click((200, 150))
    expected = framed.copy()
    expected[FRAME.y0 : FRAME.y1, FRAME.x0 : FRAME.x1] = 2
    assert (document.labels == expected).all()
    assert document.undo_stack.undoText() == "Fill"
    assert said == []
    assert exactly_undone(document, np.zeros_like(framed))


def test_a_thin_slanting_outline_holds(
    document: Document, canvas: Canvas, toolbox: Toolbox, hand: Hand
) -> None:
    """Pixels that only touch at their corners keep the fill in."""
    open_square(document)
    labels = np.zeros((300, 400), np.uint8)
    for step in range(61):
        labels[90 + step, [200 - step, 200 + step]] = 1
        labels[210 - step, [200 - step, 200 + step]] = 1
    document.paint(Rect(0, 0, 400, 300), labels, "Diamond")
    toolbox.tool, toolbox.area = Tool.FILL, 1
    hand.click((190, 150))
    assert document.labels[150, 190] == 1
    assert document.labels[10, 10] == 0


def test_a_region_of_another_area_is_taken_over(
    framed: np.ndarray, document: Document, hand: Hand
) -> None:
    hand.click((50, 30))
    expected = framed.copy()
    expected[framed == 3] = 2
    assert (document.labels == expected).all()


def test_a_locked_region_is_refused_by_name(
    framed: np.ndarray, document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.set_locked(3, locked=True)
    hand.click((50, 30))
    assert (document.labels == framed).all()
    assert len(said) == 1 and "Area 3 is locked" in said[0]


def test_its_own_region_is_nothing_to_fill(
    framed: np.ndarray, document: Document, hand: Hand, said: list[str]
) -> None:
    hand.click((104, 150))
    assert document.undo_stack.count() == 1
    assert said == []


@pytest.mark.parametrize("by", ["key", "eraser end"])
def test_alt_clears_the_piece_clicked_of_the_area_in_hand(
    framed: np.ndarray, document: Document, canvas: Canvas, by: str
) -> None:
    document.paint(Rect(350, 200, 390, 290), np.full((90, 40), 2, np.uint8), "Another piece")
    hand, keys = (Hand(canvas), ALT) if by == "key" else (EraserEnd(canvas), PLAIN)
    for elsewhere in ((50, 30), (200, 150)):
        hand.click(elsewhere, keys=keys)
    assert document.undo_stack.count() == 2
    hand.click((104, 150), keys=keys)
    expected = np.where(framed == 2, 0, framed)
    expected[200:290, 350:390] = 2
    assert (document.labels == expected).all()
    assert document.undo_stack.undoText() == "Fill: remove"


def test_shift_and_alt_keep_only_the_piece_clicked(
    framed: np.ndarray, document: Document, hand: Hand
) -> None:
    document.paint(Rect(350, 200, 390, 290), np.full((90, 40), 2, np.uint8), "Another piece")
    hand.click((200, 150), keys=SHIFT_ALT)
    assert document.undo_stack.count() == 2
    hand.click((104, 150), keys=SHIFT_ALT)
    assert (document.labels == framed).all()
    assert document.undo_stack.undoText() == "Fill: keep only"
    assert exactly_undone(document, np.zeros_like(framed))


def test_an_outline_with_a_gap_is_filled_all_the_same_and_the_artist_told(
    framed: np.ndarray, document: Document, hand: Hand, said: list[str]
) -> None:
    document.paint(Rect(100, 140, 110, 150), np.zeros((10, 10), np.uint8), "Gap")
    hand.click((200, 150))
    assert document.labels[5, 5] == document.labels[295, 395] == document.labels[150, 200] == 2
    assert document.labels[30, 50] == 3
    assert len(said) == 1 and "gap" in said[0]


def test_filling_the_rest_for_another_area_is_no_gap(
    framed: np.ndarray, document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.area = 7
    hand.click((5, 5))
    assert document.counts[7] > 300 * 400 / 2
    assert said == []


def test_a_second_click_of_a_double_click_changes_nothing(
    framed: np.ndarray, document: Document, hand: Hand
) -> None:
    hand.double((200, 150))
    assert document.undo_stack.count() == 2
