"""The gate between the local queue and the providers: who of the queued has to wait, and for what."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.journal import Journal
from kling_desktop.tasks.lineup import EVERY
from kling_desktop.tasks.room import Room, waits_for_room
from kling_desktop.tasks.rows import Item

PAUSED = "The queue is paused: resume it, and this task will be sent."
ACCOUNT_PAUSED = "The queue of this account is paused: resume it, and this task will be sent."

IN_LINE = "Waits for the tasks before it in the queue."


class Gate:
    """As it stands during one step of the engine.

    A pause is for what is worked through by itself, so it does not hold the tasks in ``only``, which
    somebody has named. Of the running tasks those count that somebody looks after: with ``only``,
    these and the ones that are leased to other engines.
    """

    def __init__(
        self,
        journal: Journal,
        room: Room,
        owner: str,
        sending: Mapping[str, str],
        only: Collection[str] | None,
    ) -> None:
        self._journal, self._room, self._owner, self._only = journal, room, owner, only
        self._paused: frozenset[str] | None = None if only is None else frozenset()
        # Taken before the journal is read: one that is sent meanwhile is then in one of the two.
        self._sending = list(sending.items())
        self._running: dict[str, set[str]] = {}
        self._lines: dict[str, list[str]] | None = None

    def closed(self, item: Item) -> str | None:
        """Why a queued task has to wait, a sentence; None when it may be sent, and for any other."""
        if item.state != TaskState.QUEUED:
            return None
        if self._paused is None:
            self._paused = self._journal.pauses()
        if EVERY in self._paused:
            return PAUSED
        if item.account in self._paused:
            return ACCOUNT_PAUSED
        limit = self._room.limit(item.account)
        if limit is None:
            return None
        running, line = self._standing(item.account)
        if len(running) >= limit:
            return waits_for_room(len(running))
        # The places belong to the first of the line, even where they are not due just yet.
        return None if item.id in line[: limit - len(running)] else IN_LINE

    def let_in(self, item: Item) -> None:
        """A queued task is being sent: there is room for one less."""
        if self._lines is None:
            self._sending.append((item.id, item.account))
            return
        self._running.setdefault(item.account, set()).add(item.id)
        if item.id in (line := self._lines.get(item.account, [])):
            line.remove(item.id)

    def _standing(self, account: str) -> tuple[set[str], list[str]]:
        """The running tasks of an account, and its queued ones in their order."""
        if self._lines is None:
            self._lines = {}
            rows = self._journal.running()
            there = [(row[0], row[1]) for row in rows if self._looked_after(row[0], row[2].owner)]
            for task_id, each in (*self._sending, *there):
                self._running.setdefault(each, set()).add(task_id)
            for item in self._journal.queued():
                if item.id not in self._running.get(item.account, ()) and self._named(item.id):
                    self._lines.setdefault(item.account, []).append(item.id)
        return self._running.get(account, set()), self._lines.get(account, [])

    def _named(self, task_id: str) -> bool:
        return self._only is None or task_id in self._only

    def _looked_after(self, task_id: str, owner: str | None) -> bool:
        return self._named(task_id) or (owner is not None and owner != self._owner)
