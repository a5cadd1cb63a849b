"""The engine: looks through the journal for what is due, does one step of it, and says when to come back."""

from __future__ import annotations

import logging
import random as chances
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from enum import StrEnum
from functools import partial
from pathlib import Path

from kling_desktop.model.task import Task, TaskState
from kling_desktop.providers.answers import Answer
from kling_desktop.tasks.decisions import Decisions
from kling_desktop.tasks.delivery import Delivery
from kling_desktop.tasks.download import Limits, Switch
from kling_desktop.tasks.gate import Gate
from kling_desktop.tasks.holds import Holds
from kling_desktop.tasks.journal import Journal, JournalError
from kling_desktop.tasks.lease import FARTHEST
from kling_desktop.tasks.lineup import in_line
from kling_desktop.tasks.network import Network
from kling_desktop.tasks.pace import Pace
from kling_desktop.tasks.room import Room
from kling_desktop.tasks.rows import Entry, Item
from kling_desktop.tasks.steps import Remote, Turn
from kling_desktop.tasks.turning import Turning, unable
from kling_desktop.tasks.watch import Watch, awake
from kling_desktop.tasks.worker import Worker, route

log = logging.getLogger(__name__)

_RECHECK = 1.0
"""Seconds until a task that is under way, here or elsewhere, is looked at again."""
_AHEAD = 0.05
"""Seconds for which a step looks ahead: what is due later needs no reading yet, only a waking."""
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


class Engine(Decisions):
    """Works through the journal; nothing that it knows is lost when it is killed.

    Its methods may be called from any thread, ``step`` from one at a time. With a ``pool`` the calls
    to providers and the downloads run in its threads, at most ``parallel`` at once, and ``changed``
    and ``progress`` are called from there; without, they run inside ``step``.

    ``connect`` gives the Remote of an account id; ValueError or ProviderError from it hold the account.
    ``pace`` gives each account's pauses. ``progress`` gets task id, bytes here, bytes in all.
    ``turn`` turns the videos of the tasks that ask for it round. ``keeps`` gives the days for which
    an account's provider keeps its videos, as far as that is known. ``steady`` is a clock that is
    never put back and stands still while the machine sleeps. ``heard`` gives what providers answered
    in the calling thread since it was last asked; that is kept with what comes of it.
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
        steady: Callable[[], float] = awake,
        random: Callable[[], float] = chances.random,
        changed: Callable[[Task], None] = lambda _task: None,
        progress: Callable[[str, int, int | None], None] = lambda _id, _here, _whole: None,
        pace: Pace | Callable[[str], Pace] | None = None,
        limits: Limits | None = None,
        keeps: Callable[[str], float | None] = lambda _account: None,
        heard: Callable[[], tuple[Answer, ...]] = tuple,
        pool: Executor | None = None,
        parallel: int = 4,
    ) -> None:
        self._journal, self._clock, self._pool, self._parallel = journal, clock, pool, parallel
        self._changed = changed
        self._pace = pace if callable(pace) else (lambda _account: pace or Pace())
        self._watch, self._keeps = Watch(clock, steady), keeps
        self._holds, self._room, self._network = Holds(steady), Room(steady), Network(steady)
        self._delivery = Delivery(videos, check_video, limits or Limits(), turn)
        self._worker = Worker(
            journal,
            connect,
            self._delivery,
            self._holds,
            self._room,
            self._network,
            self._watch,
            lambda account: Turn(
                clock, self._pace(account), random(), partial(self._days, account)
            ),
            changed,
            progress,
            heard,
        )
        self._busy: dict[str, Switch] = {}
        self._downloads: set[str] = set()
        self._sending: dict[str, str] = {}
        self.paused = frozenset()
        self._idle = threading.Condition()
        self._woken = threading.Event()
        self._closing = False

    def resume(self) -> list[Task]:
        """Take up what an earlier run left, spread over a moment; the tasks that are this engine's."""
        self._journal.tidy()
        self.paused = self._journal.pauses()
        taken: list[Task] = []
        now = self._clock()
        tasks = [task for task in self._journal.unfinished() if task.state != TaskState.UNCONFIRMED]
        gap = self._gap([task.account for task in tasks])
        for task in tasks:
            if self._journal.claim(task.id, self._worker.lease(task.account), now=now) is None:
                continue
            wait = 0.0 if task.state == TaskState.QUEUED else gap * len(taken)
            changes: dict[str, object] = {"due": now + wait}
            if task.state in {TaskState.SUBMITTED, TaskState.PROCESSING}:
                changes["misses"] = 0  # No answer is given up for that was asked for before.
            taken.append(self._journal.update(task.id, **changes))
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
            self._collect_itself()
            gate = self._gate(only)
            for item in in_line(self._agenda()):
                if self._network.back:
                    break  # All that waited for it is spread out first.
                if self._wait(item, only, gate) == 0 and self._has_room(item.state):
                    self._begin(item, gate)
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
        for task_id in list(self._sending):
            self._worker.leave_in_doubt(task_id)
        try:
            self._worker.write_again()
            self._journal.release(self._worker.owner, keep=frozenset(self._busy))
        except JournalError as error:
            self._worker.note_trouble(error)

    def _agenda(self) -> list[Item]:
        return self._journal.agenda(before=self._clock() + _AHEAD)

    def _gate(self, only: Collection[str] | None) -> Gate:
        return Gate(self._journal, self._room, self._worker.owner, self._sending.copy(), only)

    def _collect_itself(self) -> None:
        """After a sleep, or when a host is back, what is overdue is looked at soon, not at once."""
        jump, returned = self._watch.jump(), self._network.returned()
        if not jump and not returned:
            return
        if jump:
            log.info("the clock went on by %.0f s more than this program did", jump)
        now = self._clock()
        found = [
            item
            for item in self._journal.agenda(before=None if jump < 0 else now)
            if item.id not in self._busy
            and item.lease.free_for(self._worker.owner, now=now, state=item.state)
        ]
        overdue = [item for item in found if item.state != TaskState.QUEUED]
        gap = self._gap([item.account for item in overdue])
        dues = {item.id: now + gap * n for n, item in enumerate(overdue)}
        # Those in the queue have an order of their own; only a clock that was put back holds them.
        dues |= {each.id: now for each in found if each.state == TaskState.QUEUED and jump < 0}
        self._journal.reschedule(dues)

    def _days(self, account: str) -> float | None:
        try:
            return self._keeps(account)
        except Exception:  # noqa: BLE001 - asked just after a task was paid for: its id goes first
            return None

    def _gap(self, accounts: Collection[str]) -> float:
        """Seconds between two looks where many tasks are to be looked at soon."""
        return min(1.0, _SPREAD, *(self._pace(each).poll_min / len(accounts) for each in accounts))

    def _least_wait(self, only: Collection[str] | None) -> float | None:
        now, gate = self._clock(), self._gate(only)
        waits: list[float | None] = []
        for item in self._agenda():
            waits.append(self._wait(item, only, gate))
            if item.state == TaskState.QUEUED and (only is None or item.id in only):
                self._explain(item, gate.closed(item))
        later = self._journal.next_due(after=now + _AHEAD)
        if later is not None:
            waits.append(later - now)
        return min((wait for wait in waits if wait is not None), default=None)

    def _explain(self, item: Item, note: str | None) -> None:
        """Let a queued task say what it waits for."""
        if note == item.note or item.id in self._busy:
            return
        task = self._journal.write(item.id, {"note": note}, expect=TaskState.QUEUED)
        if task is not None:
            self._changed(task)

    def _wait(self, item: Item, only: Collection[str] | None, gate: Gate) -> float | None:
        """Seconds until a task's turn, None when its turn will not come by itself."""
        if only is not None and item.id not in only:
            return None
        if item.id in self._busy or item.id in self._worker.unwritten:
            return _RECHECK
        if self._holds.blocks(item.account, item.state) or gate.closed(item):
            return None
        now = self._clock()
        if not item.lease.free_for(self._worker.owner, now=now, state=item.state):
            return _RECHECK
        # Farther off than any pause: the clock was put back, and the task must not wait for it.
        due = item.due if item.due - now <= FARTHEST else now
        away = self._network.wait(route(item))
        if item.state != TaskState.DOWNLOADING:
            away = max(away, self._holds.paused_for(item.account))
        return max(0.0, due - now, away)

    def _has_room(self, state: TaskState) -> bool:
        if self._pool is None:
            return True
        # Slow downloads leave room for polls.
        if state == TaskState.DOWNLOADING and len(self._downloads) >= max(1, self._parallel // 2):
            return False
        return len(self._busy) < self._parallel

    def _begin(self, item: Item, gate: Gate) -> None:
        entry = self._worker.take(item)
        # A step that ended since the agenda was read has left another state, or another time.
        if entry is None or (entry.task.state, entry.task.due) != (item.state, item.due):
            return
        self._busy[item.id] = Switch()
        self._network.trying(route(item))
        if item.state == TaskState.DOWNLOADING:
            self._downloads.add(item.id)
        if item.state == TaskState.QUEUED:
            self._sending[item.id] = item.account
            gate.let_in(item)
        if self._pool is None:
            self._work(entry)
            return
        try:
            self._pool.submit(self._work, entry)
        except RuntimeError:
            # The pool was shut down before the engine was closed: the task stays for the next start.
            self._ended(item.id)

    def _work(self, entry: Entry) -> None:
        try:
            self._worker.work(entry, self._busy[entry.task.id])
        finally:
            self._ended(entry.task.id)

    def _ended(self, task_id: str) -> None:
        with self._idle:
            self._busy.pop(task_id, None)
            self._downloads.discard(task_id)
            self._sending.pop(task_id, None)
            self._idle.notify_all()
        self._woken.set()

    def _ending(self, ids: Collection[str], patience: float | None) -> Ending | None:
        left = [task for task in map(self._journal.get, ids) if not task.finished]
        if not left:
            return Ending.FINISHED
        able = [task for task in left if self.blocked(task) is None]
        if not able:
            parked = all(task.state == TaskState.UNCONFIRMED for task in left)
            return Ending.UNCONFIRMED if parked else Ending.HELD
        silences = [
            max(self._holds.silent_for(task.id), self._network.away_for(route(task)))
            for task in able
        ]
        if patience is not None and max(min(silences), self._worker.trouble_for()) >= patience:
            return Ending.WAITING
        return None
