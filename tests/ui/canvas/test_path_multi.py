"""Several points of a path at once: selected, moved, nudged and removed; and the path as a whole."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from kling_desktop.model.path import Path, at
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

POINTS = ((80.0, 200.0), (160.0, 100.0), (240.0, 200.0), (320.0, 100.0))
OTHER = ((60.0, 40.0), (200.0, 30.0), (340.0, 40.0))
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
Undone = Callable[[str], None]


@pytest.fixture(autouse=True)
def drawn(toolbox: Toolbox, canvas: Canvas, document: Document) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    canvas.zoom = 1.0
    document.set_path(2, Path(POINTS), "Draw path")


@pytest.fixture
def undone(document: Document) -> Undone:
    """One step under that name came, and takes the path back to what it was, bit for bit."""

    def checked(text: str) -> None:
        assert document.undo_stack.count() == 2
        assert document.undo_stack.undoText() == text
        after = document.shot.paths
        document.undo_stack.undo()
        assert document.shot.paths == {2: Path(POINTS)}
        document.undo_stack.redo()
        assert document.shot.paths == after

    return checked


def points(document: Document, area: int = 2) -> tuple[tuple[float, float], ...]:
    path = document.shot.paths.get(area)
    return path.points if path else ()


def on_curve(time: float, path: Path | None = None) -> tuple[float, float]:
    x, y = at(path or Path(POINTS), time)[0]
    return float(x), float(y)


def moved(indices: set[int], dx: float, dy: float) -> tuple:
    return tuple(
        pytest.approx((x + dx, y + dy) if k in indices else (x, y))
        for k, (x, y) in enumerate(POINTS)
    )


# Selecting


def test_shift_and_click_adds_a_point_and_takes_it_away(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.click(POINTS[0])
    hand.click(POINTS[2], keys=SHIFT)
    assert canvas.stage.selected == {0, 2}
    hand.click(POINTS[3], keys=SHIFT)
    assert canvas.stage.selected == {0, 2, 3}
    hand.click(POINTS[2], keys=SHIFT)
    assert canvas.stage.selected == {0, 3}
    hand.click(POINTS[0], keys=SHIFT)
    hand.click(POINTS[3], keys=SHIFT)
    assert canvas.stage.selected == frozenset()
    assert points(document) == POINTS
    assert document.undo_stack.count() == 1


def test_two_quick_clicks_with_shift_remove_nothing(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.click(POINTS[0])
    hand.double(POINTS[2], keys=SHIFT)
    assert canvas.stage.selected == {0}
    assert points(document) == POINTS


def test_a_click_on_one_of_several_selects_it_alone(canvas: Canvas, hand: Hand) -> None:
    hand.click(POINTS[0])
    hand.click(POINTS[2], keys=SHIFT)
    hand.click(POINTS[2])
    assert canvas.stage.selected == {2}


def test_a_rubber_band_selects_what_is_inside_while_it_is_dragged(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.click(POINTS[3])
    hand.press((60, 150), keys=CTRL)
    assert canvas.stage.selected == frozenset()
    hand.move((120, 230), keys=CTRL)
    assert canvas.stage.selected == {0}
    hand.move((260, 230), keys=CTRL)
    hand.release((260, 230), keys=CTRL)
    assert canvas.stage.selected == {0, 2}
    assert points(document) == POINTS
    assert document.undo_stack.count() == 1


def test_a_rubber_band_with_shift_adds(canvas: Canvas, hand: Hand) -> None:
    hand.click(POINTS[3])
    hand.drag((260, 230), (60, 150), keys=CTRL | SHIFT)
    assert canvas.stage.selected == {0, 2, 3}


def test_escape_takes_a_rubber_band_back(canvas: Canvas, hand: Hand) -> None:
    hand.click(POINTS[3])
    hand.press((60, 150), keys=CTRL)
    hand.move((260, 230), keys=CTRL)
    hand.key(Qt.Key.Key_Escape)
    assert canvas.stage.selected == {3}
    hand.release((260, 230))
    assert canvas.stage.selected == {3}


def test_escape_selects_nothing(canvas: Canvas, hand: Hand) -> None:
    hand.click(POINTS[3])
    hand.key(Qt.Key.Key_Escape)
    assert canvas.stage.selected == frozenset()


def test_a_rubber_band_begins_on_the_curve_too(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    x, y = on_curve(0.5)
    hand.drag((x, y), (60, 230), keys=CTRL)
    assert canvas.stage.selected == {0}
    assert points(document) == POINTS


def test_another_area_s_path_has_nothing_selected(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_path(5, Path(OTHER), "Draw path")
    hand.click(POINTS[0])
    toolbox.area = 5
    assert canvas.stage.selected == frozenset()


def test_points_that_are_undone_are_not_selected(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.click((200, 270))
    assert canvas.stage.selected == {4}
    document.undo_stack.undo()
    assert canvas.stage.selected == frozenset()
    hand.key(Qt.Key.Key_Delete)
    assert points(document) == POINTS


# Several at once


def test_one_of_several_drags_them_all(
    canvas: Canvas, document: Document, hand: Hand, undone: Undone
) -> None:
    hand.click(POINTS[0])
    hand.click(POINTS[2], keys=SHIFT)
    hand.press(POINTS[2])
    hand.move((250, 190))
    assert points(document) == POINTS
    assert canvas.stage.path.points == moved({0, 2}, 10, -10)
    hand.move((255, 215))
    hand.release((255, 215))
    assert points(document) == moved({0, 2}, 15, 15)
    assert canvas.stage.selected == {0, 2}
    undone("Move points of path 2")


def test_several_keep_their_shape_at_the_edge(document: Document, hand: Hand) -> None:
    hand.click(POINTS[0])
    hand.click(POINTS[2], keys=SHIFT)
    hand.drag(POINTS[2], (30, 400))
    assert points(document) == moved({0, 2}, -80, 99)


def test_several_move_in_a_straight_direction_with_shift(document: Document, hand: Hand) -> None:
    hand.click(POINTS[0])
    hand.click(POINTS[2], keys=SHIFT)
    hand.press(POINTS[2])
    hand.move((280, 203), keys=SHIFT)
    hand.release((280, 203), keys=SHIFT)
    (x0, y0), (x1, y1) = POINTS[0], points(document)[0]
    angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
    assert math.remainder(angle, 15) == pytest.approx(0, abs=1e-6)
    assert x1 - x0 == pytest.approx(40, abs=1)


def test_arrow_keys_nudge_all_that_are_selected(
    document: Document, hand: Hand, undone: Undone
) -> None:
    hand.click(POINTS[1])
    hand.click(POINTS[3], keys=SHIFT)
    hand.key(Qt.Key.Key_Up, SHIFT)
    assert points(document) == moved({1, 3}, 0, -10)
    undone("Nudge points of path 2")
    hand.key(Qt.Key.Key_Left)
    assert points(document) == moved({1, 3}, -1, -10)


def test_delete_removes_all_that_are_selected(
    canvas: Canvas, document: Document, hand: Hand, undone: Undone
) -> None:
    hand.click(POINTS[1])
    hand.click(POINTS[3], keys=SHIFT)
    hand.hover((10, 10))
    hand.key(Qt.Key.Key_Delete)
    assert points(document) == (POINTS[0], POINTS[2])
    assert canvas.stage.selected == frozenset()
    undone("Remove points of path 2")


def test_delete_removes_all_with_the_pointer_on_one_of_them(document: Document, hand: Hand) -> None:
    hand.click(POINTS[1])
    hand.click(POINTS[3], keys=SHIFT)
    hand.hover(POINTS[3])
    hand.key(Qt.Key.Key_Delete)
    assert points(document) == (POINTS[0], POINTS[2])


def test_delete_of_all_points_removes_the_path(
    document: Document, hand: Hand, undone: Undone
) -> None:
    hand.drag((60, 60), (350, 250), keys=CTRL)
    hand.hover((10, 10))
    hand.key(Qt.Key.Key_Delete)
    assert document.shot.paths == {}
    undone("Remove points of path 2")


def test_escape_takes_a_drag_of_several_back(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.click(POINTS[0])
    hand.click(POINTS[2], keys=SHIFT)
    hand.press(POINTS[2])
    hand.move((250, 190))
    hand.key(Qt.Key.Key_Escape)
    hand.release((250, 190))
    assert points(document) == canvas.stage.path.points == POINTS
    assert canvas.stage.selected == {0, 2}
    assert document.undo_stack.count() == 1


# The whole path


@pytest.mark.parametrize("place", [on_curve(0.4), POINTS[2]])
def test_alt_drags_the_whole_path(
    canvas: Canvas, document: Document, hand: Hand, undone: Undone, place: tuple[float, float]
) -> None:
    x, y = place
    hand.press(place, keys=ALT)
    hand.move((x + 20, y + 30), keys=ALT)
    assert canvas.stage.path.points == moved({0, 1, 2, 3}, 20, 30)
    hand.move((x + 30, y - 40), keys=ALT)
    hand.release((x + 30, y - 40), keys=ALT)
    assert points(document) == moved({0, 1, 2, 3}, 30, -40)
    undone("Move path 2")


def test_alt_and_a_click_change_nothing(document: Document, hand: Hand) -> None:
    hand.click(on_curve(0.4), keys=ALT)
    assert points(document) == POINTS
    assert document.undo_stack.count() == 1


def test_alt_drags_another_area_s_path(document: Document, toolbox: Toolbox, hand: Hand) -> None:
    document.set_path(5, Path(OTHER), "Draw path")
    x, y = on_curve(0.3, Path(OTHER))
    hand.drag((x, y), (x, y + 20), (x, y + 40), keys=ALT)
    assert toolbox.area == 5
    assert points(document, 5) == tuple(pytest.approx((x, y + 40)) for x, y in OTHER)
    assert points(document) == POINTS
    document.undo_stack.undo()
    assert points(document, 5) == OTHER


# What is caught where paths are close


def test_of_other_paths_a_point_comes_before_a_nearer_curve(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_path(5, Path(((20.0, 20.0), (20.0, 280.0))), "Draw path")
    document.set_path(6, Path(((26.0, 150.0), (60.0, 150.0))), "Draw path")
    hand.click((21, 150))
    assert toolbox.area == 6


def test_a_carried_area_may_have_a_path_of_one_point(document: Document, hand: Hand) -> None:
    document.set_path(2, Path((POINTS[0],), parent=1), "Move with area 1")
    hand.drag(POINTS[0], (120, 220))
    assert document.shot.paths[2] == Path((pytest.approx((120, 220)),), parent=1)
    hand.click((200, 250))
    assert document.shot.paths[2].points == (pytest.approx((120, 220)), (200, 250))
    hand.double((200, 250))
    assert document.shot.paths[2].parent == 1
