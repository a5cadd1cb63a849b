"""What the tests of all tools prove in the same way, and a picture for them to work on."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtGui import QImage

from kling_desktop.model.areas import Rect
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.canvas.canvas import Canvas
from kling_desktop.ui.document import Document
from tests.ui.canvas.hand import Hand
from tests.ui.waiting import until

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT_ALT = SHIFT | ALT
SQUARE = Rect(120, 70, 280, 230)
"""Where the light thing in ``open_square`` lies."""


def open_square(document: Document, width: int = 400, height: int = 300) -> None:
    """A light, slightly grainy square before something dark, nothing painted."""
    pixels = np.full((height, width, 3), (40, 50, 60), np.uint8)
    pixels[SQUARE.y0 : SQUARE.y1, SQUARE.x0 : SQUARE.x1] = (220, 190, 150)
    pixels += np.random.default_rng(3).integers(0, 9, pixels.shape, np.uint8)
    document.open(of(Picture(b"", "PNG", width, height)), pixels, None)


def halves(document: Document, left: int = 4, right: int = 5) -> np.ndarray:
    """Paint one area over the left half and another over the right; returns the label map."""
    height, width = document.labels.shape
    labels = np.full((height, width), left, np.uint8)
    labels[:, width // 2 :] = right
    document.paint(Rect(0, 0, width, height), labels, "Halves")
    return labels


def turn() -> None:
    """One turn of the event loop, with what was put off until then."""
    QCoreApplication.processEvents()
    QCoreApplication.processEvents()


def settle(canvas: Canvas) -> None:
    """Wait for whatever a tool is looking for."""
    until(lambda: not canvas.busy, 20.0)


def recounted(document: Document) -> bool:
    found = np.bincount(document.labels.reshape(-1), minlength=8)
    return len(found) == 8 and all(found[area] == n for area, n in document.counts.items())


def exactly_undone(document: Document, start: np.ndarray) -> bool:
    """Undo everything and redo everything: is it the start, and again the end, bit for bit?"""
    end, stack = document.labels.copy(), document.undo_stack
    steps = stack.index()
    sound = recounted(document)
    for _ in range(steps):
        stack.undo()
    sound &= bool((document.labels == start).all()) and recounted(document)
    for _ in range(steps):
        stack.redo()
    return sound and bool((document.labels == end).all()) and recounted(document)


def changed(a: QImage, b: QImage, by: int = 0) -> np.ndarray:
    """(height, width) where two pictures of the widget differ by more than ``by`` of 255."""
    arrays = [
        np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
        for image in (a, b)
    ]
    return (np.abs(arrays[0].astype(np.int16) - arrays[1]) > by).any(axis=2)


class Repaints:
    """Whether a canvas asks for a repaint of everything that looks different."""

    def __init__(self, canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
        self._canvas, self._update = canvas, canvas.update
        self._before = canvas.grab().toImage()
        self._asked = np.zeros((canvas.height(), canvas.width()), bool)
        monkeypatch.setattr(canvas.stage, "update", self._on_update)
        monkeypatch.setattr(canvas, "update", self._on_update)

    def suffice(self) -> bool:
        """Since the last time that this was asked."""
        before, self._before = self._before, self._canvas.grab().toImage()
        asked, self._asked = self._asked, np.zeros_like(self._asked)
        # Smoothing rounds by where a repaint begins, which nobody sees.
        return not (changed(before, self._before, by=4) & ~asked).any()

    def _on_update(self, *rect: QRect) -> None:
        x0, y0, x1, y1 = rect[0].getCoords() if rect else (0, 0, 10_000, 10_000)
        self._asked[max(0, y0) : max(0, y1 + 1), max(0, x0) : max(0, x1 + 1)] = True
        self._update(*rect)


def round_square(hand: Hand, keys: Qt.KeyboardModifier) -> None:
    """A freehand line around the light square."""
    x0, y0, x1, y1 = SQUARE
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    line = [
        (ax + (bx - ax) * k / 8, ay + (by - ay) * k / 8)
        for (ax, ay), (bx, by) in itertools.pairwise(corners)
        for k in range(8)
    ]
    hand.drag(*line, corners[-1], keys=keys)


def across_square(hand: Hand, keys: Qt.KeyboardModifier) -> None:
    hand.drag((SQUARE.x0, SQUARE.y0), (200, 200), (SQUARE.x1, SQUARE.y1), keys=keys)


def click_square(hand: Hand, keys: Qt.KeyboardModifier) -> None:
    hand.click((200, 150), keys=keys)


def along_square(hand: Hand, keys: Qt.KeyboardModifier) -> None:
    """Within the square, near enough its edges for a brush to reach over them."""
    places = [(140, 90), (260, 90), (260, 120), (140, 120), (140, 160), (260, 160), (260, 210)]
    hand.drag(*places, (140, 210), keys=keys)
