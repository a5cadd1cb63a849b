"""How tasks go is written down once for each change, and everybody else hears of every one."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from kling_desktop.model.task import Task, TaskState
from kling_desktop.storage.task_log import TaskLog


def test_changes_are_logged_once_and_told_always(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    told: list[Task] = []
    tell = TaskLog(told.append)
    task = Task("t1", "lab", TaskState.QUEUED, 0, 0)
    running = replace(task, state=TaskState.PROCESSING, remote_id="r9")
    failed = replace(running, state=TaskState.FAILED, error="The provider gave up.")
    news = [task, running, replace(running, attempts=2), failed, failed]
    for each in news:
        tell(each)
    assert told == news
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.INFO, "task t1 at lab is queued"),
        (logging.INFO, "task t1 at lab is processing, there r9"),
        (logging.WARNING, "task t1 at lab is failed, there r9: The provider gave up."),
        (logging.WARNING, "task t1 at lab is failed, there r9: The provider gave up."),
    ]
