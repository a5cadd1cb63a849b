"""What the artist decides about tasks: made, sent again, taken for arrived, moved, paused, forgotten."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

from kling_desktop.model.task import Task, TaskState, require
from kling_desktop.tasks import sending, steps
from kling_desktop.tasks.delivery import Delivery
from kling_desktop.tasks.download import Switch
from kling_desktop.tasks.holds import Holds
from kling_desktop.tasks.journal import Journal
from kling_desktop.tasks.lineup import EVERY
from kling_desktop.tasks.network import Network
from kling_desktop.tasks.room import Room
from kling_desktop.tasks.worker import NO_LEASE, Worker

_NO_REQUEST = "The request of this task is no longer kept: generate the shot again."
_NEVER_TAKEN = "This task was never taken by the provider: generate the shot again."
_PERHAPS_MADE = (
    "This task may have been made all the same: look at your tasks on the provider's page before "
    "generating the shot again."
)

_NO_NAME = "Enter the task's id as the provider's page shows it: one word, without blanks."
_AN_ADDRESS = "That is an address. Enter the task's id alone, as the provider's page shows it."
_ANOTHER = (
    "“{name}” is the task of “{shot}” in this list, so it cannot be this one as well: enter the id of "
    "another."
)


class Decisions:
    """The engine's part that the artist speaks to. Its methods may be called from any thread.

    Each decision is one transaction on the journal. Every method raises JournalError.
    """

    _journal: Journal
    _worker: Worker
    _delivery: Delivery
    _holds: Holds
    _room: Room
    _network: Network
    _clock: Callable[[], float]
    _changed: Callable[[Task], None]
    _busy: dict[str, Switch]
    _woken: threading.Event

    paused: frozenset[str]
    """Accounts whose queue stands still; lineup.EVERY ("") among them when all do."""

    @property
    def held(self) -> dict[str, str]:
        """Accounts that the artist has to see to, each with a sentence."""
        return dict(self._holds.held)

    def lacks_model(self, task_id: str) -> bool:
        """Whether a task failed, while this engine worked, because its model is not served."""
        return task_id in self._holds.gone

    @property
    def trouble(self) -> str | None:
        """Why the journal cannot be written at the moment, a sentence."""
        return self._worker.trouble

    @property
    def offline(self) -> str | None:
        """The one sentence for all tasks that wait for a host out of reach, None when none does."""
        return self._network.sentence

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
        ``reverse`` the video is turned round on arrival. Where JournalError is raised, nothing is
        sent.
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

    def duplicate(self, task_id: str) -> Task:
        """A new task with the request of another, to the byte but for the external id.

        Raises KeyError, and ValueError where the request is no longer kept.
        """
        old = self._journal.get(task_id)
        try:
            request = self._journal.request(task_id)
        except KeyError:
            raise ValueError(_NO_REQUEST) from None
        new_id = uuid.uuid4().hex
        return self.submit(
            old.account,
            renamed(request, task_id, new_id),
            task_id=new_id,
            shot=old.shot,
            model=old.model,
            output=None if old.output is None else Path(old.output),
            reverse=old.reverse,
        )

    def cancel(self, task_id: str) -> Task:
        """Forget a task here; at the provider it may go on. A finished task stays as it is."""
        task = self._journal.get(task_id)
        if task.finished:
            return task
        gone = {"error": None, "note": None, **NO_LEASE}
        cancelled = self._change(task_id, state=TaskState.CANCELLED, **gone)
        switch = self._busy.get(task_id)
        if switch is not None:
            switch.stop()
        else:
            self._delivery.discard(task)
        return cancelled

    def confirm(self, task_id: str, remote_id: str) -> Task:
        """The artist found an unconfirmed task at the provider, under this id: the provider is asked,
        and where it knows none by that name the task is unconfirmed as before.

        Raises ValueError for any other task, for what is no id, and for that of another task.
        """
        name = named(remote_id)
        task = self._journal.get(task_id)
        if (other := self._journal.known_as(task.account, name)) is not None:
            raise ValueError(_ANOTHER.format(name=name, shot=other.shot or other.id[:8]))
        asking = {**steps.cleared(), "remote_id": name, "error": sending.LOOKING.format(name=name)}
        asking |= {"state": TaskState.SUBMITTING, "due": self._clock(), **NO_LEASE}
        return self._resolve(task_id, asking)

    def send_again(self, task_id: str) -> Task:
        """The artist says that an unconfirmed task never arrived.

        Raises ValueError for any other task: one that is on its way would be paid twice.
        """
        changes = {"state": TaskState.QUEUED, "due": self._clock(), **steps.cleared(), **NO_LEASE}
        return self._resolve(task_id, {**changes, "doubt": None, "resent": 0})

    def check_again(self, task_id: str) -> Task:
        """Ask the provider once more for an unconfirmed task; a no, or a host that cannot tell,
        leaves it unconfirmed, and nothing is ever sent by this.

        Raises ValueError for any other task.
        """
        entry = self._journal.entry(task_id)
        pace = self._worker.turn(entry.task.account).pace
        doubt = entry.doubt or sending.ENDED
        asking = {**steps.cleared(), "doubt": doubt, "misses": pace.unsaid - 1, **NO_LEASE}
        asking |= {"state": TaskState.SUBMITTING, "error": sending.ASKING, "due": self._clock()}
        return self._resolve(task_id, asking)

    def retry(self, task_id: str) -> Task:
        """Fetch the video of a failed task once more, with a new link where it needs one; where the
        provider has not said whether there is a video, it is asked.

        Where it is certain that nothing was made, a duplicate is sent. A task with an id that has not
        failed, or is fetched by another program already, goes on as it does. Raises ValueError for
        a task that is over otherwise or was never taken, and for one that may have been made unseen.
        """
        entry = self._journal.entry(task_id)
        if entry.task.remote_id is not None and entry.task.made is not False:
            values = {**steps.cleared(), "refreshed": 0, "target": None, "due": self._clock()}
            return self._fetch(task_id, {**values, "state": TaskState.DOWNLOADING})
        if entry.task.state != TaskState.FAILED:
            raise ValueError(_NEVER_TAKEN)
        # The word of the provider about the task of an id settles a doubt whether there was one.
        if entry.resent or (entry.doubt is not None and entry.task.remote_id is None):
            raise ValueError(_PERHAPS_MADE)
        return self.duplicate(task_id)

    def move(self, task_id: str, before: str | None = None) -> list[Task]:
        """Let a queued task go before another, or last; all queued tasks in their new order.

        Raises ValueError where one of the two is no longer queued.
        """
        self._journal.move(task_id, before)
        return self._tell_queue()

    def shift(self, task_id: str, step: int) -> list[Task]:
        """Let a queued task go so many places later, or earlier for less than 0, as far as that goes;
        all queued tasks in their new order.

        Counted from where it stands then: of many calls in a row none is lost. Raises ValueError
        where it is no longer queued.
        """
        self._journal.shift(task_id, step)
        return self._tell_queue()

    def pause(self, account: str | None = None) -> None:
        """Send nothing more of an account, or of any, until told; what is sent already goes on."""
        self._set_paused(account or EVERY, paused=True)

    def resume_queue(self, account: str | None = None) -> None:
        """Undo ``pause``; without an account, that of every account and that of all at once.

        While all stand still, so does an account whose own pause is undone.
        """
        self._set_paused(account or EVERY, paused=False)

    def set_limit(self, account: str, limit: int | None) -> None:
        """How many tasks of an account may run at once, None for as many as the provider takes.

        Kept by the caller. Raises ValueError for less than one.
        """
        self._room.set(account, limit)
        self._woken.set()

    def limit(self, account: str) -> int | None:
        """How many tasks of an account may run at the moment, as set or as the provider taught it."""
        return self._room.limit(account)

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

    def _set_paused(self, account: str, *, paused: bool) -> None:
        self._journal.set_paused(account, paused=paused)
        self.paused = self._journal.pauses()
        self._woken.set()

    def _tell_queue(self) -> list[Task]:
        tasks = [self._journal.get(item.id) for item in self._journal.queued()]
        for task in tasks:
            self._changed(task)
        self._woken.set()
        return tasks

    def _fetch(self, task_id: str, changes: dict[str, object]) -> Task:
        """Take up a failed task, unless another program has done so: its lease is left alone."""
        task = self._journal.write(task_id, changes, expect=TaskState.FAILED)
        if task is None:
            task = self._journal.get(task_id)
            require(task.state, TaskState.DOWNLOADING)
            return task
        self._changed(task)
        self._woken.set()
        return task

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


def named(text: str) -> str:
    """The provider's id of a task as somebody typed it. Raises ValueError with a sentence."""
    name = text.strip()
    if "://" in name or name.lower().startswith("www."):
        raise ValueError(_AN_ADDRESS)
    if not 0 < len(name) <= 256 or not name.isprintable() or " " in name or not name.strip("."):
        raise ValueError(_NO_NAME)
    return name


def renamed(request: bytes, old: str, new: str) -> bytes:
    """A JSON body with the one value that is the task's id exchanged, every other byte as it was.

    A body without it, for a provider that takes no such id, stays as it is. Raises ValueError where
    it is there more than once.
    """
    # Within a string each quote has a backslash before it, so only whole values are found.
    value = re.compile(rb"(:\s*)" + re.escape(json.dumps(old).encode()))
    changed, count = value.subn(lambda found: found[1] + json.dumps(new).encode(), request)
    if count > 1:
        raise ValueError("The request of this task cannot be used again: generate the shot again.")
    return changed
