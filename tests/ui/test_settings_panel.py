"""The settings panel: two-way with the shot, limits, and reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QPlainTextEdit,
    QWidget,
)

from kling_desktop.ui.document import Document
from kling_desktop.ui.panels.prompt import Prompt
from kling_desktop.ui.panels.settings import SettingsPanel
from kling_desktop.ui.window import MainWindow


@pytest.fixture
def panel(window: MainWindow) -> SettingsPanel:
    return window.column.settings


def set_model(document: Document, name: str) -> None:
    document.set_settings(replace(document.shot.settings, model_name=name), "Choose model")


def choose(box: QComboBox, value: str) -> None:
    """By the keyboard, as the artist does."""
    box.setFocus()
    wanted = box.findData(value)
    assert wanted >= 0
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(wanted):
        QTest.keyClick(box, Qt.Key.Key_Down)


def test_the_promised_names_are_there(window: MainWindow) -> None:
    for name, kind in (
        ("prompt", QPlainTextEdit),
        ("negativePrompt", QPlainTextEdit),
        ("model", QComboBox),
        ("mode", QComboBox),
        ("duration", QComboBox),
        ("cfgScale", QDoubleSpinBox),
    ):
        assert isinstance(window.findChild(kind, name), kind)


def test_typing_reaches_the_shot_and_counts(
    window: MainWindow, panel: SettingsPanel, document: Document
) -> None:
    QTest.keyClicks(panel.prompt, "She waves")
    assert document.shot.settings.prompt == "She waves"
    assert window.findChild(QLabel, "promptCount").text() == "9 / 2500"


def test_typing_is_one_step_of_undo(panel: SettingsPanel, document: Document) -> None:
    steps = document.undo_stack.count()
    QTest.keyClicks(panel.prompt, "She waves")
    assert document.undo_stack.count() == steps + 1
    QTest.keyClick(panel.prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.shot.settings.prompt == ""
    assert panel.prompt.toPlainText() == ""


def test_a_pause_begins_another_step(panel: SettingsPanel, document: Document) -> None:
    QTest.keyClicks(panel.prompt, "She waves")
    prompt = panel.findChild(Prompt)
    prompt._pause.timeout.emit()
    QTest.keyClicks(panel.prompt, " twice")
    document.undo_stack.undo()
    assert document.shot.settings.prompt == "She waves"


def test_the_cursor_stays_while_typing_in_the_middle(
    panel: SettingsPanel, document: Document
) -> None:
    QTest.keyClicks(panel.prompt, "She waves")
    for _ in range(5):
        QTest.keyClick(panel.prompt, Qt.Key.Key_Left)
    QTest.keyClicks(panel.prompt, "now ")
    assert document.shot.settings.prompt == "She now waves"
    assert panel.prompt.textCursor().position() == 8


def test_too_long_a_prompt_turns_red(
    window: MainWindow, panel: SettingsPanel, document: Document
) -> None:
    count = window.findChild(QLabel, "negativePromptCount")
    document.set_settings(replace(document.shot.settings, negative_prompt="x" * 2500), "t")
    assert count.property("tone") == "muted"
    panel.negative_prompt.setFocus()
    panel.negative_prompt.moveCursor(panel.negative_prompt.textCursor().MoveOperation.End)
    QTest.keyClicks(panel.negative_prompt, "y")
    assert count.text() == "2501 / 2500"
    assert count.property("tone") == "error"


def test_tab_leaves_the_prompt(panel: SettingsPanel) -> None:
    panel.prompt.setFocus()
    seen: list[QWidget | None] = []
    for _ in range(10):
        QTest.keyClick(QApplication.focusWidget() or panel, Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    order = [seen.index(each) for each in (panel.model, panel.mode, panel.duration)]
    assert order == sorted(order)
    assert seen.index(panel.negative_prompt) > order[-1]


def test_a_prompt_grows_with_its_text_up_to_six_lines(panel: SettingsPanel) -> None:
    prompt = panel.prompt
    heights = [prompt.height()]
    for _ in range(8):
        prompt.setFocus()
        QTest.keyClicks(prompt, "a line")
        QTest.keyClick(prompt, Qt.Key.Key_Return)
        heights.append(prompt.height())
    line = heights[2] - heights[1]
    assert line >= prompt.fontMetrics().height()
    assert heights[0] == heights[1], "two lines have room from the start"
    assert heights[-1] == heights[-2] == heights[0] + 4 * line
    prompt.selectAll()
    QTest.keyClick(prompt, Qt.Key.Key_Delete)
    assert prompt.height() == heights[0]


def test_choosers_hold_the_values_of_the_api(panel: SettingsPanel, document: Document) -> None:
    assert panel.model.currentData() == "kling-v2-1-master"
    choose(panel.model, "kling-v1-5")
    choose(panel.mode, "std")
    choose(panel.duration, "10")
    settings = document.shot.settings
    assert (settings.model_name, settings.mode, settings.duration) == ("kling-v1-5", "std", "10")
    assert all(panel.model.itemData(i) for i in range(panel.model.count()))


def test_a_retired_model_says_so(panel: SettingsPanel, document: Document) -> None:
    set_model(document, "kling-v1-6")
    assert "Retired" in panel._rows["model_name"].hint.text()
    set_model(document, "kling-v2-6")
    assert panel._rows["model_name"].hint.text() == ""


def test_what_the_model_lacks_is_disabled_with_a_reason(
    panel: SettingsPanel, document: Document
) -> None:
    set_model(document, "kling-v2-master")
    assert not panel.mode.isEnabled()
    assert "single mode" in panel._rows["mode"].hint.text()
    assert not panel.cfg_scale.isEnabled()
    assert "takes no prompt strength" in panel._rows["cfg_scale"].hint.text()
    assert panel.send_cfg.isEnabled()
    set_model(document, "kling-v1")
    assert panel.mode.isEnabled()
    assert panel.cfg_scale.isEnabled()


def test_a_model_that_is_not_served_is_shown_not_replaced(
    panel: SettingsPanel, document: Document
) -> None:
    set_model(document, "kling-v9")
    assert panel.model.currentData() == "kling-v9"
    assert "not served" in panel.model.currentText()
    assert document.shot.settings.model_name == "kling-v9"
    set_model(document, "kling-v1")
    assert panel.model.findData("kling-v9") == -1


def test_a_duration_that_the_model_lacks_is_kept(panel: SettingsPanel, document: Document) -> None:
    document.set_settings(replace(document.shot.settings, duration="13"), "t")
    assert panel.duration.currentData() == "13"
    assert document.shot.settings.duration == "13"


def test_strength_can_be_left_out_and_sent_again(panel: SettingsPanel, document: Document) -> None:
    place = QPoint(10, panel.send_cfg.height() // 2)
    QTest.mouseClick(panel.send_cfg, Qt.MouseButton.LeftButton, pos=place)
    assert document.shot.settings.cfg_scale is None
    assert not panel.cfg_scale.isEnabled()
    QTest.mouseClick(panel.send_cfg, Qt.MouseButton.LeftButton, pos=place)
    assert document.shot.settings.cfg_scale == 0.5


def test_strength_steps_within_its_range(panel: SettingsPanel, document: Document) -> None:
    panel.cfg_scale.setFocus()
    QTest.keyClick(panel.cfg_scale, Qt.Key.Key_Up)
    assert document.shot.settings.cfg_scale == pytest.approx(0.55)
    assert (panel.cfg_scale.minimum(), panel.cfg_scale.maximum()) == (0, 1)
    for _ in range(30):
        QTest.keyClick(panel.cfg_scale, Qt.Key.Key_Up)
    assert document.shot.settings.cfg_scale == 1


def test_the_wheel_scrolls_past_fields_without_changing_them(
    panel: SettingsPanel, document: Document
) -> None:
    panel.prompt.setFocus()
    for field in (panel.duration, panel.cfg_scale):
        middle = QPointF(field.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(field.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(field, event)
    assert document.shot.settings.duration == "5"
    assert document.shot.settings.cfg_scale == 0.5
