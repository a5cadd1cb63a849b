"""The panel of tasks: what can be done about the chosen one, and what is read about it."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from kling_desktop.model.task import Task, TaskState
from kling_desktop.ui.panels.task_row import (
    SIGN,
    TaskDelegate,
    clock_time,
    corner,
    draw_sign,
    time_left,
    told,
)
from kling_desktop.ui.panels.tasks import TasksPanel
from kling_desktop.ui.task_list import TaskList
from kling_desktop.ui.theme import DARK, LIGHT
from tests.ui.waiting import turn, until

S = TaskState
LEFT = Qt.MouseButton.LeftButton
NOW = time.time()
LONG = "The request went out, but the connection broke, so a task may or may not exist. " * 2


def made(state: TaskState, **values: object) -> Task:
    return Task(state.value, "lab", state, NOW, NOW, shot=f"shot {state}", **values)  # type: ignore[arg-type]


@pytest.fixture
def tasks(qtbot: QtBot) -> TaskList:
    return TaskList()


@pytest.fixture
def panel(qtbot: QtBot, tasks: TaskList) -> TasksPanel:
    panel = TasksPanel(tasks)
    qtbot.addWidget(panel)
    panel.resize(380, 260)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def asked(panel: TasksPanel) -> list[tuple[str, Task]]:
    """What the panel asked for so far."""
    found: list[tuple[str, Task]] = []
    names = ("play", "cancel", "retry", "duplicate", "send_again", "check_again", "show_in_folder")
    for name in names:
        signal = getattr(panel, f"{name}_requested")
        signal.connect(lambda task, name=name: found.append((name, task)))
    return found


@pytest.fixture
def press(panel: TasksPanel) -> Callable[[str], None]:
    def pressed(name: str) -> None:
        button = panel._buttons[name]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    return pressed


def read(panel: TasksPanel, row: int = 0) -> list[str]:
    """What is read below the name in a row."""
    delegate = panel.view.itemDelegate()
    assert isinstance(delegate, TaskDelegate)
    return delegate.read(panel.view.model().index(row, 0))


def usable(panel: TasksPanel) -> set[str]:
    """Without the details, which every task has."""
    shown = {name: button for name, button in panel._buttons.items() if not button.isHidden()}
    return {name for name, button in shown.items() if button.isEnabled()} - {"details"}


def test_an_empty_list_says_what_will_be_there(panel: TasksPanel, tasks: TaskList) -> None:
    assert not panel.view.isVisible() and usable(panel) == set()
    tasks.update(made(S.QUEUED))
    assert panel.view.isVisible()


@pytest.mark.parametrize(
    ("task", "can"),
    [
        (made(S.QUEUED), {"takeOut", "duplicate"}),
        (made(S.SUBMITTING), {"cancel", "duplicate"}),
        (made(S.UNCONFIRMED, error=LONG), {"cancel"}),
        (made(S.SUBMITTED, remote_id="r"), {"cancel", "duplicate"}),
        (made(S.PROCESSING, remote_id="r", note="Still waiting."), {"cancel", "duplicate"}),
        (made(S.DOWNLOADING, remote_id="r"), {"cancel", "duplicate"}),
        (made(S.DONE, video="/v.mp4"), {"play", "folder", "duplicate"}),
        (made(S.FAILED, error="No.", remote_id="r", made=True), {"retry", "duplicate"}),
        (made(S.FAILED, error="No.", remote_id="r"), {"ask", "duplicate"}),
        (made(S.FAILED, error="No.", remote_id="r", made=False), {"resend", "duplicate"}),
        (made(S.FAILED, error="No."), {"resend", "duplicate"}),
        (made(S.CANCELLED), {"duplicate"}),
    ],
)
def test_only_what_fits_the_state_can_be_done(
    panel: TasksPanel, tasks: TaskList, task: Task, can: set[str]
) -> None:
    tasks.update(task)
    assert usable(panel) == set(), "nothing is chosen yet"
    panel.choose(task.id)
    assert usable(panel) == can
    assert panel.doubt.isVisible() == (task.state == S.UNCONFIRMED)
    said = told(task, {})
    assert "".join(read(panel)).replace(" ", "") == said.replace(" ", "")


def test_buttons_ask_for_the_chosen_task(
    panel: TasksPanel,
    tasks: TaskList,
    asked: list[tuple[str, Task]],
    press: Callable[[str], None],
) -> None:
    done, failed = made(S.DONE), made(S.FAILED, remote_id="r", error="No.", made=True)
    queued, refused = made(S.QUEUED), replace(made(S.FAILED, error="No."), id="refused")
    for task in (done, failed, refused, queued):
        tasks.update(task)
    for task, name in (
        (done, "play"),
        (done, "folder"),
        (done, "duplicate"),
        (failed, "retry"),
        (refused, "resend"),
        (queued, "takeOut"),
    ):
        panel.choose(task.id)
        press(name)
    assert asked == [
        ("play", done),
        ("show_in_folder", done),
        ("duplicate", done),
        ("retry", failed),
        ("retry", refused),
        ("cancel", queued),
    ]


def test_what_the_provider_has_is_forgotten_only_after_a_question_in_place(
    panel: TasksPanel,
    tasks: TaskList,
    asked: list[tuple[str, Task]],
    press: Callable[[str], None],
) -> None:
    running, other = made(S.PROCESSING, remote_id="r"), made(S.SUBMITTED, remote_id="s")
    tasks.update(running)
    tasks.update(other)
    panel.choose(running.id)
    press("cancel")
    question = panel.forgetting
    assert question.isVisible() and asked == []
    QTest.mouseClick(question.keep_button, Qt.MouseButton.LeftButton)
    assert not question.isVisible() and asked == []
    press("cancel")
    panel.choose(other.id)
    assert not question.isVisible(), "it was about the other one"
    press("cancel")
    news = replace(other, updated=NOW + 1)
    tasks.update(news)
    assert question.isVisible(), "news of the same task leave it"
    QTest.mouseClick(question.forget_button, Qt.MouseButton.LeftButton)
    assert asked == [("cancel", news)] and not question.isVisible()


def test_a_task_that_ends_meanwhile_is_not_forgotten(
    panel: TasksPanel,
    tasks: TaskList,
    asked: list[tuple[str, Task]],
    press: Callable[[str], None],
) -> None:
    running = made(S.DOWNLOADING, remote_id="r")
    tasks.update(running)
    panel.choose(running.id)
    press("cancel")
    tasks.update(replace(running, state=S.DONE, updated=NOW + 1))
    assert not panel.forgetting.isVisible()
    panel.forgetting.agreed.emit(running.id)
    assert asked == []


def test_buttons_follow_the_chosen_task_as_it_goes_on(panel: TasksPanel, tasks: TaskList) -> None:
    tasks.update(made(S.PROCESSING))
    panel.choose("processing")
    tasks.update(replace(made(S.PROCESSING), state=S.DONE, updated=NOW + 1))
    assert usable(panel) == {"play", "folder", "duplicate"}
    tasks.update(made(S.QUEUED))
    assert panel.current is not None and panel.current.id == "processing"


def test_a_double_click_or_return_plays_what_is_done(
    qtbot: QtBot, panel: TasksPanel, tasks: TaskList, asked: list[tuple[str, Task]]
) -> None:
    done = made(S.DONE, video="/v.mp4")
    tasks.update(done)
    tasks.update(replace(made(S.QUEUED), created=NOW + 1))
    view = panel.view
    for row in (0, 1):
        place = view.visualRect(tasks.index(row)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == [("play", done)]
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert asked == [("play", done), ("play", done)], "what is done is not taken out"


def test_the_delete_key_takes_out_or_asks_as_the_menu_does(
    panel: TasksPanel, tasks: TaskList, asked: list[tuple[str, Task]]
) -> None:
    queued, running = made(S.QUEUED), made(S.PROCESSING, remote_id="r")
    tasks.update(queued)
    tasks.update(running)
    view = panel.view
    for row in (0, 1):
        QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(tasks.index(row)).center())
        QTest.keyClick(view, Qt.Key.Key_Delete)
    assert asked == [("cancel", queued)]
    assert panel.forgetting.isVisible(), "the provider has it"
    QTest.mouseClick(panel.forgetting.forget_button, LEFT)
    assert asked == [("cancel", queued), ("cancel", running)]


def test_the_chosen_row_says_all_of_a_long_message(panel: TasksPanel, tasks: TaskList) -> None:
    tasks.update(made(S.FAILED, error=LONG * 2 + "Then choose Send again."))
    index = tasks.index(0)
    before = panel.view.visualRect(index).height()
    assert len(read(panel)) == 3 and read(panel)[-1].endswith("…")
    panel.choose("failed")
    lines = read(panel)
    assert len(lines) > 3 and " ".join(lines).endswith("Then choose Send again.")
    until(lambda: panel.view.visualRect(index).height() > before)
    spacing = QFontMetrics(panel.view.itemDelegate()._font).lineSpacing()
    assert panel.view.visualRect(index).height() >= 23 + len(lines) * spacing
    assert LONG in panel.view.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    panel.resize(700, 260)
    until(lambda: len(read(panel)) < len(lines))


def test_the_chosen_row_stays_whole_as_others_come_above_it(
    panel: TasksPanel, tasks: TaskList
) -> None:
    tasks.update(made(S.FAILED, error=LONG * 2))
    panel.choose("failed")
    whole = read(panel)
    tasks.update(replace(made(S.FAILED, error=LONG * 2), id="newer", created=NOW + 1))
    assert len(read(panel, 0)) == 3 and read(panel, 1) == whole
    until(
        lambda: (
            panel.view.visualRect(tasks.index(1)).height()
            > panel.view.visualRect(tasks.index(0)).height()
            > 46
        )
    )


def test_a_row_grows_with_its_news_and_others_are_left_alone(
    panel: TasksPanel, tasks: TaskList, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of rows must not be measured anew for each answer of a provider."""
    for number in range(60):
        tasks.update(replace(made(S.PROCESSING), id=str(number), created=NOW + number))
    turn(0.02)
    measured: list[int] = []
    measure = TaskDelegate.sizeHint

    def counted(self: TaskDelegate, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        measured.append(index.row())
        return measure(self, option, index)

    monkeypatch.setattr(TaskDelegate, "sizeHint", counted)
    first = replace(made(S.PROCESSING), id="59", created=NOW + 59)
    tasks.update(replace(first, attempts=1, updated=NOW + 60))
    turn(0.02)
    assert measured == [0]
    tasks.update(replace(first, error=LONG, updated=NOW + 61))
    until(lambda: panel.view.visualRect(tasks.index(0)).height() > 46)


def test_the_time_left_has_a_line_of_its_own_unless_it_is_said(
    panel: TasksPanel, tasks: TaskList
) -> None:
    over = made(S.DOWNLOADING, remote_id="r", expires=NOW - 60)
    tasks.update(replace(over, error=LONG))
    assert read(panel)[-1] == "The provider may have deleted the video by now"
    said = "The video's host is busy. The provider may have deleted the video by now."
    tasks.update(replace(over, error=said, updated=NOW + 1))
    assert " ".join(read(panel)) == said


def test_a_task_in_doubt_can_be_sent_again_or_found(
    panel: TasksPanel, tasks: TaskList, asked: list[tuple[str, Task]]
) -> None:
    task = made(S.UNCONFIRMED, error=LONG)
    tasks.update(task)
    panel.choose(task.id)
    doubt, found = panel.doubt, []
    panel.confirm_requested.connect(lambda task, remote: found.append((task, remote)))
    assert "pay twice" in doubt.again_button.toolTip()
    assert "nothing is sent" in doubt.check_button.toolTip()
    QTest.mouseClick(doubt.check_button, Qt.MouseButton.LeftButton)
    assert asked.pop() == ("check_again", task)
    assert not doubt.remote_id.isVisible()
    height = panel.view.height()
    QTest.mouseClick(doubt.found_button, Qt.MouseButton.LeftButton)
    assert doubt.remote_id.hasFocus() and not doubt.follow_button.isEnabled()
    turn(0.02)
    assert panel.view.height() == height, "the id is typed in place of the buttons"
    QTest.keyClicks(doubt.remote_id, "  task-77 ")
    QTest.mouseClick(doubt.follow_button, Qt.MouseButton.LeftButton)
    QTest.keyClick(doubt.remote_id, Qt.Key.Key_Return)
    assert found == [(task, "task-77"), (task, "task-77")]
    QTest.mouseClick(doubt.back_button, Qt.MouseButton.LeftButton)
    assert not doubt.remote_id.isVisible() and doubt.check_button.isVisible()
    QTest.mouseClick(doubt.again_button, Qt.MouseButton.LeftButton)
    assert asked == [("send_again", task)]
    tasks.update(replace(task, state=S.SUBMITTED, error=None, updated=NOW + 1))
    assert not doubt.isVisible()


def test_what_was_typed_for_one_task_is_not_offered_for_another(
    panel: TasksPanel, tasks: TaskList
) -> None:
    tasks.update(made(S.UNCONFIRMED))
    tasks.update(replace(made(S.UNCONFIRMED), id="other"))
    panel.choose("unconfirmed")
    QTest.keyClicks(panel.doubt.remote_id, "task-77")
    tasks.update(replace(made(S.UNCONFIRMED), attempts=1, updated=NOW + 1))
    assert panel.doubt.remote_id.text() == "task-77", "news of the same task keep it"
    panel.choose("other")
    assert panel.doubt.remote_id.text() == ""


def entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_menu_offers_what_the_buttons_do_and_copies(
    panel: TasksPanel, tasks: TaskList, asked: list[tuple[str, Task]]
) -> None:
    task = made(S.UNCONFIRMED, error=LONG, remote_id="remote-9")
    tasks.update(task)
    menu = panel.menu(task)
    assert entries(menu) == [
        "Check again",
        "It is this task…",
        "Send again",
        "Forget",
        "Copy the message",
        "Copy the task's id",
        "Copy the provider's id",
        "Details…",
    ]
    for action in menu.actions():
        if action.text().startswith(("Send", "Copy the provider")):
            action.trigger()
    assert asked == [("send_again", task)]
    assert QGuiApplication.clipboard().text() == "remote-9"
    by_text = {action.text(): action for action in menu.actions()}
    by_text["Copy the message"].trigger()
    assert QGuiApplication.clipboard().text() == LONG
    by_text["It is this task…"].trigger()
    assert panel.current == task and panel.doubt.remote_id.isVisible()
    by_text["Forget"].trigger()
    assert panel.forgetting.isVisible() and not panel.doubt.isVisible()


def test_the_menu_leads_to_the_details(panel: TasksPanel, tasks: TaskList) -> None:
    task = made(S.CANCELLED)
    tasks.update(task)
    wanted: list[Task] = []
    panel.details_requested.connect(wanted.append)
    next(each for each in panel.menu(task).actions() if each.text() == "Details…").trigger()
    assert wanted == [task]


def test_a_menu_that_stood_open_does_not_act_on_the_past(
    panel: TasksPanel, tasks: TaskList, asked: list[tuple[str, Task]]
) -> None:
    task = made(S.UNCONFIRMED)
    tasks.update(task)
    menu = panel.menu(task)
    tasks.update(replace(task, state=S.QUEUED, updated=NOW + 1))
    next(action for action in menu.actions() if action.text() == "Send again").trigger()
    assert asked == []


def test_a_right_click_opens_the_menu_of_its_row(
    qtbot: QtBot, panel: TasksPanel, tasks: TaskList
) -> None:
    tasks.update(made(S.DONE))
    tasks.update(replace(made(S.QUEUED), created=NOW + 1))
    panel.view.customContextMenuRequested.emit(panel.view.visualRect(tasks.index(1)).center())
    menu = QGuiApplication.instance().activePopupWidget()  # type: ignore[union-attr]
    assert isinstance(menu, QMenu) and entries(menu)[:2] == ["Play", "Show in folder"]
    assert panel.current is not None and panel.current.state == S.DONE
    menu.close()
    panel.view.customContextMenuRequested.emit(QPoint(5, 2000))
    assert QGuiApplication.instance().activePopupWidget() is None  # type: ignore[union-attr]


def test_the_row_says_how_it_goes_and_where() -> None:
    models = {"kling-v9": "Kling 9"}
    assert told(made(S.PROCESSING), models) == "In progress · lab"
    assert told(made(S.DONE, model="kling-v9"), models) == "Done · lab · Kling 9"
    assert told(made(S.DONE, model="other"), models) == "Done · lab · other"
    assert told(made(S.FAILED, error="No.", model="kling-v9"), models) == "No."
    assert told(made(S.QUEUED, note="Waits.", model="kling-v9"), models) == "Waits."
    assert told(made(S.QUEUED, note="Waits.", error="No."), models) == "No."
    turned = replace(made(S.DONE), reverse=True)
    assert told(turned, models) == "Done · Turned round on arrival and encoded anew · lab"
    assert told(replace(turned, state=S.DOWNLOADING), models) == "Downloading · lab"


def test_the_row_tells_the_time_of_today_and_the_date_of_other_days() -> None:
    midnight = time.mktime((2026, 11, 23, 0, 0, 0, 0, 0, -1))
    assert clock_time(midnight, midnight) == "00:00"
    assert clock_time(midnight + 45_296, midnight) == "12:34"
    assert clock_time(midnight - 1, midnight) == "2026-11-22"
    assert clock_time(midnight, midnight - 1) == "2026-11-23"
    assert clock_time(0).startswith("19")


def test_at_the_least_size_the_next_step_and_the_field_are_whole(
    panel: TasksPanel, tasks: TaskList
) -> None:
    tasks.update(made(S.UNCONFIRMED, error=LONG * 3))
    panel.choose("unconfirmed")
    assert panel.view.height() >= 2 * 46
    panel.doubt.ask()
    turn(0.02)
    field = panel.doubt.remote_id
    words = field.fontMetrics().horizontalAdvance(field.placeholderText())
    assert field.width() > words + 16


def test_the_time_left_is_said_of_videos_that_exist() -> None:
    soon = NOW + 3.5 * 86400
    assert time_left(made(S.DOWNLOADING, remote_id="r", expires=soon)) == "Fetch within 3 days"
    failed = made(S.FAILED, remote_id="r", expires=soon, error="The disk is full.")
    assert time_left(replace(failed, made=True)) == "Fetch within 3 days"
    assert time_left(failed) == "", "the provider made none"
    assert time_left(made(S.PROCESSING, remote_id="r", expires=soon)) == ""


def test_a_row_of_a_sentence_names_its_account_beside_the_time(
    panel: TasksPanel, tasks: TaskList
) -> None:
    tasks.update(made(S.FAILED, error="No video was made."))
    assert read(panel) == ["No video was made."]
    with_account, without = made(S.FAILED, error="No."), made(S.DONE)
    assert corner(with_account, said=True).startswith("lab · ")
    assert "lab" not in corner(without, said=False), "its line has it"


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_every_state_has_a_shape_of_its_own(qtbot: QtBot, colours: object) -> None:
    """Seen without colour: no two signs alike once they are black and white."""
    shapes = set()
    for state in S:
        image = QImage(SIGN, SIGN, QImage.Format.Format_RGB32)
        image.fill(QColor("white" if colours is LIGHT else "black"))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_sign(painter, state, colours)  # type: ignore[arg-type]
        painter.end()
        ground = image.pixelColor(3, 8).lightness()
        shapes.add(
            tuple(
                abs(image.pixelColor(x, y).lightness() - ground) > 60
                for x in range(1, 15)
                for y in range(1, 15)
            )
        )
    assert len(shapes) == len(S)


def test_rows_are_painted_in_every_state(qtbot: QtBot, panel: TasksPanel, tasks: TaskList) -> None:
    for number, state in enumerate(S):
        tasks.update(replace(made(state, error=LONG if number % 2 else None), created=NOW + number))
    tasks.progress("downloading", 30, 100)
    panel.resize(380, 700)
    panel.choose("queued")
    image = panel.view.viewport().grab().toImage()
    for row in range(tasks.rowCount()):
        rect = panel.view.visualRect(tasks.index(row))
        colours = {
            image.pixelColor(x, y).name()
            for x in range(rect.left(), rect.right(), 2)
            for y in range(rect.top(), rect.bottom(), 2)
        }
        assert len(colours) > 8, f"row {row} is empty"
