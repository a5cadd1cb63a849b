"""The path tool by the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from kling_desktop.model.path import Curve, Path, at
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

POINTS = ((80.0, 200.0), (160.0, 100.0), (240.0, 200.0))
SHIFT = Qt.KeyboardModifier.ShiftModifier
NEXT, INSERT = Qt.Key.Key_N, Qt.Key.Key_Insert


@pytest.fixture(autouse=True)
def in_hand(toolbox: Toolbox, canvas: Canvas) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    canvas.zoom = 1.0
    canvas.setFocus()


@pytest.fixture
def drawn(document: Document) -> None:
    document.set_path(2, Path(POINTS), "Draw path")


@pytest.mark.usefixtures("drawn")
def test_n_goes_from_point_to_point_and_round(canvas: Canvas, hand: Hand) -> None:
    for wanted in (0, 1, 2, 0):
        hand.key(NEXT)
        assert canvas.stage.selected == {wanted}
    for wanted in (2, 1):
        hand.key(NEXT, SHIFT)
        assert canvas.stage.selected == {wanted}
    canvas.stage.select()
    hand.key(NEXT, SHIFT)
    assert canvas.stage.selected == {2}


@pytest.mark.usefixtures("drawn")
def test_the_point_is_moved_and_removed_by_keys(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.key(NEXT)
    hand.key(NEXT)
    hand.key(Qt.Key.Key_Right, SHIFT)
    assert document.shot.paths[2].points == (POINTS[0], (170, 100), POINTS[2])
    hand.key(Qt.Key.Key_Delete)
    assert document.shot.paths[2].points == (POINTS[0], POINTS[2])
    assert canvas.stage.selected == frozenset()


@pytest.mark.parametrize("curve", list(Curve))
def test_insert_puts_a_point_half_way_to_the_next_and_keeps_the_shape(
    canvas: Canvas, document: Document, hand: Hand, curve: Curve
) -> None:
    path = Path(((50.0, 50.0), (150.0, 50.0), (150.0, 250.0)), curve)
    document.set_path(2, path, "Draw path")
    hand.key(NEXT)
    hand.key(NEXT)
    hand.key(INSERT)
    points = document.shot.paths[2].points
    assert points == (*path.points[:2], points[2], path.points[2])
    assert canvas.stage.selected == {2}
    assert document.undo_stack.undoText() == "Add point to path 2"
    if curve == Curve.STRAIGHT:
        assert points[2] == pytest.approx((150, 150))
    else:
        assert points[2][0] != pytest.approx(150)
        off = at(path, [k / 2000 for k in range(2001)]) - points[2]
        assert (off**2).sum(axis=1).min() < 1
    document.undo_stack.undo()
    assert document.shot.paths == {2: path}


def test_a_whole_path_is_made_by_keys(canvas: Canvas, document: Document, hand: Hand) -> None:
    hand.key(NEXT)
    assert canvas.stage.selected == frozenset()
    hand.key(INSERT)
    assert document.shot.paths[2].points == ((200, 150),)
    hand.key(INSERT)
    (start, end) = document.shot.paths[2].points
    assert start == (200, 150)
    assert end[0] > 210
    assert canvas.stage.selected == {1}
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert document.shot.paths[2].points == (start, (end[0], end[1] + 10))


def test_a_locked_and_the_static_area_get_none(
    document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.set_locked(2, locked=True)
    hand.key(INSERT)
    toolbox.area = 7
    hand.key(INSERT)
    assert document.shot.paths == {}
    assert "locked" in said[0]
    assert said[1].startswith("The static area has no path")


@pytest.mark.usefixtures("drawn")
def test_delete_removes_what_is_selected_not_what_the_pointer_is_over(
    document: Document, hand: Hand
) -> None:
    hand.click(POINTS[0])
    hand.click(POINTS[1], keys=SHIFT)
    hand.hover(POINTS[2])
    hand.key(Qt.Key.Key_Delete)
    assert document.shot.paths[2].points == (POINTS[2],)


@pytest.mark.usefixtures("drawn")
def test_where_nothing_is_selected_delete_removes_the_point_under_the_pointer(
    document: Document, hand: Hand
) -> None:
    hand.hover(POINTS[1])
    hand.key(Qt.Key.Key_Delete)
    assert document.shot.paths[2].points == (POINTS[0], POINTS[2])
