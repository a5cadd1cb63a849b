"""Which accounts may be used at the moment: held for the artist, told to wait, or full."""

from __future__ import annotations

from collections.abc import Callable

from kling_desktop.model.task import FINAL, TaskState
from kling_desktop.tasks.steps import Outcome


class Holds:
    """Kept in memory only: a new start tries every account again, once.

    ``clock`` is one that is never put back and stands still while the machine sleeps, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.held: dict[str, str] = {}
        """Account → why nothing is sent through it, a sentence."""
        self.gone: set[str] = set()
        """Tasks that failed because the provider does not serve their model."""
        self._deaf: set[str] = set()
        self._paused: dict[str, float] = {}
        self._full: dict[str, str] = {}
        self._silent: dict[str, float] = {}
        self._farthest: dict[str, int] = {}

    def learn(self, task_id: str, account: str, outcome: Outcome) -> None:
        """Remember what a step of a task says about its account."""
        if outcome.hold is not None:
            self.held[account] = outcome.hold
        if outcome.deaf:
            self._deaf.add(account)
        if outcome.gone:
            self.gone.add(task_id)
        if outcome.pause > 0:
            self._paused[account] = self._clock() + outcome.pause
        if outcome.full:
            self._full[task_id] = account
        else:
            self._full.pop(task_id, None)
        if outcome.silent:
            self._silent.setdefault(task_id, self._clock())
        else:
            self._silent.pop(task_id, None)
        if outcome.changes.get("state") in FINAL:
            self._farthest.pop(task_id, None)

    def heard(self, task_id: str, size: int) -> None:
        """So many bytes of a task's video are here; more than ever before ends its silence."""
        if size > self._farthest.get(task_id, 0):
            self._farthest[task_id] = size
            self._silent.pop(task_id, None)

    def release(self, account: str) -> None:
        """The artist has seen to it."""
        self.held.pop(account, None)
        self._paused.pop(account, None)
        self._deaf.discard(account)

    def blocks(self, account: str, state: TaskState) -> str | None:
        """Why a task in this state cannot go on until the artist acts, None when it can.

        A paid task is still asked about when only sending is forbidden, and a finished one fetched.
        """
        if state == TaskState.QUEUED or (account in self._deaf and state != TaskState.DOWNLOADING):
            return self.held.get(account)
        return None

    def paused_for(self, account: str) -> float:
        """Seconds that every task of the account still has to wait."""
        return max(0.0, self._paused.get(account, 0.0) - self._clock())

    def waiting_for_room(self, account: str) -> list[str]:
        """Tasks that the provider had no room for; asking makes them forgotten here."""
        ids = [task_id for task_id, owner in list(self._full.items()) if owner == account]
        for task_id in ids:
            self._full.pop(task_id, None)
        return ids

    def silent_for(self, task_id: str) -> float:
        """Seconds since a task last got a usable answer or more of its video; 0 when it just did."""
        since = self._silent.get(task_id)
        return 0.0 if since is None else self._clock() - since
