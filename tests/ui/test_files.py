"""Opening, saving, pasting, recent files and recovery, with real files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from kling_desktop.model.areas import Rect
from kling_desktop.ui.document import Document
from kling_desktop.ui.files import Files
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.pictures import with_suffix
from kling_desktop.workshop import Workshop
from tests.ui.pointer import PHOTOS

Paint = Callable[[int, Rect], None]
Posted = list[tuple[str, Tone]]


@pytest.fixture
def opened(files: Files) -> Files:
    assert files.open_now(PHOTOS / "astronaut.png")
    return files


def choose(monkeypatch: pytest.MonkeyPatch, which: str, path: Path | str) -> None:
    monkeypatch.setattr(QFileDialog, which, lambda *_: (str(path), ""))


def test_a_picture_is_opened_off_the_thread(qtbot: QtBot, files: Files, document: Document) -> None:
    with qtbot.waitSignal(document.opened, timeout=5000):
        files.open(PHOTOS / "rocket.jpg")
        assert document.shot.picture is None
    assert document.shot.size == (640, 427)
    assert document.pixels.shape == (427, 640, 3)
    assert document.labels.flags.writeable
    assert document.file is None


def test_open_asks_for_a_file(
    files: Files, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, "getOpenFileName", PHOTOS / "rocket.jpg")
    files.open_dialog()
    files.finish()
    assert document.title == "rocket"


def test_the_last_file_asked_for_wins(files: Files, document: Document) -> None:
    files.open(PHOTOS / "astronaut.png")
    files.open(PHOTOS / "rocket.jpg")
    files.finish()
    assert document.title == "rocket"


@pytest.mark.parametrize("name", ["missing.png", "notes.kling", "empty.jpg"])
def test_what_cannot_be_opened_is_said_and_changes_nothing(
    opened: Files, document: Document, posted: Posted, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    if name != "missing.png":
        path.write_bytes(b"" if name == "empty.jpg" else b"not a zip")
    opened.open(path)
    opened.finish()
    assert document.title == "astronaut"
    assert [tone for _, tone in posted] == [Tone.ERROR]
    assert posted[0][0].endswith(".")
    assert not opened.open_now(path)


def test_save_asks_for_a_name_once(
    opened: Files, document: Document, paint: Paint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(1, Rect(0, 0, 50, 50))
    assert document.modified
    choose(monkeypatch, "getSaveFileName", tmp_path / "my shot")
    opened.save()
    opened.finish()
    assert document.file == tmp_path / "my shot.kling"
    assert not document.modified
    choose(monkeypatch, "getSaveFileName", "")
    paint(2, Rect(60, 60, 90, 90))
    opened.save()
    opened.finish()
    assert not document.modified


def test_saved_and_opened_again_it_is_the_same(
    opened: Files, document: Document, paint: Paint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(4, Rect(10, 20, 110, 140))
    document.set_settings(replace(document.shot.settings, prompt="She waves"), "t")
    choose(monkeypatch, "getSaveFileName", tmp_path / "a.kling")
    opened.save_as()
    opened.finish()
    before = document.snapshot()
    opened.open(tmp_path / "a.kling")
    opened.finish()
    assert (document.labels == before.labels).all()
    assert document.shot.settings == before.settings
    assert document.file == tmp_path / "a.kling"


def test_what_changes_while_it_is_written_stays_unsaved(
    opened: Files, document: Document, paint: Paint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(1, Rect(0, 0, 50, 50))
    choose(monkeypatch, "getSaveFileName", tmp_path / "a.kling")
    opened.save()
    assert opened.saving
    paint(1, Rect(60, 60, 90, 90))
    opened.finish()
    assert document.file == tmp_path / "a.kling"
    assert document.modified
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.modified


def test_a_failed_save_is_said_and_calls_nobody(
    opened: Files,
    document: Document,
    posted: Posted,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose(monkeypatch, "getSaveFileName", tmp_path / "nowhere" / "a.kling")
    called: list[bool] = []
    opened.save(lambda: called.append(True))
    opened.finish()
    assert called == []
    assert "There is no folder" in posted[0][0]
    assert document.file is None


def test_a_name_without_ending_never_overwrites_unasked(
    opened: Files, posted: Posted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.kling").write_bytes(b"precious")
    choose(monkeypatch, "getSaveFileName", tmp_path / "a")
    opened.save()
    opened.finish()
    assert (tmp_path / "a.kling").read_bytes() == b"precious"
    assert "exists already" in posted[0][0]


def test_nothing_to_save(files: Files, posted: Posted) -> None:
    files.save()
    assert "nothing to save" in posted[0][0]


@pytest.mark.parametrize(
    ("name", "saved"), [("a", "a.kling"), ("a.v2", "a.v2.kling"), ("A.KLING", "A.KLING")]
)
def test_the_ending_is_appended(name: str, saved: str) -> None:
    assert with_suffix(Path(name)).name == saved


def test_paste_opens_the_copied_picture(files: Files, document: Document) -> None:
    image = QImage(400, 320, QImage.Format.Format_RGB32)
    image.fill(QColor(10, 200, 30))
    QGuiApplication.clipboard().setImage(image)
    files.paste()
    files.finish()
    assert document.shot.size == (400, 320)
    assert document.pixels[5, 5].tolist() == [10, 200, 30]


def test_paste_without_a_picture_says_so(files: Files, posted: Posted) -> None:
    QGuiApplication.clipboard().setText("words")
    files.paste()
    assert "copy a picture first" in posted[0][0]


def test_several_dropped_files_are_one_shot(
    files: Files, document: Document, posted: Posted
) -> None:
    files.open_dropped([PHOTOS / "rocket.jpg", PHOTOS / "coffee.png"])
    files.finish()
    assert document.title == "rocket"
    assert "first of 2" in posted[0][0]


def test_recent_files_are_remembered_newest_first(
    files: Files, workshop: Workshop, document: Document, notices: Notices
) -> None:
    for name in ("rocket.jpg", "astronaut.png", "rocket.jpg"):
        files.open_now(PHOTOS / name)
    again = Files(
        document, notices, preferences=workshop.preferences, directories=workshop.directories
    )
    assert [path.name for path in again.recent()] == ["rocket.jpg", "astronaut.png"]
    again.forget_recent()
    assert again.recent() == []
    again.close()


def test_a_recent_file_that_is_gone_leaves_the_list(files: Files, tmp_path: Path) -> None:
    copy = tmp_path / "gone.png"
    copy.write_bytes((PHOTOS / "coffee.png").read_bytes())
    files.open_now(copy)
    copy.unlink()
    files.open(copy)
    files.finish()
    assert files.recent() == []


def test_the_sample_is_opened_as_a_new_shot(files: Files, document: Document) -> None:
    files.open_sample()
    files.finish()
    assert document.shot.picture is not None
    assert document.file is None
    assert not document.modified


def test_unsaved_work_is_copied_and_recovered(
    opened: Files, document: Document, paint: Paint, workshop: Workshop, notices: Notices
) -> None:
    paint(3, Rect(0, 0, 40, 40))
    opened.recovery.keep()
    opened.finish()
    copies = list(workshop.directories.autosave.glob("*.kling"))
    assert len(copies) == 1
    assert opened.recovery.recoverable() == []
    opened.recovery._autosave._lock.close()

    other = Document()
    crashed = Files(
        other, notices, preferences=workshop.preferences, directories=workshop.directories
    )
    found = crashed.recovery.recoverable()
    assert [each.original for each in found] == [None]
    crashed.recover(found[0])
    crashed.finish()
    crashed.finish()
    assert other.counts[3] == 1600
    assert other.modified
    assert copies[0] not in set(workshop.directories.autosave.glob("*.kling"))
    crashed.close()
    assert list(workshop.directories.autosave.glob("*.kling")) == []


def test_a_copy_goes_once_the_work_is_saved(
    opened: Files, paint: Paint, workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(3, Rect(0, 0, 40, 40))
    opened.recovery.keep()
    opened.finish()
    choose(monkeypatch, "getSaveFileName", tmp_path / "a.kling")
    opened.save()
    opened.finish()
    opened.finish()
    assert list(workshop.directories.autosave.glob("*.kling")) == []


def test_nothing_is_copied_while_nothing_is_unsaved(opened: Files, workshop: Workshop) -> None:
    opened.recovery.keep()
    opened.finish()
    assert not workshop.directories.autosave.exists()
