"""Paths drawn in a shot that lands: they end on their areas, wherever the hand began."""

from __future__ import annotations

import numpy as np
import pytest

from kling_desktop.model.areas import Rect
from kling_desktop.model.path_presets import Preset, placed
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

ON, OFF = (120.0, 120.0), (300.0, 200.0)
Point = tuple[float, float]


@pytest.fixture(autouse=True)
def landing(toolbox: Toolbox, canvas: Canvas, document: Document) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    canvas.zoom = 1.0
    document.paint(Rect(100, 100, 140, 140), np.full((40, 40), 2, np.uint8), "Paint")
    document.set_land(land=True)


@pytest.mark.parametrize(
    ("start", "end", "turned"),
    [(ON, OFF, True), (OFF, ON, False), ((20.0, 20.0), OFF, False), (ON, (130.0, 130.0), False)],
)
def test_a_preset_ends_on_the_area(
    document: Document, toolbox: Toolbox, hand: Hand, start: Point, end: Point, turned: bool
) -> None:
    toolbox.choose(preset=Preset.WAVE)
    hand.drag(start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), end)
    points = placed(Preset.WAVE, start, end)[0]
    assert document.shot.paths[2].points == (points[::-1] if turned else points)


@pytest.mark.parametrize(("start", "end"), [(ON, OFF), (OFF, ON)])
def test_a_line_by_hand_ends_on_the_area(
    document: Document, hand: Hand, start: Point, end: Point
) -> None:
    hand.drag(start, (250, 120), end)
    points = document.shot.paths[2].points
    assert points[0] == pytest.approx(OFF)
    assert points[-1] == pytest.approx(ON)
    assert document.undo_stack.undoText() == "Draw path 2"


def test_clicks_stay_as_they_are(document: Document, hand: Hand) -> None:
    hand.click(ON)
    hand.click(OFF)
    assert document.shot.paths[2].points == (pytest.approx(ON), pytest.approx(OFF))


def test_without_landing_nothing_is_turned_round(
    document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    document.set_land(land=False)
    hand.drag(ON, (250, 120), OFF)
    assert document.shot.paths[2].points[0] == pytest.approx(ON)
    toolbox.choose(preset=Preset.LINE)
    hand.drag(ON, (250, 120), OFF)
    assert document.shot.paths[2].points == (ON, OFF)
