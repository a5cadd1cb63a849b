"""The areas panel, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kling_desktop.model.areas import STATIC, Rect
from kling_desktop.model.path import Path
from kling_desktop.model.shot import AreaLook
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.area_row import AreaRow, percent
from kling_desktop.ui.toolbox import Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.pointer import click

Paint = Callable[[int, Rect], None]


def row(window: MainWindow, area: int) -> AreaRow:
    return window.column.areas.rows[area]


def point_at(window: MainWindow, area: int) -> None:
    """Move the real pointer over a row."""
    place = row(window, area).mapTo(window, row(window, area).rect().center())
    for way in (QPoint(1, 0), QPoint()):  # it may have stood there before
        QTest.mouseMove(window.windowHandle(), place + way)
    QApplication.processEvents()


def buttons(of: AreaRow) -> list[bool]:
    """Whether menu, clear, lock and eye are seen."""
    four = (of.more_button, of.clear_button, of.lock_button, of.hide_button)
    return [each.isVisible() for each in four]


def test_seven_rows_and_one_in_hand(window: MainWindow) -> None:
    rows = window.column.areas.rows
    assert list(rows) == [1, 2, 3, 4, 5, 6, 7]
    assert [area for area, each in rows.items() if each.isChecked()] == [1]


def test_a_click_takes_the_area_in_hand(window: MainWindow, toolbox: Toolbox) -> None:
    click(row(window, 4), QPoint(60, 15))
    assert toolbox.area == 4
    assert row(window, 4).isChecked()
    assert not row(window, 1).isChecked()
    assert window.acts["area.4"].isChecked()


def test_clicking_the_area_in_hand_keeps_it(window: MainWindow, toolbox: Toolbox) -> None:
    click(row(window, 1), QPoint(60, 15))
    assert toolbox.area == 1
    assert row(window, 1).isChecked()


def test_arrow_keys_walk_the_rows(window: MainWindow, toolbox: Toolbox) -> None:
    row(window, 1).setFocus()
    QTest.keyClick(row(window, 1), Qt.Key.Key_Down)
    assert toolbox.area == 2
    assert row(window, 2).hasFocus()
    QTest.keyClick(row(window, 2), Qt.Key.Key_Up)
    QTest.keyClick(row(window, 1), Qt.Key.Key_Up)
    assert toolbox.area == 1


def test_it_says_how_much_is_painted(window: MainWindow, paint: Paint) -> None:
    assert row(window, 2).share.text() == "–"
    paint(2, Rect(0, 0, 256, 512))
    assert row(window, 2).share.text() == "50.0 %"
    assert row(window, 2).state.text() == "no path"
    assert row(window, 2).state.property("tone") == "warning"


def test_it_says_how_the_path_stands(window: MainWindow, paint: Paint, document: Document) -> None:
    document.set_path(1, Path(((10.0, 10.0), (200.0, 10.0))), "p")
    assert row(window, 1).state.text() == "no area"
    paint(1, Rect(0, 0, 40, 40))
    assert row(window, 1).state.text() == "2 points"
    assert row(window, 1).state.property("tone") == "muted"
    document.set_path(1, Path(((10.0, 10.0), (20.0, 10.0))), "p")
    assert row(window, 1).state.text() == "short path"
    document.set_path(1, Path(((10.0, 10.0),)), "p")
    assert row(window, 1).state.text() == "1 point"


def test_static_stays_still(window: MainWindow, paint: Paint) -> None:
    paint(STATIC, Rect(0, 0, 10, 10))
    assert row(window, STATIC).state.text() == "stays still"


def test_the_eye_hides_and_shows(window: MainWindow, toolbox: Toolbox) -> None:
    eye = row(window, 3).hide_button
    click(eye)
    assert toolbox.hidden == {3}
    assert eye.toolTip() == "Show area 3"
    click(eye)
    assert toolbox.hidden == frozenset()


def test_the_lock_keeps_the_area_from_being_cleared(
    window: MainWindow, toolbox: Toolbox, paint: Paint, document: Document
) -> None:
    paint(3, Rect(0, 0, 50, 50))
    click(row(window, 3).lock_button)
    assert toolbox.locked == {3}
    assert not row(window, 3).clear_button.isEnabled()
    click(row(window, 3).clear_button)
    assert document.counts[3] == 2500


def test_clear_takes_area_and_path_in_one_step(
    window: MainWindow, paint: Paint, document: Document
) -> None:
    assert not row(window, 1).clear_button.isEnabled()
    paint(1, Rect(0, 0, 50, 50))
    document.set_path(1, Path(((10.0, 10.0), (200.0, 10.0))), "p")
    click(row(window, 1).clear_button)
    assert document.counts[1] == 0
    assert document.shot.paths == {}
    document.undo_stack.undo()
    assert document.counts[1] == 2500
    assert 1 in document.shot.paths


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.5, "50.0 %"), (0.00001, "0.1 %"), (0.99999, "99.9 %"), (1.0, "100.0 %")],
)
def test_percent_never_claims_nothing_or_everything(share: float, words: str) -> None:
    assert percent(share) == words


def test_folding_is_remembered(window: MainWindow, make_window: Callable[[], MainWindow]) -> None:
    window.column.areas.section.fold(folded=True)
    assert window.column.areas.section.body.isHidden()
    assert make_window().column.areas.section.folded


# Buttons


def test_buttons_come_with_the_pointer(window: MainWindow) -> None:
    point_at(window, 6)
    assert buttons(row(window, 3)) == [False, False, False, False]
    assert buttons(row(window, 1)) == [False, False, True, True]  # in hand
    lock = row(window, 6).lock_button.x()
    assert buttons(row(window, 6)) == [True, True, True, True]
    point_at(window, 3)
    assert buttons(row(window, 3)) == [True, True, True, True]
    assert buttons(row(window, 6)) == [False, False, False, False]
    assert row(window, 3).lock_button.x() == lock


def test_buttons_that_are_down_stay_where_they_are(window: MainWindow, toolbox: Toolbox) -> None:
    point_at(window, 6)
    point_at(window, 3)
    places = row(window, 3).lock_button.x(), row(window, 3).hide_button.x()
    toolbox.set_locked(3, locked=True)
    toolbox.set_hidden(4, hidden=True)
    point_at(window, 6)
    assert buttons(row(window, 3)) == [False, False, True, False]
    assert buttons(row(window, 4)) == [False, False, False, True]
    assert (row(window, 3).lock_button.x(), row(window, 4).hide_button.x()) == places


def test_buttons_are_reached_by_keyboard(window: MainWindow, toolbox: Toolbox) -> None:
    point_at(window, 6)
    row(window, 3).setFocus()
    assert buttons(row(window, 3)) == [True, True, True, True]
    reached = []
    for _ in range(3):  # there is nothing to clear
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
        assert buttons(row(window, 3)) == [True, True, True, True]
        if reached[-1] is row(window, 3).lock_button:
            QTest.keyClick(reached[-1], Qt.Key.Key_Space)
    three = row(window, 3)
    assert reached == [three.more_button, three.lock_button, three.hide_button]
    assert toolbox.locked == {3}
    window.canvas.setFocus()
    assert buttons(row(window, 3)) == [False, False, True, False]


def test_shares_stand_below_one_another(window: MainWindow, paint: Paint) -> None:
    paint(1, Rect(0, 0, 300, 300))
    paint(STATIC, Rect(300, 300, 310, 310))
    point_at(window, 2)
    QApplication.processEvents()
    rights = {each.share.geometry().right() for each in window.column.areas.rows.values()}
    assert len(rights) == 1
    for each in window.column.areas.rows.values():
        assert each.share.width() >= each.share.sizeHint().width()


def test_a_name_has_the_room_of_what_is_not_there(window: MainWindow, document: Document) -> None:
    document.set_look(3, AreaLook("Helicopter rotor blade"), "n")
    point_at(window, 6)
    QApplication.processEvents()
    assert row(window, 3).name.shown == "Helicopter rotor blade"


# Keyboard


@pytest.mark.parametrize("before", ["prompt", "canvas"])
def test_after_a_click_the_canvas_has_the_keyboard(
    window: MainWindow, toolbox: Toolbox, before: str
) -> None:
    found = window.findChild(QWidget, before)
    assert found is not None
    found.setFocus()
    click(row(window, 4), QPoint(60, 15))
    assert toolbox.area == 4
    assert window.canvas.hasFocus()


def test_the_keyboard_stays_in_the_rows(window: MainWindow, toolbox: Toolbox) -> None:
    point_at(window, 6)
    row(window, 2).setFocus()
    QTest.keyClick(row(window, 2), Qt.Key.Key_Space)
    assert toolbox.area == 2
    QTest.keyClick(row(window, 2), Qt.Key.Key_Down)
    assert row(window, 3).hasFocus()
