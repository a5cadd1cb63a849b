"""A line that is drawn freehand: seen while it grows, cheap however long, simplified at its end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kling_desktop.model.path import Path, flatten
from kling_desktop.ui.canvas import paths_layer
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.colours import colour
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand
from tests.ui.waiting import until

SHIFT = Qt.KeyboardModifier.ShiftModifier
EVENTS = 2000


@pytest.fixture(autouse=True)
def in_hand(toolbox: Toolbox, canvas: Canvas) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    canvas.zoom = 1.0


@pytest.fixture
def flattened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The paths whose curves were made for the screen so far."""
    found: list[Path] = []

    def counted(path: Path) -> np.ndarray:
        found.append(path)
        return flatten(path)

    monkeypatch.setattr(paths_layer, "flatten", counted)
    return found


def scrawl(count: int) -> list[tuple[float, float]]:
    return [
        (200 + 150 * math.sin(k / 60), 150 + 110 * math.sin(k / 37 + k / 4000))
        for k in range(count)
    ]


def seen(canvas: Canvas) -> np.ndarray:
    QApplication.processEvents()
    image = canvas.grab().toImage()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)


def tinted(canvas: Canvas, place: tuple[float, float]) -> bool:
    x, y = (round(c) for c in canvas.stage.view.to_widget(*place))
    blue, green, red = (int(c) for c in seen(canvas)[y, x, :3])
    ink = colour(2)
    return (red, green, blue) == (ink.red(), ink.green(), ink.blue())


def test_the_line_is_seen_while_it_is_drawn(canvas: Canvas, document: Document, hand: Hand) -> None:
    hand.press((60, 60))
    for x in range(60, 300, 3):
        hand.move((x, 60))
    assert tinted(canvas, (150, 60))
    assert tinted(canvas, (290, 60))
    assert document.shot.paths == {}
    hand.release((297, 60))
    assert document.shot.paths[2].points == ((60, 60), (297, 60))


def test_it_grows_without_making_a_curve(canvas: Canvas, hand: Hand, flattened: list[Path]) -> None:
    line = scrawl(300)
    hand.press(line[0])
    for place in line[1:20]:
        hand.move(place)
    flattened.clear()
    for place in line[20:]:
        hand.move(place)
    assert flattened == []
    hand.release(line[-1])
    assert len(flattened) == 1


def test_a_point_is_dragged_with_one_curve_a_frame(
    canvas: Canvas, document: Document, hand: Hand, flattened: list[Path]
) -> None:
    document.set_path(2, Path(((100.0, 100.0), (200.0, 200.0), (300.0, 100.0))), "Draw path")
    hand.press((200, 200))
    flattened.clear()
    started = time.monotonic()
    for k in range(300):
        hand.move((200 + k / 10, 200))
    frames = (time.monotonic() - started) / 0.016
    assert len(flattened) <= frames + 2
    last = pytest.approx((229.9, 200))
    until(lambda: flattened and flattened[-1].points[1] == last)  # what came last is shown
    hand.release((229.9, 200))
    assert document.shot.paths[2].points[1] == pytest.approx((229.9, 200))


def test_zooming_while_it_is_drawn_keeps_it_in_place(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.press((150, 150))
    for x in range(150, 200, 2):
        hand.move((x, 150))
    canvas.zoom = 2.0
    assert tinted(canvas, (170, 150))
    for x in range(200, 250, 2):
        hand.move((x, 150))
    hand.release((248, 150))
    assert document.shot.paths[2].points == ((150, 150), pytest.approx((248, 150)))


def test_shift_makes_it_straight_and_letting_go_of_it_bends_it_again(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    hand.press((60, 60))
    hand.move((100, 60))
    hand.move((180, 64), keys=SHIFT)
    assert tinted(canvas, (150, 60))
    hand.release((180, 64), keys=SHIFT)
    assert document.shot.paths[2].points == ((60, 60), pytest.approx((180, 60), abs=0.5))


def test_it_goes_on_from_a_path_that_stays_in_sight(
    canvas: Canvas, document: Document, hand: Hand
) -> None:
    old = ((40.0, 250.0), (120.0, 250.0))
    document.set_path(2, Path(old), "Draw path")
    hand.press((132, 250))
    for x in range(132, 240, 3):
        hand.move((x, 250))
    assert tinted(canvas, (80, 250))
    assert tinted(canvas, (126, 250))
    assert tinted(canvas, (220, 250))
    hand.key(Qt.Key.Key_Escape)
    hand.release((237, 250))
    assert document.shot.paths == {2: Path(old)}


def test_what_a_long_line_costs(
    canvas: Canvas, document: Document, hand: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    """How long a move takes with its share of repainting; printed, for machines differ."""
    line = scrawl(EVENTS)

    def drawn(paint: Callable[[], None]) -> float:
        hand.press(line[0])
        started = time.perf_counter()
        for index, place in enumerate(line[1:]):
            hand.move(place)
            if index % 16 == 0:
                paint()
        cost = (time.perf_counter() - started) / EVENTS * 1e3
        hand.release(line[-1])
        return cost

    cost = drawn(QApplication.processEvents)
    with capsys.disabled():
        print(f"\na freehand line of {EVENTS} moves: {cost:.3f} ms a move")
    assert len(document.shot.paths[2].points) < EVENTS / 5
