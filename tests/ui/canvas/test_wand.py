"""The wand: clicks, the preview under the pointer, and large pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from kling_desktop.imaging.flood import flood
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.tools import wand
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand
from tests.ui.canvas.proof import ALT, changed, exactly_undone, settle, turn
from tests.ui.waiting import until


@pytest.fixture
def blocks(document: Document, canvas: Canvas, toolbox: Toolbox) -> None:
    """Left half dark, right half light, a light island in the dark."""
    pixels = np.full((300, 400, 3), 40, np.uint8)
    pixels[:, 200:] = 200
    pixels[100:120, 50:70] = 200
    pixels[::7, ::5] += 6
    document.open(of(Picture(b"", "PNG", 400, 300)), pixels, None)
    toolbox.tool, toolbox.area = Tool.WAND, 6


def test_connected_pixels_of_like_colour(blocks: None, document: Document, hand: Hand) -> None:
    hand.click((300, 100))
    expected = np.zeros((300, 400), bool)
    expected[:, 200:] = True
    assert ((document.labels == 6) == expected).all()
    assert document.undo_stack.undoText() == "Wand"
    assert exactly_undone(document, np.zeros((300, 400), np.uint8))


def test_tolerance_and_reach_are_the_toolboxs(
    blocks: None, document: Document, toolbox: Toolbox, hand: Hand
) -> None:
    toolbox.choose(tolerance=3)
    hand.click((301, 101))
    assert (document.labels[:, 200:] == 6).sum() < 300 * 200
    document.undo_stack.undo()
    toolbox.choose(tolerance=24, contiguous=False)
    hand.click((301, 101))
    assert (document.labels[100:120, 50:70] == 6).all()
    assert document.labels[50, 50] == 0


def test_a_picture_that_may_not_be_written_is_read(
    blocks: None, document: Document, hand: Hand
) -> None:
    document.pixels.setflags(write=False)
    hand.click((300, 100))
    assert document.counts[6] == 300 * 200


def shown(canvas: Canvas) -> QImage:
    turn()
    return canvas.grab().toImage()


def test_the_preview_shows_what_a_click_would_take(
    blocks: None, document: Document, hand: Hand, canvas: Canvas
) -> None:
    before = shown(canvas)
    hand.hover((60, 110))
    differs = changed(before, shown(canvas))
    island = canvas.stage.view.dirty(wand.Rect(50, 100, 70, 120), 3)
    x, y, width, height = island
    assert differs[y : y + height, x : x + width].sum() > 0.5 * width * height
    differs[y : y + height, x : x + width] = False
    assert not differs.any()
    assert not document.labels.any()


def test_the_preview_is_made_once_for_many_moves(
    blocks: None, hand: Hand, canvas: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kling_desktop.ui.canvas.tools import preview

    asked: list[tuple[int, int]] = []

    def counted(pixels: np.ndarray, seed: tuple[int, int], *args: int, **more: bool) -> object:
        asked.append(seed)
        return flood(pixels, seed, *args, **more)

    monkeypatch.setattr(preview, "flood", counted)
    for x in range(40, 60):
        hand.hover((x, 110))
    turn()
    assert asked == [(59, 110)]


@pytest.mark.parametrize("how", ["leave", "tool", "off", "click", "locked", "shot"])
def test_the_preview_goes(
    blocks: None, document: Document, toolbox: Toolbox, hand: Hand, canvas: Canvas, how: str
) -> None:
    clean = shown(canvas)
    hand.hover((60, 110))
    assert shown(canvas) != clean
    if how == "leave":
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    elif how == "tool":
        toolbox.tool = Tool.LASSO
    elif how == "off":
        hand.hover((-4, 110))
    elif how == "click":
        hand.click((60, 110))
        document.undo_stack.undo()
    elif how == "locked":
        toolbox.set_locked(6, locked=True)
        hand.hover((61, 110))
    else:
        document.open(document.shot, document.pixels, None)
    assert shown(canvas) == clean


def test_the_preview_stays_on_the_picture_and_sharp_at_any_zoom(
    blocks: None, hand: Hand, canvas: Canvas
) -> None:
    for zoom in (0.4, 1.0, 2.7, 16.0):
        canvas.zoom = zoom
        turn()
        before = shown(canvas)
        x, y = canvas.stage.view.to_image(canvas.width() / 2, canvas.height() / 2)
        hand.hover((x, y))
        assert changed(before, shown(canvas)).any()
        hand.hover((-1, -1))
        assert shown(canvas) == before


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any picture counts as large."""
    monkeypatch.setattr(wand, "AT_ONCE", 100)


def test_a_large_picture_is_searched_in_a_thread(
    blocks: None, large: None, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.click((300, 100))
    assert canvas.busy
    assert not document.labels.any()
    hand.hover((20, 20))  # which has no say in what was asked for
    settle(canvas)
    assert document.counts[6] == 300 * 200
    hand.click((300, 100), keys=ALT)
    hand.hover((20, 20))
    settle(canvas)
    assert not document.labels.any()
    assert document.undo_stack.undoText() == "Wand: remove"


@pytest.mark.parametrize("what", ["escape", "tool", "area", "shot"])
def test_what_is_no_longer_wanted_is_dropped(
    blocks: None,
    large: None,
    document: Document,
    toolbox: Toolbox,
    hand: Hand,
    canvas: Canvas,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    answered: list[object] = []
    real = wand.flood
    monkeypatch.setattr(wand, "flood", lambda *a, **k: answered.append(0) or real(*a, **k))
    hand.click((300, 100))
    if what == "escape":
        hand.key(Qt.Key.Key_Escape)
    elif what == "tool":
        toolbox.tool = Tool.BRUSH
    elif what == "area":
        toolbox.area = 1
    else:
        document.open(document.shot, document.pixels, None)
    assert not canvas.busy
    until(lambda: bool(answered))
    turn()
    assert not document.labels.any()
    assert document.undo_stack.count() == 0


def test_the_newer_of_two_clicks_wins(
    blocks: None, large: None, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.click((300, 100))
    hand.click((60, 110))
    settle(canvas)
    assert document.counts[6] == 20 * 20
    assert document.undo_stack.count() == 1
