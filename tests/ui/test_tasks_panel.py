"""The panel of tasks: what can be done about the chosen one, and what is read about it."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from kling_desktop.model.task import Task, TaskState
from kling_desktop.ui.panels.task_row import SIGN, clock_time, draw_sign, time_left, told
from kling_desktop.ui.panels.tasks import TasksPanel
from kling_desktop.ui.task_list import TaskList
from kling_desktop.ui.theme import DARK, LIGHT
from tests.ui.waiting import turn

S = TaskState
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
        (made(S.FAILED, error="No.", remote_id="r"), {"retry", "duplicate"}),
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
    assert panel.message.text() == (task.error or task.note or "")
    assert panel.message.isVisible() == bool(task.error or task.note)
    assert panel.message.property("tone") == (
        "muted" if not task.error else "error" if task.state == S.FAILED else "warning"
    )


def test_buttons_ask_for_the_chosen_task(
    panel: TasksPanel,
    tasks: TaskList,
    asked: list[tuple[str, Task]],
    press: Callable[[str], None],
) -> None:
    done, failed = made(S.DONE), made(S.FAILED, remote_id="r", error="No.")
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
    assert asked == [("play", done), ("play", done)], "the Delete key does nothing"


def test_a_long_message_is_read_in_full(panel: TasksPanel, tasks: TaskList) -> None:
    tasks.update(made(S.FAILED, error=LONG))
    panel.choose("failed")
    message = panel.message
    assert message.text() == LONG
    assert message.height() >= message.heightForWidth(message.width())
    assert LONG in panel.view.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert message.property("tone") == "error"


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
    QTest.mouseClick(doubt.found_button, Qt.MouseButton.LeftButton)
    assert doubt.remote_id.isVisible() and not doubt.follow_button.isEnabled()
    QTest.keyClicks(doubt.remote_id, "  task-77 ")
    QTest.mouseClick(doubt.follow_button, Qt.MouseButton.LeftButton)
    QTest.keyClick(doubt.remote_id, Qt.Key.Key_Return)
    assert found == [(task, "task-77"), (task, "task-77")]
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
    assert len(clock_time(NOW)) == 5 and clock_time(0).startswith("19")


def test_a_long_message_is_three_lines_and_a_tip(panel: TasksPanel, tasks: TaskList) -> None:
    tasks.update(made(S.UNCONFIRMED, error=LONG * 3))
    panel.choose("unconfirmed")
    QTest.qWait(1)
    read = panel.message.lines(panel.message.contentsRect().width())
    assert len(read) == 3 and read[-1].endswith("…")
    assert panel.message.toolTip() == LONG * 3
    assert panel.message.contentsRect().height() == 3 * panel.message.fontMetrics().lineSpacing()
    assert panel.view.height() >= 2 * 46
    panel.doubt.ask()
    turn(0.02)
    field = panel.doubt.remote_id
    words = field.fontMetrics().horizontalAdvance(field.placeholderText())
    assert field.width() > words + 16


def test_where_there_is_room_a_long_message_is_read_in_full(
    panel: TasksPanel, tasks: TaskList
) -> None:
    panel.resize(380, 700)
    tasks.update(made(S.UNCONFIRMED, error=LONG * 2))
    panel.choose("unconfirmed")
    turn(0.02)
    read = panel.message.lines(panel.message.contentsRect().width())
    assert len(read) > 3 and panel.message.toolTip() == ""
    panel.resize(380, 260)
    assert len(panel.message.lines(panel.message.contentsRect().width())) == 3


def test_the_time_left_is_said_of_videos_that_exist() -> None:
    soon = NOW + 3.5 * 86400
    assert time_left(made(S.DOWNLOADING, remote_id="r", expires=soon)) == "Fetch within 3 days"
    failed = made(S.FAILED, remote_id="r", expires=soon, error="The disk is full.")
    assert time_left(replace(failed, video_url="https://v/1.mp4")) == "Fetch within 3 days"
    assert time_left(failed) == "", "the provider made none"
    assert time_left(made(S.PROCESSING, remote_id="r", expires=soon)) == ""


def test_a_short_message_needs_no_tip(panel: TasksPanel, tasks: TaskList) -> None:
    tasks.update(made(S.FAILED, error="No video was made."))
    panel.choose("failed")
    assert panel.message.toolTip() == ""
    assert panel.message.lines(300) == ["No video was made."]


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
