"""The path tool through real pointer and key events; every gesture is one step of undo."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt

from kling_desktop.model.path import Curve, Path, at
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

POINTS = ((80.0, 200.0), (160.0, 100.0), (240.0, 200.0), (320.0, 100.0))
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def in_hand(toolbox: Toolbox, canvas: Canvas) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2


@pytest.fixture
def drawn(document: Document) -> Path:
    path = Path(POINTS)
    document.set_path(2, path, "Draw path")
    return path


def points(document: Document) -> tuple[tuple[float, float], ...]:
    path = document.shot.paths.get(2)
    return path.points if path else ()


def assert_places(found: tuple[tuple[float, float], ...], wanted: tuple) -> None:
    assert len(found) == len(wanted)
    for place, other in zip(found, wanted, strict=True):
        assert place == pytest.approx(other, abs=1e-6)


def undone(document: Document) -> tuple[tuple[float, float], ...]:
    document.undo_stack.undo()
    return points(document)


def test_clicks_add_points_at_the_end(document: Document, hand: Hand) -> None:
    for number, place in enumerate(POINTS, start=1):
        hand.click(place)
        assert document.undo_stack.count() == number
    assert_places(points(document), POINTS)
    assert document.shot.paths[2].curve == Curve.SMOOTH
    assert document.undo_stack.undoText() == "Add point to path 2"
    assert_places(undone(document), POINTS[:3])


def test_dragging_in_empty_space_draws_freehand(
    document: Document, hand: Hand, canvas: Canvas
) -> None:
    line = [(60 + 2 * k, 150 + 50 * math.sin(k / 20)) for k in range(120)]
    hand.drag(*line)
    path = document.shot.paths[2]
    assert 2 < len(path.points) < 30
    assert path.points[0] == pytest.approx(line[0])
    assert path.points[-1] == pytest.approx(line[-1])
    drawn = at(path, [k / 200 for k in range(201)])
    for place in line:
        assert min(math.dist(place, spot) for spot in drawn) < 5
    assert document.undo_stack.count() == 1
    assert undone(document) == ()


def test_freehand_replaces_a_path_and_undo_brings_it_back(
    drawn: Path, document: Document, hand: Hand
) -> None:
    hand.drag(*[(60.0 + 5 * k, 270.0) for k in range(50)])
    assert_places(points(document), ((60, 270), (305, 270)))
    assert undone(document) == drawn.points


def test_freehand_goes_on_from_a_single_point(document: Document, hand: Hand) -> None:
    hand.click((50, 50))
    hand.drag(*[(100.0 + 5 * k, 150.0) for k in range(20)])
    assert_places(points(document), ((50, 50), (100, 150), (195, 150)))


def test_dragging_a_point_moves_it_live_and_once(
    drawn: Path, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.press((162, 101))  # a little off its middle
    hand.move((182, 121))
    assert points(document) == drawn.points  # not changed yet, but shown
    assert canvas.stage.path.points[1] == pytest.approx((180, 120))
    hand.move((202, 131))
    hand.release((202, 131))
    assert points(document)[1] == pytest.approx((200, 130))
    assert document.undo_stack.undoText() == "Move point of path 2"
    assert undone(document) == drawn.points


def test_a_click_on_the_curve_puts_a_point_in_and_drags_it(
    drawn: Path, document: Document, hand: Hand
) -> None:
    x, y = at(drawn, 0.5)[0]
    hand.drag((float(x), float(y)), (float(x) + 10, float(y) + 30))
    after = points(document)
    assert len(after) == 5
    assert after[2] == pytest.approx((x + 10, y + 30), abs=0.6)
    assert (*after[:2], *after[3:]) == drawn.points
    assert undone(document) == drawn.points


def test_a_double_click_removes_a_point(drawn: Path, document: Document, hand: Hand) -> None:
    hand.double(POINTS[1])
    assert points(document) == (POINTS[0], *POINTS[2:])
    assert undone(document) == drawn.points


def test_a_double_click_in_empty_space_adds_one_point_only(document: Document, hand: Hand) -> None:
    hand.double((100, 100))
    assert_places(points(document), ((100, 100),))


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_removes_the_selected_point(
    drawn: Path, document: Document, hand: Hand, key: Qt.Key
) -> None:
    hand.click(POINTS[2])
    hand.hover((10, 10))
    hand.key(key)
    assert points(document) == (*POINTS[:2], POINTS[3])
    hand.key(key)  # nothing is selected any more
    assert len(points(document)) == 3


def test_delete_removes_the_point_under_the_pointer(
    drawn: Path, document: Document, hand: Hand
) -> None:
    hand.hover(POINTS[0])
    hand.key(Qt.Key.Key_Delete)
    assert points(document) == POINTS[1:]


def test_removing_the_last_point_removes_the_path(document: Document, hand: Hand) -> None:
    hand.click((100, 100))
    hand.double((100, 100))
    assert 2 not in document.shot.paths


def test_arrow_keys_nudge_the_selected_point(drawn: Path, document: Document, hand: Hand) -> None:
    hand.click(POINTS[1])
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert points(document)[1] == (161, 110)
    assert undone(document)[1] == (161, 100)
    assert undone(document) == drawn.points


def test_shift_turns_to_multiples_of_15_degrees(document: Document, hand: Hand) -> None:
    hand.click((100, 100))
    hand.click((200, 103), keys=SHIFT)
    assert points(document)[1] == pytest.approx((200, 100), abs=0.1)
    hand.drag((200, 100), (150, 148), keys=SHIFT)
    x, y = points(document)[1]
    assert y - 100 == pytest.approx(x - 100)


def test_points_stay_on_the_picture(drawn: Path, document: Document, hand: Hand) -> None:
    hand.drag(POINTS[3], (600, -80))
    assert points(document)[3] == (399, 0)
    hand.click((-30, 310))
    assert points(document)[4] == (0, 299)


def test_escape_takes_the_gesture_back(
    drawn: Path, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.press(POINTS[0])
    hand.move((30, 30))
    hand.key(Qt.Key.Key_Escape)
    hand.release((30, 30))
    assert points(document) == drawn.points
    assert canvas.stage.path == drawn
    assert document.undo_stack.count() == 1


def test_the_static_area_has_no_path(
    document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.area = 7
    hand.click((100, 100))
    assert not document.shot.paths
    assert said[0].startswith("The static area has no path")


def test_the_path_of_a_locked_area_stays(
    drawn: Path, document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    hand.click(POINTS[1])
    toolbox.set_locked(2, locked=True)
    hand.drag(POINTS[1], (30, 30))
    hand.key(Qt.Key.Key_Left)
    hand.double(POINTS[2])
    assert document.shot.paths[2] == drawn
    assert "locked" in said[0]


def test_a_click_that_changes_nothing_is_no_step(
    drawn: Path, document: Document, hand: Hand
) -> None:
    hand.click(POINTS[1])
    assert document.undo_stack.count() == 1


def test_the_reach_is_in_widget_pixels(
    drawn: Path, document: Document, hand: Hand, canvas: Canvas
) -> None:
    canvas.zoom = 8.0
    canvas.move_by(*[320 - c for c in canvas.stage.view.to_widget(*POINTS[1])])
    hand.click((POINTS[1][0], POINTS[1][1] - 3))  # 24 widget pixels away: empty space
    assert len(points(document)) == 5


def test_undo_redraws_the_path_shown(drawn: Path, document: Document, canvas: Canvas) -> None:
    assert canvas.stage.paths.bounds
    document.undo_stack.undo()
    assert not canvas.stage.paths.bounds
