"""Ghosts on the canvas: shown by a key, fresh after every edit, away while the draft plays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_player import DraftPlayer
from kling_desktop.ui.draft_wiring import DraftWiring
from kling_desktop.ui.window import MainWindow
from tests.ui.waiting import turn, until

LEFT = Qt.MouseButton.LeftButton
TO_THE_RIGHT = Path(((60.0, 60.0), (360.0, 60.0)))
DOWN = Path(((60.0, 60.0), (60.0, 260.0)))


@pytest.fixture
def player(empty_window: MainWindow, document: Document) -> Iterator[DraftPlayer]:
    """A dark picture; a bright square of it goes to the right."""
    pixels = np.full((300, 400, 3), 40, np.uint8)
    pixels[40:80, 40:80] = 240
    document.open(of(Picture(b"", "PNG", 400, 300)), pixels, None)
    document.paint(Rect(40, 40, 80, 80), np.full((40, 40), 1, np.uint8), "Paint")
    document.set_path(1, TO_THE_RIGHT, "Draw")
    player = DraftPlayer(document)
    DraftWiring(empty_window, player)
    empty_window.canvas.setFocus()
    yield player
    player.close()


def held(window: MainWindow) -> np.ndarray | None:
    """The frame that the canvas shows, if it shows one."""
    return window.canvas._frame_pixels


def level(window: MainWindow, x: int, y: int) -> int:
    """How bright the shown frame is at a place of the picture."""
    frame = held(window)
    if frame is None:
        return -1
    return int(frame[y * frame.shape[0] // 300, x * frame.shape[1] // 400, 0])


def switch(window: MainWindow) -> None:
    QTest.keyClick(window.canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)


def test_a_key_shows_them_and_puts_them_away(empty_window: MainWindow, player: DraftPlayer) -> None:
    switch(empty_window)
    until(lambda: level(empty_window, 120, 60) > 120)
    assert level(empty_window, 60, 60) == 240
    assert level(empty_window, 360, 60) > 60
    assert empty_window.transport.ghosts.isChecked()
    switch(empty_window)
    assert held(empty_window) is None
    turn(0.1)
    assert held(empty_window) is None


def test_the_button_on_the_bar(empty_window: MainWindow, player: DraftPlayer) -> None:
    QTest.mouseClick(empty_window.transport.ghosts, LEFT)
    until(lambda: level(empty_window, 120, 60) > 120)
    QTest.mouseClick(empty_window.transport.ghosts, LEFT)
    assert held(empty_window) is None


def test_they_follow_every_edit(
    empty_window: MainWindow, player: DraftPlayer, document: Document
) -> None:
    switch(empty_window)
    until(lambda: level(empty_window, 120, 60) > 120)
    document.set_path(1, DOWN, "Redraw")
    until(lambda: level(empty_window, 60, 100) > 120)
    assert level(empty_window, 240, 60) == 40
    document.undo_stack.undo()
    until(lambda: level(empty_window, 120, 60) > 120)
    document.clear_area(1, "Clear")
    until(lambda: level(empty_window, 120, 60) == 40)
    assert level(empty_window, 60, 60) == 240


def test_a_stroke_shows_when_it_is_done(
    empty_window: MainWindow, player: DraftPlayer, document: Document
) -> None:
    switch(empty_window)
    until(lambda: level(empty_window, 120, 60) > 120)
    canvas = empty_window.canvas
    place = canvas.view_point(60, 100).toPoint()
    before = level(empty_window, 120, 100)
    QTest.mousePress(canvas, LEFT, pos=place)
    turn(0.1)
    assert level(empty_window, 120, 100) == before
    QTest.mouseRelease(canvas, LEFT, pos=place)
    assert document.labels[100, 60] == 1
    # The dark pixels that now move with it: their ghost covers nothing brighter, but the frame
    # is another one.
    shown = held(empty_window)
    until(lambda: held(empty_window) is not shown)


def test_while_it_plays_there_are_none(empty_window: MainWindow, player: DraftPlayer) -> None:
    switch(empty_window)
    until(lambda: level(empty_window, 120, 60) > 120)
    empty_window.acts["motion.play"].trigger()
    until(lambda: player.time > 0.02)
    assert level(empty_window, 360, 60) == 40
    empty_window.acts["motion.toStart"].trigger()
    until(lambda: level(empty_window, 360, 60) > 60)


def test_they_stand_where_the_draft_stands(empty_window: MainWindow, player: DraftPlayer) -> None:
    switch(empty_window)
    player.seek(0.5)
    until(lambda: level(empty_window, 210, 60) >= 238)
    assert level(empty_window, 60, 60) < 60
    assert level(empty_window, 360, 60) > 60


def test_where_nothing_moves_the_picture_is_seen(
    empty_window: MainWindow, player: DraftPlayer, document: Document
) -> None:
    document.set_path(1, None, "Remove")
    switch(empty_window)
    until(lambda: held(empty_window) is not None)
    frame = held(empty_window)
    assert frame is not None
    assert set(np.unique(frame[..., 0])) <= {40, 240}
