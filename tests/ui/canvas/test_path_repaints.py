"""Whatever a gesture of the path tool changes on the screen, it asks to have repainted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from kling_desktop.model.path import Path
from kling_desktop.model.path_presets import Preset
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.tools.path_handles import Frame, Handle
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand, Place
from tests.ui.canvas.proof import ALT, CTRL, SHIFT, Repaints
from tests.ui.waiting import turn

POINTS = ((150.0, 170.0), (170.0, 130.0), (210.0, 160.0), (230.0, 140.0))
STEPS = ((3, 2), (9, -14), (30, 20), (-60, 45), (80, -70), (10, 10))


@pytest.fixture(autouse=True)
def drawn(toolbox: Toolbox, canvas: Canvas, document: Document) -> None:
    toolbox.tool, toolbox.area = Tool.PATH, 2
    canvas.zoom = 1.0
    document.set_path(2, Path(POINTS), "Draw path")
    document.set_path(5, Path(((100.0, 40.0), (300.0, 60.0))), "Draw path")


@pytest.fixture
def repaints(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Whether everything that looks different since it was asked last was to be repainted."""
    found: list[Repaints] = []

    def suffice() -> bool:
        turn(0.03)
        if not found:
            found.append(Repaints(canvas, monkeypatch))
        return found[0].suffice()

    return suffice


def gesture(
    hand: Hand, start: Place, repaints: Callable[[], bool], keys: Qt.KeyboardModifier
) -> None:
    """A drag with a look at the screen after each step, and an undo."""
    x, y = start
    hand.press(start, keys=keys)
    assert repaints()
    for dx, dy in STEPS:
        hand.move((x + dx, y + dy), keys=keys)
        assert repaints()
    hand.release((x + dx, y + dy), keys=keys)
    assert repaints()


@pytest.mark.parametrize(
    ("start", "keys"),
    [
        ((60.0, 220.0), Qt.KeyboardModifier.NoModifier),
        ((60.0, 220.0), SHIFT),
        (POINTS[1], Qt.KeyboardModifier.NoModifier),
        (POINTS[1], ALT),
        ((130.0, 110.0), CTRL),
    ],
    ids=["draw", "draw-straight", "point", "whole", "band"],
)
def test_drags(
    document: Document,
    hand: Hand,
    repaints: Callable[[], bool],
    start: Place,
    keys: Qt.KeyboardModifier,
) -> None:
    assert repaints()
    gesture(hand, start, repaints, keys)
    document.undo_stack.undo()
    assert repaints()


@pytest.mark.parametrize("keys", [Qt.KeyboardModifier.NoModifier, CTRL])
def test_escape_leaves_nothing_behind(
    hand: Hand, repaints: Callable[[], bool], keys: Qt.KeyboardModifier
) -> None:
    assert repaints()
    hand.press((60, 220), keys=keys)
    for k in range(40):
        hand.move((60 + 4 * k, 220 - k), keys=keys)
    assert repaints()
    hand.key(Qt.Key.Key_Escape)
    assert repaints()


@pytest.mark.parametrize("which", [Handle.TURN, Handle.TOP_LEFT, Handle.BOTTOM_RIGHT])
def test_the_box(
    canvas: Canvas, document: Document, hand: Hand, repaints: Callable[[], bool], which: Handle
) -> None:
    assert repaints()
    hand.drag((120, 100), (260, 200), keys=CTRL)
    assert canvas.stage.selected == {0, 1, 2, 3}
    assert repaints()
    frame = Frame(POINTS, canvas.stage.view)
    start = canvas.stage.view.to_image(*frame.handles[which])
    gesture(hand, start, repaints, Qt.KeyboardModifier.NoModifier)
    document.undo_stack.undo()
    assert repaints()
    hand.key(Qt.Key.Key_Left)
    assert repaints()
    hand.key(Qt.Key.Key_Escape)
    assert repaints()


@pytest.mark.parametrize("preset", [Preset.CIRCLE, Preset.BOUNCE])
def test_presets(
    document: Document,
    toolbox: Toolbox,
    hand: Hand,
    repaints: Callable[[], bool],
    preset: Preset,
) -> None:
    toolbox.choose(preset=preset)
    assert repaints()
    gesture(hand, (180, 150), repaints, Qt.KeyboardModifier.NoModifier)
    document.undo_stack.undo()
    assert repaints()


def test_another_area_s_path_takes_the_box_away(
    toolbox: Toolbox, hand: Hand, repaints: Callable[[], bool]
) -> None:
    hand.drag((120, 100), (260, 200), keys=CTRL)
    assert repaints()
    toolbox.area = 5
    assert repaints()
    toolbox.tool = Tool.BRUSH
    assert repaints()
