"""The draft on the canvas: it moves, edits show while it plays, and stopping waits for nothing."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gc
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from kling_desktop.model.areas import Rect
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui import draft_stock
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_clock import Loop
from kling_desktop.ui.draft_player import DraftPlayer
from kling_desktop.ui.draft_renderer import Renderer
from kling_desktop.ui.draft_scene import Scene
from tests.ui.waiting import turn

BOX = Rect(20, 20, 60, 60)


def opened(document: Document, width: int = 240, height: int = 160, tint: int = 40) -> None:
    """A dark picture with one bright square, which is painted and goes to the right."""
    pixels = np.full((height, width, 3), tint, np.uint8)
    pixels[20:60, 20:60] = 230
    document.open(of(Picture(b"", "PNG", width, height)), pixels, None)
    document.paint(BOX, np.full((40, 40), 1, np.uint8), "Paint")
    document.set_path(1, Path(((40.0, 40.0), (200.0, 40.0))), "Draw")


class Seen:
    """The frames that the canvas would have shown."""

    def __init__(self, player: DraftPlayer) -> None:
        self.frames: list[np.ndarray | None] = []
        player.framed.connect(self.frames.append)

    @property
    def last(self) -> np.ndarray | None:
        return self.frames[-1] if self.frames else None

    def bright(self) -> tuple[float, float]:
        """Where the bright square is: its middle (x, y) in the last frame."""
        assert self.last is not None
        rows, columns = np.nonzero(self.last[..., 0] > 150)
        return float(columns.mean()), float(rows.mean())


@pytest.fixture
def scene(qtbot: QtBot) -> Document:
    document = Document()
    opened(document)
    return document


@pytest.fixture
def player(scene: Document) -> Iterator[DraftPlayer]:
    player = DraftPlayer(scene)
    yield player
    player.close()


@pytest.fixture
def seen(player: DraftPlayer) -> Seen:
    return Seen(player)


def several(seen: Seen, count: int) -> Callable[[], bool]:
    goal = len(seen.frames) + count
    return lambda: len(seen.frames) >= goal


def test_frames_come_and_the_area_moves(qtbot: QtBot, player: DraftPlayer, seen: Seen) -> None:
    player.play()
    qtbot.waitUntil(several(seen, 2))
    first = seen.bright()
    assert first[0] == pytest.approx(40, abs=8) and first[1] == pytest.approx(39.5, abs=1)
    qtbot.waitUntil(lambda: seen.bright()[0] > first[0] + 10)
    assert seen.bright()[1] == pytest.approx(39.5, abs=1)
    assert seen.last is not None and seen.last.shape == (160, 240, 3)


def test_frames_keep_their_time(qtbot: QtBot, player: DraftPlayer, seen: Seen) -> None:
    player.play()
    qtbot.waitUntil(several(seen, 1))
    start, here = time.perf_counter(), seen.bright()[0]
    qtbot.waitUntil(lambda: seen.bright()[0] > here + 16)
    # 160 pixels in five seconds.
    assert 0.3 < time.perf_counter() - start < 1.2


def test_an_edit_shows_while_it_plays(
    qtbot: QtBot, scene: Document, player: DraftPlayer, seen: Seen
) -> None:
    player.play()
    qtbot.waitUntil(several(seen, 2))
    scene.set_path(1, Path(((40.0, 40.0), (40.0, 140.0))), "Redraw")
    qtbot.waitUntil(lambda: seen.bright()[1] > 45)
    assert seen.bright()[0] == pytest.approx(39.5, abs=1)
    scene.clear_area(1, "Clear")
    qtbot.waitUntil(lambda: seen.bright()[1] == pytest.approx(39.5, abs=0.1))
    assert player.playing


def test_the_time_goes_on_through_an_edit(
    qtbot: QtBot, scene: Document, player: DraftPlayer, seen: Seen
) -> None:
    player.play()
    qtbot.waitUntil(lambda: bool(seen.frames) and seen.bright()[0] > 60)
    scene.set_path(1, Path(((40.0, 40.0), (200.0, 41.0))), "Redraw")
    qtbot.waitUntil(several(seen, 3))
    assert seen.bright()[0] > 55


def test_only_what_is_seen_makes_a_new_scene(
    qtbot: QtBot, scene: Document, player: DraftPlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    real = Renderer.show
    monkeypatch.setattr(
        Renderer, "show", lambda self, wish: (asked.append(wish), real(self, wish))[1]
    )
    seen = Seen(player)
    player.play()
    qtbot.waitUntil(several(seen, 2))
    scene.set_settings(replace(scene.shot.settings, prompt="a calm sea"), "Type")
    qtbot.waitUntil(several(seen, 3))
    assert len(asked) == 1
    scene.set_path(1, Path(((40.0, 40.0), (40.0, 140.0))), "Redraw")
    qtbot.waitUntil(several(seen, 3))
    assert len(asked) == 2
    assert asked[1].scene.labels is asked[0].scene.labels, "the map was copied for nothing"
    scene.paint(Rect(100, 100, 120, 120), np.full((20, 20), 2, np.uint8), "Paint")
    qtbot.waitUntil(lambda: len(asked) == 3)
    assert asked[2].scene.labels is not asked[0].scene.labels


def test_stop_gives_the_picture_back(qtbot: QtBot, player: DraftPlayer, seen: Seen) -> None:
    states: list[bool] = []
    player.playing_changed.connect(states.append)
    player.set_playing(True)
    qtbot.waitUntil(several(seen, 2))
    player.stop()
    assert seen.last is None and not player.playing
    turn(0.12)
    assert seen.last is None, "a frame came after the end"
    assert states == [True, False]
    player.play()
    qtbot.waitUntil(several(seen, 1))
    assert seen.bright()[0] == pytest.approx(40, abs=8), "it begins at its start again"


def test_pausing_stands_at_the_moment_that_is_seen(
    qtbot: QtBot, player: DraftPlayer, seen: Seen
) -> None:
    player.play()
    qtbot.waitUntil(lambda: bool(seen.frames) and seen.bright()[0] > 60)
    player.pause()
    here = player.time
    turn(0.2)
    assert player.time == here and not player.playing
    assert seen.bright()[0] == pytest.approx(39.5 + 160 * here, abs=0.6)
    player.play()
    qtbot.waitUntil(lambda: player.time > here)
    assert player.time < here + 0.2, "it goes on from there"


def test_seeking_shows_that_moment_while_it_stands(
    qtbot: QtBot, player: DraftPlayer, seen: Seen
) -> None:
    moments: list[float] = []
    player.moved.connect(lambda time, _seconds: moments.append(time))
    for time_ in (0.5, 0.25, 0.75):
        player.seek(time_)
        qtbot.waitUntil(
            lambda goal=39.5 + 160 * time_: bool(
                seen.last is not None and abs(seen.bright()[0] - goal) < 0.6
            )
        )
    assert moments == [0.5, 0.25, 0.75]
    player.seek(0.0)
    assert seen.last is None, "the picture itself"


def test_a_hand_on_the_time_holds_it_and_lets_it_go_on(
    qtbot: QtBot, player: DraftPlayer, seen: Seen
) -> None:
    player.play()
    qtbot.waitUntil(several(seen, 2))
    player.begin_scrub()
    player.seek(0.5)
    qtbot.waitUntil(lambda: seen.bright()[0] == pytest.approx(119.5, abs=0.6))
    turn(0.1)
    assert seen.bright()[0] == pytest.approx(119.5, abs=0.6)
    assert player.playing
    player.end_scrub()
    qtbot.waitUntil(lambda: seen.bright()[0] > 122)


def test_steps_are_frames_of_the_video(qtbot: QtBot, player: DraftPlayer) -> None:
    player.step(1)
    assert player.time == pytest.approx(1 / 119)
    player.step(1)
    player.step(-1)
    assert player.time == pytest.approx(1 / 119)
    player.step(-5)
    assert player.time == 0.0


def test_once_ends_on_the_last_frame_and_begins_again(
    qtbot: QtBot, player: DraftPlayer, seen: Seen
) -> None:
    player.set_loop(Loop.ONCE)
    player.seek(0.97)
    states: list[bool] = []
    player.playing_changed.connect(states.append)
    player.play()
    qtbot.waitUntil(lambda: states == [True, False])
    assert player.time == 1.0
    turn(0.05)
    assert seen.bright()[0] == pytest.approx(199.5, abs=0.3)
    player.play()
    qtbot.waitUntil(lambda: 0.0 < player.time < 0.5)


def test_forth_and_back(qtbot: QtBot, player: DraftPlayer) -> None:
    player.set_loop(Loop.PINGPONG)
    player.seek(0.97)
    player.play()
    moments: list[float] = []
    player.moved.connect(lambda time, _seconds: moments.append(time))
    qtbot.waitUntil(lambda: bool(moments) and moments[-1] < 0.96)
    assert max(moments) > 0.985
    assert np.abs(np.diff(moments)).max() < 0.1


def test_a_shot_that_lands_ends_on_its_picture(
    qtbot: QtBot, scene: Document, player: DraftPlayer, seen: Seen
) -> None:
    scene.set_land(land=True)
    turn(0.02)
    assert player.time == 1.0 and seen.last is None
    player.seek(0.0)
    qtbot.waitUntil(lambda: seen.last is not None)
    # The path was turned round with the switch, and now ends on the area.
    assert seen.bright()[0] == pytest.approx(199.5, abs=0.6)
    player.play()
    qtbot.waitUntil(lambda: seen.bright()[0] < 195)
    player.stop()
    assert seen.last is None and player.time == 1.0


def test_the_fine_background_comes_after_the_rough_one(
    qtbot: QtBot, player: DraftPlayer, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kling_desktop.motion.draft import Draft

    hold, real = threading.Event(), Draft.refined

    def refined(self: Draft, cancelled: Callable[[], bool] | None = None) -> Draft | None:
        hold.wait(5)
        return real(self, cancelled)

    monkeypatch.setattr(Draft, "refined", refined)
    player.seek(0.5)
    qtbot.waitUntil(lambda: seen.last is not None)
    count = len(seen.frames)
    turn(0.05)
    assert len(seen.frames) == count
    hold.set()
    qtbot.waitUntil(lambda: len(seen.frames) == count + 1)


def test_a_fine_background_of_older_areas_is_given_up(
    qtbot: QtBot,
    scene: Document,
    player: DraftPlayer,
    seen: Seen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from kling_desktop.motion.draft import Draft

    asked: list[Callable[[], bool]] = []
    real = Draft.refined

    def refined(self: Draft, cancelled: Callable[[], bool] | None = None) -> Draft | None:
        assert cancelled is not None
        asked.append(cancelled)
        while len(asked) == 1 and not cancelled():
            time.sleep(0.005)
        return real(self, cancelled)

    monkeypatch.setattr(Draft, "refined", refined)
    player.seek(0.5)
    qtbot.waitUntil(lambda: len(asked) == 1)
    scene.paint(Rect(100, 100, 130, 130), np.full((30, 30), 1, np.uint8), "Paint")
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert asked[0]() and not asked[1]()


def test_stopping_does_not_wait_for_a_slow_draft(
    qtbot: QtBot, player: DraftPlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, begun = draft_stock.quick_draft, []

    def slow(scene: Scene, height: int) -> object:
        begun.append(scene)
        time.sleep(0.5)
        return real(scene, height)

    monkeypatch.setattr(draft_stock, "quick_draft", slow)
    player.play()
    qtbot.waitUntil(lambda: bool(begun))
    start = time.perf_counter()
    player.stop()
    assert time.perf_counter() - start < 0.1
    seen = Seen(player)
    player.play()
    qtbot.waitUntil(several(seen, 1))


def test_another_shot_plays_on(
    qtbot: QtBot, scene: Document, player: DraftPlayer, seen: Seen
) -> None:
    player.play()
    qtbot.waitUntil(lambda: bool(seen.frames) and seen.bright()[0] > 50)
    before = len(seen.frames)
    opened(scene, 320, 200, tint=90)
    assert any(frame is None for frame in seen.frames[before:])
    qtbot.waitUntil(lambda: seen.last is not None and seen.last.shape == (200, 320, 3))
    assert seen.bright()[0] == pytest.approx(40, abs=10)
    assert player.playing
    assert all(frame is None or frame.shape == (200, 320, 3) for frame in seen.frames[before:]), (
        "the old picture came back"
    )


def test_a_picture_that_is_closed_is_let_go_of(
    qtbot: QtBot, scene: Document, player: DraftPlayer, seen: Seen
) -> None:
    player.play()
    qtbot.waitUntil(several(seen, 2))
    player.stop()
    kept = weakref.ref(scene.pixels)
    opened(scene, 320, 200)
    gc.collect()
    qtbot.waitUntil(lambda: kept() is None)


def test_without_a_picture_it_does_not_play(qtbot: QtBot) -> None:
    player = DraftPlayer(Document())
    states: list[bool] = []
    player.playing_changed.connect(states.append)
    player.play()
    assert not player.playing and states == [False]
    player.close()


def test_a_draft_that_fails_is_said_and_ends(
    qtbot: QtBot, player: DraftPlayer, monkeypatch: pytest.MonkeyPatch, seen: Seen
) -> None:
    def fails(_scene: Scene, _height: int) -> object:
        raise MemoryError

    monkeypatch.setattr(draft_stock, "quick_draft", fails)
    with qtbot.waitSignal(player.failed) as said:
        player.play()
    assert "not enough memory" in said.args[0]
    assert not player.playing and seen.last is None


@pytest.mark.parametrize("where", ["frame", "refined"])
def test_a_mistake_of_ours_is_raised_and_the_thread_goes_on(
    qtbot: QtBot, player: DraftPlayer, monkeypatch: pytest.MonkeyPatch, seen: Seen, where: str
) -> None:
    from kling_desktop.motion.draft import Draft

    def broken(_self: Draft, *_rest: object, **_more: object) -> object:
        raise KeyError(where)

    with monkeypatch.context() as patch, qtbot.captureExceptions() as raised:
        patch.setattr(Draft, where, broken)
        player.play()
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is KeyError
    assert not player.playing and seen.last is None
    player.play()
    qtbot.waitUntil(several(seen, 2))


def test_a_large_picture_is_played_smaller(qtbot: QtBot, player: DraftPlayer, seen: Seen) -> None:
    pixels = np.zeros((1600, 400, 3), np.uint8)
    player._document.open(of(Picture(b"", "PNG", 400, 1600)), pixels, None)
    player.play()
    qtbot.waitUntil(several(seen, 1))
    assert seen.last is not None and seen.last.shape == (1080, 270, 3)


def test_closing_ends_the_thread(qtbot: QtBot, player: DraftPlayer, seen: Seen) -> None:
    player.play()
    renderer = player._renderer
    assert renderer is not None and renderer.isRunning()
    player.close()
    assert renderer.isFinished() and seen.last is None
    player.close()
    player.play()
    qtbot.waitUntil(lambda: seen.last is not None)


def test_a_player_that_nobody_closed_ends_its_thread(qtbot: QtBot, scene: Document) -> None:
    player = DraftPlayer(scene)
    player.play()
    renderer = player._renderer
    assert renderer is not None
    ended: list[bool] = []
    renderer.finished.connect(lambda: ended.append(True))
    del player
    gc.collect()
    qtbot.waitUntil(lambda: bool(ended) or not _runs(renderer))


def _runs(renderer: Renderer) -> bool:
    try:
        return renderer.isRunning()
    except RuntimeError:  # deleted together with the player
        return False


def test_a_program_that_ends_while_it_plays_ends_soundly() -> None:
    code = """
import numpy as np
from PySide6.QtCore import QCoreApplication, QTimer
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_player import DraftPlayer
app = QCoreApplication([])
document = Document()
document.open(of(Picture(b"", "PNG", 80, 60)), np.zeros((60, 80, 3), np.uint8), None)
player = DraftPlayer(document)
player.framed.connect(lambda frame: QTimer.singleShot(0, app.quit))
player.play()
app.exec()
print("ended")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "ended"), done.stderr


def test_what_is_seen_is_what_is_exported(
    qtbot: QtBot, scene: Document, player: DraftPlayer, seen: Seen
) -> None:
    from kling_desktop.motion.export import drafted

    player.seek(0.3)
    qtbot.waitUntil(several(seen, 2))  # with a rough background, and with a fine one
    exact = drafted(scene.pixels, scene.shot).frame(0.3)
    assert seen.last is not None and np.array_equal(seen.last, exact)
    scene.set_path(1, Path(((40.0, 40.0), (200.0, 90.0), (60.0, 130.0))), "Redraw")
    qtbot.waitUntil(several(seen, 1))
    exact = drafted(scene.pixels, scene.shot).frame(0.3)
    assert np.array_equal(seen.last, exact)
