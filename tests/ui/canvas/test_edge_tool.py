"""The edge-snapping brush through real events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt

from kling_desktop.imaging.edge_brush import EdgeStroke
from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand
from tests.ui.canvas.proof import (
    ALT,
    SHIFT_ALT,
    SQUARE,
    exactly_undone,
    halves,
    open_square,
    recounted,
)


@pytest.fixture
def edge(document: Document, toolbox: Toolbox, canvas: Canvas) -> np.ndarray:
    """Brush in hand, radius 30, area 4; (300, 400) whether a pixel belongs to the square."""
    open_square(document)
    toolbox.tool, toolbox.area, toolbox.radius = Tool.EDGE, 4, 30.0
    square = np.zeros((300, 400), bool)
    square[SQUARE.y0 : SQUARE.y1, SQUARE.x0 : SQUARE.x1] = True
    return square


def test_the_brush_stops_at_the_edge(edge: np.ndarray, document: Document, hand: Hand) -> None:
    hand.drag((140.0, 150.0), (260.0, 150.0))
    painted = document.labels == 4
    assert not (painted & ~edge).any()
    assert painted[132:169, SQUARE.x0 : SQUARE.x1].all()


def test_a_stroke_is_what_its_dabs_cover(
    edge: np.ndarray, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.choose(sensitivity=0.8)
    places = [(125.0, 100.0), (128.0, 131.0), (180.0, 226.0)]
    expected = np.zeros((300, 400), bool)
    stroke = EdgeStroke(document.pixels, sensitivity=0.8)
    for place in places:
        (x0, y0, x1, y1), mask = stroke.move(place, radius=30.0)
        expected[y0:y1, x0:x1] |= mask
    hand.drag(*places)
    assert ((document.labels == 4) == expected).all()


def test_it_paints_while_it_moves_and_is_one_step(
    edge: np.ndarray, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.press((140.0, 100.0))
    assert document.labels[100, 140] == 4
    assert document.undo_stack.count() == 0
    hand.move((250.0, 100.0))
    assert document.labels[100, 250] == 4
    hand.release((250.0, 200.0))
    assert document.labels[200, 250] == 4
    assert document.undo_stack.count() == 1
    assert exactly_undone(document, np.zeros((300, 400), np.uint8))


def test_alt_takes_from_the_area_in_hand_by_the_same_rule(
    edge: np.ndarray, document: Document, hand: Hand
) -> None:
    before = halves(document, left=4, right=5)
    hand.drag((140.0, 150.0), (260.0, 150.0), keys=ALT)
    gone = document.labels == 0
    assert gone[150, SQUARE.x0 : 200].all()
    assert not (gone & ~edge).any()
    assert (document.labels[:, 200:] == 5).all()
    assert (document.labels[~gone] == before[~gone]).all()


def test_keeping_only_brings_back_what_the_stroke_covers_as_it_goes(
    edge: np.ndarray, document: Document, hand: Hand
) -> None:
    before = halves(document)
    hand.press((140.0, 150.0), keys=SHIFT_ALT)
    assert document.labels[10, 10] == 0
    assert document.labels[150, 140] == 4
    hand.move((180.0, 150.0), keys=SHIFT_ALT)
    hand.release((180.0, 150.0), keys=SHIFT_ALT)
    assert (document.labels[:, 200:] == 5).all()
    assert (document.labels[150, SQUARE.x0 : 200] == 4).all()
    assert ((document.labels == 4) <= (edge & (before == 4))).all()
    assert exactly_undone(document, np.zeros_like(before))


@pytest.mark.parametrize("keys", [ALT, SHIFT_ALT], ids=["subtract", "keep only"])
def test_escape_brings_everything_back(
    edge: np.ndarray, document: Document, hand: Hand, keys: Qt.KeyboardModifier
) -> None:
    before = halves(document)
    hand.press((140.0, 150.0), keys=keys)
    hand.move((180.0, 150.0), keys=keys)
    assert (document.labels != before).any()
    hand.key(Qt.Key.Key_Escape)
    assert (document.labels == before).all() and recounted(document)
    hand.release((180.0, 150.0), keys=keys)
    assert document.undo_stack.count() == 1


def test_locked_areas_stay_under_every_dab(
    edge: np.ndarray, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.paint(Rect(150, 0, 200, 300), np.full((300, 50), 2, np.uint8), "Wall")
    toolbox.set_locked(2, locked=True)
    hand.drag((140.0, 150.0), (260.0, 150.0))
    assert (document.labels[:, 150:200] == 2).all()
    assert document.labels[150, 140] == document.labels[150, 260] == 4


def test_the_eraser_end_of_a_pen_takes_away(
    edge: np.ndarray, document: Document, hand: Hand
) -> None:
    halves(document)
    for kind in (QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease):
        hand.pen(kind, (150.0, 150.0), eraser=True, held=kind != QEvent.Type.TabletRelease)
    assert document.labels[150, 150] == 0
    assert document.labels[150, 100] == 4


def test_pressure_sizes_the_brush_where_that_is_chosen(
    edge: np.ndarray, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    widths = []
    for pressure in (0.1, 1.0):
        toolbox.choose(pressure=True)
        hand.pen(QEvent.Type.TabletPress, (200.0, 150.0), pressure=pressure)
        hand.pen(QEvent.Type.TabletRelease, (200.0, 150.0), pressure=pressure, held=False)
        widths.append(int((document.labels[150] == 4).sum()))
        document.undo_stack.undo()
    assert widths[0] < 20
    assert widths[1] > 55


def test_a_stroke_that_never_meets_the_picture_is_no_step(
    edge: np.ndarray, document: Document, hand: Hand
) -> None:
    hand.drag((-80.0, -50.0), (480.0, -50.0), (500.0, 400.0))
    assert document.undo_stack.count() == 0
