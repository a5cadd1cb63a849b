"""The budget of undo is chosen in the Edit menu and kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kling_desktop.ui.document import Document
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.undo_memory import KEY, UndoMemoryMenu
from kling_desktop.ui.vault import BUDGET, MEGABYTE
from kling_desktop.ui.window import MainWindow


def menu(window: MainWindow) -> UndoMemoryMenu:
    found = window.findChild(UndoMemoryMenu)
    assert found is not None
    assert found.menuAction() in window.menuBar().actions()[1].menu().actions()
    return found


def checked(window: MainWindow) -> str:
    return "".join(action.text() for action in menu(window).actions() if action.isChecked())


def test_it_is_256_megabytes_at_first(empty_window: MainWindow, document: Document) -> None:
    assert checked(empty_window) == "256 MB"
    assert document.vault.budget == BUDGET == 256 * MEGABYTE


def test_a_choice_holds_at_once_for_the_next_shot_and_the_next_start(
    make_window: Callable[[], MainWindow], document: Document, studio: Studio
) -> None:
    next(a for a in menu(make_window()).actions() if a.text() == "1 GB").trigger()
    assert document.vault.budget == 1024 * MEGABYTE
    document.open(document.shot, document.pixels, None)
    assert document.vault.budget == 1024 * MEGABYTE
    document.vault.budget = 0
    assert checked(make_window()) == "1 GB"
    assert document.vault.budget == 1024 * MEGABYTE


@pytest.mark.parametrize(
    ("kept", "megabytes"), [(300, 300), ("lots", 256), (-1, 256), (True, 256), (None, 256)]
)
def test_what_stands_in_the_preferences_counts_if_it_makes_sense(
    make_window: Callable[[], MainWindow],
    document: Document,
    studio: Studio,
    kept: object,
    megabytes: int,
) -> None:
    studio.preferences.set(KEY, kept)
    assert checked(make_window()) == f"{megabytes} MB"
    assert document.vault.budget == megabytes * MEGABYTE
