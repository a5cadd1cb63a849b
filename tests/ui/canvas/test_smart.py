"""The smart tool: boxes and scribbles, a thread, a proposal that is replaced until accepted."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt

from kling_desktop.imaging import smart
from kling_desktop.imaging.smart import Hints
from kling_desktop.model.areas import Rect
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.toolbox import Mark, Tool
from tests.ui.canvas.hand import EraserEnd, Hand
from tests.ui.canvas.proof import (
    ALT,
    CTRL,
    Repaints,
    changed,
    exactly_undone,
    recounted,
    settle,
    turn,
)
from tests.ui.waiting import until

LEFT_BOX = ((30.0, 85.0), (170.0, 215.0))
RIGHT_BOX = ((230.0, 85.0), (370.0, 215.0))


def discs() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two orange discs before grainy blue, and where they are."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:300, 0:400]
    left, right = (np.hypot(x + 0.5 - middle, y + 0.5 - 150) < 50 for middle in (100, 300))
    pixels = np.where((left | right)[..., None], (230, 140, 40), (50, 80, 150))
    grainy = np.clip(pixels + rng.integers(-12, 12, pixels.shape), 0, 255).astype(np.uint8)
    return grainy, left, right


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


class Scene:
    """Area 5 and the smart tool in hand."""

    def __init__(self, canvas: Canvas, hand: Hand) -> None:
        self.canvas, self.hand = canvas, hand
        self.document, self.toolbox = canvas.stage.document, canvas.stage.toolbox
        pixels, self.left, self.right = discs()
        self.document.open(of(Picture(b"", "PNG", 400, 300)), pixels, None)
        self.toolbox.tool, self.toolbox.area = Tool.SMART, 5

    def drag(self, *places: tuple[float, float], keys: Qt.KeyboardModifier | None = None) -> None:
        """And wait for what is found."""
        self.hand.drag(*places, keys=keys or Qt.KeyboardModifier.NoModifier)
        settle(self.canvas)

    @property
    def area(self) -> np.ndarray:
        return self.document.labels == 5

    @property
    def steps(self) -> int:
        return self.document.undo_stack.index()


@pytest.fixture
def scene(canvas: Canvas, hand: Hand) -> Scene:
    return Scene(canvas, hand)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Hints]:
    """All hints that are looked for."""
    found: list[Hints] = []
    real = smart.select

    def told(pixels: np.ndarray, hints: Hints, *, cancelled: Callable[[], bool]) -> object:
        found.append(hints)
        return real(pixels, hints, cancelled=cancelled)

    monkeypatch.setattr(smart, "select", told)
    return found


def test_the_thing_in_the_box_is_selected(scene: Scene) -> None:
    scene.hand.drag(*LEFT_BOX)
    assert scene.canvas.busy
    assert scene.canvas.cursor().shape() == Qt.CursorShape.BusyCursor
    settle(scene.canvas)
    assert scene.canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    assert overlap(scene.area, scene.left) > 0.97
    assert scene.document.undo_stack.undoText() == "Smart selection"
    assert exactly_undone(scene.document, np.zeros((300, 400), np.uint8))


def test_a_box_about_the_same_thing_replaces_the_proposal(scene: Scene) -> None:
    scene.drag((30.0, 85.0), (130.0, 215.0))
    scene.drag(*LEFT_BOX)
    assert scene.steps == 1
    assert overlap(scene.area, scene.left) > 0.97


def test_a_box_about_another_thing_accepts_the_first(scene: Scene) -> None:
    scene.drag(*LEFT_BOX)
    scene.drag(*RIGHT_BOX)
    assert scene.steps == 2
    assert overlap(scene.area, scene.left | scene.right) > 0.97


def test_a_small_box_inside_does_not_replace_the_large_one(
    scene: Scene, asked: list[Hints]
) -> None:
    scene.drag((5.0, 5.0), (395.0, 295.0))
    scene.drag((90.0, 140.0), (110.0, 160.0), keys=ALT)
    assert scene.steps >= 1
    assert scene.document.counts[5] > 0.8 * (scene.left | scene.right).sum()
    assert len(asked) == 2


def test_alt_on_the_same_thing_takes_it_away_as_a_step_of_its_own(scene: Scene) -> None:
    scene.drag(*LEFT_BOX)
    scene.drag(*LEFT_BOX, keys=ALT)
    assert scene.document.counts[5] < 0.03 * scene.left.sum()
    assert scene.document.undo_stack.undoText() == "Smart selection: remove"
    assert scene.steps == 2


def test_marks_are_added_to_the_box_and_the_result_replaces_the_step(
    scene: Scene, asked: list[Hints]
) -> None:
    scene.drag(*LEFT_BOX)
    scene.drag((60.0, 150.0), (90.0, 150.0), keys=CTRL)
    scene.drag((140.0, 100.0), (160.0, 100.0), keys=CTRL | ALT)
    assert scene.steps == 1
    hints = asked[-1]
    assert hints.box == Rect(30, 85, 170, 215)
    assert [mark.points[0] for mark in hints.inside] == [pytest.approx((60.0, 150.0), abs=1)]
    assert [mark.points[-1] for mark in hints.outside] == [pytest.approx((160.0, 100.0), abs=1)]
    assert hints.inside[0].radius == pytest.approx(5 * scene.canvas.stage.view.reach)
    assert scene.area[150, 75] and not scene.area[100, 150]
    assert scene.document.undo_stack.undoText() == "Smart selection"
    assert exactly_undone(scene.document, np.zeros((300, 400), np.uint8))


@pytest.mark.parametrize("takes", [False, True])
@pytest.mark.parametrize("by", ["keys", "option"])
def test_a_scribble_needs_no_box(scene: Scene, asked: list[Hints], by: str, *, takes: bool) -> None:
    if takes:
        scene.hand = EraserEnd(scene.canvas)
        scene.document.paint(Rect(0, 0, 400, 300), np.full((300, 400), 5, np.uint8), "All")
    if by == "option":
        scene.toolbox.choose(mark=Mark.INSIDE)
    scene.drag((70.0, 150.0), (100.0, 130.0), (130.0, 150.0), keys=CTRL if by == "keys" else None)
    assert asked[-1].box is None
    assert len(asked[-1].inside) == 1
    taken = scene.area != takes  # the eraser end takes it away
    assert taken[150, 70] and taken[131, 100] and not taken[5, 5]


def test_the_outside_alone_says_nothing(scene: Scene, asked: list[Hints], said: list[str]) -> None:
    scene.toolbox.choose(mark=Mark.OUTSIDE)
    scene.drag((70.0, 150.0), (130.0, 150.0))
    assert asked == [] and len(said) == 1
    assert scene.steps == 0


def test_marks_keep_what_the_first_gesture_does_to_the_area(scene: Scene) -> None:
    whole = np.full((300, 400), 5, np.uint8)
    scene.document.paint(Rect(0, 0, 400, 300), whole, "All")
    scene.drag(*LEFT_BOX, keys=ALT)
    scene.drag((60.0, 150.0), (90.0, 150.0), keys=CTRL)
    assert scene.document.undo_stack.undoText() == "Smart selection: remove"
    assert scene.steps == 2
    assert overlap(~scene.area, scene.left) > 0.97


def test_escape_takes_the_proposal_back(scene: Scene) -> None:
    scene.drag(*LEFT_BOX)
    scene.hand.key(Qt.Key.Key_Escape)
    assert not scene.document.labels.any() and recounted(scene.document)
    assert scene.steps == 0
    scene.hand.key(Qt.Key.Key_Escape)
    scene.document.undo_stack.redo()
    assert overlap(scene.area, scene.left) > 0.97


@pytest.mark.parametrize("how", ["enter", "tool", "area", "work"])
def test_accepted_it_is_not_replaced_and_escape_leaves_it(scene: Scene, how: str) -> None:
    scene.drag(*LEFT_BOX)
    if how == "enter":
        scene.hand.key(Qt.Key.Key_Return)
    elif how == "tool":
        scene.toolbox.tool = Tool.BRUSH
        scene.toolbox.tool = Tool.SMART
    elif how == "area":
        scene.toolbox.area = 1
        scene.toolbox.area = 5
    else:
        scene.document.paint(Rect(0, 0, 5, 5), np.full((5, 5), 2, np.uint8), "Other work")
    steps = scene.steps
    scene.hand.key(Qt.Key.Key_Escape)
    assert scene.steps == steps
    scene.drag((30.0, 85.0), (165.0, 210.0), keys=ALT)
    assert scene.steps == steps + 1


def test_undone_by_other_means_it_is_no_proposal_any_more(scene: Scene) -> None:
    scene.document.paint(Rect(0, 0, 5, 5), np.full((5, 5), 2, np.uint8), "Before")
    scene.drag(*LEFT_BOX)
    scene.document.undo_stack.undo()
    scene.hand.key(Qt.Key.Key_Escape)
    assert scene.steps == 1
    assert scene.document.counts[2] == 25
    scene.drag((60.0, 150.0), (90.0, 150.0), keys=CTRL)
    assert scene.steps == 2
    assert scene.document.counts[2] == 25


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Nothing is found before this is set."""
    go, real = threading.Event(), smart.select

    def waiting(pixels: np.ndarray, hints: Hints, *, cancelled: Callable[[], bool]) -> object:
        go.wait(20)
        return real(pixels, hints, cancelled=lambda: False)  # the answer comes, whatever happens

    monkeypatch.setattr(smart, "select", waiting)
    return go


def over(held: threading.Event) -> None:
    held.set()
    until(lambda: not any(each.name == "smart selection" for each in threading.enumerate()))
    turn()


@pytest.mark.parametrize("what", ["escape", "tool", "area", "shot"])
def test_what_is_no_longer_wanted_is_dropped(
    scene: Scene, held: threading.Event, open_picture: Callable[..., None], what: str
) -> None:
    scene.hand.drag(*LEFT_BOX)
    if what == "escape":
        scene.hand.key(Qt.Key.Key_Escape)
    elif what == "tool":
        scene.toolbox.tool = Tool.LASSO
    elif what == "area":
        scene.toolbox.area = 2
    else:
        open_picture(scene.document, 200, 100)
    assert not scene.canvas.busy
    over(held)
    assert not scene.document.labels.any()
    assert scene.steps == 0


def test_another_gesture_takes_the_place_of_what_is_under_way(
    scene: Scene, held: threading.Event
) -> None:
    scene.hand.drag(*LEFT_BOX)
    scene.hand.drag(*RIGHT_BOX)
    over(held)
    settle(scene.canvas)
    assert scene.steps == 1
    assert overlap(scene.area, scene.right) > 0.97


def test_marks_drawn_in_a_hurry_all_count(
    scene: Scene, held: threading.Event, asked: list[Hints]
) -> None:
    scene.hand.drag(*LEFT_BOX)
    scene.hand.drag((60.0, 150.0), (90.0, 150.0), keys=CTRL)
    scene.hand.drag((60.0, 160.0), (90.0, 160.0), keys=CTRL)
    over(held)
    settle(scene.canvas)
    assert len(asked[-1].inside) == 2 and asked[-1].box is not None
    assert scene.steps == 1


def test_escape_while_it_is_computed_anew_leaves_the_first_proposal(
    scene: Scene, held: threading.Event
) -> None:
    held.set()
    scene.drag(*LEFT_BOX)
    found = scene.area.copy()
    held.clear()
    scene.hand.drag((60.0, 150.0), (90.0, 150.0), keys=CTRL)
    scene.hand.key(Qt.Key.Key_Escape)
    over(held)
    assert (scene.area == found).all()
    scene.hand.key(Qt.Key.Key_Escape)
    assert not scene.document.labels.any()


def test_locked_in_the_meantime_it_stays_as_it_is(
    scene: Scene, held: threading.Event, said: list[str]
) -> None:
    scene.hand.drag(*LEFT_BOX)
    scene.toolbox.set_locked(5, locked=True)
    over(held)
    assert not scene.document.labels.any()
    assert len(said) == 1 and "locked" in said[0]


def test_where_nothing_is_found_a_sentence_says_so(
    scene: Scene, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.drag(*LEFT_BOX)
    kept = scene.area.copy()
    nothing = Rect(0, 0, 0, 0), np.zeros((0, 0), bool)
    monkeypatch.setattr(smart, "select", lambda *_a, **_k: nothing)
    scene.drag((60.0, 150.0), (90.0, 150.0), keys=CTRL)
    assert len(said) == 1 and "Nothing stood out" in said[0]
    assert (scene.area == kept).all()
    scene.hand.key(Qt.Key.Key_Escape)
    assert scene.steps == 0


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_search_that_fails_does_not_leave_the_canvas_busy(
    scene: Scene, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_args: object, **_more: object) -> None:
        raise MemoryError

    monkeypatch.setattr(smart, "select", failing)
    scene.drag(*LEFT_BOX)
    assert not scene.canvas.busy
    assert len(said) == 1


def test_locked_neighbours_stay(scene: Scene) -> None:
    scene.document.paint(Rect(0, 0, 100, 300), np.full((300, 100), 2, np.uint8), "Wall")
    scene.toolbox.set_locked(2, locked=True)
    scene.drag(*LEFT_BOX)
    assert (scene.document.labels[:, :100] == 2).all()
    assert overlap(scene.area[:, 100:], scene.left[:, 100:]) > 0.95


@pytest.mark.parametrize("to", [(101.0, 101.0), (100.0, 250.0)])
def test_a_slip_of_the_hand_asks_nothing(
    scene: Scene, asked: list[Hints], to: tuple[float, float]
) -> None:
    scene.hand.drag((100.0, 100.0), to)
    assert not scene.canvas.busy
    assert asked == []


def test_a_box_beyond_the_picture_is_cut_off_and_one_beside_it_asks_nothing(
    scene: Scene, asked: list[Hints]
) -> None:
    scene.drag((-80.0, -60.0), (180.0, 390.0))
    assert asked[-1].box == Rect(0, 0, 180, 300)
    scene.drag((-80.0, -60.0), (-10.0, -5.0))
    assert len(asked) == 1


def test_the_outline_stands_with_the_proposal_and_goes_with_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.hand.hover((20.0, 20.0))
    before = scene.canvas.grab().toImage()
    repaints = Repaints(scene.canvas, monkeypatch)
    scene.drag(*LEFT_BOX)
    with_outline = scene.canvas.grab().toImage()
    assert repaints.suffice()
    scene.hand.key(Qt.Key.Key_Return)
    assert repaints.suffice()
    accepted = scene.canvas.grab().toImage()
    rim = changed(with_outline, accepted)
    assert 200 < rim.sum() < 4000
    scene.document.undo_stack.undo()
    assert repaints.suffice()
    assert scene.canvas.grab().toImage() == before


@pytest.mark.parametrize("keys", [CTRL, CTRL | ALT], ids=["inside", "outside"])
def test_a_scribble_is_seen_while_it_is_drawn(
    scene: Scene, keys: Qt.KeyboardModifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    repaints = Repaints(scene.canvas, monkeypatch)
    clean = scene.canvas.grab().toImage()
    scene.hand.press((60.0, 150.0), keys=keys)
    for place in ((90.0, 150.0), (120.0, 200.0), (-30.0, 320.0)):
        scene.hand.move(place, keys=keys)
        assert repaints.suffice()
    drawn = scene.canvas.grab().toImage()
    at = scene.canvas.view_point(80.0, 150.0).toPoint()
    colour = drawn.pixelColor(at)
    assert (colour.green() > colour.red()) == (keys == CTRL)
    scene.hand.key(Qt.Key.Key_Escape)
    assert repaints.suffice()
    assert scene.canvas.grab().toImage() == clean
