"""Problems lead to their field; Generate sends only what nothing stops; accounts and prices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QListWidget, QPushButton

from kling_desktop.model.areas import Rect
from kling_desktop.model.camera import Camera
from kling_desktop.model.path import Path
from kling_desktop.model.shot import Picture, Shot
from kling_desktop.providers.prices import Price
from kling_desktop.storage.accounts import Account
from kling_desktop.ui.document import Document
from kling_desktop.ui.inspector import Inspector
from kling_desktop.ui.panels.generate import motion_words, price_words
from kling_desktop.ui.studio import Studio
from kling_desktop.ui.toolbox import Tool, Toolbox
from kling_desktop.ui.window import MainWindow
from tests.ui.pointer import click

Paint = Callable[[int, Rect], None]


def problem_list(window: MainWindow) -> QListWidget:
    found = window.findChild(QListWidget, "problems")
    assert isinstance(found, QListWidget)
    return found


def generate_button(window: MainWindow) -> QPushButton:
    found = window.findChild(QPushButton, "generateButton")
    assert isinstance(found, QPushButton)
    return found


def click_problem(window: MainWindow, words: str) -> None:
    problems = problem_list(window)
    item = next(i for n in range(problems.count()) if words in (i := problems.item(n)).text())
    problems.scrollToItem(item)
    place = problems.visualItemRect(item).topLeft() + QPoint(40, 10)
    click(problems.viewport(), place)


def requests(window: MainWindow) -> list[bool]:
    sent: list[bool] = []
    window.generate_requested.connect(lambda: sent.append(True))
    return sent


def test_nothing_in_the_way(ready_window: MainWindow) -> None:
    panel = ready_window.column.problems
    assert panel.empty.isVisible()
    assert panel.empty.text() == "Nothing in the way."
    assert not panel.list.isVisible()


def test_each_problem_is_a_sentence_of_the_list(
    window: MainWindow, paint: Paint, inspector: Inspector
) -> None:
    paint(2, Rect(0, 0, 60, 60))
    inspector.look()
    assert [problem_list(window).item(0).text()] == [p.message for p in inspector.problems]
    assert problem_list(window).isVisible()


def test_many_problems_show_three_whole_rows(
    window: MainWindow, paint: Paint, inspector: Inspector
) -> None:
    for area in range(1, 7):
        paint(area, Rect(60 * area, 0, 60 * area + 50, 60))
    inspector.look()
    QApplication.processEvents()
    problems = problem_list(window)
    assert problems.count() == 6
    bar = problems.verticalScrollBar()
    room = problems.viewport().rect()
    for first in range(bar.maximum() + 1):
        bar.setValue(first)
        rows = [problems.visualItemRect(problems.item(n)) for n in range(6)]
        assert [room.contains(row) for row in rows].count(True) == 3
        assert [room.intersects(row) for row in rows].count(True) == 3
    fields = window.column._scroll
    assert (
        fields.mapTo(window, fields.rect().bottomLeft()).y()
        < problems.mapTo(window, room.topLeft()).y()
    )


def test_a_long_problem_is_read_in_full(
    window: MainWindow, document: Document, inspector: Inspector
) -> None:
    document.set_camera(Camera("a very long word for a move that nobody has ever heard of"), "c")
    inspector.look()
    QApplication.processEvents()
    problems = problem_list(window)
    row = problems.visualItemRect(problems.item(0))
    assert problems.viewport().rect().contains(row)
    assert row.height() > 3 * problems.fontMetrics().lineSpacing()


def test_what_would_be_sent_is_not_said_of_a_shot_that_cannot_be(
    window: MainWindow, paint: Paint, inspector: Inspector
) -> None:
    motion = window.column.generate.motion
    assert motion.isVisible()
    paint(2, Rect(0, 0, 60, 60))
    inspector.look()
    assert not inspector.ready
    assert not motion.isVisible()


def test_an_area_without_path_leads_to_the_path_tool(
    window: MainWindow, paint: Paint, inspector: Inspector, toolbox: Toolbox
) -> None:
    paint(2, Rect(0, 0, 60, 60))
    inspector.look()
    click_problem(window, "Area 2 has no path")
    assert (toolbox.area, toolbox.tool) == (2, Tool.PATH)
    assert window.canvas.hasFocus()


def test_a_path_without_area_leads_to_the_brush(
    window: MainWindow, document: Document, inspector: Inspector, toolbox: Toolbox
) -> None:
    toolbox.tool = Tool.PAN
    document.set_path(5, Path(((10.0, 10.0), (200.0, 10.0))), "p")
    inspector.look()
    click_problem(window, "Path 5 moves nothing")
    assert (toolbox.area, toolbox.tool) == (5, Tool.BRUSH)


def test_a_prompt_problem_leads_there_even_when_folded(
    window: MainWindow, document: Document, inspector: Inspector
) -> None:
    settings = window.column.settings
    settings.prompt_section.fold(folded=True)
    document.set_settings(replace(document.shot.settings, prompt="x" * 2503), "t")
    inspector.look()
    click_problem(window, "2503 characters")
    assert settings.prompt.hasFocus()
    assert settings.prompt.textCursor().selectedText() == "xxx"


def test_a_camera_problem_leads_to_the_camera(
    window: MainWindow, document: Document, inspector: Inspector
) -> None:
    document.set_camera(Camera("orbit"), "c")
    inspector.look()
    click_problem(window, "orbit")
    assert window.column.camera.kind.hasFocus()


def test_return_leads_too(window: MainWindow, paint: Paint, inspector: Inspector) -> None:
    paint(2, Rect(0, 0, 60, 60))
    inspector.look()
    problems = problem_list(window)
    problems.setFocus()
    problems.setCurrentRow(0)
    QTest.keyClick(problems, Qt.Key.Key_Return)
    assert window.toolbox.tool == Tool.PATH


def test_fix_makes_the_safe_fix_as_one_step(
    ready_window: MainWindow, document: Document, inspector: Inspector
) -> None:
    document.set_settings(replace(document.shot.settings, duration="7"), "t")
    inspector.look()
    fix = problem_list(ready_window).findChild(QPushButton, "fix")
    assert fix.toolTip() == "Use 5 s"
    click(fix)
    assert document.shot.settings.duration == "5"
    assert inspector.ready
    document.undo_stack.undo()
    assert document.shot.settings.duration == "7"


def test_fix_all_from_the_menu(
    ready_window: MainWindow, document: Document, inspector: Inspector
) -> None:
    assert not ready_window.acts["edit.fixAll"].isEnabled()
    changed = replace(document.shot.settings, duration="7", cfg_scale=1.4)
    document.set_settings(changed, "t")
    inspector.look()
    ready_window.acts["edit.fixAll"].trigger()
    assert inspector.ready
    assert document.shot.settings.cfg_scale == 1.0


def test_generate_asks_when_nothing_stops_it(ready_window: MainWindow) -> None:
    sent = requests(ready_window)
    button = generate_button(ready_window)
    assert (button.text(), button.property("ready")) == ("Generate", True)
    click(button)
    assert sent == [True]


def test_ctrl_return_generates_from_the_prompt_too(ready_window: MainWindow) -> None:
    sent = requests(ready_window)
    prompt = ready_window.column.settings.prompt
    prompt.setFocus()
    QTest.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sent == [True]


def test_generate_leads_to_what_stops_it(
    window: MainWindow, paint: Paint, inspector: Inspector, toolbox: Toolbox
) -> None:
    sent = requests(window)
    paint(3, Rect(0, 0, 60, 60))
    inspector.look()
    button = generate_button(window)
    assert (button.text(), button.property("ready")) == ("Solve 1 problem first", False)
    assert "Area 3 has no path" in button.toolTip()
    click(button)
    assert sent == []
    assert (toolbox.area, toolbox.tool) == (3, Tool.PATH)


def test_generate_looks_again_before_it_asks(ready_window: MainWindow, paint: Paint) -> None:
    sent = requests(ready_window)
    paint(3, Rect(0, 0, 60, 60))
    click(generate_button(ready_window))
    assert sent == []


def test_practice_is_free_and_the_default(ready_window: MainWindow) -> None:
    account = ready_window.findChild(QComboBox, "account")
    assert account.currentData() == "practice"
    assert ready_window.findChild(QLabel, "price").text() == "Free: made on this computer."


def test_another_account_changes_models_and_price(
    ready_window: MainWindow, studio: Studio, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLING_DESKTOP_TOKEN", "unused")
    studio.accounts.add(Account("studio", "official", None), "")
    studio.accounts_were_edited()
    account = ready_window.findChild(QComboBox, "account")
    account.setFocus()
    QTest.keyClick(account, Qt.Key.Key_Down)
    assert studio.account.id == "studio"
    assert studio.preferences.get("account", "") == "studio"
    document.set_settings(replace(document.shot.settings, model_name="kling-v1"), "t")
    price = ready_window.findChild(QLabel, "price").text()
    assert price == "About US$0.49 · list price of 2026-05-15."


def test_the_accounts_button_asks_for_the_dialog(ready_window: MainWindow) -> None:
    asked: list[bool] = []
    ready_window.accounts_requested.connect(lambda: asked.append(True))
    click(ready_window.column.account.edit)
    ready_window.acts["shot.accounts"].trigger()
    assert asked == [True, True]


@pytest.mark.parametrize(
    ("price", "practice", "words"),
    [
        (None, False, "Price not known for this account."),
        (Price(0.0, "USD", "2026-01-01"), False, "Free, by the price list of 2026-01-01."),
        (Price(2.8, "CNY", "2026-01-01"), False, "About CN¥2.80 · list price of 2026-01-01."),
        (Price(1.0, "GBP", "2026-01-01"), False, "About GBP 1.00 · list price of 2026-01-01."),
        (None, True, "Free: made on this computer."),
    ],
)
def test_prices_in_words(price: Price | None, practice: bool, words: str) -> None:
    assert price_words(price, practice=practice) == words


def test_the_way_of_the_motion_in_words() -> None:
    end = Picture(b"", "PNG", 300, 300)
    assert motion_words(Shot(), {1: 9, 2: 9, 7: 9}).endswith("paths: 2 areas, static area.")
    assert motion_words(Shot(), {7: 9}).endswith("paths: static area.")
    assert motion_words(Shot(camera=Camera("down_back")), {}) == "Motion as a camera move."
    assert "end frame" in motion_words(Shot(end=end), {})
    assert "prompt decides" in motion_words(Shot(), {})


def test_a_problem_after_one_that_can_be_fixed(
    window: MainWindow, paint: Paint, document: Document, inspector: Inspector
) -> None:
    for area in (1, 2, 3):
        paint(area, Rect(100 * area, 100, 100 * area + 60, 160))
        ends_on_it = Path(((100.0 * area + 30, 400.0), (100.0 * area + 30, 130.0)))
        document.set_path(area, ends_on_it, "Draw path")
        inspector.look()
        QApplication.processEvents()
    texts = [problem_list(window).item(row).text() for row in range(problem_list(window).count())]
    assert len(texts) == 3
    assert all("starts outside its area" in text for text in texts)
    buttons = [b for b in problem_list(window).findChildren(QPushButton) if b.isVisible()]
    assert [each.accessibleName() for each in buttons] == ["Fix: Turn the path round"] * 3
