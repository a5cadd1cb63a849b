"""The engine: looks through the journal for what is due, does one step of it, and says when to come back."""

from __future__ import annotations

import random as chances
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from enum import StrEnum
from pathlib import Path

from kling_desktop.model.task import Task, TaskState
from kling_desktop.tasks import steps
from kling_desktop.tasks.delivery import Delivery
from kling_desktop.tasks.download import Limits, Switch
from kling_desktop.tasks.holds import Holds
from kling_desktop.tasks.journal import Journal, JournalError
from kling_desktop.tasks.lease import FARTHEST
from kling_desktop.tasks.pace import Pace
from kling_desktop.tasks.rows import Entry, Item
from kling_desktop.tasks.steps import Remote, Turn
from kling_desktop.tasks.turning import Turning, unable
from kling_desktop.tasks.worker import NO_LEASE, Worker

_RECHECK = 1.0
"""Seconds until a task that is under way, here or elsewhere, is looked at again."""
_LONG = 20 * 60.0
_SPREAD = 0.25


class Ending(StrEnum):
    """Why ``run`` came back."""

    FINISHED = "finished"
    HELD = "held"
    """An account has to be seen to; ``Engine.held`` says why."""
    UNCONFIRMED = "unconfirmed"
    """The artist has to say whether a task arrived."""
    WAITING = "waiting"
    """No usable answer for as long as the caller's patience; the tasks are kept."""
    STOPPED = "stopped"


class Engine:
    """Works through the journal; nothing that it knows is lost when it is killed.

    Its methods may be called from any thread, ``step`` from one at a time. With a ``pool`` the calls
    to providers and the downloads run in its threads, at most ``parallel`` at once, and ``changed``
    and ``progress`` are called from there; without, they run inside ``step``.

    ``connect`` gives the Remote of an account id; ValueError or ProviderError from it hold the account.
    ``pace`` gives each account's pauses. ``progress`` gets task id, bytes here, bytes in all.
    ``turn`` turns the videos of the tasks that ask for it round.
    """

    def __init__(
        self,
        journal: Journal,
        connect: Callable[[str], Remote],
        videos: Path,
        *,
        check_video: Callable[[Path], object],
        turn: Turning = unable,
        clock: Callable[[], float] = time.time,
        random: Callable[[], float] = chances.random,
        changed: Callable[[Task], None] = lambda _task: None,
        progress: Callable[[str, int, int | None], None] = lambda _id, _here, _whole: None,
        pace: Pace | Callable[[str], Pace] | None = None,
        limits: Limits | None = None,
        pool: Executor | None = None,
        parallel: int = 4,
    ) -> None:
        self._journal, self._clock, self._pool, self._parallel = journal, clock, pool, parallel
        self._changed = changed
        self._pace = pace if callable(pace) else (lambda _account: pace or Pace())
        self._holds = Holds(clock)
        self._delivery = Delivery(videos, check_video, limits or Limits(), turn)
        self._worker = Worker(
            journal,
            connect,
            self._delivery,
            self._holds,
            lambda account: Turn(clock, self._pace(account), random()),
            changed,
            progress,
        )
        self._busy: dict[str, Switch] = {}
        self._downloads: set[str] = set()
        self._idle = threading.Condition()
        self._woken = threading.Event()
        self._closing = False

    @property
    def held(self) -> dict[str, str]:
        """Accounts that the artist has to see to, each with a sentence."""
        return dict(self._holds.held)

    @property
    def trouble(self) -> str | None:
        """Why the journal cannot be written at the moment, a sentence."""
        return self._worker.trouble

    def submit(
        self,
        account: str,
        request: bytes,
        *,
        task_id: str,
        shot: str | None = None,
        model: str = "",
        output: Path | None = None,
        reverse: bool = False,
    ) -> Task:
        """Write a task down; it is sent by one of the next steps.

        ``request`` is the body to the byte, with ``task_id`` inside as the external id. With
        ``reverse`` the video is turned round on arrival.

        Raises JournalError; then nothing is sent.
        """
        now = self._clock()
        task = Task(
            id=task_id,
            account=account,
            state=TaskState.QUEUED,
            created=now,
            updated=now,
            shot=shot,
            model=model,
            due=now,
            output=None if output is None else str(output.absolute()),
            reverse=reverse,
        )
        self._journal.add(task, request, lease=self._worker.lease(account))
        self._changed(task)
        self._woken.set()
        return task

    def resume(self) -> list[Task]:
        """Take up what an earlier run left, spread over a moment; the tasks that are this engine's."""
        self._journal.tidy()
        taken: list[Task] = []
        now = self._clock()
        tasks = [task for task in self._journal.unfinished() if task.state != TaskState.UNCONFIRMED]
        gap = min(_SPREAD, *(self._pace(task.account).poll_min / len(tasks) for task in tasks), 1.0)
        for task in tasks:
            if self._journal.claim(task.id, self._worker.lease(task.account), now=now) is None:
                continue
            taken.append(self._journal.update(task.id, due=now + gap * len(taken)))
        self._woken.set()
        return taken

    def step(self, only: Collection[str] | None = None) -> float | None:
        """Begin what is due, of the tasks in ``only`` if given.

        Returns seconds until something is due again, None when nothing is left to wait for: every
        task is finished, unconfirmed, or its account is held.
        """
        if self._closing:
            return None
        if (pause := self._worker.journal_pause()) > 0:
            return pause
        try:
            self._worker.write_again()
            for item in self._agenda():
                if self._wait(item, only) == 0 and self._has_room(item.state):
                    self._begin(item)
            least = self._least_wait(only)
        except JournalError as error:
            self._worker.note_trouble(error)
        if (pause := self._worker.journal_pause()) > 0:
            return pause
        return _RECHECK if least == 0 and self._busy else least

    def wait(self, seconds: float | None) -> None:
        """Sleep until ``seconds`` are over or there is news: a step ended, a task came in."""
        self._woken.wait(seconds)
        self._woken.clear()

    def wake(self) -> None:
        """End the ``wait`` that is under way, or the next one: there is news from outside."""
        self._woken.set()

    def run(
        self,
        ids: Collection[str],
        stop: threading.Event,
        *,
        sleep: Callable[[float], None] | None = None,
        patience: float | None = None,
    ) -> Ending:
        """Step until the tasks ``ids`` are finished or need the artist; nothing else is touched.

        ``patience``: seconds without any usable answer, or any more of a video, after which to come
        back, the task kept.
        """
        while not stop.is_set():
            delay = self.step(only=ids)
            if (ending := self._ending(ids, patience)) is not None:
                return ending
            (sleep or self.wait)(min(0.5, _RECHECK if delay is None else delay))
        return Ending.STOPPED

    def cancel(self, task_id: str) -> Task:
        """Forget a task here; at the provider it may go on. A finished task stays as it is."""
        task = self._journal.get(task_id)
        if task.finished:
            return task
        cancelled = self._change(task_id, state=TaskState.CANCELLED, error=None, **NO_LEASE)
        switch = self._busy.get(task_id)
        if switch is not None:
            switch.stop()
        else:
            self._delivery.discard(task)
        return cancelled

    def confirm(self, task_id: str, remote_id: str) -> Task:
        """The artist found an unconfirmed task at the provider, under this id.

        Raises ValueError for any other task.
        """
        turn = self._worker.turn(self._journal.get(task_id).account)
        changes = {**steps.taken(remote_id, turn).changes, "due": self._clock()}
        return self._resolve(task_id, changes)

    def send_again(self, task_id: str) -> Task:
        """The artist says that an unconfirmed task never arrived.

        Raises ValueError for any other task: one that is on its way would be paid twice.
        """
        changes = {"state": TaskState.QUEUED, "due": self._clock(), **steps.cleared(), **NO_LEASE}
        return self._resolve(task_id, {**changes, "doubt": None, "resent": 0})

    def retry(self, task_id: str) -> Task:
        """Fetch the video of a failed task once more, with a new link where it needs one.

        Raises ValueError for a task that the provider never took: there is nothing to fetch.
        """
        if self._journal.get(task_id).remote_id is None:
            raise ValueError("This task was never taken by the provider: generate the shot again.")
        values = {**steps.cleared(), **NO_LEASE, "refreshed": 0, "target": None}
        return self._change(task_id, state=TaskState.DOWNLOADING, due=self._clock(), **values)

    def release(self, account: str) -> None:
        """The artist has seen to a held account: its tasks go on, with a new connection."""
        self._holds.release(account)
        self._worker.forget(account)
        self._woken.set()

    def blocked(self, task: Task) -> str | None:
        """Why a task cannot go on until the artist acts, a sentence; None when it can."""
        if task.state == TaskState.UNCONFIRMED:
            return task.error
        return self._holds.blocks(task.account, task.state)

    def note(self, task: Task) -> str | None:
        """A word of comfort for a task that takes very long; it is never given up."""
        if task.state not in {TaskState.SUBMITTED, TaskState.PROCESSING}:
            return None
        minutes = (self._clock() - (self._journal.entry(task.id).sent or task.created)) / 60
        if minutes * 60 < _LONG:
            return None
        return f"Still waiting: the provider has had this task for {minutes:.0f} minutes."

    def wait_idle(self, timeout: float | None = None) -> bool:
        """Wait for the steps under way to end; False when ``timeout`` seconds were not enough."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._busy, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Stop downloads, wait a little for answers under way, leave everything resumable.

        The journal and the pool stay open; they belong to the caller.
        """
        self._closing = True
        self._woken.set()
        for switch in list(self._busy.values()):
            switch.stop()
        self.wait_idle(timeout)
        try:
            self._worker.write_again()
            self._journal.release(self._worker.owner, keep=frozenset(self._busy))
        except JournalError as error:
            self._worker.note_trouble(error)

    def _agenda(self) -> list[Item]:
        return self._journal.agenda(before=self._clock() + _RECHECK)

    def _least_wait(self, only: Collection[str] | None) -> float | None:
        now = self._clock()
        waits = [self._wait(item, only) for item in self._agenda()]
        later = self._journal.next_due(after=now + _RECHECK)
        if later is not None:
            waits.append(later - now)
        return min((wait for wait in waits if wait is not None), default=None)

    def _wait(self, item: Item, only: Collection[str] | None) -> float | None:
        """Seconds until a task's turn, None when its turn will not come by itself."""
        if only is not None and item.id not in only:
            return None
        if item.id in self._busy or item.id in self._worker.unwritten:
            return _RECHECK
        if self._holds.blocks(item.account, item.state):
            return None
        now = self._clock()
        if not item.lease.free_for(self._worker.owner, now=now, state=item.state):
            return _RECHECK
        # Farther off than any pause: the clock was put back, and the task must not wait for it.
        due = item.due if item.due - now <= FARTHEST else now
        if item.state != TaskState.DOWNLOADING:
            due = max(due, self._holds.paused_until(item.account))
        return max(0.0, due - now)

    def _has_room(self, state: TaskState) -> bool:
        if self._pool is None:
            return True
        # Slow downloads leave room for polls.
        if state == TaskState.DOWNLOADING and len(self._downloads) >= max(1, self._parallel // 2):
            return False
        return len(self._busy) < self._parallel

    def _begin(self, item: Item) -> None:
        entry = self._worker.take(item)
        if entry is None or entry.task.state != item.state:
            return
        self._busy[item.id] = Switch()
        if item.state == TaskState.DOWNLOADING:
            self._downloads.add(item.id)
        if self._pool is None:
            self._work(entry)
            return
        try:
            self._pool.submit(self._work, entry)
        except RuntimeError:
            # The pool was shut down before the engine was closed: the task stays for the next start.
            self._busy.pop(item.id, None)
            self._downloads.discard(item.id)

    def _work(self, entry: Entry) -> None:
        task_id = entry.task.id
        try:
            self._worker.work(entry, self._busy[task_id])
        finally:
            with self._idle:
                self._busy.pop(task_id, None)
                self._downloads.discard(task_id)
                self._idle.notify_all()
            self._woken.set()

    def _change(self, task_id: str, **changes: object) -> Task:
        task = self._journal.update(task_id, **changes)
        self._changed(task)
        self._woken.set()
        return task

    def _resolve(self, task_id: str, changes: dict[str, object]) -> Task:
        """Take an unconfirmed task out of doubt."""
        task = self._journal.write(task_id, changes, expect=TaskState.UNCONFIRMED)
        if task is None:
            raise ValueError("This task is no longer in doubt, so nothing was changed.")
        self._changed(task)
        self._woken.set()
        return task

    def _ending(self, ids: Collection[str], patience: float | None) -> Ending | None:
        left = [task for task in map(self._journal.get, ids) if not task.finished]
        if not left:
            return Ending.FINISHED
        able = [task for task in left if self.blocked(task) is None]
        if not able:
            parked = all(task.state == TaskState.UNCONFIRMED for task in left)
            return Ending.UNCONFIRMED if parked else Ending.HELD
        silences = [self._holds.silent_for(task.id) for task in able]
        if patience is not None and max(min(silences), self._worker.trouble_for()) >= patience:
            return Ending.WAITING
        return None
