"""Rectangle and ellipse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from kling_desktop.model import areas
from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand
from tests.ui.canvas.proof import ALT, CTRL, SHIFT, SHIFT_ALT

SHAPES = [Tool.RECTANGLE, Tool.ELLIPSE]


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest, toolbox: Toolbox, canvas: Canvas) -> Tool:
    toolbox.tool, toolbox.area = request.param, 3
    return request.param


def bounds(document: Document) -> Rect | None:
    return areas.bounds(document.labels, 3)


@pytest.mark.parametrize("end", [(180.0, 160.0), (20.0, 20.0), (180.0, 20.0), (20.0, 160.0)])
def test_it_lies_between_both_corners_whichever_comes_first(
    shape: Tool, document: Document, hand: Hand, end: tuple[float, float]
) -> None:
    hand.drag((100.0, 90.0), (110.0, 200.0), end)
    xs, ys = sorted((100, int(end[0]))), sorted((90, int(end[1])))
    assert bounds(document) == Rect(xs[0], ys[0], xs[1], ys[1])
    size = (xs[1] - xs[0]) * (ys[1] - ys[0])
    share = np.pi / 4 if shape == Tool.ELLIPSE else 1.0
    assert document.counts[3] == pytest.approx(size * share, rel=0.01)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (SHIFT, Rect(100, 100, 180, 180)),
        (CTRL, Rect(20, 70, 180, 130)),
        (CTRL | SHIFT, Rect(20, 20, 180, 180)),
    ],
    ids=["square", "from the middle", "both"],
)
def test_keys_make_it_square_and_take_the_middle(
    shape: Tool, document: Document, hand: Hand, keys: Qt.KeyboardModifier, expected: Rect
) -> None:
    hand.drag((100.0, 100.0), (150.0, 110.0), (180.0, 130.0), keys=keys)
    assert bounds(document) == expected


def test_the_keys_at_the_end_count(shape: Tool, document: Document, hand: Hand) -> None:
    hand.drag((100.0, 100.0), (180.0, 130.0))
    hand.press((110.0, 100.0), keys=ALT)
    hand.move((150.0, 115.0), keys=SHIFT)
    hand.release((150.0, 115.0), keys=SHIFT_ALT)
    assert document.undo_stack.undoText().endswith(": keep only")
    assert bounds(document) == Rect(110, 100, 150, 115)  # and Shift makes no square of it


def test_a_click_does_nothing(shape: Tool, document: Document, hand: Hand, canvas: Canvas) -> None:
    hand.click((100.0, 100.0))
    hand.drag((100.0, 100.0), (200.0, 200.0), (101.0, 101.0))
    assert document.undo_stack.count() == 0
    assert not canvas.busy


def test_a_double_click_does_nothing_either(shape: Tool, document: Document, hand: Hand) -> None:
    hand.double((100.0, 100.0))
    assert document.undo_stack.count() == 0
