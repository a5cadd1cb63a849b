"""Actions: ids of the contract, shortcuts, and what they do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from kling_desktop.model.areas import Rect
from kling_desktop.ui.action_spec import tool_tip
from kling_desktop.ui.actions import TABLE
from kling_desktop.ui.dialogs.gestures import GESTURES
from kling_desktop.ui.dialogs.shortcuts import ShortcutsDialog
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.canvas.hand import Hand

PROMISED = [
    "file.open",
    "file.save",
    "file.saveAs",
    "edit.undo",
    "edit.redo",
    "tool.pan",
    "tool.brush",
    "tool.eraser",
    "tool.lasso",
    "tool.wand",
    "tool.smart",
    "tool.path",
    "tool.edge",
    "tool.rectangle",
    "tool.ellipse",
    "tool.fill",
    "tool.swap",
    "area.pick",
    "area.solo",
    "area.grow",
    "area.shrink",
    "area.smooth",
    "area.fillHoles",
    "area.removeSpecks",
    "area.invert",
    "area.give.2",
    "area.swap.static",
    "area.pinRest",
    "area.pinBorder",
    "area.import",
    "area.export",
    "area.exportAll",
    "view.panels",
    "area.1",
    "area.2",
    "area.3",
    "area.4",
    "area.5",
    "area.6",
    "area.static",
    "view.fit",
    "view.actual",
    "motion.play",
    "shot.generate",
]


def sheet(window: MainWindow) -> ShortcutsDialog:
    window.canvas.setFocus()
    QTest.keyClicks(window.canvas, "?")
    dialog = window.findChild(ShortcutsDialog)
    assert isinstance(dialog, ShortcutsDialog)
    dialog.activateWindow()
    QApplication.processEvents()
    return dialog


def shown(dialog: ShortcutsDialog) -> list[tuple[str, str]]:
    """What the sheet lists now: what, and how."""
    tops = [dialog.list.topLevelItem(i) for i in range(dialog.list.topLevelItemCount())]
    rows = [top.child(i) for top in tops for i in range(top.childCount()) if not top.isHidden()]
    return [(row.text(0), row.text(1)) for row in rows if not row.isHidden()]


@pytest.mark.parametrize("action_id", [*PROMISED, "file.openRecent", "file.sample", "file.quit"])
def test_every_promised_action_is_in_the_window(empty_window: MainWindow, action_id: str) -> None:
    action = empty_window.findChild(QAction, action_id)
    assert action is not None
    assert action.text()


def test_no_two_actions_share_a_key() -> None:
    keys = [key for spec in TABLE for key in spec.keys]
    assert len(keys) == len(set(keys))


def test_ids_are_unique_and_tips_name_the_key() -> None:
    assert len({spec.id for spec in TABLE}) == len(TABLE)
    brush = next(spec for spec in TABLE if spec.id == "tool.brush")
    assert tool_tip(brush).endswith("(B)")


@pytest.mark.parametrize(
    ("key", "tool"),
    [
        (Qt.Key.Key_E, Tool.ERASER),
        (Qt.Key.Key_L, Tool.LASSO),
        (Qt.Key.Key_W, Tool.WAND),
        (Qt.Key.Key_P, Tool.PATH),
        (Qt.Key.Key_H, Tool.PAN),
        (Qt.Key.Key_Q, Tool.EDGE),
        (Qt.Key.Key_R, Tool.RECTANGLE),
        (Qt.Key.Key_O, Tool.ELLIPSE),
        (Qt.Key.Key_G, Tool.FILL),
        (Qt.Key.Key_X, Tool.ERASER),
    ],
)
def test_a_key_takes_a_tool(window: MainWindow, toolbox: Toolbox, key: Qt.Key, tool: Tool) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, key)
    assert toolbox.tool == tool
    assert window.acts[f"tool.{tool}"].isChecked()


@pytest.mark.parametrize(("key", "area"), [(Qt.Key.Key_3, 3), (Qt.Key.Key_0, 7)])
def test_a_digit_takes_an_area(
    window: MainWindow, toolbox: Toolbox, key: Qt.Key, area: int
) -> None:
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, key)
    assert toolbox.area == area


def test_x_changes_between_brush_and_eraser(window: MainWindow, toolbox: Toolbox) -> None:
    window.canvas.setFocus()
    toolbox.tool = Tool.LASSO
    QTest.keyClick(window.canvas, Qt.Key.Key_X)
    assert toolbox.tool == Tool.ERASER
    QTest.keyClick(window.canvas, Qt.Key.Key_X)
    assert toolbox.tool == Tool.BRUSH


def test_v_takes_the_area_under_the_pointer(
    window: MainWindow, toolbox: Toolbox, paint: Callable[[int, Rect], None]
) -> None:
    paint(5, Rect(100, 100, 200, 200))
    window.canvas.setFocus()
    place = window.canvas.view_point(150.0, 150.0).toPoint()
    QTest.mouseMove(window.canvas, place - QPoint(1, 0))
    QTest.mouseMove(window.canvas, place)
    QTest.keyClick(window.canvas, Qt.Key.Key_V)
    assert toolbox.area == 5
    assert window.column.areas.rows[5].isChecked()


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        (Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier),
    ],
)
def test_keys_that_fit_the_picture(
    window: MainWindow, key: Qt.Key, keys: Qt.KeyboardModifier
) -> None:
    fitted = window.zoom.text()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.zoom.text() == "100 %"
    QTest.keyClick(window.canvas, key, keys)
    assert window.zoom.text() == fitted != "100 %"


def test_letters_in_the_prompt_are_letters(
    window: MainWindow, toolbox: Toolbox, document: Document
) -> None:
    prompt = window.findChild(QPlainTextEdit, "prompt")
    prompt.setFocus()
    QTest.keyClicks(prompt, "hope 3 [f]?")
    assert document.shot.settings.prompt == "hope 3 [f]?"
    assert (toolbox.tool, toolbox.area) == (Tool.BRUSH, 1)


def test_brackets_change_the_brush(window: MainWindow, toolbox: Toolbox) -> None:
    window.canvas.setFocus()
    before = toolbox.radius
    QTest.keyClick(window.canvas, Qt.Key.Key_BracketRight)
    assert toolbox.radius > before
    QTest.keyClick(window.canvas, Qt.Key.Key_BracketLeft)
    assert toolbox.radius == pytest.approx(before)


def test_undo_says_what_it_undoes(ready_window: MainWindow, document: Document) -> None:
    undo = ready_window.acts["edit.undo"]
    assert undo.text() == "&Undo draw path 1"
    ready_window.canvas.setFocus()
    QTest.keyClick(ready_window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.shot.paths == {}
    assert ready_window.acts["edit.redo"].text() == "&Redo draw path 1"


def test_undo_takes_back_the_first_gesture_of_a_shot(
    window: MainWindow, document: Document
) -> None:
    assert not window.acts["edit.undo"].isEnabled()
    window.canvas.setFocus()
    hand = Hand(window.canvas)
    hand.press((100.0, 100.0))
    hand.move((200.0, 100.0))
    assert document.labels.any()
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not document.labels.any()
    hand.release((200.0, 100.0))
    assert document.undo_stack.count() == 0
    hand.drag((100.0, 100.0), (200.0, 100.0))
    assert window.acts["edit.undo"].isEnabled()
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not document.labels.any()
    assert not window.acts["edit.undo"].isEnabled()


def test_the_sheet_promises_what_the_tools_do(window: MainWindow) -> None:
    said = {heading: dict(rows) for heading, rows in GESTURES.items()}
    edge = [heading for heading in said if "edge brush" in heading]
    eraser = [heading for heading in said if "eraser" in heading]
    assert not any("Shift + click" in said[heading].values() for heading in edge)
    assert not any("Alt + drag" in said[heading].values() for heading in eraser)
    assert "Shift + click" in said["Brush, eraser"].values()
    smart = said["Smart selection"]
    assert smart["Scribble over what belongs to it"] == "Ctrl + drag"
    assert smart["Scribble over what does not"] == "Ctrl + Alt + drag"
    assert ("Scribble over what does not", "Ctrl + Alt + drag") in shown(sheet(window))


def test_without_a_picture_there_is_nothing_to_save_or_play(empty_window: MainWindow) -> None:
    for action_id in ("file.save", "file.saveAs", "motion.play"):
        assert not empty_window.acts[action_id].isEnabled()


def test_play_tells_and_stops_with_another_shot(window: MainWindow, document: Document) -> None:
    told: list[bool] = []
    window.play_draft_toggled.connect(told.append)
    window.acts["motion.play"].trigger()
    document.open(document.shot, document.pixels, None)
    assert told == [True, False]


def test_help_opens_a_list_of_keys_that_can_be_searched(window: MainWindow) -> None:
    dialog = sheet(window)
    assert len(shown(dialog)) > 60
    QTest.keyClicks(dialog.search, "eraser")
    assert ("Eraser", "E") in shown(dialog)
    assert len(shown(dialog)) < 10
    QTest.keyClicks(dialog.search, " nonsense")
    assert shown(dialog) == []
    assert dialog.nothing.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_sheet_lists_every_key_and_the_gestures(window: MainWindow) -> None:
    from PySide6.QtGui import QKeySequence

    listed = " ".join(how for _, how in shown(sheet(window)))
    for spec in TABLE:
        for key in spec.keys:
            native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            assert native in listed, spec.id
    for gesture in ("Wheel", "Right click", "Shift + click", "Shift + Alt"):
        assert gesture in listed


def test_the_sheet_is_used_by_keyboard_alone(window: MainWindow) -> None:
    dialog = sheet(window)
    assert dialog.search.hasFocus()
    QTest.keyClicks(dialog.search, "zoom")
    QTest.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.list.hasFocus()
    QTest.keyClicks(dialog.list, "x")
    assert dialog.search.hasFocus()
    assert dialog.search.text() == "zoomx"


def test_about_names_version_and_licence(window: MainWindow) -> None:
    from PySide6.QtWidgets import QLabel

    from kling_desktop import __version__
    from kling_desktop.ui.dialogs.about import AboutDialog

    window.acts["help.about"].trigger()
    dialog = window.findChild(AboutDialog)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert __version__ in words
    assert "GNU General Public License" in words
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
