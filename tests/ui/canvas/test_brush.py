"""Brush and eraser through real pointer events."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest

from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand
from tests.ui.canvas.proof import Repaints, turn

STROKE = [(80.3, 60.8), (150.0, 90.2), (170.5, 160.9), (260.1, 170.0)]
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def distances(places: list[tuple[float, float]], width: int, height: int) -> np.ndarray:
    """Distance of each pixel's centre from the line through the places."""
    y, x = np.mgrid[0:height, 0:width] + 0.5
    best = np.hypot(x - places[0][0], y - places[0][1])
    for (ax, ay), (bx, by) in itertools.pairwise(places):
        dx, dy = bx - ax, by - ay
        share = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
        best = np.minimum(best, np.hypot(x - (ax + share * dx), y - (ay + share * dy)))
    return best


def assert_painted(labels: np.ndarray, places: list, radius: float, area: int) -> None:
    away = distances(places, labels.shape[1], labels.shape[0])
    assert (labels[away <= radius - 1] == area).all()
    assert (labels[away > radius + 1] != area).all()


@pytest.mark.parametrize("zoom", [0.3, 0.8, 1.0, 2.5, 7.0])
@pytest.mark.parametrize("radius", [1.5, 12.0, 40.0])
def test_a_stroke_paints_the_ideal_capsule_at_any_zoom(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, zoom: float, radius: float
) -> None:
    canvas.zoom = zoom
    toolbox.area, canvas.brush_radius = 3, radius
    hand.drag(*STROKE)
    assert_painted(document.labels, STROKE, radius, 3)
    assert document.undo_stack.undoText() == "Paint area 3"
    assert document.counts[3] == int((document.labels == 3).sum())


def test_every_event_between_two_frames_counts(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    canvas.brush_radius = 4
    places = [(40 + 3 * k, 150 + 60 * float(np.sin(k / 6))) for k in range(100)]
    hand.drag(*places)
    assert_painted(document.labels, places, 4, 1)


def test_a_click_paints_a_disc(canvas: Canvas, document: Document, hand: Hand) -> None:
    canvas.brush_radius = 10
    hand.click((100, 100))
    assert_painted(document.labels, [(100, 100)], 10, 1)
    assert document.undo_stack.count() == 1


def test_a_second_press_in_quick_succession_paints_too(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.double((100, 100))
    assert document.undo_stack.count() == 1  # the second changed nothing
    assert document.labels[100, 100] == 1


def test_shift_draws_a_straight_line_from_the_last_stroke(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    canvas.brush_radius = 6
    hand.click((50, 50))
    hand.click((300, 200), keys=SHIFT)
    assert_painted(document.labels, [(50, 50), (300, 200)], 6, 1)


def test_areas_exclude_each_other(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    canvas.brush_radius = 20
    hand.drag((50, 100), (250, 100))
    first = document.counts[1]
    toolbox.area = 2
    hand.drag((150, 50), (150, 250))
    assert document.labels[100, 150] == 2
    assert document.counts[1] < first
    assert document.counts[1] + document.counts[2] == int((document.labels > 0).sum())


@pytest.mark.parametrize("tool", [Tool.BRUSH, Tool.ERASER])
def test_a_locked_area_is_never_changed(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, tool: Tool
) -> None:
    canvas.brush_radius = 20
    hand.drag((50, 100), (250, 100))
    toolbox.area = 2
    hand.drag((50, 200), (250, 200))
    before = document.labels.copy()
    toolbox.set_locked(1, locked=True)
    toolbox.tool, toolbox.area = tool, 3
    hand.drag((150, 40), (150, 260))
    assert ((document.labels == 1) == (before == 1)).all()
    assert document.labels[200, 150] == (3 if tool == Tool.BRUSH else 0)
    document.undo_stack.undo()
    assert (document.labels == before).all()


def test_painting_with_a_locked_area_says_why_not(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.set_locked(1, locked=True)
    hand.drag(*STROKE)
    assert not document.labels.any()
    assert said == ["Area 1 is locked. Unlock it in the list of areas to change it."]


def test_the_eraser_takes_any_area_away(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    canvas.brush_radius = 15
    hand.drag((50, 100), (250, 100))
    toolbox.area = 7
    hand.drag((50, 150), (250, 150))
    toolbox.tool = Tool.ERASER
    hand.drag((150, 60), (150, 200))
    assert (document.labels[60:200, 145:155] == 0).all()
    assert document.undo_stack.undoText() == "Erase"


@pytest.mark.parametrize("zoom", [0.4, 1.0, 3.0])
def test_alt_takes_from_the_area_in_hand_and_from_no_other(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, zoom: float
) -> None:
    canvas.zoom = zoom
    document.labels[:, :200], document.labels[:, 200:] = 1, 2
    document.open(document.shot, document.pixels, None)
    canvas.zoom = zoom
    canvas.brush_radius = 20
    hand.drag((100, 150), (300, 150), keys=ALT)
    assert_painted(document.labels[:, :200], [(100, 150), (300, 150)], 20, 0)
    assert (document.labels[:, 200:] == 2).all()
    assert document.counts[1] == int((document.labels == 1).sum())
    assert document.undo_stack.undoText() == "Erase area 1"
    document.undo_stack.undo()
    assert (document.labels[:, :200] == 1).all()


def test_alt_makes_no_difference_to_the_eraser(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.labels[:] = 2
    toolbox.tool, canvas.brush_radius = Tool.ERASER, 20
    hand.drag((100, 150), (300, 150), keys=ALT)
    assert_painted(document.labels, [(100, 150), (300, 150)], 20, 0)


def test_undo_and_redo_are_bit_exact(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    rng = np.random.default_rng(4)
    states = [document.labels.copy()]
    for area in (1, 5, 7, 2):
        toolbox.area = area
        canvas.brush_radius = float(rng.uniform(3, 40))
        hand.drag(*[tuple(place) for place in rng.uniform((0, 0), (400, 300), (8, 2))])
        states.append(document.labels.copy())
    for state in reversed(states[:-1]):
        document.undo_stack.undo()
        assert (document.labels == state).all()
    for state in states[1:]:
        document.undo_stack.redo()
        assert (document.labels == state).all()
    assert document.counts[2] == int((document.labels == 2).sum())


def test_escape_takes_the_stroke_back(canvas: Canvas, document: Document, hand: Hand) -> None:
    hand.press(STROKE[0])
    hand.move(STROKE[1])
    assert document.labels.any()
    assert canvas.busy
    hand.key(Qt.Key.Key_Escape)
    assert not document.labels.any()
    hand.move(STROKE[2])
    hand.release(STROKE[2])
    assert not document.labels.any()
    assert document.undo_stack.count() == 0


@pytest.mark.parametrize("tool", [Tool.PATH, Tool.ERASER, Tool.LASSO])
def test_another_tool_keeps_what_was_painted_so_far(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, tool: Tool
) -> None:
    canvas.brush_radius = 12
    hand.press(STROKE[0])
    hand.move(STROKE[1])
    toolbox.tool = tool
    hand.move(STROKE[2])
    hand.release(STROKE[2])
    assert_painted(document.labels, STROKE[:2], 12, 1)
    assert document.undo_stack.count() == 1
    assert not document.shot.paths


def test_shift_draws_from_the_end_of_the_last_stroke_that_still_stands(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    canvas.brush_radius = 5
    hand.click((60, 60))
    hand.press((300, 250), keys=SHIFT)
    canvas.cancel()
    hand.click((200, 60), keys=SHIFT)
    assert_painted(document.labels, [(60, 60), (200, 60)], 5, 1)
    document.undo_stack.undo()
    document.undo_stack.undo()
    hand.click((200, 200), keys=SHIFT)
    assert_painted(document.labels, [(200, 200)], 5, 1)
    toolbox.swap_eraser()
    toolbox.swap_eraser()
    hand.click((300, 200), keys=SHIFT)
    assert_painted(document.labels, [(200, 200), (300, 200)], 5, 1)


def test_painting_beyond_the_edge_is_cut_off(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    canvas.brush_radius = 30
    hand.drag((-50, 150), (10, 150), (390, 20), (500, -40))
    assert_painted(document.labels, [(-50, 150), (10, 150), (390, 20), (500, -40)], 30, 1)


def test_the_right_button_does_not_paint(canvas: Canvas, document: Document, hand: Hand) -> None:
    hand.press((100, 100), button=Qt.MouseButton.RightButton)
    hand.move((200, 100), held=Qt.MouseButton.RightButton)
    hand.release((200, 100), button=Qt.MouseButton.RightButton)
    assert not document.labels.any()


def test_ctrl_wheel_and_steps_change_the_size(canvas: Canvas, toolbox: Toolbox, hand: Hand) -> None:
    canvas.brush_radius = 20
    zoom = canvas.zoom
    hand.wheel(canvas.view_point(100, 100), 1, keys=CONTROL)
    assert toolbox.radius > 20
    hand.wheel(canvas.view_point(100, 100), -1, keys=CONTROL)
    assert toolbox.radius == pytest.approx(20)
    canvas.brush_bigger()
    assert toolbox.radius > 20
    canvas.brush_smaller()
    assert toolbox.radius == pytest.approx(20)
    assert canvas.zoom == zoom


def test_the_size_has_limits(canvas: Canvas) -> None:
    for _ in range(200):
        canvas.brush_smaller()
    assert canvas.brush_radius == 0.5
    for _ in range(200):
        canvas.brush_bigger()
    assert canvas.brush_radius == 2000


PRESS, MOVE, RELEASE = (
    QEvent.Type.TabletPress,
    QEvent.Type.TabletMove,
    QEvent.Type.TabletRelease,
)


def pen_stroke(hand: Hand, *, pressure: float = 1.0, eraser: bool = False) -> None:
    hand.pen(PRESS, (60, 100), pressure=pressure, eraser=eraser)
    hand.pen(MOVE, (200, 100), pressure=pressure, eraser=eraser)
    hand.pen(RELEASE, (200, 100), pressure=pressure, eraser=eraser)


def test_a_pen_paints_at_full_size_unless_pressure_counts(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    canvas.brush_radius = 20
    pen_stroke(hand, pressure=0.3)
    assert_painted(document.labels, [(60, 100), (200, 100)], 20, 1)
    document.undo_stack.undo()
    toolbox.choose(pressure=True)
    painted = []
    for softness in (2.0, 1.0, 0.5):
        toolbox.choose(softness=softness)
        pen_stroke(hand, pressure=0.3)
        painted.append(document.counts[1])
        document.undo_stack.undo()
    assert 0 < painted[0] < painted[1] < painted[2] < 140 * 40
    hand.drag((60, 100), (200, 100))
    assert_painted(document.labels, [(60, 100), (200, 100)], 20, 1)  # a mouse has no pressure


def test_the_stabiliser_rounds_a_zigzag_and_ends_where_the_pointer_does(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    canvas.brush_radius = 3
    zigzag = [(40.0 + 4 * k, 150.0 + 12 * (-1) ** k) for k in range(60)]
    hand.drag(*zigzag)
    rough = np.flatnonzero(document.labels.any(axis=1))
    document.undo_stack.undo()
    toolbox.choose(stabiliser=12)
    hand.drag(*zigzag)
    painted = document.labels[:, 100:230]
    assert np.ptp(np.flatnonzero(painted.any(axis=1))) < np.ptp(rough) / 2
    assert document.labels[int(zigzag[-1][1]), int(zigzag[-1][0])] == 1
    document.undo_stack.undo()
    assert not document.labels.any()


def test_shift_and_alt_keep_of_the_area_only_what_is_stroked(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    canvas.brush_radius = 30
    hand.drag((60, 60), (300, 60))
    toolbox.area = 2
    hand.drag((60, 200), (300, 200))
    toolbox.area = 1
    before = document.labels.copy()
    canvas.brush_radius = 10
    hand.drag((100, 40), (100, 250), keys=SHIFT | ALT)
    kept = document.labels == 1
    assert kept[60, 100] and not kept[60, 200]
    assert (before[kept] == 1).all()
    assert (document.labels[before == 2] == 2).all()
    assert document.undo_stack.undoText() == "Keep part of area 1"
    document.undo_stack.undo()
    assert (document.labels == before).all()


def test_a_stroke_that_would_keep_part_can_be_taken_back(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    canvas.brush_radius = 30
    hand.drag((60, 60), (300, 60))
    before = document.labels.copy()
    hand.press((100, 40), keys=SHIFT | ALT)
    assert canvas.cancel()
    assert (document.labels == before).all()


def test_the_other_end_of_the_pen_erases(canvas: Canvas, document: Document, hand: Hand) -> None:
    canvas.brush_radius = 20
    pen_stroke(hand)
    pen_stroke(hand, eraser=True)
    assert not document.labels.any()


def test_a_pen_moves_the_picture_where_a_mouse_would(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.tool = Tool.PAN
    before = canvas.view_point(0, 0)
    pen_stroke(hand)
    assert canvas.view_point(0, 0) != before
    toolbox.tool = Tool.BRUSH
    canvas.fit()
    before = canvas.view_point(0, 0)
    canvas.setFocus()
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    pen_stroke(hand)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.view_point(0, 0) != before
    assert not document.labels.any()


def test_space_held_in_mid_stroke_moves_the_picture_with_the_next_drag(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    canvas.setFocus()
    hand.press((60, 60))
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    hand.move((90, 60))
    hand.release((90, 60))
    painted, before = document.labels.copy(), canvas.view_point(0, 0)
    assert painted[60, 90] == 1
    hand.drag((200, 200), (260, 200))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.view_point(0, 0) != before
    assert (document.labels == painted).all()


def test_a_double_tap_of_the_pen_closes_the_lasso(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.tool = Tool.LASSO
    for place in ((60, 60), (200, 60), (200, 200), (200, 200)):
        hand.pen(PRESS, place)
        hand.pen(RELEASE, place)
    assert not canvas.busy
    assert document.labels[100, 180] == 1


def test_mouse_events_during_a_pen_stroke_are_ignored(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    canvas.brush_radius = 5
    hand.pen(PRESS, (60, 100))
    hand.press((300, 250))
    hand.move((350, 250))
    hand.pen(MOVE, (200, 100))
    hand.release((350, 250))
    hand.pen(RELEASE, (200, 100))
    assert_painted(document.labels, [(60, 100), (200, 100)], 5, 1)
    assert document.undo_stack.count() == 1


def test_nothing_happens_without_a_picture(empty_canvas: Canvas, document: Document) -> None:
    Hand(empty_canvas).drag((0, 0), (50, 50))
    assert document.undo_stack.count() == 0


def test_a_brush_made_smaller_in_mid_stroke_leaves_nothing_unpainted_on_screen(
    canvas: Canvas, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas.brush_radius = 60
    hand.press((100, 150))
    hand.move((120, 150))
    canvas.brush_radius = 4
    turn()
    repaints = Repaints(canvas, monkeypatch)
    hand.move((300, 150))
    turn()
    assert repaints.suffice()
    hand.release((300, 150))
