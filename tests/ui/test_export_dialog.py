"""The export of the draft in the real window: choices, progress, cancelling, errors in place."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from kling_desktop.model.path import Path as Track
from kling_desktop.motion import video
from kling_desktop.motion.export import Kind, Loop
from kling_desktop.storage.settings import Preferences
from kling_desktop.ui.dialogs.export_choices import (
    Choices,
    understood,
)
from kling_desktop.ui.dialogs.export_draft import FOLDER, KEY, STILL, ExportDraftDialog
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_export import DraftExport
from kling_desktop.ui.window import MainWindow
from kling_desktop.workshop import Workshop
from tests.ui.exporting import (
    choose,
    draft_of,
    finish,
    lasting,
    listed,
    press,
    read_png,
    type_name,
)
from tests.ui.waiting import until

CTRL = Qt.KeyboardModifier.ControlModifier
Open = Callable[[], ExportDraftDialog]


@pytest.fixture
def folder(workshop: Workshop, tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    workshop.preferences.set(FOLDER, str(folder))
    return folder


@pytest.fixture
def open_dialog(ready_window: MainWindow, document: Document, folder: Path) -> Iterator[Open]:
    """By the key for it; the shot is a second long, so that tests are short."""

    def opened() -> ExportDraftDialog:
        until(lambda: QApplication.activeWindow() is not None)
        QTest.keyClick(ready_window, Qt.Key.Key_E, CTRL)
        dialog = ready_window.findChild(ExportDraftDialog)
        assert isinstance(dialog, ExportDraftDialog)
        return dialog

    lasting(document, "1")
    yield opened
    for dialog in ready_window.findChildren(ExportDraftDialog):
        dialog.close()
    export = ready_window.findChild(DraftExport)
    if export is not None:
        until(lambda: not export.running)


@pytest.fixture
def export(ready_window: MainWindow) -> Callable[[], DraftExport]:
    def found() -> DraftExport:
        export = ready_window.findChild(DraftExport)
        assert isinstance(export, DraftExport)
        return export

    return found


# Opening


def test_without_a_picture_there_is_nothing_to_export(empty_window: MainWindow) -> None:
    assert not empty_window.acts["file.exportDraft"].isEnabled()
    QTest.keyClick(empty_window, Qt.Key.Key_E, CTRL)
    assert empty_window.findChild(ExportDraftDialog) is None


def test_there_is_one_dialog_and_the_window_stays_in_use(
    open_dialog: Open, ready_window: MainWindow
) -> None:
    dialog = open_dialog()
    assert open_dialog() is dialog
    assert not dialog.isModal()
    assert len(ready_window.findChildren(ExportDraftDialog)) == 1
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert ready_window.findChild(ExportDraftDialog) is None


def test_it_says_what_will_be_made(open_dialog: Open, folder: Path) -> None:
    dialog = open_dialog()
    assert dialog.name.text() == str(folder / "astronaut.mp4")
    assert dialog.summary.text() == "512 × 512 · 30 frames · 1 s · less than 1 MB"
    words = [dialog.form.size_box.itemText(row) for row in range(dialog.form.size_box.count())]
    assert words == ["As the picture (512 × 512)", "480p (480 × 480)", "Another height"]
    choose(dialog.form.loop, "Forth and back")
    assert "58 frames · 1.93 s" in dialog.summary.text()
    assert dialog.note.text() == ""


def test_a_shot_in_which_nothing_moves_is_said(
    open_dialog: Open, document: Document, folder: Path
) -> None:
    dialog = open_dialog()
    document.set_path(1, None, "Remove path")
    assert dialog.note.text() == STILL
    document.undo_stack.undo()
    assert dialog.note.text() == ""


# Exporting


def test_enter_exports_a_video_of_the_draft(
    open_dialog: Open, export: Callable[[], DraftExport], document: Document, folder: Path
) -> None:
    dialog = open_dialog()
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert export().running
    finish(export())
    assert listed(folder) == ["astronaut.mp4"]
    assert dialog.note.text() == "Saved “astronaut.mp4” in films."
    found = [pixels for _, pixels in video.read(folder / "astronaut.mp4")]
    wanted = list(draft_of(document).frames(1, 30))
    assert len(found) == len(wanted) == 30
    for pixels, frame in zip(found[::10], wanted[::10], strict=True):
        assert np.abs(pixels.astype(int) - frame).mean() < 4.5


def test_pictures_are_what_the_draft_shows_to_the_bit(
    open_dialog: Open, export: Callable[[], DraftExport], document: Document, folder: Path
) -> None:
    dialog = open_dialog()
    choose(dialog.form.kind, "Numbered PNG")
    choose(dialog.form.size_box, "Another height")
    dialog.form.height_box.selectAll()
    QTest.keyClicks(dialog.form.height_box, "301")
    choose(dialog.form.rate, "24")
    assert dialog.note.text() == "astronaut_0001.png … astronaut_0024.png"
    assert dialog.summary.text().startswith("301 × 301 · 24 frames · 1 s · ")
    press(dialog.go)
    finish(export())
    assert dialog.note.text() == "Saved 24 pictures in films."
    assert listed(folder) == [f"astronaut_{number:04}.png" for number in range(1, 25)]
    for name, frame in zip(listed(folder), draft_of(document, 301).frames(1, 24), strict=True):
        assert np.array_equal(read_png(folder / name), frame)


def test_a_gif_has_its_own_rates(
    open_dialog: Open, export: Callable[[], DraftExport], folder: Path
) -> None:
    dialog = open_dialog()
    choose(dialog.form.kind, "GIF")
    assert dialog.name.text() == str(folder / "astronaut.gif")
    rates = [dialog.form.rate.itemText(row) for row in range(dialog.form.rate.count())]
    assert rates == ["10", "12.5", "20", "25"]
    choose(dialog.form.rate, "12.5")
    press(dialog.go)
    finish(export())
    with Image.open(folder / "astronaut.gif") as image:
        assert (image.size, getattr(image, "n_frames", 1)) == ((512, 512), 12)
        assert (image.info["duration"], image.info["loop"]) == (80, 0)


def test_a_shot_that_lands_is_exported_as_it_is_seen(
    open_dialog: Open, export: Callable[[], DraftExport], document: Document, folder: Path
) -> None:
    document.set_land(land=True)
    dialog = open_dialog()
    choose(dialog.form.kind, "Numbered PNG")
    press(dialog.go)
    finish(export())
    names = listed(folder)
    draft = draft_of(document)
    assert np.array_equal(read_png(folder / names[0]), draft.frame(0.0))
    assert np.array_equal(read_png(folder / names[-1]), draft.frame(1.0))
    inside = np.s_[110:190, 110:190]
    assert np.array_equal(read_png(folder / names[-1])[inside], document.pixels[inside][..., :3])


def test_what_is_done_meanwhile_is_not_in_it(
    open_dialog: Open, export: Callable[[], DraftExport], document: Document, folder: Path
) -> None:
    wanted = draft_of(document).frame(1.0)
    dialog = open_dialog()
    choose(dialog.form.kind, "Numbered PNG")
    press(dialog.go)
    document.set_path(1, Track(((150.0, 150.0), (400.0, 400.0))), "Draw path 1")
    document.clear_area(1, "Clear area 1")
    finish(export())
    assert np.array_equal(read_png(folder / "astronaut_0030.png"), wanted)
    assert dialog.note.text() == "Saved 30 pictures in films."


def test_the_folder_is_shown(
    open_dialog: Open,
    export: Callable[[], DraftExport],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", shown.append)
    dialog = open_dialog()
    assert not dialog.reveal.isVisible()
    press(dialog.go)
    finish(export())
    press(dialog.reveal)
    assert [url.toLocalFile() for url in shown] == [str(folder)]
    choose(dialog.form.loop, "Forth")
    assert not dialog.reveal.isVisible()


# Cancelling


@pytest.fixture
def running(
    open_dialog: Open, export: Callable[[], DraftExport], document: Document
) -> ExportDraftDialog:
    """A long export of pictures that has made its first ones."""
    lasting(document, "10")
    dialog = open_dialog()
    choose(dialog.form.kind, "Numbered PNG")
    choose(dialog.form.rate, "60")
    press(dialog.go)
    until(lambda: dialog.bar.value() >= 2, 20)
    return dialog


def test_progress_is_seen(running: ExportDraftDialog) -> None:
    assert running.bar.isVisible()
    assert running.bar.maximum() == 600
    assert running.note.text() == f"Frame {running.bar.value()} of 600"
    assert not running.form.isEnabled()
    assert not running.go.isVisible()


def test_cancel_leaves_nothing(
    running: ExportDraftDialog, export: Callable[[], DraftExport], folder: Path
) -> None:
    press(running.stop)
    finish(export())
    assert listed(folder) == []
    assert running.note.text() == "Cancelled: nothing is saved."
    assert running.isVisible()
    assert running.form.isEnabled()
    press(running.go)
    until(lambda: running.bar.value() >= 2, 20)
    assert running.stop.isEnabled()


@pytest.mark.parametrize("how", ["escape", "frame"])
def test_closing_cancels(
    running: ExportDraftDialog, export: Callable[[], DraftExport], folder: Path, how: str
) -> None:
    if how == "escape":
        QTest.keyClick(running, Qt.Key.Key_Escape)
    else:
        running.close()
    finish(export())
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert listed(folder) == []


def test_the_end_of_the_program_cancels(
    running: ExportDraftDialog, export: Callable[[], DraftExport], folder: Path, qapp: QApplication
) -> None:
    qapp.aboutToQuit.emit()
    finish(export())
    assert listed(folder) == []


# Names


def test_the_ending_and_the_format_go_together(open_dialog: Open, folder: Path) -> None:
    dialog = open_dialog()
    type_name(dialog, str(folder / "walk.v2.gif"))
    assert dialog.form.choices.kind == Kind.GIF
    assert dialog.form.kind.currentText() == "GIF"
    choose(dialog.form.kind, "MP4")
    assert dialog.name.text() == str(folder / "walk.v2.mp4")
    type_name(dialog, "walk.v3")
    assert dialog.target == folder / "walk.v3.mp4"
    type_name(dialog, "")
    QTest.keyClick(dialog.name, Qt.Key.Key_Backspace)
    assert dialog.target == folder / "astronaut.mp4"


def test_what_is_there_is_replaced_only_by_a_button_that_says_so(
    open_dialog: Open, export: Callable[[], DraftExport], folder: Path
) -> None:
    (folder / "astronaut.mp4").write_bytes(b"precious")
    dialog = open_dialog()
    assert dialog.note.text() == "“astronaut.mp4” exists already in films."
    assert dialog.go.text() == "R&eplace"
    type_name(dialog, "other.mp4")
    assert dialog.go.text() == "&Export"
    type_name(dialog, "astronaut.mp4")
    press(dialog.go)
    finish(export())
    assert video.probe(folder / "astronaut.mp4").frames == 30


def test_the_file_dialog_gives_a_name(
    open_dialog: Open, workshop: Workshop, folder: Path, tmp_path: Path
) -> None:
    dialog = open_dialog()
    press(dialog.choose)
    chooser = dialog.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    field = chooser.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(field, QLineEdit)
    field.setText(str(tmp_path / "walk.gif"))
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert dialog.name.text() == str(tmp_path / "walk.gif")
    assert dialog.form.choices.kind == Kind.GIF


def test_an_error_is_said_in_place(
    open_dialog: Open,
    export: Callable[[], DraftExport],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dialog = open_dialog()
    type_name(dialog, str(folder / "no" / "a.mp4"))
    press(dialog.go)
    finish(export())
    assert dialog.note.text().startswith("There is no folder")
    assert dialog.note.property("tone") == "error"
    type_name(dialog, str(folder / "a.mp4"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    press(dialog.go)
    finish(export())
    assert "no room left" in dialog.note.text()
    assert listed(folder) == []


@pytest.mark.parametrize("name", ["x" * 300, "/", "~nobody-of-that-name/a", "a\nb"])
def test_odd_names_break_nothing(
    open_dialog: Open, export: Callable[[], DraftExport], name: str
) -> None:
    dialog = open_dialog()
    dialog.name.setText(name)
    dialog.name.textEdited.emit(name)
    press(dialog.go)
    finish(export())
    assert dialog.note.text()


# What is remembered


def test_choices_are_remembered(
    open_dialog: Open, workshop: Workshop, folder: Path, ready_window: MainWindow
) -> None:
    dialog = open_dialog()
    choose(dialog.form.kind, "GIF")
    choose(dialog.form.rate, "10")
    choose(dialog.form.size_box, "480p")
    choose(dialog.form.loop, "Forth")
    press(dialog.shut)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    again = open_dialog()
    assert again is not dialog
    assert again.form.choices == Choices(Kind.GIF, 480, gif_rate=10.0, loop=Loop.PINGPONG)
    assert again.form.rate.currentText() == "10"
    assert again.form.size_box.currentText() == "480p (480 × 480)"
    assert understood(Preferences(workshop.directories.settings).get(KEY)) == again.form.choices
