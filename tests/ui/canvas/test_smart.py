"""The smart tool: a rough rectangle, a thread, a selection."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kling_desktop.model.areas import Rect
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.canvas.tools.smart import cut_out
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from tests.ui.canvas.hand import Hand

CORNERS = ((130.0, 80.0), (280.0, 225.0))


def disc(width: int = 400, height: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """An orange disc before grainy blue, and where it is."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:height, 0:width]
    inside = np.hypot(x - width / 2, y - height / 2) < height / 5
    pixels = np.where(inside[..., None], (230, 140, 40), (50, 80, 150))
    return np.clip(pixels + rng.integers(-12, 12, pixels.shape), 0, 255).astype(np.uint8), inside


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


@pytest.fixture
def inside(canvas: Canvas, document: Document, toolbox: Toolbox) -> np.ndarray:
    pixels, where = disc()
    document.open(of(Picture(b"", "PNG", 400, 300)), pixels, None)
    toolbox.tool, toolbox.area = Tool.SMART, 5
    return where


def test_the_thing_in_the_rectangle_is_selected(
    inside: np.ndarray, document: Document, hand: Hand, qtbot: QtBot, canvas: Canvas
) -> None:
    hand.drag(*CORNERS)
    assert canvas.busy
    qtbot.waitUntil(lambda: not canvas.busy, timeout=10_000)
    assert overlap(document.labels == 5, inside) > 0.97
    assert document.undo_stack.undoText() == "Smart selection"
    hand.drag(*CORNERS, keys=Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not canvas.busy, timeout=10_000)
    assert document.counts[5] < 0.03 * inside.sum()


def test_escape_drops_what_is_found_later(
    inside: np.ndarray, document: Document, hand: Hand, qtbot: QtBot, canvas: Canvas
) -> None:
    hand.drag(*CORNERS)
    hand.key(Qt.Key.Key_Escape)
    assert not canvas.busy
    qtbot.wait(400)
    assert not document.labels.any()
    assert document.undo_stack.count() == 0


def test_locked_areas_stay(
    inside: np.ndarray,
    document: Document,
    toolbox: Toolbox,
    hand: Hand,
    qtbot: QtBot,
    canvas: Canvas,
) -> None:
    document.labels[:, :200] = 2
    toolbox.set_locked(2, locked=True)
    hand.drag(*CORNERS)
    qtbot.waitUntil(lambda: not canvas.busy, timeout=10_000)
    assert (document.labels[:, :200] == 2).all()
    assert document.counts[5] > 0


def test_a_slip_of_the_hand_selects_nothing(
    inside: np.ndarray, document: Document, hand: Hand, canvas: Canvas
) -> None:
    hand.drag((100, 100), (101, 101))
    assert not canvas.busy


def test_a_large_picture_is_looked_at_small(qapp: object) -> None:
    pixels, where = disc(2000, 1500)
    rect = Rect(600, 400, 1400, 1100)
    mask = cut_out(pixels, rect)
    assert mask.shape == (700, 800)
    assert overlap(mask, where[400:1100, 600:1400]) > 0.97


@pytest.mark.parametrize("rect", [Rect(0, 0, 400, 300), Rect(0, 0, 2, 2), Rect(399, 299, 400, 300)])
def test_rectangles_at_the_edge_are_no_trouble(rect: Rect, qapp: object) -> None:
    mask = cut_out(disc()[0], rect)
    assert mask.shape == (rect.height, rect.width)
    assert mask.dtype == bool
