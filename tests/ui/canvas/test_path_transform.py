"""The box around selected points: scaled by its corners, turned by its round handle."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kling_desktop.model.path import Path
from kling_desktop.model.path_shape import box, middle, rotated, scaled
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.tools.path_handles import Frame, Handle
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

POINTS = ((150.0, 170.0), (170.0, 130.0), (210.0, 160.0), (230.0, 140.0))
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
ROUGHLY = 1e-6


@pytest.fixture(autouse=True)
def all_selected(toolbox: Toolbox, canvas: Canvas, document: Document, hand: Hand) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    canvas.zoom = 1.0
    document.set_path(2, Path(POINTS), "Draw path")
    hand.drag((120, 100), (260, 200), keys=CTRL)
    assert canvas.stage.selected == {0, 1, 2, 3}


def points(document: Document) -> tuple[tuple[float, float], ...]:
    return document.shot.paths[2].points


def handle(canvas: Canvas, which: Handle, chosen: tuple = POINTS) -> tuple[float, float]:
    """Where it is, in image pixels."""
    view = canvas.stage.view
    return view.to_image(*Frame(chosen, view).handles[which])


def assert_same(found: tuple, wanted: tuple) -> None:
    assert np.array(found) == pytest.approx(np.array(wanted), abs=ROUGHLY)


def assert_undone(document: Document, text: str) -> None:
    assert document.undo_stack.count() == 2
    assert document.undo_stack.undoText() == text
    after = document.shot.paths
    document.undo_stack.undo()
    assert document.shot.paths == {2: Path(POINTS)}
    document.undo_stack.redo()
    assert document.shot.paths == after


def by(place: tuple[float, float], dx: float, dy: float) -> tuple[float, float]:
    return place[0] + dx, place[1] + dy


@pytest.mark.parametrize(
    ("corner", "step", "about", "factors"),
    [
        (Handle.BOTTOM_RIGHT, (40, 20), (150, 130), (1.5, 1.5)),
        (Handle.TOP_LEFT, (-40, 10), (230, 170), (1.5, 0.75)),
        (Handle.TOP_RIGHT, (-40, -20), (150, 170), (0.5, 1.5)),
        (Handle.BOTTOM_LEFT, (160, 0), (230, 130), (-1.0, 1.0)),
    ],
)
def test_a_corner_scales_from_the_opposite_one(
    canvas: Canvas,
    document: Document,
    hand: Hand,
    corner: Handle,
    step: tuple,
    about: tuple,
    factors: tuple,
) -> None:
    place = handle(canvas, corner)
    hand.press(by(place, 2, 1))  # a little off its middle
    hand.move(by(place, 12, 11))
    assert points(document) == POINTS  # seen, but not changed yet
    assert canvas.stage.path.points != POINTS
    hand.move(by(place, 2 + step[0], 1 + step[1]))
    hand.release(by(place, 2 + step[0], 1 + step[1]))
    assert_same(points(document), scaled(POINTS, factors, about))
    assert_undone(document, "Scale path 2")


def test_shift_keeps_the_proportions(canvas: Canvas, document: Document, hand: Hand) -> None:
    place = handle(canvas, Handle.BOTTOM_RIGHT)
    hand.drag(place, by(place, 60, 3), keys=SHIFT)
    (x0, y0), (x1, y1) = box(points(document))
    assert (x0, y0) == pytest.approx((150, 130))
    assert (x1 - x0) / (y1 - y0) == pytest.approx(2)
    assert x1 > 250


def test_alt_scales_from_the_middle(canvas: Canvas, document: Document, hand: Hand) -> None:
    place = handle(canvas, Handle.TOP_RIGHT)
    hand.drag(place, by(place, 20, -20), keys=ALT)
    assert_same(points(document), scaled(POINTS, (1.5, 2.0), (190, 150)))
    assert_undone(document, "Scale path 2")


def test_shift_and_alt_scale_in_proportion_from_the_middle(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    place = handle(canvas, Handle.TOP_RIGHT)
    hand.drag(place, by(place, 40, -20), keys=ALT | SHIFT)
    assert_same(points(document), scaled(POINTS, (2.0, 2.0), (190, 150)))


def test_the_round_handle_turns(canvas: Canvas, document: Document, hand: Hand) -> None:
    x, y = middle(POINTS)
    hand.press(handle(canvas, Handle.TURN))
    hand.move((x + 30, y - 30))
    assert_same(canvas.stage.path.points, rotated(POINTS, 45, (x, y)))
    hand.move((x + 60, y))
    assert_same(canvas.stage.path.points, rotated(POINTS, 90, (x, y)))
    hand.release((x + 60, y))
    assert_same(points(document), rotated(POINTS, 90, (x, y)))
    assert_undone(document, "Rotate path 2")


def test_shift_turns_by_multiples_of_15_degrees(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    x, y = middle(POINTS)
    to = math.radians(-90 + 33)
    hand.press(handle(canvas, Handle.TURN))
    hand.move((x + 80 * math.cos(to), y + 80 * math.sin(to)), keys=SHIFT)
    hand.release((x, y), keys=SHIFT)
    assert_same(points(document), rotated(POINTS, 30, (x, y)))


@pytest.mark.parametrize("which", [Handle.TURN, Handle.TOP_LEFT])
def test_escape_takes_it_back(
    canvas: Canvas, document: Document, hand: Hand, which: Handle
) -> None:
    place = handle(canvas, which)
    hand.press(place)
    hand.move(by(place, 30, 30))
    assert canvas.stage.path.points != POINTS
    hand.key(Qt.Key.Key_Escape)
    hand.release(by(place, 30, 30))
    assert canvas.stage.path.points == points(document) == POINTS
    assert canvas.stage.selected == {0, 1, 2, 3}
    assert document.undo_stack.count() == 1


def test_a_click_on_a_handle_changes_nothing(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    for which in Handle:
        hand.double(handle(canvas, which))
    assert points(document) == POINTS
    assert document.undo_stack.count() == 1
    assert canvas.stage.selected == {0, 1, 2, 3}


def test_only_the_selected_points_change(canvas: Canvas, document: Document, hand: Hand) -> None:
    hand.click(POINTS[0], keys=SHIFT)
    chosen = POINTS[1:]
    place = handle(canvas, Handle.BOTTOM_RIGHT, chosen)
    hand.drag(place, by(place, 60, 0))
    assert_same(points(document), (POINTS[0], *scaled(chosen, (2.0, 1.0), (170, 130))))


def test_a_single_point_has_no_box(canvas: Canvas, document: Document, hand: Hand) -> None:
    hand.click(POINTS[1])
    place = handle(canvas, Handle.BOTTOM_RIGHT)
    hand.click(place)
    assert points(document) == (*POINTS, place)


def test_points_on_one_line_are_scaled_along_it(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    flat = ((100.0, 150.0), (140.0, 150.0), (200.0, 150.0))
    document.set_path(2, Path(flat), "Draw path")
    hand.drag((80, 100), (260, 200), keys=CTRL)
    place = handle(canvas, Handle.BOTTOM_RIGHT, flat)
    hand.drag(place, by(place, 50, 30))
    assert_same(points(document), scaled(flat, (1.5, 1.0), (100, 150)))


def test_what_leaves_the_picture_stays_at_its_edge(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    place = handle(canvas, Handle.BOTTOM_RIGHT)
    hand.drag(place, by(place, 900, 0))
    assert all(0 <= x <= 399 and 0 <= y <= 299 for x, y in points(document))


def test_the_handle_that_turns_lies_below_where_there_is_no_room_above(canvas: Canvas) -> None:
    view = canvas.stage.view
    top = view.to_image(320, 20)[1]
    frame = Frame(((150.0, top), (250.0, top + 40.0)), view)
    assert frame.handles[Handle.TURN][1] > frame.rect.bottom()


def test_the_pointer_tells_what_a_handle_does(canvas: Canvas, hand: Hand) -> None:
    hand.hover(handle(canvas, Handle.TOP_LEFT))
    assert canvas.cursor().shape() == Qt.CursorShape.SizeFDiagCursor
    hand.hover(handle(canvas, Handle.BOTTOM_LEFT))
    assert canvas.cursor().shape() == Qt.CursorShape.SizeBDiagCursor
    hand.hover(handle(canvas, Handle.TURN))
    assert canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    hand.hover(POINTS[2])
    assert canvas.cursor().shape() == Qt.CursorShape.SizeAllCursor


def test_the_box_is_seen_and_goes_without_a_trace(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    """Whatever was drawn around the path is repainted when it goes: the picture is as before."""

    def seen() -> np.ndarray:
        QApplication.processEvents()
        image = canvas.grab().toImage()
        data = np.frombuffer(image.constBits(), np.uint8)
        return data.reshape(image.height(), image.width(), 4).copy()

    x, y = (round(c) for c in canvas.stage.view.to_widget(*handle(canvas, Handle.TOP_LEFT)))
    with_box = seen()
    assert with_box[y, x, :3].min() > 230  # the light middle of a handle
    hand.key(Qt.Key.Key_Escape)
    without = seen()
    assert (with_box != without).any(axis=2).sum() > 300
    marked = Frame(POINTS, canvas.stage.view).covered
    differs = np.argwhere((with_box != without).any(axis=2))
    for row, column in (differs.min(axis=0), differs.max(axis=0)):
        assert marked.contains(int(column), int(row))


def is_shape(found: tuple, wanted: tuple) -> bool:
    """Whether one is the other, moved and made larger or smaller in proportion."""
    a, b = np.array(found) - np.mean(found, axis=0), np.array(wanted) - np.mean(wanted, axis=0)
    return bool(np.allclose(a / np.abs(a).max(), b / np.abs(b).max(), atol=ROUGHLY))


def test_what_is_scaled_out_of_the_picture_comes_back_as_it_is(
    canvas: Canvas, document: Document, hand: Hand, said: list[str]
) -> None:
    corner = handle(canvas, Handle.TOP_LEFT)
    hand.press(corner, keys=SHIFT)
    hand.move(by(corner, -280, -140), keys=SHIFT)
    hand.release(by(corner, -280, -140), keys=SHIFT)
    assert is_shape(points(document), POINTS)
    (x0, y0), (x1, y1) = box(points(document))
    assert (x0, y0) == pytest.approx((0, 0), abs=1e-6)
    assert (x1, y1) == pytest.approx((360, 180))
    assert said == []
    assert_undone(document, "Scale path 2")


def test_what_is_larger_than_the_picture_is_made_smaller_and_that_is_said(
    canvas: Canvas, document: Document, hand: Hand, said: list[str]
) -> None:
    corner = handle(canvas, Handle.BOTTOM_RIGHT)
    hand.press(corner, keys=SHIFT)
    hand.move(by(corner, 800, 400), keys=SHIFT)
    assert said == []
    hand.release(by(corner, 800, 400), keys=SHIFT)
    assert is_shape(points(document), POINTS)
    (x0, _), (x1, _) = box(points(document))
    assert (x0, x1) == pytest.approx((0, 399), abs=1e-6)
    assert said == ["The path was made smaller to stay inside the picture."]


def test_what_is_turned_out_of_the_picture_comes_back_as_it_is(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    low = tuple((x, y + 125) for x, y in POINTS)
    document.set_path(2, Path(low), "Draw path")
    canvas.stage.select(range(4))
    hand.press(handle(canvas, Handle.TURN, low))
    hand.move((300, middle(low)[1]))
    hand.release((300, middle(low)[1]))
    assert is_shape(points(document), rotated(low, 90, middle(low)))
    assert box(points(document))[1][1] == pytest.approx(299)
