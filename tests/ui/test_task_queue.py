"""The queue in the window: dragged, moved by keys, paused, limited; and what the worker tells of it."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from kling_desktop.model.path import Path as Curve
from kling_desktop.model.task import Task, TaskState
from kling_desktop.practice.server import PracticeServer
from kling_desktop.storage.accounts import Account
from kling_desktop.tasks.engine import Engine
from kling_desktop.ui.dialogs.parallel import ParallelDialog
from kling_desktop.ui.document import Document
from kling_desktop.ui.notices import Notices
from kling_desktop.ui.panels.queue_line import paused_words
from kling_desktop.ui.panels.task_menu import TaskMenu
from kling_desktop.ui.panels.task_row import told
from kling_desktop.ui.panels.tasks import TasksPanel
from kling_desktop.ui.task_list import QUEUED_TASK, WAITS, TaskList
from kling_desktop.ui.task_remedies import SEEN_TO
from kling_desktop.ui.task_wiring import NETWORK, TaskWiring
from kling_desktop.ui.window import MainWindow
from kling_desktop.ui.worker import Worker
from kling_desktop.workshop import Workshop
from tests.ui.waiting import turn, until

S = TaskState
NOW = time.time()
Moves = list[tuple[str, str | None]]


def queued(name: str, number: float, account: str = "lab", **values: object) -> Task:
    created = NOW + number
    return Task(name, account, S.QUEUED, created, created, shot=name, **values)  # type: ignore[arg-type]


@pytest.fixture
def tasks(qtbot: QtBot) -> TaskList:
    tasks = TaskList()
    running = Task("running", "lab", S.PROCESSING, NOW + 9, NOW, shot="running", remote_id="r")
    tasks.load([queued("a", 1), queued("b", 2), queued("c", 3), running])
    return tasks


@pytest.fixture
def panel(qtbot: QtBot, tasks: TaskList) -> TasksPanel:
    panel = TasksPanel(tasks)
    qtbot.addWidget(panel)
    panel.resize(380, 320)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def moves(panel: TasksPanel) -> Moves:
    found: Moves = []
    panel.move_requested.connect(lambda task_id, before: found.append((task_id, before)))
    return found


def names(tasks: TaskList) -> list[str]:
    return [task.id for task in tasks.tasks]


def test_the_queue_stands_above_the_rest_in_its_own_order(tasks: TaskList) -> None:
    assert names(tasks) == ["a", "b", "c", "running"]
    tasks.update(replace(queued("c", 3), rank=-1))
    assert names(tasks) == ["c", "a", "b", "running"]
    tasks.update(replace(queued("c", 3), state=S.SUBMITTING, updated=NOW + 20))
    assert names(tasks) == ["a", "b", "running", "c"], "sent: by its age among the others"


def test_the_chosen_task_stays_chosen_when_it_changes_places(
    panel: TasksPanel, tasks: TaskList
) -> None:
    panel.choose("b")
    tasks.update(replace(queued("b", 2), rank=-1))
    assert names(tasks)[0] == "b"
    assert panel.current == tasks.queue[0]
    tasks.update(replace(queued("b", 2), state=S.CANCELLED, updated=NOW + 20))
    assert panel.current == tasks.tasks[-1]


# Dragging


def drop(panel: TasksPanel, data: QMimeData, place: QPoint) -> bool:
    """Bring what is dragged there and let go; whether it was welcome."""
    port, actions = panel.view.viewport(), Qt.DropAction.MoveAction
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, actions, data, button, keys)
    QApplication.sendEvent(port, enter)
    move = QDragMoveEvent(place, actions, data, button, keys)
    QApplication.sendEvent(port, move)
    if move.isAccepted():
        let_go = QDropEvent(QPointF(place), actions, data, button, keys)
        QApplication.sendEvent(port, let_go)
    return move.isAccepted()


def edge(panel: TasksPanel, row: int, *, below: bool) -> QPoint:
    """A place in a row; that of a row too many is below them all."""
    if row == panel.view.model().rowCount():
        return edge(panel, row - 1, below=True) + QPoint(0, 30)
    rect = panel.view.visualRect(panel.view.model().index(row, 0))
    return QPoint(rect.center().x(), rect.bottom() - 2 if below else rect.top() + 2)


@pytest.mark.parametrize(
    ("dragged", "row", "below", "asked"),
    [
        ("c", 0, False, [("c", "a")]),
        ("a", 1, True, [("a", "c")]),
        ("a", 2, True, [("a", None)]),
        ("b", 3, False, [("b", None)]),
        ("b", 1, False, []),
        ("b", 2, False, []),
        ("c", 3, False, []),
        ("a", 3, True, [("a", None)]),
        ("a", 4, True, [("a", None)]),
    ],
)
def test_a_queued_task_is_dragged_among_the_queued(
    panel: TasksPanel,
    tasks: TaskList,
    moves: Moves,
    dragged: str,
    row: int,
    below: bool,
    asked: Moves,
) -> None:
    data = tasks.mimeData([tasks.index_of(dragged)])
    assert drop(panel, data, edge(panel, row, below=below))
    assert moves == asked
    assert names(tasks) == ["a", "b", "c", "running"], "it follows the journal alone"


def test_nothing_else_is_dragged_or_dropped(
    panel: TasksPanel, tasks: TaskList, moves: Moves
) -> None:
    assert tasks.flags(tasks.index_of("a")) & Qt.ItemFlag.ItemIsDragEnabled
    assert not tasks.flags(tasks.index_of("running")) & Qt.ItemFlag.ItemIsDragEnabled
    data = tasks.mimeData([tasks.index_of("a")])
    words = QMimeData()
    words.setText("b")
    assert not drop(panel, words, edge(panel, 0, below=False))
    strange = QMimeData()
    strange.setData(QUEUED_TASK, b"\xff no such task")
    drop(panel, strange, edge(panel, 0, below=False))
    tasks.update(replace(queued("a", 1), state=S.SUBMITTING, updated=NOW + 20))
    drop(panel, data, edge(panel, 1, below=True))
    assert moves == [], "it was sent while it was dragged"


# Keys and menu


@pytest.fixture
def steps(panel: TasksPanel) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    panel.step_requested.connect(lambda task_id, step: found.append((task_id, step)))
    return found


def test_keys_move_the_chosen_task(panel: TasksPanel, steps: list[tuple[str, int]]) -> None:
    panel.view.setFocus()
    alt = Qt.KeyboardModifier.AltModifier
    for name, key in (
        ("b", Qt.Key.Key_Up),
        ("b", Qt.Key.Key_Down),
        ("a", Qt.Key.Key_Up),
        ("running", Qt.Key.Key_Up),
    ):
        panel.choose(name)
        QTest.keyClick(panel.view, key, alt)
    assert steps == [("b", -1), ("b", 1), ("a", -1)], "what is sent stays, the journal has the ends"


def texts(panel: TasksPanel, task: Task) -> dict[str, bool]:
    menu = panel.menu(task)
    found = {action.text(): action.isEnabled() for action in menu.actions() if action.text()}
    menu.deleteLater()
    return found


def test_the_menu_of_a_queued_task_has_its_place_and_its_account(
    panel: TasksPanel, tasks: TaskList, steps: list[tuple[str, int]]
) -> None:
    first, last = tasks.queue[0], tasks.queue[-1]
    found = texts(panel, first)
    assert not found["Earlier in the queue"] and found["Later in the queue"]
    assert texts(panel, last)["Earlier in the queue"]
    assert found["Take out of the queue"] and "Forget" not in found
    asked: list[tuple[str, str]] = []
    panel.pause_requested.connect(lambda account: asked.append(("pause", account)))
    panel.go_on_requested.connect(lambda account: asked.append(("go on", account)))
    by_text = {action.text(): action for action in panel.menu(last).actions()}
    by_text["Earlier in the queue"].trigger()
    by_text["Pause the queue of “lab”"].trigger()
    panel.show_paused(frozenset({"lab"}))
    by_text = {action.text(): action for action in panel.menu(last).actions()}
    by_text["Resume the queue of “lab”"].trigger()
    assert steps == [("c", -1)] and asked == [("pause", "lab"), ("go on", "lab")]
    panel.show_paused(frozenset({"", "lab"}))
    offered = [text for text in texts(panel, last) if "queue of" in text]
    assert offered == ["Resume the queue of every account"], "all stand still"


# Pausing


def test_the_pause_is_said_and_can_be_ended_in_two_places(
    panel: TasksPanel, tasks: TaskList
) -> None:
    asked: list[str] = []
    panel.pause_requested.connect(lambda account: asked.append(f"pause {account}"))
    panel.go_on_requested.connect(lambda account: asked.append(f"go on {account}"))
    line, button = panel.line, panel.pause_button
    assert not line.isVisible() and not button.isChecked()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isChecked(), "it shows what is so, not what was asked for"
    panel.show_paused(frozenset({""}))
    assert button.isChecked() and line.isVisible()
    assert line.words.text() == "Paused: 3 tasks wait."
    tasks.update(replace(queued("a", 1), state=S.CANCELLED, updated=NOW + 20))
    assert line.words.text() == "Paused: 2 tasks wait."
    assert (line.button.text(), line.button.toolTip()) == (
        "Resume",
        "Resume the queue of every account",
    )
    QTest.mouseClick(line.button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked == ["pause ", "go on ", "go on "]
    panel.show_paused(frozenset())
    assert not line.isVisible() and not button.isChecked()


def test_with_one_account_paused_the_button_still_pauses_all(panel: TasksPanel) -> None:
    asked: list[str] = []
    panel.pause_requested.connect(lambda account: asked.append(f"pause {account}"))
    panel.go_on_requested.connect(lambda account: asked.append(f"go on {account}"))
    line, button = panel.line, panel.pause_button
    panel.show_paused(frozenset({"lab"}))
    assert not button.isChecked() and "Pause" in button.toolTip()
    assert line.words.text() == "Paused for “lab”: 3 tasks wait."
    assert (line.button.text(), line.button.toolTip()) == ("Resume", "Resume the queue of “lab”")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    panel.show_paused(frozenset({"lab", "other"}))
    assert line.button.text() == "Resume all"
    QTest.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert asked == ["pause ", "go on "]


def test_how_a_pause_is_worded() -> None:
    queue = [queued("a", 1), queued("b", 2, "other")]
    assert paused_words((), queue) == ""
    assert paused_words({""}, []) == "Paused: nothing waits."
    assert paused_words({"lab"}, queue) == "Paused for “lab”: 1 task waits."
    assert paused_words({"other", "lab"}, queue) == "Paused for “lab”, “other”: 2 tasks wait."


def test_a_folded_list_says_nothing_of_a_pause(qtbot: QtBot) -> None:
    panel = TasksPanel(TaskList())
    qtbot.addWidget(panel)
    panel.show()
    assert not panel.pause_button.isVisible(), "there is nothing to pause"
    panel.fold(folded=True)
    panel.show_paused(frozenset({""}))
    assert not panel.line.isVisible()
    panel.fold(folded=False)
    assert panel.line.isVisible()


# With a worker, an engine and a journal


@pytest.fixture
def worker(workshop: Workshop, make_window: Callable[[], MainWindow]) -> Iterator[Worker]:
    worker = Worker(workshop.engine, workshop.request)
    yield worker
    worker.stop()


def filled(workshop: Workshop) -> list[Task]:
    """Three tasks in the journal, behind a pause."""
    engine = workshop.engine(lambda _task: None, lambda *_news: None)
    engine.pause()
    made = [engine.submit("lab", b"{}", task_id=name, shot=name) for name in "abc"]
    engine.close()
    return made


@pytest.fixture
def wired(
    window: MainWindow, worker: Worker, notices: Notices, task_list: TaskList, workshop: Workshop
) -> TaskWiring:
    worker.task_changed.connect(task_list.update)
    task_list.load(filled(workshop))
    window.tasks.show_paused(workshop.journal.pauses())
    return TaskWiring(window, task_list, worker, notices, lambda: True)


def test_the_journal_moves_and_the_list_follows(
    wired: TaskWiring, window: MainWindow, worker: Worker, task_list: TaskList, workshop: Workshop
) -> None:
    assert window.tasks.line.words.text() == "Paused: 3 tasks wait."
    worker.resume()
    until(lambda: task_list.tasks[0].note)
    assert "paused" in (task_list.tasks[0].note or ""), "each says why it waits"
    window.tasks.choose("c")
    window.tasks.view.setFocus()
    QTest.keyClick(window.tasks.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    until(lambda: names(task_list) == ["a", "c", "b"])
    drop(window.tasks, task_list.mimeData([task_list.index_of("c")]), edge_of(window, 0))
    until(lambda: names(task_list) == ["c", "a", "b"])
    assert [item.id for item in workshop.journal.queued()] == ["c", "a", "b"]


def test_every_step_of_a_held_key_counts(
    wired: TaskWiring, window: MainWindow, worker: Worker, task_list: TaskList, workshop: Workshop
) -> None:
    engine = workshop.engine(task_list.update, lambda *_news: None)
    for number in range(9):
        engine.submit("lab", b"{}", task_id=f"more{number}", shot=f"more{number}")
    engine.close()
    window.tasks.choose("more8")
    window.tasks.view.setFocus()
    alt = Qt.KeyboardModifier.AltModifier
    for _ in range(7):  # held: the next comes before the list has followed
        QTest.keyPress(window.tasks.view, Qt.Key.Key_Up, alt)
    for _ in range(2):
        QTest.keyPress(window.tasks.view, Qt.Key.Key_Down, alt)
    QTest.keyRelease(window.tasks.view, Qt.Key.Key_Down, alt)
    assert names(task_list)[11] == "more8"
    until(lambda: names(task_list)[6] == "more8")
    assert [item.id for item in workshop.journal.queued()] == names(task_list)
    assert window.tasks.current is not None and window.tasks.current.id == "more8"
    for _ in range(30):
        QTest.keyPress(window.tasks.view, Qt.Key.Key_Up, alt)
    until(lambda: names(task_list)[0] == "more8")
    QTest.keyPress(window.tasks.view, Qt.Key.Key_Down, alt)
    until(lambda: names(task_list)[1] == "more8")


def edge_of(window: MainWindow, row: int) -> QPoint:
    window.tasks.view.scrollToTop()
    return edge(window.tasks, row, below=False)


def test_pausing_and_going_on_reach_the_journal(
    wired: TaskWiring, window: MainWindow, worker: Worker, task_list: TaskList, workshop: Workshop
) -> None:
    for name in "abc":
        window.tasks.cancel_requested.emit(task_list.task(task_list.index_of(name)))
    until(lambda: all(task.state == S.CANCELLED for task in task_list.tasks))
    QTest.mouseClick(window.tasks.line.button, Qt.MouseButton.LeftButton)
    until(lambda: not window.tasks.line.isVisible())
    assert workshop.journal.pauses() == frozenset()
    QTest.mouseClick(window.tasks.pause_button, Qt.MouseButton.LeftButton)
    until(window.tasks.pause_button.isChecked)
    assert workshop.journal.pauses() == frozenset({""})


def choose_entry(window: MainWindow, name: str, text: str) -> None:
    """Open the menu of a task's row and click one of its entries."""
    view = window.tasks.view
    window.tasks.choose(name)
    view.customContextMenuRequested.emit(view.visualRect(view.currentIndex()).center())
    menu = next(each for each in window.tasks.findChildren(TaskMenu) if each.isVisible())
    action = next(each for each in menu.actions() if each.text() == text)
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(menu, button, keys, menu.actionGeometry(action).center())


def test_one_account_is_paused_and_resumed_by_its_menu_and_all_by_the_button(
    wired: TaskWiring, window: MainWindow, worker: Worker, task_list: TaskList, workshop: Workshop
) -> None:
    line, left = window.tasks.line, Qt.MouseButton.LeftButton
    choose_entry(window, "b", "Resume the queue of every account")
    until(lambda: not line.isVisible())
    # The account is not there, so what is sent stays in the queue.
    until(lambda: len(task_list.queue) == 3)
    choose_entry(window, "b", "Pause the queue of “lab”")
    until(lambda: line.words.text() == "Paused for “lab”: 3 tasks wait.")
    assert workshop.journal.pauses() == frozenset({"lab"})
    QTest.mouseClick(window.tasks.pause_button, left)
    until(lambda: line.words.text() == "Paused: 3 tasks wait.")
    assert workshop.journal.pauses() == frozenset({"", "lab"})
    QTest.mouseClick(line.button, left)
    until(lambda: not line.isVisible())
    assert workshop.journal.pauses() == frozenset(), "resumed is resumed, the one account as well"
    choose_entry(window, "a", "Pause the queue of “lab”")
    until(line.isVisible)
    choose_entry(window, "a", "Resume the queue of “lab”")
    until(lambda: not line.isVisible())
    assert workshop.journal.pauses() == frozenset()


def test_a_duplicate_stands_at_the_end_of_the_queue(
    wired: TaskWiring, window: MainWindow, task_list: TaskList
) -> None:
    window.tasks.choose("a")
    QTest.mouseClick(window.tasks._buttons["duplicate"], Qt.MouseButton.LeftButton)
    until(lambda: task_list.rowCount() == 4)
    assert names(task_list)[:3] == ["a", "b", "c"]
    assert task_list.tasks[3].shot == "a" and task_list.tasks[3].state == S.QUEUED


def test_a_second_click_makes_no_second_duplicate(
    window: MainWindow, worker: Worker, notices: Notices, task_list: TaskList, workshop: Workshop
) -> None:
    worker.task_changed.connect(task_list.update)
    task_list.load(filled(workshop))
    answers = [True, False]
    TaskWiring(window, task_list, worker, notices, lambda: answers.pop(0))
    window.tasks.choose("a")
    for _ in range(2):
        QTest.mouseClick(window.tasks._buttons["duplicate"], Qt.MouseButton.LeftButton)
    until(lambda: task_list.rowCount() == 4)
    turn()
    assert task_list.rowCount() == 4 and answers == []


def said(window: MainWindow) -> str:
    return window.strip.text.text() if window.strip.isVisible() else ""


def test_no_connection_is_one_notice_that_goes_by_itself(
    wired: TaskWiring, window: MainWindow, worker: Worker, task_list: TaskList
) -> None:
    worker.offline.emit("There is no connection.")
    assert said(window) == "There is no connection."
    assert {task_list.index(row).data(WAITS) for row in range(3)} == {NETWORK}
    worker.offline.emit("")
    assert said(window) == ""
    assert {task_list.index(row).data(WAITS) for row in range(3)} == {""}


def test_the_queued_of_a_held_account_say_what_they_wait_for(
    wired: TaskWiring, worker: Worker, task_list: TaskList
) -> None:
    task_list.update(replace(queued("other", 9), account="other"))
    worker.held.emit("lab", "The key is wrong.")
    task = next(task for task in task_list.queue if task.id == "a")
    first, last = (task_list.index_of(name).data(WAITS) for name in ("a", "other"))
    assert (first, last) == (SEEN_TO.format(account="lab"), "")
    assert told(task, {}, first) == first
    assert told(replace(task, note="Waits for the others."), {}, first) == "Waits for the others."
    task_list.update(replace(task, state=S.SUBMITTING, updated=task.updated + 1))
    assert task_list.index_of("b").data(WAITS) == "", "one was sent, so the account is in order"


# A model that is gone


def gone(model: str, account: str = "practice") -> Task:
    return Task("g", account, S.FAILED, NOW, NOW, model=model, error="This model is gone here.")


def test_a_model_that_is_gone_is_replaced_by_one_click(
    wired: TaskWiring, window: MainWindow, worker: Worker, document: Document
) -> None:
    old = document.shot.settings.model_name
    worker.model_gone.emit(gone(old))
    assert said(window).startswith("This model is gone here. ")
    (button,) = window.strip._offers
    assert button.text().startswith("Use ") and button.text().removeprefix("Use ") in said(window)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    new = document.shot.settings.model_name
    assert new != old and said(window) == ""
    worker.model_gone.emit(gone(new))
    QTest.mouseClick(window.strip._offers[0], Qt.MouseButton.LeftButton)
    assert document.shot.settings.model_name not in {old, new}, "both are known to be gone"
    document.undo_stack.undo()
    assert document.shot.settings.model_name == new


def test_of_another_shot_or_account_it_is_only_said(
    wired: TaskWiring, window: MainWindow, worker: Worker, document: Document
) -> None:
    model = document.shot.settings.model_name
    for task in (gone("kling-of-another-shot"), gone(model, "elsewhere")):
        worker.model_gone.emit(task)
        assert said(window) == "This model is gone here." and window.strip._offers == []


def test_the_engine_tells_that_a_model_is_gone(
    workshop: Workshop, window: MainWindow, document: Document
) -> None:
    """From the provider's answer to the signal, over the practice server's sockets."""
    document.set_path(1, Curve(((100.0, 100.0), (200.0, 120.0))), "Draw path")
    document.labels[80:140, 80:140] = 1
    with PracticeServer(workshop.directories.data / "server", pace=0) as server:
        server.set_faults([{"route": "create", "do": {"code": 1203}}])
        account = Account("lab", "practice", server.url)
        workshop.accounts.add(account, server.token)
        worker = Worker(workshop.engine, workshop.request)
        told: list[Task] = []
        worker.model_gone.connect(told.append)
        name = worker.generate(document.snapshot(), account, "shot")
        try:
            until(lambda: told)
            assert [(task.id, task.state) for task in told] == [(name, S.FAILED)]
            assert told[0].model == document.shot.settings.model_name and told[0].error
            assert server.creations == 0
        finally:
            worker.stop()


# Tasks at once


class Limits(list[tuple[str, int | None]]):
    """What the engine was told."""

    def engine(self, workshop: Workshop) -> Callable[..., Engine]:
        def make(*parts: object) -> Engine:
            engine = workshop.engine(*parts)  # type: ignore[arg-type]
            told = engine.set_limit

            def set_limit(account: str, limit: int | None) -> None:
                self.append((account, limit))
                told(account, limit)

            engine.set_limit = set_limit  # type: ignore[method-assign]
            return engine

        return make


def test_tasks_at_once_are_chosen_kept_and_applied_at_the_next_start(
    window: MainWindow, task_list: TaskList, workshop: Workshop, notices: Notices
) -> None:
    limits = Limits()
    worker = Worker(limits.engine(workshop), workshop.request)
    TaskWiring(window, task_list, worker, notices, lambda: True)
    window.acts["shot.parallel"].trigger()
    dialog = window.findChild(ParallelDialog)
    assert dialog is not None
    number = dialog.numbers["practice"]
    assert number.text() == "As many as it takes"
    number.setFocus()
    number.selectAll()
    QTest.keyClicks(number, "3")
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    QTest.mouseClick(box.button(QDialogButtonBox.StandardButton.Ok), Qt.MouseButton.LeftButton)
    assert workshop.preferences.get("parallel.practice", 0) == 3
    again = Worker(limits.engine(workshop), workshop.request)
    TaskWiring(window, task_list, again, notices, lambda: True)
    assert not again.isRunning(), "a limit alone starts nothing"
    again.resume()
    until(lambda: limits)
    assert limits == [("practice", 3)]
    again.stop()
    worker.stop()


def test_escape_leaves_the_number_of_tasks_as_it_was(qtbot: QtBot) -> None:
    chosen: list[tuple[str, int | None]] = []
    for close in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        dialog = ParallelDialog({"practice": None, "lab": 4})
        dialog.chosen.connect(lambda account, limit: chosen.append((account, limit)))
        dialog.show()
        assert dialog.numbers["lab"].value() == 4
        if close == Qt.Key.Key_Escape:
            dialog.numbers["lab"].setValue(9)
        QTest.keyClick(dialog, close)
    assert chosen == []
    dialog = ParallelDialog({"lab": 4})
    dialog.chosen.connect(lambda account, limit: chosen.append((account, limit)))
    dialog.numbers["lab"].setValue(0)
    dialog.accept()
    assert chosen == [("lab", None)]
    assert any("waits in the queue" in label.text() for label in dialog.findChildren(QLabel))
