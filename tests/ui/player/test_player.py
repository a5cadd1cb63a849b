"""The player on real files: what is seen, where it is, and what is said where nothing can be."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from kling_desktop.motion.video import write
from kling_desktop.ui.player.player import EMPTY, Player

RED, BLUE, GREEN = (200, 30, 30), (30, 40, 200), (20, 160, 60)
FPS, FRAMES = 25, 25


def film(path: Path, first: tuple[int, int, int], second: tuple[int, int, int]) -> Path:
    """A second: half of it in one colour, half in another."""

    def frame(index: int) -> np.ndarray:
        return np.full((180, 320, 3), first if 2 * index < FRAMES else second, np.uint8)

    write(path, map(frame, range(FRAMES)), fps=FPS)
    return path


@pytest.fixture(scope="module")
def red_blue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("films") / "red to blue.mp4", RED, BLUE)


@pytest.fixture
def player(qtbot: QtBot) -> Iterator[Player]:
    player = Player()
    qtbot.addWidget(player, before_close_func=lambda widget: widget.clear())
    player.resize(400, 300)
    player.show()
    qtbot.waitExposed(player)
    return player


def colour(player: Player) -> tuple[int, int, int]:
    """What is on the screen in its middle, as painted."""
    image = player.screen_area.grab().toImage()
    seen = image.pixelColor(image.width() // 2, image.height() // 2)
    return seen.red(), seen.green(), seen.blue()


def shows(player: Player, wanted: tuple[int, int, int]) -> bool:
    return (
        not player.screen_area.image.isNull()
        and max(abs(a - b) for a, b in zip(colour(player), wanted, strict=True)) <= 6
    )


def test_a_video_is_seen_in_its_own_colours_and_loops(
    qtbot: QtBot, player: Player, red_blue: Path
) -> None:
    times: list[int] = []
    player.framed.connect(times.append)
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    qtbot.waitUntil(lambda: shows(player, BLUE))
    qtbot.waitUntil(lambda: any(b < a for a, b in itertools.pairwise(times)))
    qtbot.waitUntil(lambda: shows(player, RED))
    assert max(times) < 1000
    assert player.controls.shape.text() == "320×180 · 1.0 s"
    assert player.controls.name.text() == "red to blue.mp4"


def test_the_picture_keeps_its_shape_on_the_window_s_ground(
    qtbot: QtBot, player: Player, red_blue: Path
) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    target, room = player.screen_area.target(), player.screen_area.size()
    assert target.width() / target.height() == pytest.approx(320 / 180, rel=0.01)
    assert target.width() == room.width() or target.height() == room.height()
    image = player.screen_area.grab().toImage()
    assert image.pixelColor(2, 2) == player.palette().window().color()


def test_the_terminal_hears_nothing_of_a_video(
    qtbot: QtBot, player: Player, red_blue: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    assert "Input #0" not in capfd.readouterr().err


def test_a_frame_is_made_no_larger_than_the_screen(
    qtbot: QtBot, player: Player, tmp_path: Path
) -> None:
    path = tmp_path / "large.mp4"
    write(path, (np.full((720, 1280, 3), GREEN, np.uint8) for _ in range(5)), fps=25)
    player.play(path)
    qtbot.waitUntil(lambda: shows(player, GREEN))
    assert player.controls.shape.text().startswith("1280×720")
    assert player.screen_area.image.width() <= player.screen_area.width()
    player.toggle()
    before = player.screen_area.image.size()
    player.resize(800, 600)
    qtbot.waitUntil(lambda: player.screen_area.image.width() > before.width())


def test_space_pauses_and_goes_on(qtbot: QtBot, player: Player, red_blue: Path) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    player.setFocus()
    QTest.keyClick(player, Qt.Key.Key_Space)
    assert player.media is not None and not player.media.playing
    assert not player.controls.button.isChecked()
    assert player.controls.button.toolTip() == "Play (Space)"
    QTest.mouseClick(player.controls.button, Qt.MouseButton.LeftButton)
    assert player.media.playing and player.controls.button.isChecked()
    QTest.mouseClick(player, Qt.MouseButton.LeftButton, pos=QPoint(200, 80))
    assert not player.media.playing


def test_arrow_keys_step_by_one_frame(qtbot: QtBot, player: Player, red_blue: Path) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    player.setFocus()
    times: list[int] = []
    player.step(0)
    player.framed.connect(times.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        count = len(times)
        QTest.keyClick(player, key)
        qtbot.waitUntil(lambda count=count: len(times) > count)
        qtbot.wait(20)
    second, third, back = times[-3:]
    assert third - second == 1000 / FPS
    assert back == second
    assert player.media is not None and not player.media.playing


def test_steps_end_at_both_ends(qtbot: QtBot, player: Player, red_blue: Path) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    player.step(1000)
    qtbot.waitUntil(lambda: shows(player, BLUE))
    player.step(-1000)
    qtbot.waitUntil(lambda: shows(player, RED))


def test_dragging_the_bar_shows_the_place_and_then_goes_on(
    qtbot: QtBot, player: Player, red_blue: Path
) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    bar, media = player.controls.bar, player.media
    assert media is not None
    middle = bar.height() // 2
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 10, middle))
    assert not media.playing
    for tenth in range(1, 9):
        QTest.mouseMove(bar, QPoint(bar.width() * tenth // 10, middle))
    qtbot.waitUntil(lambda: shows(player, BLUE))
    assert not media.playing
    QTest.mouseMove(bar, QPoint(bar.width() * 2 // 10, middle))
    qtbot.waitUntil(lambda: shows(player, RED))
    assert player.controls.time.text().startswith("0.2 / 1.0")
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() * 2 // 10, middle))
    assert media.playing
    qtbot.waitUntil(lambda: shows(player, BLUE))


def test_a_paused_video_stays_paused_after_scrubbing(
    qtbot: QtBot, player: Player, red_blue: Path
) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    player.toggle()
    bar = player.controls.bar
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() - 3, 5))
    qtbot.waitUntil(lambda: shows(player, BLUE))
    assert player.media is not None and not player.media.playing


def test_clear_lets_go(qtbot: QtBot, player: Player, red_blue: Path) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    player.clear()
    qtbot.wait(60)
    assert player.screen_area.image.isNull() and player.screen_area.text == EMPTY
    assert not player.controls.isEnabled() and player.controls.time.text() == ""
    player.toggle()
    player.step(1)
    assert player.media is not None and not player.media.playing
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))


@pytest.mark.parametrize("content", [b"", b"<html>not a video</html>" * 50, None])
def test_what_cannot_be_played_is_said_in_place(
    qtbot: QtBot, player: Player, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "broken.mp4"
    if content is not None:
        path.write_bytes(content)
    player.play(path)
    words = "no longer where it was" if content is None else "cannot be played here"
    qtbot.waitUntil(lambda: words in player.screen_area.text)
    assert player.screen_area.text.startswith("broken.mp4 ")
    assert not player.controls.isEnabled()


def test_a_cut_video_does_not_spin_for_ever(
    qtbot: QtBot, player: Player, red_blue: Path, tmp_path: Path
) -> None:
    data = red_blue.read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(data[: data.index(b"mdat") + 40])
    player.play(path)
    qtbot.waitUntil(lambda: "cannot be played here" in player.screen_area.text)


def test_a_file_that_is_removed_and_comes_back(
    qtbot: QtBot, player: Player, tmp_path: Path
) -> None:
    path = film(tmp_path / "take.mp4", RED, RED)
    player.play(path)
    qtbot.waitUntil(lambda: shows(player, RED))
    path.unlink()
    qtbot.waitUntil(lambda: "take.mp4 is no longer" in player.screen_area.text)
    assert not player.controls.isEnabled()
    film(path, GREEN, GREEN)
    qtbot.waitUntil(lambda: shows(player, GREEN))


def test_a_file_that_is_replaced_is_shown_anew(
    qtbot: QtBot, player: Player, tmp_path: Path
) -> None:
    path = film(tmp_path / "take.mp4", RED, RED)
    player.play(path)
    qtbot.waitUntil(lambda: shows(player, RED))
    film(path, GREEN, GREEN)
    qtbot.waitUntil(lambda: shows(player, GREEN))


def test_another_video_takes_the_place_at_once(
    qtbot: QtBot, player: Player, red_blue: Path, tmp_path: Path
) -> None:
    player.play(red_blue)
    qtbot.waitUntil(lambda: shows(player, RED))
    player.play(film(tmp_path / "green.mp4", GREEN, GREEN))
    assert player.screen_area.image.isNull()
    qtbot.waitUntil(lambda: shows(player, GREEN))
    assert player.path is not None and player.path.name == "green.mp4"


def test_a_new_player_loads_no_decoder() -> None:
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from kling_desktop.ui.player.player import Player; player = Player()\n"
        "print([m for m in ('PySide6.QtMultimedia', 'cv2', 'av') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_empty_player_says_so(player: Player) -> None:
    assert player.screen_area.text == EMPTY
    assert player.objectName() == "player"
    assert player.screen_area.sizeHint() == QSize(320, 180)
    player.setFocus()
    QTest.keyClick(player, Qt.Key.Key_Space)
    assert player.media is None
