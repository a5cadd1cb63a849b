"""Ready-made paths placed by one drag on the canvas."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt

from kling_desktop.model.path import Path
from kling_desktop.model.path_presets import Preset, placed
from kling_desktop.model.timing import Timing
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.tools.path_handles import Frame, Handle
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
START, END = (160.0, 150.0), (240.0, 170.0)
OLD = Path(((20.0, 20.0), (60.0, 80.0)), timing=Timing.EASE_IN, hold=(0.1, 0.2))


@pytest.fixture(autouse=True)
def in_hand(toolbox: Toolbox, canvas: Canvas) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    canvas.zoom = 1.0


@pytest.mark.parametrize("preset", list(Preset))
def test_one_drag_places_it(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand, preset: Preset
) -> None:
    toolbox.choose(preset=preset)
    hand.press(START)
    hand.move((200, 150))
    assert canvas.stage.path.points == placed(preset, START, (200, 150))[0]
    assert document.shot.paths == {}
    hand.move(END)
    hand.release(END)
    points, curve = placed(preset, START, END)
    assert document.shot.paths == {2: Path(points, curve)}
    assert document.undo_stack.count() == 1
    assert document.undo_stack.undoText() == f"Place {preset} as path 2"
    assert toolbox.options.preset == preset
    document.undo_stack.undo()
    assert document.shot.paths == {}


def test_it_takes_the_place_of_a_path_and_keeps_its_timing(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_path(2, OLD, "Draw path")
    toolbox.choose(preset=Preset.WAVE)
    hand.drag(OLD.points[0], (100, 60), (180, 90))  # from a point of the old one
    path = document.shot.paths[2]
    assert path.points == placed(Preset.WAVE, OLD.points[0], (180, 90))[0]
    assert (path.timing, path.hold) == (OLD.timing, OLD.hold)
    document.undo_stack.undo()
    assert document.shot.paths == {2: OLD}


def test_shift_keeps_to_straight_directions(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.choose(preset=Preset.LINE)
    hand.drag(START, (230, 155), keys=SHIFT)
    x, y = document.shot.paths[2].points[-1]
    assert y == pytest.approx(150)
    assert x == pytest.approx(230, abs=1)


def test_a_click_places_nothing(document: Document, toolbox: Toolbox, hand: Hand) -> None:
    toolbox.choose(preset=Preset.CIRCLE)
    hand.double(START)
    hand.drag(START, (START[0] + 3, START[1]))
    assert document.shot.paths == {}
    assert document.undo_stack.count() == 0


def test_escape_takes_it_back(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_path(2, OLD, "Draw path")
    toolbox.choose(preset=Preset.SPIRAL)
    hand.press(START)
    hand.move(END)
    hand.key(Qt.Key.Key_Escape)
    hand.release(END)
    assert canvas.stage.path == document.shot.paths[2] == OLD


def test_points_stay_on_the_picture(document: Document, toolbox: Toolbox, hand: Hand) -> None:
    toolbox.choose(preset=Preset.SPIRAL)
    hand.drag((10, 10), (200, 150))
    assert all(0 <= x <= 399 and 0 <= y <= 299 for x, y in document.shot.paths[2].points)


def test_what_was_placed_is_turned_by_its_handle_and_moved_with_alt(
    canvas: Canvas, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.choose(preset=Preset.LINE)
    hand.drag(START, (200, 150), (240, 150))
    assert canvas.stage.selected == {0, 1}
    frame = Frame(document.shot.paths[2].points, canvas.stage.view)
    hand.press(canvas.stage.view.to_image(*frame.handles[Handle.TURN]))
    hand.move((250, 150))
    hand.release((250, 150))
    (x0, y0), (x1, y1) = document.shot.paths[2].points
    assert (x0, x1) == pytest.approx((200, 200))
    assert (y0, y1) == pytest.approx((110, 190))
    hand.drag((200, 150), (220, 150), (230, 155), keys=ALT)
    (x2, y2), _ = document.shot.paths[2].points
    assert (x2, y2) == pytest.approx((x0 + 30, y0 + 5))
    assert document.undo_stack.count() == 3


def test_another_one_is_placed_where_the_last_is(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.choose(preset=Preset.CIRCLE)
    hand.drag(START, (200, 150), (240, 150))
    hand.drag(START, (160, 180), (160, 210))
    points = document.shot.paths[2].points
    assert points[0] == START
    assert math.dist(points[6], (160, 210)) < 1e-6


def test_the_static_area_gets_none(
    document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.area = 7
    toolbox.choose(preset=Preset.LINE)
    hand.drag(START, (200, 150), END)
    assert document.shot.paths == {}
    assert said[0].startswith("The static area has no path")


def test_beside_the_edge_it_keeps_its_shape(
    document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.choose(preset=Preset.ARC)
    hand.drag((100, 10), (200, 10), (300, 10))
    whole = placed(Preset.ARC, (100, 10), (300, 10))[0]
    down = -min(y for _, y in whole)
    assert down > 40
    assert document.shot.paths[2].points == tuple(
        (pytest.approx(x), pytest.approx(y + down)) for x, y in whole
    )
    assert said == [
        "The path was moved to stay inside the picture. See that it still begins on its area."
    ]


def test_too_large_for_the_picture_it_is_made_smaller_and_that_is_said(
    document: Document, toolbox: Toolbox, hand: Hand, said: list[str]
) -> None:
    toolbox.choose(preset=Preset.CIRCLE)
    hand.drag((10, 150), (200, 150), (390, 150))
    points = document.shot.paths[2].points
    across, down = ([point[axis] for point in points] for axis in (0, 1))
    assert max(down) - min(down) == pytest.approx(299)
    assert max(across) - min(across) == pytest.approx(299)
    assert said == ["The path was made smaller to stay inside the picture."]


def test_shift_ends_at_the_edge_and_stays_straight(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.choose(preset=Preset.LINE)
    hand.drag(START, (300, 292), (320, 420), keys=SHIFT)
    (x0, y0), (x1, y1) = document.shot.paths[2].points
    assert (x0, y0) == START
    assert y1 == pytest.approx(299)
    assert math.remainder(math.degrees(math.atan2(y1 - y0, x1 - x0)), 15) == pytest.approx(0)
