"""What the path tool makes of slips of the hand, quick clicks and the paths of other areas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent

from kling_desktop.model.path import Path, at
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

POINTS = ((80.0, 200.0), (160.0, 100.0), (240.0, 200.0), (320.0, 100.0))
OTHER = ((60.0, 40.0), (200.0, 30.0), (340.0, 40.0))
Points = tuple[tuple[float, float], ...]


@pytest.fixture(autouse=True)
def in_hand(toolbox: Toolbox, canvas: Canvas, document: Document) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    canvas.zoom = 1.0
    document.set_path(2, Path(POINTS), "Draw path")


def points(document: Document, area: int = 2) -> Points:
    path = document.shot.paths.get(area)
    return path.points if path else ()


@pytest.mark.parametrize("slip", [3, 6, 11, 23])
def test_a_click_that_slips_is_a_click(document: Document, hand: Hand, slip: int) -> None:
    hand.drag((200, 270), (200 + slip // 2, 270), (200 + slip, 270))
    assert points(document) == (*POINTS, (200, 270))
    assert document.undo_stack.undoText() == "Add point to path 2"


def test_a_slip_is_measured_on_the_screen(canvas: Canvas, document: Document, hand: Hand) -> None:
    canvas.zoom = 0.5
    hand.drag((200, 270), (220, 270), (240, 270))
    assert points(document) == (*POINTS, (200, 270))
    hand.drag((20, 20), (45, 20), (70, 20))
    assert points(document) == ((20, 20), (70, 20))


def test_a_pen_slips_further(document: Document, hand: Hand) -> None:
    hand.pen(QEvent.Type.TabletPress, (200, 270))
    hand.pen(QEvent.Type.TabletMove, (232, 270))
    hand.pen(QEvent.Type.TabletRelease, (232, 270))
    assert points(document) == (*POINTS, (200, 270))


def test_a_long_drag_elsewhere_replaces_the_path(document: Document, hand: Hand) -> None:
    hand.drag((100, 270), (120, 270), (140, 280), (160, 270))
    assert points(document) == ((100, 270), (120, 270), (140, 280), (160, 270))
    document.undo_stack.undo()
    assert points(document) == POINTS


def test_a_drag_from_near_the_end_goes_on_from_it(document: Document, hand: Hand) -> None:
    x, y = POINTS[-1]
    hand.drag((x + 15, y), (x + 22, y), (x + 29, y), (x + 60, y))
    assert points(document)[:4] == POINTS
    assert points(document)[-1] == (x + 60, y)
    document.undo_stack.undo()
    assert points(document) == POINTS


def test_two_quick_clicks_on_the_curve_put_one_point_in(document: Document, hand: Hand) -> None:
    x, y = at(Path(POINTS), 0.5)[0]
    steps = document.undo_stack.count()
    hand.double((float(x), float(y)))
    assert len(points(document)) == 5
    assert document.undo_stack.count() == steps + 1


def test_the_second_of_two_quick_clicks_may_drag_the_new_point(
    document: Document, hand: Hand
) -> None:
    hand.double_drag((200, 270), (220, 280))
    assert points(document) == (*POINTS, pytest.approx((220, 280)))


def test_a_point_of_another_path_is_chosen_and_dragged(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_path(5, Path(OTHER), "Draw path")
    hand.drag(OTHER[1], (210, 50))
    assert toolbox.area == 5
    assert points(document, 5) == (OTHER[0], pytest.approx((210, 50)), OTHER[2])
    assert points(document) == POINTS
    document.undo_stack.undo()
    assert points(document, 5) == OTHER


@pytest.mark.parametrize("quick", [False, True])
def test_the_curve_of_another_path_is_only_chosen(
    document: Document, toolbox: Toolbox, hand: Hand, quick: bool
) -> None:
    document.set_path(5, Path(OTHER), "Draw path")
    toolbox.area = 7  # the static area has none itself
    place = tuple(float(c) for c in at(Path(OTHER), 0.25)[0])
    (hand.double if quick else hand.click)(place)
    assert toolbox.area == 5
    assert points(document, 5) == OTHER


def test_a_quick_click_on_a_point_of_another_path_does_not_remove_it(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_path(5, Path(OTHER), "Draw path")
    hand.double(OTHER[1])
    assert toolbox.area == 5
    assert points(document, 5) == OTHER


def test_the_area_in_hand_comes_first_and_then_the_nearest(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_path(5, Path(((163.0, 104.0), (163.0, 20.0))), "Draw path")
    hand.click((163, 104))  # right on the one, but near the one in hand
    assert toolbox.area == 2
    document.set_path(3, Path(((20.0, 20.0), (20.0, 280.0))), "Draw path")
    document.set_path(4, Path(((30.0, 20.0), (30.0, 280.0))), "Draw path")
    toolbox.area = 6
    hand.click((27, 150))
    assert toolbox.area == 4


def test_a_path_under_way_may_cross_another(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    other = Path(((20.0, 150.0), (350.0, 150.0)))
    document.set_path(3, other, "Draw path")
    toolbox.area = 2
    document.set_path(2, Path(((60.0, 40.0),)), "Draw path")
    hand.click((200, 151))
    hand.click((60, 250))
    assert toolbox.area == 2
    assert points(document) == ((60.0, 40.0), (200.0, 151.0), (60.0, 250.0))
    assert document.shot.paths[3] == other
    hand.click((20, 150))  # right on a point of the other
    assert toolbox.area == 3
    assert document.shot.paths[3] == other


def test_a_path_that_is_hidden_is_not_hit(document: Document, toolbox: Toolbox, hand: Hand) -> None:
    document.set_path(5, Path(OTHER), "Draw path")
    toolbox.set_hidden(5, hidden=True)
    hand.click(OTHER[1])
    assert toolbox.area == 2
    assert points(document) == (*POINTS, OTHER[1])
