"""The list model: the queue, then newest first, changed row by row, quick with many rows."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from pytestqt.qtbot import QtBot

from kling_desktop.model.task import WORDS, Task, TaskState
from kling_desktop.ui.task_list import SHARE, TASK, TaskList

S = TaskState


def task(name: str, created: float, state: TaskState = S.SUBMITTED, updated: float = 0.0) -> Task:
    return Task(name, "lab", state, created, updated or created, shot=f"shot {name}")


def ids(model: TaskList) -> list[str]:
    return [model.index(row).data(TASK).id for row in range(model.rowCount())]


@pytest.fixture
def model(qtbot: QtBot) -> TaskList:
    model = TaskList()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    return model


def test_loaded_tasks_stand_newest_first(model: TaskList) -> None:
    model.load([task("b", 2), task("c", 3), task("a", 1)])
    assert ids(model) == ["c", "b", "a"]
    assert [known.id for known in model.tasks] == ["c", "b", "a"]


def test_a_new_task_stands_at_the_top(model: TaskList) -> None:
    model.load([task("a", 1), task("b", 2)])
    inserted = QSignalSpy(model.rowsInserted)
    model.update(task("c", 3))
    assert ids(model) == ["c", "b", "a"]
    assert inserted.at(0)[1:] == [0, 0]


def test_a_task_from_elsewhere_finds_its_place(model: TaskList) -> None:
    model.load([task("a", 1), task("c", 3)])
    model.update(task("b", 2))
    model.update(replace(task("a", 1), state=S.FAILED, updated=9))
    assert ids(model) == ["c", "b", "a"]
    assert model.index(2).data(TASK).state == S.FAILED


def test_a_change_is_told_for_its_row_alone(model: TaskList) -> None:
    model.load([task("a", 1), task("b", 2), task("c", 3)])
    changed = QSignalSpy(model.dataChanged)
    model.update(task("b", 2, S.PROCESSING, updated=5))
    assert changed.count() == 1
    assert [changed.at(0)[0].row(), changed.at(0)[1].row()] == [1, 1]
    assert model.index(1).data(TASK).state == S.PROCESSING


def test_old_news_is_passed_over(model: TaskList) -> None:
    model.update(task("a", 1, S.DONE, updated=9))
    model.update(task("a", 1, S.PROCESSING, updated=5))
    assert model.index(0).data(TASK).state == S.DONE
    model.load([task("a", 1, S.QUEUED, updated=1)])
    assert model.index(0).data(TASK).state == S.DONE


def test_progress_belongs_to_the_download(model: TaskList) -> None:
    model.update(task("a", 1, S.DOWNLOADING))
    changed = QSignalSpy(model.dataChanged)
    model.progress("a", 250, 1000)
    model.progress("a", 251, 1000)
    model.progress("a", 300, None)
    model.progress("unknown", 1, 2)
    assert model.index(0).data(SHARE) == 0.25
    assert changed.count() == 1, "less than a percent is not worth a repaint"
    model.progress("a", 2000, 1000)
    assert model.index(0).data(SHARE) == 1.0
    model.update(task("a", 1, S.DONE, updated=2))
    assert model.index(0).data(SHARE) is None
    model.update(task("a", 1, S.DOWNLOADING, updated=3))
    assert model.index(0).data(SHARE) is None, "another download begins at nothing"


def test_what_is_read_aloud_and_shown_in_full(model: TaskList) -> None:
    model.update(replace(task("a", 1, S.FAILED), error="It was refused.", shot=None))
    index = model.index(0)
    aloud = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert aloud == "Untitled, Failed · lab, It was refused."
    assert index.data(Qt.ItemDataRole.ToolTipRole).splitlines()[-1] == "It was refused."
    assert index.data(Qt.ItemDataRole.DisplayRole) == f"Untitled · {WORDS[S.FAILED]}"
    assert index.data(Qt.ItemDataRole.DecorationRole) is None


def test_places_that_are_not_there(model: TaskList) -> None:
    model.update(task("a", 1))
    assert model.task(QModelIndex()) is None
    assert model.index(5).data(TASK) is None
    assert not model.index_of("unknown").isValid()
    assert model.rowCount(model.index(0)) == 0
    assert model.index_of("a").row() == 0


def test_ten_thousand_rows_are_updated_without_looking_for_them(
    model: TaskList, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = TaskList()
    many.load([task(str(n), n) for n in range(10_000)])
    compared: list[int] = []

    class Name(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            compared.append(1)
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    for n in random.Random(1).sample(range(10_000), 50):
        many.update(task(Name(n), n, S.DONE, updated=20_000))
    assert len(compared) <= 200


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5), st.sampled_from(list(S)))),
    st.integers(0, 8),
)
def test_whatever_comes_the_list_is_sorted_and_knows_its_rows(
    news: list[tuple[int, int, TaskState]], loaded: int
) -> None:
    model = TaskList()
    model.load([task(str(n), n % 5) for n in range(loaded)])
    newest: dict[str, Task] = {known.id: known for known in model.tasks}
    for number, (name, created, state) in enumerate(news):
        told = replace(task(str(name), created, state, updated=100 + number), rank=number % 3 - 2)
        newest[told.id] = replace(told, created=newest.get(told.id, told).created)
        model.update(newest[told.id])
    assert {known.id: known for known in model.tasks} == newest
    queue = [(known.rank, known.created) for known in model.queue]
    rest = model.tasks[len(queue) :]
    assert queue == sorted(queue)
    assert {known.state for known in model.queue} <= {S.QUEUED}
    assert S.QUEUED not in {known.state for known in rest}
    times = [known.created for known in rest]
    assert times == sorted(times, reverse=True)
    assert all(model.index_of(known.id).data(TASK) is known for known in model.tasks)
