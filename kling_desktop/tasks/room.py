"""How many tasks of an account may run at once: as the artist set it, as the provider taught it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

RAISED_AFTER = 600.0
"""Seconds after which one task more than the learned limit is tried: the pack may have grown, or
somebody else may have used the account. A refusal costs nothing and teaches the limit anew."""


@dataclass(frozen=True, slots=True)
class _Lesson:
    limit: int
    learned: float


class Room:
    """What is learned is kept in memory only; what is set, the caller keeps.

    ``clock`` is one that is never put back, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._set: dict[str, int] = {}
        self._lessons: dict[str, _Lesson] = {}

    def set(self, account: str, limit: int | None) -> None:
        """The artist's limit, None for none. Raises ValueError for less than one."""
        if limit is not None and limit < 1:
            raise ValueError("At least one task has to run at a time: enter 1 or more.")
        if limit is None:
            self._set.pop(account, None)
        else:
            self._set[account] = limit

    def refused(self, account: str, running: int) -> None:
        """The provider took no further task beside so many of ours."""
        self._lessons[account] = _Lesson(max(1, running), self._clock())

    def limit(self, account: str) -> int | None:
        """How many may run at the moment, None where nothing says so."""
        known = [self._set[account]] if account in self._set else []
        if (lesson := self._lessons.get(account)) is not None:
            raised = int((self._clock() - lesson.learned) // RAISED_AFTER)
            known.append(lesson.limit + raised)
        return min(known, default=None)


def waits_for_room(running: int) -> str:
    """What is said of a task that waits until there is room for it."""
    if running == 1:
        return "Waits until your running task ends."
    return f"Waits until one of your {running} running tasks ends."
