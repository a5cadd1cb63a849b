"""Masks in and out of the window: dialogs, files, sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMessageBox, QPushButton

from kling_desktop.imaging.masks import mask_png
from kling_desktop.model.areas import STATIC, Rect
from kling_desktop.ui.area_operations import AreaOperations
from kling_desktop.ui.document import Document
from kling_desktop.ui.mask_files import MaskFiles, with_mask
from kling_desktop.ui.notices import Notices, Tone
from kling_desktop.ui.toolbox import Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.pointer import click
from tests.ui.waiting import until

Paint = Callable[[int, Rect], None]
Answer = Callable[[str], None]


@pytest.fixture
def operations(window: MainWindow) -> Iterator[AreaOperations]:
    found = window.findChild(AreaOperations)
    assert isinstance(found, AreaOperations)
    yield found
    found.jobs.finish()


@pytest.fixture
def said(notices: Notices) -> list[tuple[str, Tone]]:
    found: list[tuple[str, Tone]] = []
    notices.posted.connect(lambda sentence, tone: found.append((sentence, tone)))
    return found


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """What the artist chooses in the next file dialog."""

    def answered(name: str) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (name, ""))
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: name)

    return answered


@pytest.fixture
def do(window: MainWindow, operations: AreaOperations) -> Callable[[str], None]:
    def done(action_id: str) -> None:
        window.acts[action_id].trigger()
        until(lambda: not operations.jobs.busy)

    return done


@pytest.fixture
def export(window: MainWindow, operations: AreaOperations) -> Callable[[str], None]:
    """Export the area in hand under a name typed into the dialog; none gives up."""

    def exported(name: str) -> None:
        window.acts["area.export"].trigger()
        dialog = window.findChild(QFileDialog)
        assert isinstance(dialog, QFileDialog)
        if name:
            field = dialog.findChild(QLineEdit, "fileNameEdit")
            assert isinstance(field, QLineEdit)
            field.setText(name)
            QTest.keyClick(field, Qt.Key.Key_Return)
        else:
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        until(lambda: not operations.jobs.busy)

    return exported


def answer_question(button: QMessageBox.StandardButton, asked: list[str]) -> None:
    """Answer the message box that comes next."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        box.button(button).click()

    QTimer.singleShot(0, press)


def mask() -> np.ndarray:
    found = np.zeros((512, 512), np.bool_)
    found[50:150, 60:260] = True
    return found


def test_a_mask_replaces_the_area_in_hand(
    do: Callable[[str], None], answer: Answer, document: Document, paint: Paint, tmp_path: Path
) -> None:
    (tmp_path / "arm.png").write_bytes(mask_png(mask()))
    answer(str(tmp_path / "arm.png"))
    paint(1, Rect(300, 300, 400, 400))
    paint(2, Rect(0, 0, 100, 100))
    before, steps = document.labels.copy(), document.undo_stack.count()
    do("area.import")
    assert np.array_equal(document.labels == 1, mask())
    assert document.counts[2] == 10_000 - 50 * 40
    assert document.undo_stack.count() == steps + 1
    assert document.undo_stack.undoText() == "Import mask into area 1"
    document.undo_stack.undo()
    assert np.array_equal(document.labels, before)


@pytest.mark.parametrize("kept", ["locked", "hidden", "solo"])
def test_locked_and_hidden_areas_keep_their_pixels(
    do: Callable[[str], None],
    answer: Answer,
    document: Document,
    toolbox: Toolbox,
    paint: Paint,
    tmp_path: Path,
    said: list[tuple[str, Tone]],
    kept: str,
) -> None:
    (tmp_path / "arm.png").write_bytes(mask_png(mask()))
    answer(str(tmp_path / "arm.png"))
    paint(2, Rect(0, 0, 100, 100))
    toolbox.set_locked(2, locked=kept == "locked")
    toolbox.set_hidden(2, hidden=kept == "hidden")
    toolbox.set_solo(1 if kept == "solo" else None)
    for _ in range(2):
        do("area.import")
        assert document.counts[2] == 10_000
        assert document.counts[1] == 20_000 - 50 * 40
        assert document.undo_stack.count() == 2
    assert len(said) == 1
    assert said[0][0].startswith("Area 1 is the same as that mask already outside locked")


def test_where_another_area_was_shown_alone_all_are_seen_and_may_be_taken_from(
    do: Callable[[str], None],
    answer: Answer,
    document: Document,
    toolbox: Toolbox,
    paint: Paint,
    tmp_path: Path,
) -> None:
    (tmp_path / "arm.png").write_bytes(mask_png(mask()))
    answer(str(tmp_path / "arm.png"))
    paint(2, Rect(0, 0, 100, 100))
    toolbox.set_solo(3)
    do("area.import")
    assert toolbox.hidden == frozenset()
    assert document.counts[1] == 20_000


def test_a_locked_area_takes_no_mask(
    do: Callable[[str], None],
    answer: Answer,
    document: Document,
    toolbox: Toolbox,
    tmp_path: Path,
    said: list[tuple[str, Tone]],
) -> None:
    (tmp_path / "arm.png").write_bytes(mask_png(mask()))
    answer(str(tmp_path / "arm.png"))
    toolbox.set_locked(1, locked=True)
    do("area.import")
    assert document.counts[1] == 0
    assert "is locked" in said[0][0]


def test_the_same_mask_again_is_no_step(
    do: Callable[[str], None],
    answer: Answer,
    document: Document,
    tmp_path: Path,
    said: list[tuple[str, Tone]],
) -> None:
    (tmp_path / "arm.png").write_bytes(mask_png(mask()))
    answer(str(tmp_path / "arm.png"))
    do("area.import")
    do("area.import")
    assert document.undo_stack.count() == 1
    assert said == [("Area 1 is the same as that mask already.", Tone.INFO)]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("gone.png", None, "There is no file"),
        ("text.png", b"hello", "text.png"),
        ("wide.png", mask_png(np.ones((10, 90), np.bool_)), "another shape"),
        ("black.png", mask_png(np.zeros((512, 512), np.bool_)), "white"),
    ],
)
def test_what_is_no_mask_is_said(
    do: Callable[[str], None],
    answer: Answer,
    document: Document,
    tmp_path: Path,
    said: list[tuple[str, Tone]],
    name: str,
    data: bytes | None,
    words: str,
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    answer(str(tmp_path / name))
    do("area.import")
    assert said[0][1] == Tone.ERROR
    assert words in said[0][0]
    assert document.undo_stack.count() == 0


def test_giving_up_in_the_dialog_does_nothing(
    do: Callable[[str], None],
    export: Callable[[str], None],
    answer: Answer,
    document: Document,
    paint: Paint,
    said: list[tuple[str, Tone]],
) -> None:
    answer("")
    paint(1, Rect(0, 0, 9, 9))
    for action_id in ("area.import", "area.exportAll"):
        do(action_id)
    export("")
    assert said == []
    assert document.undo_stack.count() == 1


def test_export_and_import_give_the_same_pixels(
    do: Callable[[str], None],
    export: Callable[[str], None],
    answer: Answer,
    document: Document,
    toolbox: Toolbox,
    paint: Paint,
    tmp_path: Path,
    said: list[tuple[str, Tone]],
) -> None:
    paint(1, Rect(3, 5, 77, 99))
    before = document.labels == 1
    export(str(tmp_path / "arm"))
    assert said == [(f"Saved “arm.png” in {tmp_path.name}.", Tone.INFO)]
    written = cv2.imread(str(tmp_path / "arm.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(written, before.astype(np.uint8) * 255)
    toolbox.area = 4
    answer(str(tmp_path / "arm.png"))
    do("area.import")
    assert np.array_equal(document.labels == 4, before)


def test_all_painted_areas_go_into_a_folder(
    do: Callable[[str], None],
    answer: Answer,
    paint: Paint,
    tmp_path: Path,
    said: list[tuple[str, Tone]],
) -> None:
    paint(1, Rect(0, 0, 9, 9))
    paint(4, Rect(20, 0, 29, 9))
    paint(STATIC, Rect(40, 0, 49, 9))
    folder = tmp_path / "masks"
    folder.mkdir()
    answer(str(folder))
    do("area.exportAll")
    assert sorted(path.name for path in folder.iterdir()) == [
        "astronaut area 1.png",
        "astronaut area 4.png",
        "astronaut static.png",
    ]
    assert said == [("Saved 3 masks in masks.", Tone.INFO)]


def test_an_empty_area_has_no_mask(do: Callable[[str], None], said: list[tuple[str, Tone]]) -> None:
    do("area.export")
    do("area.exportAll")
    assert [sentence for sentence, _ in said] == [
        "Area 1 is not painted yet: there is no mask to export.",
        "No area is painted yet: there are no masks to export.",
    ]


def test_what_is_there_is_replaced_only_when_the_artist_says_so(
    window: MainWindow,
    do: Callable[[str], None],
    answer: Answer,
    paint: Paint,
    operations: AreaOperations,
    tmp_path: Path,
) -> None:
    paint(1, Rect(0, 0, 9, 9))
    paint(4, Rect(20, 0, 29, 9))
    paint(STATIC, Rect(40, 0, 49, 9))
    folder = tmp_path / "masks"
    folder.mkdir()
    precious = [folder / "astronaut area 1.png", folder / "astronaut static.png"]
    for path in precious:
        path.write_bytes(b"precious")
    answer(str(folder))
    do("area.exportAll")
    assert window.strip.text.text() == (
        "“astronaut area 1.png” and “astronaut static.png” exist already in masks."
    )
    assert [path.read_bytes() for path in precious] == [b"precious"] * 2
    assert len(list(folder.iterdir())) == 2
    replace = next(b for b in window.strip.findChildren(QPushButton) if b.text() == "Replace")
    click(replace)
    until(lambda: not operations.jobs.busy)
    assert len(list(folder.iterdir())) == 3
    assert all(cv2.imread(str(path)) is not None for path in precious)


def test_a_late_answer_saves_no_other_picture(
    window: MainWindow,
    do: Callable[[str], None],
    answer: Answer,
    paint: Paint,
    document: Document,
    operations: AreaOperations,
    tmp_path: Path,
) -> None:
    from dataclasses import replace as changed

    paint(1, Rect(0, 0, 9, 9))
    precious = tmp_path / "astronaut area 1.png"
    precious.write_bytes(b"precious")
    answer(str(tmp_path))
    do("area.exportAll")
    picture = document.shot.picture
    assert picture is not None
    other = changed(document.shot, picture=changed(picture, name="other.png"))
    document.open(other, document.pixels, None)
    click(next(b for b in window.strip.findChildren(QPushButton) if b.text() == "Replace"))
    until(lambda: not operations.jobs.busy)
    assert precious.read_bytes() == b"precious"


@pytest.mark.parametrize("typed", ["arm", "arm.png"])
def test_the_dialog_asks_about_the_file_that_will_be_written(
    export: Callable[[str], None], window: MainWindow, paint: Paint, tmp_path: Path, typed: str
) -> None:
    paint(1, Rect(0, 0, 9, 9))
    (tmp_path / "arm.png").write_bytes(b"precious")
    asked: list[str] = []
    answer_question(QMessageBox.StandardButton.No, asked)
    export(str(tmp_path / typed))
    assert len(asked) == 1
    assert "arm.png" in asked[0]
    assert (tmp_path / "arm.png").read_bytes() == b"precious"
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    answer_question(QMessageBox.StandardButton.Yes, asked)
    export(str(tmp_path / typed))
    assert cv2.imread(str(tmp_path / "arm.png")) is not None


def test_another_ending_does_not_hide_what_is_there(
    export: Callable[[str], None], window: MainWindow, paint: Paint, tmp_path: Path
) -> None:
    paint(1, Rect(0, 0, 9, 9))
    (tmp_path / "arm.mask.png").write_bytes(b"precious")
    export(str(tmp_path / "arm.mask"))
    assert (tmp_path / "arm.mask.png").read_bytes() == b"precious"
    assert window.strip.text.text() == f"“arm.mask.png” exists already in {tmp_path.name}."


def test_a_folder_that_refuses_is_said(
    do: Callable[[str], None],
    answer: Answer,
    paint: Paint,
    tmp_path: Path,
    said: list[tuple[str, Tone]],
) -> None:
    paint(1, Rect(0, 0, 9, 9))
    answer(str(tmp_path / "nowhere"))
    do("area.exportAll")
    assert said[0][1] == Tone.ERROR
    assert "There is no folder" in said[0][0]


def test_the_folder_is_remembered(
    window: MainWindow, export: Callable[[str], None], paint: Paint, tmp_path: Path
) -> None:
    paint(1, Rect(0, 0, 9, 9))
    export(str(tmp_path / "arm.png"))
    window.acts["area.export"].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.selectedFiles() == [str(tmp_path / "astronaut area 1.png")]
    dialog.reject()
    assert window.findChild(MaskFiles) is not None


@given(
    arrays(np.uint8, (9, 11), elements=st.integers(0, 7)),
    arrays(np.bool_, (9, 11)),
    st.integers(1, 7),
    st.frozensets(st.integers(1, 7)),
)
def test_a_mask_over_any_map(
    labels: np.ndarray, found: np.ndarray, area: int, locked: frozenset[int]
) -> None:
    before = labels.copy()
    rect, painted = with_mask(labels, area, found, locked - {area})
    after = labels.copy()
    after[rect.y0 : rect.y1, rect.x0 : rect.x1] = painted
    assert np.array_equal(labels, before)
    guarded = np.isin(labels, list(locked - {area}))
    assert np.array_equal(after == area, found & ~guarded)
    assert np.array_equal(after[guarded], labels[guarded])
    others = (labels != area) & ~found
    assert np.array_equal(after[others], labels[others])
    assert rect.empty == np.array_equal(after, labels)
