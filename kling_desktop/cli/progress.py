"""Works tasks to their end from the command line: progress, exit status, and Ctrl-C."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from kling_desktop.cli.gone import other_models
from kling_desktop.cli.outcome import (
    CREDENTIALS,
    DONE,
    FAILED,
    INTERRUPTED,
    UNREACHABLE,
    UNWRITABLE,
    CommandError,
    print_json,
    undelivered,
)
from kling_desktop.model.task import WORDS, Task, TaskState
from kling_desktop.tasks.engine import Ending, Engine
from kling_desktop.tasks.journal import JournalError
from kling_desktop.tasks.part import is_of_disk
from kling_desktop.workshop import Workshop

PATIENCE = 60.0
"""Seconds without any usable answer after which a command gives up waiting; the task is kept."""

_HELD = (
    "The task is kept; once the account is in order, “kling-desktop resume” sends it or goes on "
    "with it."
)

_GOES_ON = "Kept; “kling-desktop resume” goes on where it stands."
_STATUS = {
    Ending.HELD: CREDENTIALS,
    Ending.UNCONFIRMED: UNREACHABLE,
    Ending.WAITING: UNREACHABLE,
    Ending.STOPPED: INTERRUPTED,
}


class Bar:
    """A progress bar on a terminal; silent elsewhere, where only whole lines are written."""

    def __init__(self, what: str, total: int | None = None, unit: str = "frames") -> None:
        self._bar = tqdm(
            desc=what, total=total, unit=unit, disable=not sys.stderr.isatty(), leave=False
        )

    def at(self, done: int, total: int | None = None) -> None:
        self._bar.total = total or self._bar.total
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()


class Run:
    """One engine for one command, telling on stderr how its tasks go."""

    def __init__(self, workshop: Workshop, *, as_json: bool) -> None:
        self._workshop, self._as_json = workshop, as_json
        self._told: dict[str, set[tuple[TaskState, str | None]]] = {}
        """What was said of each task: once will do, however often it is tried again."""
        self._bars: dict[str, Bar] = {}
        self.engine: Engine = workshop.engine(self._on_changed, self._on_progress)

    def __call__(self, ids: Sequence[str], *, single: bool = False) -> int:
        """Work these tasks; returns the exit status of the worst of them, having printed them.

        From here on something may be paid for, so nothing ends as bad input any more.
        """
        try:
            ending = Ending.FINISHED
            if ids:
                ending = self.engine.run(ids, threading.Event(), patience=PATIENCE)
            tasks = [self._workshop.journal.get(task_id) for task_id in ids]
        except JournalError as error:
            raise CommandError(f"{error} {_GOES_ON}", UNWRITABLE) from error
        except (ValueError, OSError) as error:
            raise RuntimeError(type(error).__name__) from error
        status = self._status(tasks, ending)
        try:
            self._print(tasks, single=single)
        except OSError as error:
            status = undelivered(error, status)
        self._explain(tasks, ending)
        return status

    def _status(self, tasks: Sequence[Task], ending: Ending) -> int:
        waiting = [task for task in tasks if not task.finished]
        of_disk = self.engine.trouble or any(is_of_disk(task.error) for task in waiting)
        if ending == Ending.WAITING and of_disk:
            return UNWRITABLE
        if ending != Ending.FINISHED:
            return _STATUS[ending]
        return FAILED if any(task.state == TaskState.FAILED for task in tasks) else DONE

    def _explain(self, tasks: Sequence[Task], ending: Ending) -> None:
        """Say on stderr what was not said yet: why tasks stay, and what goes on with them."""
        told = {error for said in self._told.values() for _, error in said}
        stuck = [task for task in tasks if not task.finished]
        for reason in {self.engine.blocked(task) for task in stuck} - told - {None}:
            say(str(reason))
        for task in tasks:
            if task.state == TaskState.FAILED and self.engine.lacks_model(task.id):
                say(other_models(self._workshop, task))
            if task.video and task.output and task.video != task.output:
                say(
                    f"{task.output} is there already and was left as it is; the video is beside it."
                )
        if ending == Ending.HELD:
            say(_HELD)
        if ending == Ending.WAITING:
            say(" ".join([*filter(None, [self.engine.trouble]), _GOES_ON]))
        for task in stuck:
            if task.state == TaskState.UNCONFIRMED:
                say(
                    f"Kept; “kling-desktop tasks --send-again {task.id}” sends it again, "
                    f"“tasks --is {task.id} REMOTE” follows it under its id at the provider, "
                    f"and “tasks --cancel {task.id}” forgets it."
                )

    def close(self) -> None:
        for bar in self._bars.values():
            bar.__exit__(None, None, None)
        self.engine.close()

    def _print(self, tasks: Sequence[Task], *, single: bool) -> None:
        rows = [task_row(task) for task in tasks]
        if not self._as_json:
            for row in rows:
                if row["video"]:
                    print(row["video"])
        else:
            print_json(rows[0] if single else rows)

    def _on_changed(self, task: Task) -> None:
        told, news = self._told.setdefault(task.id, set()), (task.state, task.error)
        if news in told:
            return
        told.add(news)
        words = f"{task.id[:8]}: {WORDS[task.state].lower()}"
        say(f"{words}. {task.error}" if task.error else words)

    def _on_progress(self, task_id: str, here: int, whole: int | None) -> None:
        bar = self._bars.setdefault(task_id, Bar(task_id[:8], whole, unit="B"))
        bar.at(here, whole)


def say(words: str) -> None:
    """Tell the artist something that is no result."""
    print(words, file=sys.stderr, flush=True)


@contextmanager
def work(workshop: Workshop, *, as_json: bool) -> Iterator[Run]:
    """An engine that is closed whatever happens, its tasks left resumable."""
    run = Run(workshop, as_json=as_json)
    try:
        yield run
    finally:
        run.close()


def task_row(task: Task) -> dict[str, Any]:
    """A journal row as ``--json`` prints it."""
    return {
        "id": task.id,
        "remote_id": task.remote_id,
        "account": task.account,
        "state": str(task.state),
        "created": datetime.fromtimestamp(task.created, UTC).isoformat(timespec="seconds"),
        "shot": task.shot,
        "video": task.video,
        "error": task.error,
    }
