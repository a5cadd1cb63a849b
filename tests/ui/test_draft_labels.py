"""Copies of the label map: the newest one, kept while nothing is painted, large ones in parts."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kling_desktop.model.areas import Rect
from kling_desktop.model.shot import Picture, of
from kling_desktop.ui import draft_labels
from kling_desktop.ui.document import Document
from kling_desktop.ui.draft_labels import LabelCopies


@pytest.fixture
def scene(document: Document) -> Document:
    document.open(of(Picture(b"", "PNG", 60, 40)), np.zeros((40, 60, 3), np.uint8), None)
    return document


def paint(document: Document, area: int = 1) -> None:
    document.paint(Rect(4, 4, 10, 10), np.full((6, 6), area, np.uint8), "Paint")


def test_the_same_copy_until_something_is_painted(scene: Document) -> None:
    copies = LabelCopies(scene)
    first = copies.current()
    assert first is not None and first is copies.current()
    paint(scene)
    second = copies.current()
    assert second is not None and second is not first
    assert not first.any() and np.array_equal(second, scene.labels)
    with pytest.raises(ValueError, match="read-only"):
        second[0, 0] = 1


def test_an_edit_that_is_taken_back_is_noticed(scene: Document) -> None:
    copies, edit = LabelCopies(scene), scene.edit_labels()
    edit.touch(Rect(0, 0, 5, 5))
    scene.labels[0:5, 0:5] = 3
    during = copies.current()
    assert during is not None and during.any()
    scene.cancel_labels(edit)
    after = copies.current()
    assert after is not None and not after.any()


def test_a_large_map_comes_in_parts_and_is_up_to_date(
    qtbot: QtBot, scene: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_labels, "AT_ONCE", 600)
    copies = LabelCopies(scene)
    with qtbot.waitSignal(copies.ready):
        assert copies.current() is None
        assert copies.current() is None
        QApplication.processEvents()
        paint(scene, 5)
    found = copies.current()
    assert found is not None and np.array_equal(found, scene.labels)
    paint(scene, 2)
    again = copies.current()
    assert again is not None and np.array_equal(again, scene.labels), "from now on at once"


def test_another_shot_begins_anew(
    qtbot: QtBot, scene: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_labels, "AT_ONCE", 600)
    copies = LabelCopies(scene)
    assert copies.current() is None
    scene.open(of(Picture(b"", "PNG", 80, 70)), np.zeros((70, 80, 3), np.uint8), None)
    with qtbot.waitSignal(copies.ready):
        assert copies.current() is None
    found = copies.current()
    assert found is not None and found.shape == (70, 80)
