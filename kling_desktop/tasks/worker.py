"""The worker: does one step of one task and writes down at once what came of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from traceback import walk_tb

from kling_desktop.model.task import FINAL, Task, TaskState
from kling_desktop.providers.answers import Answer
from kling_desktop.providers.errors import ProviderError
from kling_desktop.tasks import sending, steps
from kling_desktop.tasks.delivery import Delivery
from kling_desktop.tasks.download import Switch
from kling_desktop.tasks.holds import Holds
from kling_desktop.tasks.journal import Journal, JournalError
from kling_desktop.tasks.lease import Lease, new_owner
from kling_desktop.tasks.network import Network
from kling_desktop.tasks.room import Room
from kling_desktop.tasks.rows import Entry, Item
from kling_desktop.tasks.spread import Spread
from kling_desktop.tasks.steps import Outcome, Remote, Turn
from kling_desktop.tasks.watch import Watch

log = logging.getLogger(__name__)

NO_LEASE: dict[str, object] = {"owner": None, "owned_until": 0.0}
"""The columns of a task that nobody works on."""

_JOURNAL_PAUSE = 5.0
_NEAR = 3 * 86400.0
"""Seconds before its end that a video that cannot be fetched is worth a warning."""
_LATE = 0.25
"""The same as a share of the time for which it is kept, where that is less: of a day it is hours."""
_TAKEN = ("state", "remote_id", "sent", "expires")
"""What is written of a task that a provider took, whatever else cannot be."""
_UNEXPECTED = "Something unexpected went wrong here ({name}); the task is kept and tried again."


class Worker:
    """Works for one engine, in whatever thread it is called from, under the engine's lease."""

    def __init__(
        self,
        journal: Journal,
        connect: Callable[[str], Remote],
        delivery: Delivery,
        holds: Holds,
        room: Room,
        network: Network,
        watch: Watch,
        turn: Callable[[str], Turn],
        changed: Callable[[Task], None],
        progress: Callable[[str, int, int | None], None],
        heard: Callable[[], tuple[Answer, ...]],
    ) -> None:
        """``heard`` gives what providers answered in this thread since it was last asked."""
        self.owner = new_owner()
        self.turn = turn
        self.trouble: str | None = None
        """Why the journal cannot be written at the moment, a sentence."""
        self.unwritten: dict[str, tuple[TaskState, dict[str, object], tuple[Answer, ...]]] = {}
        """What could not be written yet: a paid task's id must not be forgotten for a full disk."""
        self._journal, self._connect, self._delivery = journal, connect, delivery
        self._holds, self._room, self._network, self._watch = holds, room, network, watch
        self._spread = Spread()
        self._changed, self._progress, self._heard = changed, progress, heard
        self._clock = turn("").clock
        self._trouble_since: float | None = None
        self._trouble_at = 0.0
        self._remotes: dict[str, Remote] = {}
        self._connecting = threading.Lock()
        self._beats: dict[str, float] = {}

    def lease(self, account: str) -> Lease:
        return Lease(self.owner, self._clock() + self.turn(account).pace.lease)

    def take(self, item: Item) -> Entry | None:
        """The task, leased to this engine for long enough; None when another works on it."""
        now = self._clock()
        lease = self.lease(item.account)
        if (
            item.lease.owner == self.owner
            and 0 < lease.until - item.lease.until < (lease.until - now) / 2
        ):
            return self._journal.entry(item.id)
        return self._journal.claim(item.id, lease, now=now)

    def work(self, entry: Entry, switch: Switch) -> None:
        """Do the step that the task's state asks for; ``switch`` stops a download."""
        begun, task, lag = entry, entry.task, self._watch.lag()
        outcome = Outcome()
        self._heard()
        try:
            entry, outcome = self._try(entry, switch)
            outcome = self._excused(entry, outcome, route(task), lag)
            left = self._settle(entry, outcome, self._heard()) or self._journal.get(task.id)
            # A failed one may be fetched anew, but its beginnings must not lie about until then.
            if left.state in {TaskState.CANCELLED, TaskState.FAILED}:
                self._delivery.discard(task)
        except JournalError as error:
            self.note_trouble(error)
        except Exception as error:  # noqa: BLE001 - it would be met again at once, and for ever
            self._rescue(begun, entry, outcome, error)
        except (KeyboardInterrupt, SystemExit):
            if task.state == TaskState.QUEUED:
                self.leave_in_doubt(task.id)
            raise
        finally:
            self._beats.pop(task.id, None)

    def leave_in_doubt(self, task_id: str) -> None:
        """A request is on its way while this program ends: it must never be sent again by itself."""
        with suppress(JournalError):
            self._journal.write(
                task_id,
                {"doubt": sending.INTERRUPTED},
                expect=TaskState.SUBMITTING,
                held_by=self.owner,
            )

    def forget(self, account: str) -> None:
        """Connect anew at the next use: the secret may be another one."""
        with self._connecting:
            self._remotes.pop(account, None)

    def write_again(self) -> None:
        """Write what a full disk kept from being written. Raises JournalError."""
        for task_id, what in list(self.unwritten.items()):
            self._write(task_id, *what)
            self.unwritten.pop(task_id, None)

    def note_trouble(self, error: JournalError) -> None:
        self.trouble, self._trouble_at = str(error), self._clock()
        self._trouble_since = self._trouble_since or self._trouble_at

    def journal_pause(self) -> float:
        """Seconds until the journal is tried again, 0 when nothing is wrong with it."""
        if self.trouble is None:
            return 0.0
        left = self._trouble_at + _JOURNAL_PAUSE - self._clock()
        return left if 0 < left <= _JOURNAL_PAUSE else 0.0

    def trouble_for(self) -> float:
        """Seconds since the journal could last be written; 0 when it can."""
        return 0.0 if self._trouble_since is None else self._clock() - self._trouble_since

    def _try(self, entry: Entry, switch: Switch) -> tuple[Entry, Outcome]:
        turn = self.turn(entry.task.account)
        try:
            if entry.task.state == TaskState.QUEUED:
                return self._send(entry, turn)
            return entry, self._go_on(entry, turn, switch)
        except JournalError:
            raise
        except Exception as error:  # noqa: BLE001 - one task's surprise must not stop the others
            outcome = sending.surprised(entry, _surprise(entry.task.id, error), turn)
            return self._journal.entry(entry.task.id), outcome

    def _rescue(self, begun: Entry, entry: Entry, outcome: Outcome, error: Exception) -> None:
        """What a step came to could not be written down: so much is, and it is tried again later."""
        task, turn = entry.task, self.turn(entry.task.account)
        changes = dict(sending.surprised(begun, _surprise(task.id, error), turn).changes)
        if "remote_id" in outcome.changes:
            changes |= {key: outcome.changes[key] for key in _TAKEN if key in outcome.changes}
        try:
            self._write(task.id, self._journal.get(task.id).state, changes, ())
        except JournalError as trouble:
            self.note_trouble(trouble)
        except Exception as again:  # noqa: BLE001 - there is nothing left to do but to wait
            self.note_trouble(JournalError(_surprise(task.id, again)))

    def _send(self, entry: Entry, turn: Turn) -> tuple[Entry, Outcome]:
        task = entry.task
        try:
            remote = self._remote(task.account)
        except (ValueError, ProviderError) as error:
            return entry, steps.held(error, turn, deaf=True)
        body = self._journal.request(task.id)
        started = {"attempts": task.attempts + 1, "misses": 0, "due": turn.clock(), "doubt": None}
        started |= {"note": None, "refused": None}
        written = self._journal.write(
            task.id,
            {"state": TaskState.SUBMITTING, **started},
            expect=TaskState.QUEUED,
            held_by=self.owner,
        )
        if written is None:
            return entry, Outcome()
        self._changed(written)
        entry = self._journal.entry(task.id)
        return entry, sending.send(entry, remote, body, turn)

    def _go_on(self, entry: Entry, turn: Turn, switch: Switch) -> Outcome:
        task = entry.task
        if task.state == TaskState.DOWNLOADING:
            return self._delivery.bring(
                entry,
                lambda: self._remote(task.account),
                turn,
                switch=switch,
                progress=lambda here, whole: self._on_progress(task, switch, here, whole),
                reserve=lambda names: self._journal.reserve(task.id, names, held_by=self.owner),
            )
        try:
            remote = self._remote(task.account)
        except (ValueError, ProviderError) as error:
            return steps.held(error, turn, deaf=True)
        if task.state == TaskState.SUBMITTING:
            return sending.look_up(entry, remote, turn)
        return steps.poll(entry, remote, turn)

    def _excused(self, entry: Entry, outcome: Outcome, host: str, lag: float) -> Outcome:
        """The outcome, without what the network or a sleep of the machine is to blame for."""
        troubles = outcome.changes.get("troubles", 0)
        failed = isinstance(troubles, int) and troubles > entry.troubles
        turn = self.turn(entry.task.account)
        if failed and self._watch.slept_since(lag):
            return steps.quiet(outcome, turn)
        if outcome.unreached is not None:
            away = self._network.failed(host, outcome.unreached)
            return steps.quiet(outcome, turn) if away and failed else outcome
        if outcome.changes:
            self._network.reached(host)
        return outcome

    def _settle(self, entry: Entry, outcome: Outcome, heard: tuple[Answer, ...]) -> Task | None:
        """Write down what a step came to; the task as it was written, if it was."""
        task = entry.task
        self._holds.learn(task.id, task.account, outcome)
        if not outcome.changes:
            return None
        if outcome.full:
            others = [row for row in self._journal.running() if row[0] != task.id]
            self._room.refused(task.account, sum(row[1] == task.account for row in others))
        changes = self._improved(task, outcome)
        state = changes.get("state", task.state)
        if outcome.hold is not None or state in FINAL or state == TaskState.UNCONFIRMED:
            changes |= NO_LEASE
        if state == task.state:
            # A poll that found nothing new is not worth a flush to the disk.
            changes.pop("state", None)
        written = self._write(task.id, task.state, changes, heard)
        if state in {TaskState.DOWNLOADING, TaskState.FAILED, TaskState.DONE}:
            for waiting in self._holds.waiting_for_room(task.account):
                self._journal.write(waiting, {"due": self._clock()}, expect=TaskState.QUEUED)
        return written

    def _improved(self, task: Task, outcome: Outcome) -> dict[str, object]:
        """The changes, polls spread evenly, and a word about the time that is left with each error."""
        changes, now = dict(outcome.changes), self._clock()
        due, error = changes.get("due"), changes.get("error")
        polled = changes.get("state") in {TaskState.SUBMITTED, TaskState.PROCESSING}
        if polled and task.state != TaskState.QUEUED and isinstance(due, float):
            pace = self.turn(task.account).pace
            changes["due"] = self._spread.place(
                due, now=now, least=pace.poll_min, most=pace.poll_max
            )
        if isinstance(error, str) and changes.get("state", task.state) not in FINAL:
            changes["error"] = " ".join([error, *warning(task, now)])
        return changes

    def _write(
        self,
        task_id: str,
        expect: TaskState,
        changes: dict[str, object],
        heard: tuple[Answer, ...],
    ) -> Task | None:
        try:
            task = self._journal.write(
                task_id, changes, expect=expect, held_by=self.owner, answers=heard
            )
            if task is None:
                task = self._write_late(task_id, changes, heard)
        except (JournalError, KeyboardInterrupt):
            self.unwritten[task_id] = (expect, changes, heard)
            raise
        self.trouble = self._trouble_since = None
        if task is not None:
            self._changed(task)
        return task

    def _write_late(
        self, task_id: str, changes: dict[str, object], heard: tuple[Answer, ...]
    ) -> Task | None:
        """The artist or another engine was faster; the name of a paid task is kept all the same."""
        task = self._journal.get(task_id)
        if "remote_id" not in changes or task.remote_id is not None:
            return None
        if task.state == TaskState.QUEUED:
            self._journal.update(task_id, state=TaskState.SUBMITTING)
        elif task.state not in {TaskState.SUBMITTING, TaskState.UNCONFIRMED}:
            changes = {"remote_id": changes["remote_id"]}
        return self._journal.write(task_id, changes, answers=heard)

    def _on_progress(self, task: Task, switch: Switch, here: int, whole: int | None) -> None:
        now = self._clock()
        self._holds.heard(task.id, here)
        if here > 0:
            self._network.reached(route(task))
        if now - self._beats.setdefault(task.id, now) > self.turn(task.account).pace.lease / 3:
            self._beats[task.id] = now
            if self._journal.claim(task.id, self.lease(task.account), now=now) is None:
                switch.stop()
        self._progress(task.id, here, whole)

    def _remote(self, account: str) -> Remote:
        with self._connecting:
            if account not in self._remotes:
                self._remotes[account] = self._connect(account)
            return self._remotes[account]


def _surprise(task_id: str, error: Exception) -> str:
    """The artist's sentence about a mistake of ours, which goes to the log as well."""
    # The name alone: the text of an exception may hold what was sent.
    name = type(error).__name__
    frame = next(reversed([*walk_tb(error.__traceback__)]), None)
    place = f"{Path(frame[0].f_code.co_filename).name}:{frame[1]}" if frame else "?"
    log.error("task %s: unexpected %s in %s", task_id, name, place)
    return _UNEXPECTED.format(name=name)


def route(task: Task | Item) -> str:
    """Names the host that a task's next step goes to: the account's, or that of its videos."""
    return f"{task.account}/videos" if task.state == TaskState.DOWNLOADING else task.account


def warning(task: Task, now: float) -> list[str]:
    """A sentence where a paid video could be deleted before it is fetched, else none."""
    if task.remote_id is None or task.expires is None:
        return []
    near = min(_NEAR, (task.expires - task.created) * _LATE)
    if task.expires - now > near:
        return []
    if task.expires <= now:
        return ["The provider may have deleted the video by now."]
    hours = (task.expires - now) / 3600
    left = f"{hours / 24:.0f} days" if hours >= 48 else f"{max(1, int(hours))} hours"
    return [f"The provider keeps the video for {left} more: see to it soon."]
