"""The main job: photo → areas → paths → task → video, by mouse and keys, over a real socket."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QListView, QPlainTextEdit

from kling_desktop.imaging.load import pixels
from kling_desktop.motion import video
from kling_desktop.motion.follow import follow
from kling_desktop.workshop import read_shot, write_shot
from tests.e2e.conftest import PHOTOS, Studio


def as_array(image: QImage) -> np.ndarray:
    """(h, w, 3) RGB of what a widget shows."""
    flat = image.convertToFormat(QImage.Format.Format_RGBX8888)
    data = np.frombuffer(flat.constBits(), np.uint8).reshape(flat.height(), flat.bytesPerLine())
    whole = data[:, : flat.width() * 4].reshape(flat.height(), flat.width(), 4)
    return whole[..., :3].copy()


def paint_the_astronaut(studio: Studio) -> None:
    """Area 1 on the face, static along the bottom, a path to the right for area 1."""
    studio.toolbox.radius = 30
    studio.key(Qt.Key.Key_1)
    studio.drag((200, 100), (250, 110), (220, 150))
    studio.key(Qt.Key.Key_0)
    studio.drag((20, 490), (490, 490))
    studio.key(Qt.Key.Key_1)
    studio.key(Qt.Key.Key_P)
    for spot in ((225, 120), (300, 90), (380, 110)):
        studio.click(spot)


def test_an_artist_without_a_key_makes_a_video(start: Callable[..., Studio], home: Path) -> None:
    studio = start()
    studio.drop(PHOTOS / "astronaut.png")
    paint_the_astronaut(studio)
    studio.type("prompt", "She turns her head")

    shot = studio.app.document.shot
    assert shot.labels[110, 225] == 1
    assert shot.labels[490, 250] == 7
    assert shot.labels[300, 250] == 0
    assert len(shot.paths[1].points) == 3
    assert shot.settings.prompt == "She turns her head"
    studio.wait(lambda: studio.app.inspector.ready, "nothing is in the way")

    studio.press_button("generateButton")
    studio.generated()
    (task,) = studio.app.tasks.tasks
    assert task.remote_id
    made = Path(task.video or "")
    assert made.is_relative_to(home)
    assert video.verify(made).frames == 150
    report = follow(pixels(shot.picture), shot.labels, shot.paths, made)
    assert report.areas[0].mean_px < 2

    player = studio.app.player
    studio.wait(lambda: not player.screen_area.image.isNull(), "the player shows a frame")
    shown = as_array(player.screen_area.image)
    photo = cv2.resize(pixels(shot.picture), shown.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert shown.shape[0] == shown.shape[1]
    assert np.abs(shown.astype(int) - photo).mean() < 12

    studio.app.shutdown()
    again = start()
    view = again.widget("tasks")
    assert isinstance(view, QListView)
    assert view.model().rowCount() == 1
    assert again.app.tasks.tasks[0] == task


def test_undo_takes_back_each_step_and_redo_brings_it_again(studio: Studio) -> None:
    studio.drop(PHOTOS / "astronaut.png")
    empty = studio.app.document.labels.copy()
    paint_the_astronaut(studio)
    painted = studio.app.document.labels.copy()
    paths = studio.app.document.shot.paths
    assert painted.any()
    stack = studio.app.document.undo_stack
    assert stack.count() == 5
    for _ in range(5):
        studio.do("edit.undo")
    assert np.array_equal(studio.app.document.labels, empty)
    assert not studio.app.document.shot.paths
    for _ in range(5):
        studio.do("edit.redo")
    assert np.array_equal(studio.app.document.labels, painted)
    assert studio.app.document.shot.paths == paths


def test_a_shot_is_saved_and_opened_again_as_it_was(
    start: Callable[..., Studio], tmp_path: Path, monkeypatch
) -> None:
    studio = start()
    studio.drop(PHOTOS / "coffee.png")
    paint_the_astronaut(studio)
    studio.type("negativePrompt", "steam")
    target = tmp_path / "cup.kling"
    monkeypatch.setattr(
        "kling_desktop.ui.files.QFileDialog.getSaveFileName", lambda *_, **__: (str(target), "")
    )
    assert studio.window.isWindowModified()
    studio.do("file.save")
    studio.wait(target.exists, "the shot is saved")
    studio.wait(lambda: not studio.window.isWindowModified(), "nothing is unsaved")
    saved, shown = read_shot(target), studio.app.document.shot
    assert np.array_equal(saved.labels, shown.labels)
    assert saved.paths == shown.paths
    assert saved.settings == shown.settings
    again = start(target)
    assert again.app.document.title == "cup"
    assert np.array_equal(again.app.document.labels, shown.labels)
    assert again.canvas.zoom > 0


def test_problems_stop_the_shot_and_lead_to_the_field(studio: Studio) -> None:
    studio.drop(PHOTOS / "rocket.jpg")
    studio.toolbox.radius = 30
    studio.key(Qt.Key.Key_2)
    studio.drag((100, 100), (200, 120))
    studio.wait(lambda: not studio.app.inspector.ready, "the missing path is seen")
    studio.press_button("generateButton")
    assert not studio.app.tasks.tasks
    assert (str(studio.toolbox.tool), studio.toolbox.area) == ("path", 2)


def test_a_double_click_on_generate_makes_one_task(studio: Studio) -> None:
    studio.drop(PHOTOS / "rocket.jpg")
    studio.press_button("generateButton")
    studio.press_button("generateButton")
    studio.generated()
    assert len(studio.app.tasks.tasks) == 1


def test_the_draft_plays_on_the_canvas_while_the_artist_paints(studio: Studio) -> None:
    studio.drop(PHOTOS / "astronaut.png")
    paint_the_astronaut(studio)
    frames: list[np.ndarray] = []
    studio.app.draft_player.framed.connect(lambda f: None if f is None else frames.append(f))
    studio.action("motion.play").setChecked(True)
    studio.wait(lambda: len(frames) > 5, "the draft plays")
    assert np.abs(frames[-1].astype(int) - frames[0].astype(int)).max() > 20
    studio.key(Qt.Key.Key_B)
    studio.drag((60, 60), (90, 60))
    assert studio.app.document.labels[60, 75] == 1
    studio.action("motion.play").setChecked(False)
    assert not studio.app.draft_player.playing


def test_the_token_is_nowhere_and_a_held_account_is_said(
    start: Callable[..., Studio], home: Path, tmp_path: Path, monkeypatch, secret: str
) -> None:
    from kling_desktop.practice.server import PracticeServer
    from kling_desktop.storage.accounts import Account

    with PracticeServer(tmp_path / "server", token="the-right-one", pace=0) as server:
        studio = start(PHOTOS / "rocket.jpg")
        studio.app.workshop.accounts.add(Account("relay", "mulerun", server.url), secret)
        studio.app.studio.accounts_were_edited()
        studio.app.studio.choose_account("relay")
        said: list[str] = []
        studio.app.notices.posted.connect(lambda sentence, _tone: said.append(sentence))
        studio.press_button("generateButton")
        studio.wait(lambda: bool(said), "the refused token is said")
        assert "token" in said[0].lower() or "key" in said[0].lower()
        assert server.creations == 0
        monkeypatch.setenv("KLING_DESKTOP_TOKEN", "the-right-one")
        studio.app.worker.release("relay")
        studio.generated()
        assert server.creations == 1
    for file in home.rglob("*"):
        if file.is_file():
            assert secret.encode() not in file.read_bytes()


def test_a_prompt_that_is_there_at_the_start_is_shown_whole(
    start: Callable[..., Studio], tmp_path: Path
) -> None:
    studio = start()
    studio.drop(PHOTOS / "coffee.png")
    studio.type("prompt", "steam rises from the cup " * 6)
    written = tmp_path / "cup.kling"
    write_shot(studio.app.document.snapshot(), written)
    studio.app.document.undo_stack.setClean()
    edit = start(written).widget("prompt")
    assert isinstance(edit, QPlainTextEdit)
    studio.wait(lambda: edit.document().size().height() > 2, "the text wraps")
    studio.wait(lambda: edit.verticalScrollBar().maximum() == 0, "no line is hidden")
