"""Actions: ids of the contract, shortcuts, and what they do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from kling_desktop.ui.actions import TABLE, tool_tip
from kling_desktop.ui.document import Document
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow

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
    window.acts["help.shortcuts"].trigger()
    from kling_desktop.ui.dialogs.shortcuts import ShortcutsDialog

    dialog = window.findChild(ShortcutsDialog)
    QTest.keyClicks(dialog.search, "eraser")
    items = [dialog.list.topLevelItem(i) for i in range(dialog.list.topLevelItemCount())]
    shown = [item.text(1) for item in items if not item.isHidden()]
    assert len(items) > 20
    assert "E" in shown
    assert len(shown) < 3
    dialog.reject()


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
