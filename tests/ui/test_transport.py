"""The bar under the canvas, and the keys of the draft, in the real window."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_clock import Loop
from kling_desktop.ui.draft_player import DraftPlayer
from kling_desktop.ui.draft_wiring import DraftWiring
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.waiting import turn, until

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
Key = Qt.Key


@pytest.fixture
def player(
    window: MainWindow, document: Document, paint: Callable[[int, Rect], None]
) -> Iterator[DraftPlayer]:
    """Of a window with an area that moves to the right, the canvas in focus."""
    paint(1, Rect(100, 100, 200, 200))
    document.set_path(1, Path(((150.0, 150.0), (350.0, 150.0))), "Draw path 1")
    player = DraftPlayer(document)
    DraftWiring(window, player)
    window.canvas.setFocus()
    yield player
    player.close()


@pytest.fixture
def seen(player: DraftPlayer) -> list[np.ndarray | None]:
    frames: list[np.ndarray | None] = []
    player.framed.connect(frames.append)
    return frames


def place(window: MainWindow, share: float) -> QPoint:
    """Where the handle stands at a share of the time, in pixels of the slider."""
    bar = window.transport.bar
    edge = 8
    return QPoint(round(edge + share * (bar.width() - 2 * edge)), bar.height() // 2)


def shown(window: MainWindow, frame: np.ndarray) -> bool:
    """Whether the canvas shows that frame."""
    held = window.canvas._frame_pixels
    return held is not None and np.array_equal(held[..., 2::-1], frame)


def test_the_bar_is_a_slim_row_under_the_canvas(window: MainWindow, player: DraftPlayer) -> None:
    bar, canvas = window.transport, window.canvas
    assert bar.isVisible() and bar.height() <= 36
    below = canvas.mapTo(window, QPoint(0, canvas.height()))
    assert bar.mapTo(window, QPoint(0, 0)) == below
    assert bar.width() == canvas.width()


def test_the_button_plays_and_pauses(window: MainWindow, player: DraftPlayer) -> None:
    button = window.transport.button
    QTest.mouseClick(button, LEFT)
    assert player.playing and button.isChecked() and window.acts["motion.play"].isChecked()
    until(lambda: player.time > 0.01)
    QTest.mouseClick(button, LEFT)
    assert not player.playing and not button.isChecked()
    assert not window.acts["motion.play"].isChecked()
    assert player.time > 0.01


def test_a_tap_of_the_space_bar_plays_and_pauses(window: MainWindow, player: DraftPlayer) -> None:
    QTest.keyClick(window.canvas, Key.Key_Space)
    assert player.playing
    QTest.keyClick(window.canvas, Key.Key_Space)
    assert not player.playing


def test_space_that_moved_the_picture_does_not_play(
    window: MainWindow, player: DraftPlayer
) -> None:
    canvas, middle = window.canvas, window.canvas.rect().center()
    QTest.keyPress(canvas, Key.Key_Space)
    QTest.mousePress(canvas, LEFT, PLAIN, middle)
    QTest.mouseMove(canvas, middle + QPoint(30, 0))
    QTest.mouseRelease(canvas, LEFT, PLAIN, middle + QPoint(30, 0))
    QTest.keyRelease(canvas, Key.Key_Space)
    assert not player.playing
    assert not canvas.fits
    QTest.keyClick(canvas, Key.Key_Space)
    assert player.playing


def test_space_in_the_middle_of_a_stroke_does_not_play(
    window: MainWindow, player: DraftPlayer
) -> None:
    canvas, middle = window.canvas, window.canvas.rect().center()
    QTest.mousePress(canvas, LEFT, PLAIN, middle)
    QTest.keyClick(canvas, Key.Key_Space)
    assert not player.playing
    QTest.mouseRelease(canvas, LEFT, PLAIN, middle)


def test_space_that_the_focus_was_taken_from_does_not_play(
    window: MainWindow, player: DraftPlayer
) -> None:
    QTest.keyPress(window.canvas, Key.Key_Space)
    window.findChild(QPlainTextEdit, "prompt").setFocus()
    window.canvas.setFocus()
    QTest.keyRelease(window.canvas, Key.Key_Space)
    assert not player.playing


def test_space_in_the_prompt_is_a_space(window: MainWindow, player: DraftPlayer) -> None:
    prompt = window.findChild(QPlainTextEdit, "prompt")
    prompt.setFocus()
    QTest.keyClicks(prompt, "a cat")
    assert prompt.toPlainText() == "a cat"
    assert not player.playing


def test_space_on_the_bar_plays(window: MainWindow, player: DraftPlayer) -> None:
    window.transport.bar.setFocus()
    QTest.keyClick(window.transport.bar, Key.Key_Space)
    assert player.playing


def test_dragging_the_time_shows_each_moment_at_once(
    window: MainWindow, player: DraftPlayer, seen: list[np.ndarray | None]
) -> None:
    bar = window.transport.bar
    QTest.mousePress(bar, LEFT, PLAIN, place(window, 0.3))
    until(lambda: seen and seen[-1] is not None)
    assert player.time == pytest.approx(0.3, abs=0.02)
    first = seen[-1]
    QTest.mouseMove(bar, place(window, 0.6))
    until(lambda: seen[-1] is not first)
    assert player.time == pytest.approx(0.6, abs=0.02)
    assert window.transport.time.text() == f"{player.time * 5:.1f} / 5.0 s"
    last = seen[-1]
    assert last is not None and shown(window, last)
    QTest.mouseRelease(bar, LEFT, PLAIN, place(window, 0.6))
    assert not player.playing
    assert player.time == pytest.approx(0.6, abs=0.02), "it stays where the hand let go"


def test_a_click_jumps_while_it_plays(window: MainWindow, player: DraftPlayer) -> None:
    window.acts["motion.play"].trigger()
    until(lambda: player.time > 0.005)
    QTest.mouseClick(window.transport.bar, LEFT, PLAIN, place(window, 0.7))
    assert player.playing
    until(lambda: player.time > 0.71)
    assert player.time < 0.9
    assert window.transport.bar.value() == pytest.approx(player.time * 10_000, abs=200)


def test_keys_step_through_the_frames(window: MainWindow, player: DraftPlayer) -> None:
    canvas = window.canvas
    QTest.keyClick(canvas, Key.Key_Period)
    assert player.time == pytest.approx(1 / 119)
    QTest.keyClick(canvas, Key.Key_Period)
    QTest.keyClick(canvas, Key.Key_Comma)
    assert player.time == pytest.approx(1 / 119)
    QTest.keyClick(canvas, Key.Key_End)
    assert player.time == 1.0
    QTest.keyClick(canvas, Key.Key_Home)
    assert player.time == 0.0
    assert window.canvas._frame is None


def test_the_keys_work_on_the_bar_and_not_in_a_text(
    window: MainWindow, player: DraftPlayer
) -> None:
    bar = window.transport.bar
    bar.setFocus()
    QTest.keyClick(bar, Key.Key_End)
    assert player.time == 1.0
    QTest.keyClick(bar, Key.Key_Left)
    assert player.time == pytest.approx(118 / 119)
    prompt = window.findChild(QPlainTextEdit, "prompt")
    prompt.setFocus()
    QTest.keyClicks(prompt, "a.b,")
    QTest.keyClick(prompt, Key.Key_Home)
    assert prompt.toPlainText() == "a.b,"
    assert player.time == pytest.approx(118 / 119)


def test_back_to_the_picture(window: MainWindow, player: DraftPlayer) -> None:
    window.acts["motion.play"].trigger()
    until(lambda: window.canvas._frame is not None and player.time > 0.01)
    QTest.mouseClick(window.transport.start, LEFT)
    assert not player.playing and player.time == 0.0
    turn(0.1)
    assert window.canvas._frame is None


def test_what_comes_after_the_end_is_chosen_and_remembered(
    window: MainWindow, player: DraftPlayer, document: Document
) -> None:
    bar = window.transport
    assert (player.loop, bar.loop.text()) == (Loop.REPEAT, "Loop")
    width = bar.loop.width()
    menu = bar.loop.menu()
    for text, loop in (("Forth and back", Loop.PINGPONG), ("Once", Loop.ONCE)):
        action = next(a for a in menu.actions() if a.text().replace("&", "") == text)
        menu.popup(QPoint(0, 0))
        QTest.mouseClick(menu, LEFT, PLAIN, menu.actionGeometry(action).center())
        assert (player.loop, bar.loop.text()) == (loop, text)
        assert window.preferences.get("draft.loop") == loop.value
        QApplication.processEvents()
        assert bar.loop.width() == width
    again = DraftPlayer(document)
    DraftWiring(window, again)
    assert again.loop == Loop.ONCE
    again.close()


def test_it_says_how_fine_it_plays(window: MainWindow, player: DraftPlayer) -> None:
    assert window.transport.pace.text() == ""
    window.acts["motion.play"].trigger()
    until(lambda: "fps" in window.transport.pace.text())
    height, rate = window.transport.pace.text().split(" · ")
    assert 360 <= int(height.removesuffix("p")) <= 512
    assert 1 <= int(rate.removesuffix(" fps")) <= 61
    window.acts["motion.play"].trigger()
    until(lambda: window.transport.pace.text().endswith("p"))
    window.acts["motion.toStart"].trigger()
    assert window.transport.pace.text() == ""


def test_frames_are_no_finer_than_the_screen_shows_them(
    window: MainWindow, player: DraftPlayer, document: Document, seen: list[np.ndarray | None]
) -> None:
    window.canvas.zoom = 0.5
    player.seek(0.5)
    until(lambda: seen and seen[-1] is not None)
    assert seen[-1] is not None and seen[-1].shape[0] == 360
    window.canvas.zoom = 2.0
    until(lambda: seen[-1] is not None and seen[-1].shape[0] == 512)


def test_an_edit_shows_while_it_stands(
    window: MainWindow,
    player: DraftPlayer,
    document: Document,
    paint: Callable[[int, Rect], None],
    seen: list[np.ndarray | None],
) -> None:
    player.seek(1.0)
    until(lambda: len(seen) == 2)  # with a rough background, and with a fine one
    before = seen[-1]
    document.set_path(1, Path(((150.0, 150.0), (150.0, 350.0))), "Redraw")
    until(lambda: seen[-1] is not before)
    assert before is not None and seen[-1] is not None
    assert np.abs(seen[-1].astype(int) - before).max() > 40
    document.undo_stack.undo()
    until(lambda: seen[-1] is not None and np.array_equal(seen[-1], before))


def test_a_point_that_is_dragged_shows_before_it_is_let_go(
    window: MainWindow,
    player: DraftPlayer,
    document: Document,
    toolbox: Toolbox,
    seen: list[np.ndarray | None],
) -> None:
    player.seek(1.0)
    until(lambda: len(seen) == 2)
    toolbox.tool = Tool.PATH
    canvas, before = window.canvas, seen[-1]
    start, end = (canvas.view_point(x, 150).toPoint() for x in (350, 250))
    QTest.mousePress(canvas, LEFT, PLAIN, start)
    QTest.mouseMove(canvas, start + QPoint(-20, 0))
    QTest.mouseMove(canvas, end)
    until(lambda: seen[-1] is not before)
    turn(0.1)
    path = document.shot.paths[1]
    assert path.points[-1] == (350.0, 150.0), "not before it is let go"
    under_way = seen[-1]
    QTest.mouseRelease(canvas, LEFT, PLAIN, end)
    turn(0.1)
    assert document.shot.paths[1].points[-1][0] == pytest.approx(250, abs=2)
    assert before is not None and under_way is not None and seen[-1] is not None
    assert np.array_equal(seen[-1], under_way)
    assert np.abs(under_way.astype(int) - before).max() > 40


def test_tab_puts_the_bar_away_and_space_still_plays(
    window: MainWindow, player: DraftPlayer
) -> None:
    QTest.keyClick(window.canvas, Key.Key_Tab)
    assert not window.transport.isVisible()
    QTest.keyClick(window.canvas, Key.Key_Space)
    assert player.playing
    QTest.keyClick(window.canvas, Key.Key_Tab)
    assert window.transport.isVisible()


def test_without_a_picture_the_bar_rests(empty_window: MainWindow, document: Document) -> None:
    player = DraftPlayer(document)
    DraftWiring(empty_window, player)
    assert not empty_window.transport.isEnabled()
    QTest.keyClick(empty_window.canvas, Key.Key_Space)
    QTest.keyClick(empty_window.canvas, Key.Key_End)
    assert not player.playing and player.time == 0.0
    player.close()


def test_the_length_follows_the_duration(
    window: MainWindow, player: DraftPlayer, document: Document
) -> None:
    from dataclasses import replace

    document.set_settings(replace(document.shot.settings, duration="10"), "Duration")
    until(lambda: window.transport.time.text() == "0.0 / 10.0 s")


def test_all_of_the_bar_is_seen_in_the_smallest_window(
    window: MainWindow, player: DraftPlayer
) -> None:
    window.resize(900, 600)
    QApplication.processEvents()
    bar = window.transport
    parts = (bar.button, bar.start, bar.bar, bar.time, bar.loop, bar.ghosts, bar.pace)
    edges = [(part.x(), part.x() + part.width()) for part in parts]
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(edges))
    assert edges[-1][1] <= bar.width()
    assert bar.bar.width() >= 72


def test_back_to_the_picture_of_a_landing_shot(
    window: MainWindow, document: Document, player: DraftPlayer, seen: list[np.ndarray | None]
) -> None:
    document.set_land(land=True)
    turn(0.05)
    assert player.time == 1.0
    QTest.keyClick(window.canvas, Key.Key_Home)
    assert player.time == 0.0
    until(lambda: window.canvas._frame is not None)
    QTest.mouseClick(window.transport.start, LEFT)
    assert player.time == 1.0
    assert window.canvas._frame is None
    assert window.transport.start.toolTip() == "Back to the picture"
    QTest.keyClick(window.canvas, Key.Key_Home)
    until(lambda: window.canvas._frame is not None)
    QTest.keyClick(window.canvas, Key.Key_End)
    assert player.time == 1.0
    assert window.canvas._frame is None


def test_back_to_the_picture_while_a_landing_shot_plays(
    window: MainWindow, document: Document, player: DraftPlayer
) -> None:
    document.set_land(land=True)
    window.acts["motion.play"].trigger()
    until(lambda: window.canvas._frame is not None and 0.01 < player.time < 1.0)
    QTest.mouseClick(window.transport.start, LEFT)
    assert not player.playing
    assert player.time == 1.0
    turn(0.1)
    assert window.canvas._frame is None
