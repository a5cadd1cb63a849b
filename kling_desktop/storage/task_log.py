"""Writes down in the log how tasks go, on the way to whoever wants to hear of them."""

from __future__ import annotations

import logging
from collections.abc import Callable

from kling_desktop.model.task import Task, TaskState

log = logging.getLogger(__name__)


class TaskLog:
    """Tells of every change of a task, and logs those of its state and of what it says."""

    def __init__(self, tell: Callable[[Task], None]) -> None:
        self._tell = tell
        self._last: dict[str, tuple[TaskState, str | None, str | None]] = {}

    def __call__(self, task: Task) -> None:
        news = (task.state, task.remote_id, task.error)
        if self._last.get(task.id) != news:
            self._last[task.id] = news
            _write(task)
        if task.finished:
            self._last.pop(task.id, None)
        self._tell(task)


def _write(task: Task) -> None:
    remote = f", there {task.remote_id}" if task.remote_id else ""
    said = f": {task.error}" if task.error else ""
    level = logging.WARNING if task.state == TaskState.FAILED else logging.INFO
    log.log(level, "task %s at %s is %s%s%s", task.id, task.account, task.state, remote, said)
