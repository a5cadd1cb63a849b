"""Names, colours and the menu of areas, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QAction, QColor, QContextMenuEvent, QImage, Qt, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QMenu, QToolTip

from kling_desktop.imaging.masks import mask_png
from kling_desktop.model.areas import STATIC, Rect
from kling_desktop.model.shot import AreaLook
from kling_desktop.ui.dialogs.area_looks import PALETTE, ColourPopover, OpacityPopover
from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.area_row import AreaRow
from kling_desktop.ui.panels.name_edit import tidy
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.pointer import click, drop
from tests.ui.waiting import until

Paint = Callable[[int, Rect], None]
LONG = "The left sleeve of the astronaut with the glove and the ring"


def row(window: MainWindow, area: int) -> AreaRow:
    return window.column.areas.rows[area]


def double_click(of: AreaRow) -> None:
    place = of.name.geometry().center()
    QTest.mouseDClick(of, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def rename(of: AreaRow, name: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    double_click(of)
    assert of.editor is not None
    of.editor.selectAll()
    if name:
        QTest.keyClicks(of.editor, name)
    else:
        QTest.keyClick(of.editor, Qt.Key.Key_Delete)
    QTest.keyClick(of.editor, key)


def test_a_double_click_renames_in_place(window: MainWindow, document: Document) -> None:
    rename(row(window, 2), "Arm")
    assert document.shot.looks == {2: AreaLook("Arm")}
    assert row(window, 2).name.text() == "Arm"
    assert row(window, 2).editor is None
    assert "“Arm”" in row(window, 2).hide_button.toolTip()
    assert window.acts["area.2"].text() == "Arm"
    assert document.undo_stack.undoText() == "Rename area 2"
    document.undo_stack.undo()
    assert row(window, 2).name.text() == "Area 2"
    assert window.acts["area.2"].text() == "Area &2"


def test_escape_leaves_the_name(window: MainWindow, document: Document) -> None:
    rename(row(window, 2), "Arm", Qt.Key.Key_Escape)
    assert document.shot.looks == {}
    assert row(window, 2).editor is None
    assert document.undo_stack.count() == 0


def test_an_empty_or_usual_name_is_the_usual_one(window: MainWindow, document: Document) -> None:
    rename(row(window, 2), "Arm")
    rename(row(window, 2), "")
    assert document.shot.looks == {}
    rename(row(window, 2), "Area 2")
    assert document.shot.looks == {}
    assert row(window, 2).name.text() == "Area 2"


def test_going_elsewhere_takes_the_name(window: MainWindow, document: Document) -> None:
    row(window, 3).setFocus()
    QTest.keyClick(row(window, 3), Qt.Key.Key_F2)
    editor = row(window, 3).editor
    assert editor is not None
    QTest.keyClicks(editor, "Hat 1")
    window.canvas.setFocus()
    assert document.shot.looks == {3: AreaLook("Hat 1")}


def test_letters_of_a_name_are_no_shortcuts(window: MainWindow, toolbox: Toolbox) -> None:
    rename(row(window, 2), "xepl 3")
    assert (toolbox.tool, toolbox.area) == (Tool.BRUSH, 1)
    assert row(window, 2).name.text() == "xepl 3"


def test_names_with_ampersands_are_shown_as_they_are(
    window: MainWindow, document: Document
) -> None:
    document.set_look(1, AreaLook("Salt & pepper"), "n")
    assert window.acts["area.1"].text() == "Salt && pepper"
    assert row(window, 1).name.shown.startswith("Salt")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  two   words ", "two words"),
        ("a\nb\tc\u2028d", "a b c d"),
        ("x" * 80, "x" * 60),
        ("a\x00b\ud800", "a b"),
    ],
)
def test_names_are_tidied(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


def test_long_names_give_way_and_tips_are_whole(window: MainWindow, document: Document) -> None:
    document.set_look(1, AreaLook(LONG), "n")
    QApplication.processEvents()
    one = row(window, 1)
    one.setFocus()
    QApplication.processEvents()
    assert window.column.width() == 328
    assert one.name.shown.endswith("…")
    assert LONG in one.toolTip()
    for button in (one.hide_button, one.lock_button, one.clear_button, one.more_button):
        assert one.rect().contains(button.geometry())
        assert button.isVisible()
    parts = (one.name, one.more_button, one.clear_button, one.lock_button, one.hide_button)
    lefts = [part.x() for part in (*parts, one.share)]
    assert lefts == sorted(lefts)
    assert one.name.geometry().right() < one.more_button.x()


def test_usual_names_are_read_whole(window: MainWindow, paint: Paint) -> None:
    paint(1, Rect(0, 0, 200, 200))
    paint(STATIC, Rect(300, 300, 500, 500))
    QApplication.processEvents()
    for area in (1, 2, STATIC):
        each = row(window, area)
        assert each.name.shown == each.name.text()
        assert each.state.shown == each.state.text()


MARKUP = "Left <b>arm</b> & co"


def test_names_are_no_markup(window: MainWindow, document: Document) -> None:
    rename(row(window, 3), MARKUP)
    one = row(window, 3)
    buttons = (one.hide_button, one.lock_button, one.clear_button, one.more_button)
    for widget in (one, *buttons):
        said = QTextDocument()
        assert Qt.mightBeRichText(widget.toolTip())
        said.setHtml(widget.toolTip())
        assert MARKUP in said.toPlainText()
    assert one.hide_button.accessibleName() == f"Hide “{MARKUP}”"
    assert one.name.text() == MARKUP
    window.status.show_work(f"Grow “{MARKUP}”…")
    assert (
        window.status.work.sizeHint().width()
        >= window.status.work.fontMetrics().horizontalAdvance(f"Grow “{MARKUP}”…")
    )


def test_after_renaming_by_mouse_the_canvas_has_the_keyboard(window: MainWindow) -> None:
    rename(row(window, 2), "Arm")
    assert window.canvas.hasFocus()
    row(window, 3).setFocus()
    QTest.keyClick(row(window, 3), Qt.Key.Key_F2)
    editor = row(window, 3).editor
    assert editor is not None
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert row(window, 3).hasFocus()


def test_the_more_button_and_the_right_button_open_one_menu(
    window: MainWindow, toolbox: Toolbox
) -> None:
    click(row(window, 4).more_button)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.objectName() == "areaMenu"
    assert toolbox.area == 4
    menu.close()
    place = QPoint(60, 10)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, row(window, 5).mapToGlobal(place)
    )
    QApplication.sendEvent(row(window, 5), event)
    assert QApplication.activePopupWidget() is menu
    assert toolbox.area == 5
    menu.close()


def test_both_menus_offer_the_same(window: MainWindow) -> None:
    def ids(menu: QMenu) -> list[str]:
        return [each.objectName() for each in flat(menu) if each.objectName()]

    bar = next(a.menu() for a in window.menuBar().actions() if a.text() == "&Areas")
    own = window.findChild(QMenu, "areaMenu")
    assert isinstance(bar, QMenu)
    assert isinstance(own, QMenu)
    taken = {"area.pick", "area.static", *(f"area.{k}" for k in range(1, 7))}
    assert [each for each in ids(bar) if each not in taken] == ids(own)
    assert "area.give.2" in ids(own)


def flat(menu: QMenu) -> list[QAction]:
    found: list[QAction] = []
    for action in menu.actions():
        inner = action.menu()
        found += flat(inner) if isinstance(inner, QMenu) else [action]
    return found


def test_an_area_is_not_offered_to_itself(window: MainWindow, toolbox: Toolbox) -> None:
    toolbox.area = 3
    assert not window.acts["area.give.3"].isVisible()
    assert not window.acts["area.swap.3"].isVisible()
    assert window.acts["area.give.1"].isVisible()
    toolbox.area = 1
    assert window.acts["area.give.3"].isVisible()


def test_without_a_picture_areas_have_nothing_done_to_them(empty_window: MainWindow) -> None:
    for action_id in ("area.grow", "area.invert", "area.import", "area.give.2", "area.colour"):
        assert not empty_window.acts[action_id].isEnabled()


def test_show_alone(window: MainWindow, toolbox: Toolbox) -> None:
    alone = window.acts["area.solo"]
    alone.trigger()
    assert toolbox.solo == 1
    assert alone.isChecked()
    toolbox.area = 2
    assert not alone.isChecked()
    alone.trigger()
    assert toolbox.solo == 2
    alone.trigger()
    assert toolbox.solo is None
    assert not alone.isChecked()


def test_opacity_is_seen_while_the_slider_moves(window: MainWindow, toolbox: Toolbox) -> None:
    window.acts["area.opacity"].trigger()
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, OpacityPopover)
    QTest.keyClick(popover.slider, Qt.Key.Key_PageDown)
    assert toolbox.strengths[1] == pytest.approx(0.9)
    QTest.keyClick(popover.slider, Qt.Key.Key_Home)
    assert toolbox.strengths[1] == pytest.approx(0.1)
    assert popover.words.text() == "10 %"
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


def swatch(of: AreaRow) -> QColor:
    image: QImage = of.grab().toImage()
    return image.pixelColor(11, of.height() // 2)


def test_a_colour_of_the_palette(window: MainWindow, document: Document) -> None:
    window.acts["area.colour"].trigger()
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, ColourPopover)
    assert len(PALETTE) == 12
    assert popover.dots["Vermilion"].isChecked()
    click(popover.dots["Violet"], QPoint(9, 9))
    assert document.shot.looks == {1: AreaLook("", PALETTE["Violet"])}
    assert swatch(row(window, 1)) == QColor(*PALETTE["Violet"])
    document.undo_stack.undo()
    assert document.shot.looks == {}
    assert swatch(row(window, 1)) != QColor(*PALETTE["Violet"])


def test_any_other_colour(window: MainWindow, document: Document) -> None:
    window.acts["area.colour"].trigger()
    popover = QApplication.activePopupWidget()
    assert isinstance(popover, ColourPopover)
    click(popover.other, QPoint(9, 9))
    dialog = window.findChild(QColorDialog)
    assert dialog is not None
    dialog.setCurrentColor(QColor(12, 200, 33))
    dialog.accept()
    assert document.shot.looks == {1: AreaLook("", (12, 200, 33))}


def test_usual_name_and_colour(window: MainWindow, document: Document) -> None:
    usual = window.acts["area.usual"]
    assert not usual.isEnabled()
    document.set_look(1, AreaLook("Arm", (1, 2, 3)), "look")
    assert usual.isEnabled()
    usual.trigger()
    assert document.shot.looks == {}
    document.undo_stack.undo()
    assert document.shot.looks == {1: AreaLook("Arm", (1, 2, 3))}


def test_a_mask_dropped_on_a_row_is_taken(
    window: MainWindow, document: Document, toolbox: Toolbox, tmp_path: Path
) -> None:
    import numpy as np

    mask = np.zeros((512, 512), np.bool_)
    mask[10:30, 40:90] = True
    (tmp_path / "arm.png").write_bytes(mask_png(mask))
    drop(row(window, 6), tmp_path / "arm.png")
    until(lambda: document.counts[6])
    assert toolbox.area == 6
    assert np.array_equal(document.labels == 6, mask)
    assert document.title == "astronaut"


def test_tips_name_the_area(window: MainWindow, document: Document) -> None:
    document.set_look(4, AreaLook("Arm"), "look")
    QApplication.sendEvent(row(window, 4), QEvent(QEvent.Type.ToolTip))
    assert row(window, 4).clear_button.toolTip() == "Clear “Arm” and its path"
    assert row(window, STATIC).clear_button.toolTip() == "Clear the static area and its path"
    QToolTip.hideText()
