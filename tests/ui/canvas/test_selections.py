"""What every selection does alike: add, subtract, keep only; and what may come in between."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt

from kling_desktop.model.areas import Rect
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Combine, Tool, Toolbox
from tests.ui.canvas.hand import PLAIN, EraserEnd, Hand
from tests.ui.canvas.proof import (
    ALT,
    SHIFT_ALT,
    SQUARE,
    Repaints,
    across_square,
    along_square,
    changed,
    click_square,
    exactly_undone,
    halves,
    open_square,
    round_square,
    settle,
    turn,
)

GESTURES: dict[Tool, Callable[[Hand, Qt.KeyboardModifier], None]] = {
    Tool.LASSO: round_square,
    Tool.RECTANGLE: across_square,
    Tool.ELLIPSE: across_square,
    Tool.WAND: click_square,
    Tool.EDGE: along_square,
    Tool.SMART: across_square,
    Tool.FILL: click_square,
}
NAMES = {
    Tool.LASSO: "Lasso",
    Tool.RECTANGLE: "Rectangle",
    Tool.ELLIPSE: "Ellipse",
    Tool.WAND: "Wand",
    Tool.EDGE: "Edge brush",
    Tool.SMART: "Smart selection",
    Tool.FILL: "Fill",
}
BY_KEYS = {Combine.ADD: PLAIN, Combine.SUBTRACT: ALT, Combine.INTERSECT: SHIFT_ALT}
OF_PIXELS = [tool for tool in GESTURES if tool != Tool.FILL]
"""Tools whose selection does not depend on what is painted."""


class Use:
    """One tool in the hand, over the light square, area 4."""

    def __init__(self, canvas: Canvas, hand: Hand, tool: Tool) -> None:
        self.canvas, self.hand, self.tool = canvas, hand, tool
        self.document, self.toolbox = canvas.stage.document, canvas.stage.toolbox
        open_square(self.document)
        self.toolbox.tool, self.toolbox.area, self.toolbox.radius = tool, 4, 30.0

    def __call__(self, keys: Qt.KeyboardModifier = PLAIN) -> None:
        GESTURES[self.tool](self.hand, keys)
        settle(self.canvas)

    def mask(self) -> np.ndarray:
        """What the gesture selects on a picture where nothing is painted."""
        self()
        found = self.document.labels == 4
        self.document.undo_stack.undo()
        assert not self.document.labels.any()
        self.toolbox.tool = Tool.PAN  # a tool forgets what went before
        self.toolbox.tool = self.tool
        return found


@pytest.fixture
def use(canvas: Canvas, hand: Hand, request: pytest.FixtureRequest) -> Use:
    return Use(canvas, hand, request.param)


every = pytest.mark.parametrize("use", GESTURES, indirect=True)
of_pixels = pytest.mark.parametrize("use", OF_PIXELS, indirect=True)


@of_pixels
def test_the_square_is_selected(use: Use, document: Document) -> None:
    found = use.mask()
    square = np.zeros_like(found)
    square[SQUARE.y0 : SQUARE.y1, SQUARE.x0 : SQUARE.x1] = True
    share = (found & square).sum() / (found | square).sum()
    assert share > (0.75 if use.tool == Tool.ELLIPSE else 0.95)


@pytest.mark.parametrize("by", ["keys", "option"])
@pytest.mark.parametrize("how", Combine)
@of_pixels
def test_it_adds_subtracts_or_keeps_only(
    use: Use, document: Document, toolbox: Toolbox, how: Combine, by: str
) -> None:
    mask, before = use.mask(), halves(document)
    if by == "option":
        toolbox.choose(combine=how)
        if use.tool == Tool.EDGE:  # a brush has no such option: keys alone tell it
            how = Combine.ADD
    use(BY_KEYS[how] if by == "keys" else PLAIN)
    expected = before.copy()
    if how == Combine.ADD:
        expected[mask] = 4
    else:
        expected[(before == 4) & (mask == (how == Combine.SUBTRACT))] = 0
    assert (document.labels == expected).all()
    assert (
        document.undo_stack.undoText()
        == NAMES[use.tool]
        + {
            Combine.ADD: "",
            Combine.SUBTRACT: ": remove",
            Combine.INTERSECT: ": keep only",
        }[how]
    )
    assert document.undo_stack.count() == 2
    assert exactly_undone(document, np.zeros_like(before))


@pytest.mark.parametrize("plain", Combine)
@of_pixels
def test_the_eraser_end_of_a_pen_takes_away_whatever_the_toolbox_says(
    use: Use, document: Document, toolbox: Toolbox, plain: Combine
) -> None:
    mask, before = use.mask(), halves(document)
    toolbox.choose(combine=plain)
    use.hand = EraserEnd(use.canvas)
    use()
    assert (document.labels == np.where(mask & (before == 4), 0, before)).all()
    assert document.undo_stack.undoText() == f"{NAMES[use.tool]}: remove"
    document.undo_stack.undo()
    use(SHIFT_ALT)
    assert document.undo_stack.undoText() == f"{NAMES[use.tool]}: remove"


@of_pixels
def test_locked_areas_stay(use: Use, document: Document, toolbox: Toolbox) -> None:
    mask, before = use.mask(), halves(document, left=2, right=5)
    toolbox.set_locked(2, locked=True)
    use()
    assert (document.labels[before == 2] == 2).all()
    assert ((document.labels == 4) == (mask & (before == 5))).all()


@every
def test_a_locked_area_in_hand_stays_and_says_so(
    use: Use, document: Document, toolbox: Toolbox, said: list[str]
) -> None:
    before = halves(document)
    toolbox.set_locked(4, locked=True)
    for keys in BY_KEYS.values():
        use(keys)
    assert (document.labels == before).all()
    assert len(said) == 3 and all("locked" in sentence for sentence in said)


@every
def test_a_hidden_area_in_hand_is_shown(use: Use, document: Document, toolbox: Toolbox) -> None:
    toolbox.set_hidden(4, hidden=True)
    use()
    assert 4 not in toolbox.hidden
    assert document.counts[4] > 0


@of_pixels
@pytest.mark.parametrize("alone", [False, True])
def test_what_cannot_be_seen_is_not_changed(
    use: Use, document: Document, toolbox: Toolbox, *, alone: bool
) -> None:
    mask, before = use.mask(), halves(document, left=1, right=5)
    if alone:
        toolbox.set_solo(4)
    else:
        toolbox.set_hidden(1, hidden=True)
    use()
    kept = [1, 5] if alone else [1]
    expected = np.where(mask & ~np.isin(before, kept), np.uint8(4), before)
    assert (document.labels == expected).all()
    assert 1 in toolbox.hidden


@every
def test_keeping_only_what_is_not_there_keeps_everything_else(use: Use, document: Document) -> None:
    use(SHIFT_ALT)
    use(ALT)
    assert not document.labels.any()
    assert document.undo_stack.count() == 0


def begin(use: Use) -> None:
    """The gesture without its end."""
    use.hand.press((130.0, 80.0))
    use.hand.move((200.0, 150.0))
    use.hand.move((240.0, 200.0))
    assert use.canvas.busy


@every
def test_escape_takes_the_gesture_back(use: Use, document: Document) -> None:
    before = halves(document)
    begin(use)
    use.hand.key(Qt.Key.Key_Escape)
    assert not use.canvas.busy
    use.hand.move((250.0, 210.0))
    use.hand.release((250.0, 210.0))
    settle(use.canvas)
    assert (document.labels == before).all()
    assert document.undo_stack.count() == 1


@pytest.mark.parametrize("keys", BY_KEYS.values(), ids=BY_KEYS)
@every
def test_all_that_it_shows_in_mid_gesture_is_repainted(
    use: Use, keys: Qt.KeyboardModifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    use.hand.hover((20.0, 20.0))
    turn()
    before = use.canvas.grab().toImage()
    use.hand.hover((130.0, 80.0))
    turn()
    repaints = Repaints(use.canvas, monkeypatch)
    use.hand.press((130.0, 80.0), keys=keys)
    for place in ((200.0, 150.0), (300.0, 260.0), (170.0, 190.0), (-60.0, 330.0), (180.0, 200.0)):
        use.hand.move(place, keys=keys)
        turn()
        assert repaints.suffice()
    assert changed(before, use.canvas.grab().toImage()).any()
    use.hand.key(Qt.Key.Key_Escape)
    use.hand.release((20.0, 20.0), keys=keys)
    use.hand.hover((20.0, 20.0))
    turn()
    assert repaints.suffice()
    assert use.canvas.grab().toImage() == before


@every
def test_another_tool_in_mid_gesture_ends_it(
    use: Use, document: Document, toolbox: Toolbox
) -> None:
    begin(use)
    toolbox.tool = Tool.PATH
    use.hand.release((240.0, 200.0))
    assert not use.canvas.busy or use.tool == Tool.SMART
    kept = document.labels.copy()
    assert document.undo_stack.count() == int(kept.any()) <= 1
    assert kept.any() == (use.tool != Tool.SMART)
    assert not document.shot.paths


@every
def test_another_area_in_mid_gesture_does_no_harm(
    use: Use, document: Document, toolbox: Toolbox
) -> None:
    begin(use)
    toolbox.area = 6
    use.hand.release((240.0, 200.0))
    settle(use.canvas)
    assert set(np.unique(document.labels)) <= {0, 4}
    assert document.labels.any() == (use.tool not in {Tool.WAND, Tool.SMART})
    assert exactly_undone(document, np.zeros_like(document.labels))


@every
def test_another_shot_in_mid_gesture_stays_untouched(use: Use, document: Document) -> None:
    begin(use)
    open_square(document, 300, 280)
    use.hand.move((220.0, 190.0))
    use.hand.release((220.0, 190.0))
    settle(use.canvas)
    assert document.labels.shape == (280, 300)
    assert not document.labels.any()
    assert document.undo_stack.count() == 0


@pytest.mark.parametrize("tool", GESTURES)
def test_without_a_picture_nothing_happens(
    empty_canvas: Canvas, toolbox: Toolbox, document: Document, said: list[str], tool: Tool
) -> None:
    toolbox.tool = tool
    hand = Hand(empty_canvas)
    for keys in BY_KEYS.values():
        hand.drag((100, 100), (150, 150), (200, 100), keys=keys)
        hand.click((50, 50), keys=keys)
    hand.hover((20, 20))
    hand.key(Qt.Key.Key_Return)
    assert not empty_canvas.busy
    assert document.undo_stack.count() == 0
    assert said == []


@pytest.mark.parametrize("use", [Tool.LASSO, Tool.RECTANGLE], indirect=True)
def test_an_outline_may_begin_and_end_outside(use: Use, document: Document) -> None:
    line = [(-90.0, -80.0), (490.0, -80.0), (490.0, 380.0)]
    use.hand.drag(*line, *([(-90.0, 380.0)] if use.tool == Tool.LASSO else []))
    assert (document.labels == 4).all()


@pytest.mark.parametrize("use", [Tool.EDGE], indirect=True)
def test_a_stroke_may_begin_and_end_outside(use: Use, document: Document) -> None:
    use.hand.drag((-40.0, 150.0), (200.0, 150.0), (450.0, 150.0))
    assert document.labels[150, 5] == document.labels[150, 200] == document.labels[150, 395] == 4
    assert exactly_undone(document, np.zeros_like(document.labels))


@pytest.mark.parametrize("use", [Tool.WAND, Tool.FILL], indirect=True)
def test_a_click_beside_the_picture_does_nothing(use: Use, document: Document) -> None:
    for place in ((-5.0, 50.0), (401.0, 299.0), (-0.5, 10.0), (10.0, 300.5)):
        use.hand.click(place)
    assert document.undo_stack.count() == 0
    assert not use.canvas.busy


@pytest.mark.parametrize("use", [Tool.WAND, Tool.FILL], indirect=True)
def test_a_click_counts_where_the_button_is_let_go(use: Use, document: Document) -> None:
    document.paint(Rect(0, 0, 100, 300), np.full((300, 100), 2, np.uint8), "Wall")
    use.hand.drag((20.0, 20.0), (450.0, 20.0))
    assert document.undo_stack.count() == 1
    use.hand.drag((450.0, 20.0), (200.0, 150.0))
    assert document.labels[150, 200] == 4
    assert document.labels[20, 20] == 2
