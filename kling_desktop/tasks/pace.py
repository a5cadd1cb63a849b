"""How long the engine waits between two looks at a task, in seconds, with a pinch of chance."""

from __future__ import annotations

from dataclasses import dataclass

from kling_desktop.tasks.lease import FARTHEST

_GROWTH = 1.3
_LOOKUP_GROWTH = 4.0
_MANY = 64
"""Beyond this many times a pause has long been at its end, and a power would overflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The pauses of one account; a practice account takes shorter ones.

    ``chance`` in the methods is a random number in [0, 1): it spreads tasks that began together.
    """

    poll_first: float = 2.0
    poll_min: float = 5.0
    poll_max: float = 15.0
    retry_min: float = 2.0
    retry_max: float = 60.0
    lookup_first: float = 2.0
    """From a lost answer to the first question whether the task is there; four times it to the next."""
    lookups: int = 3
    """How often the provider has to say no before that is believed: it may be slow to know."""
    refusals: int = 2
    """The same where the provider has said already that it could not take the task."""
    unsaid: int = 8
    """How often a look-up may bring neither yes nor no, before the artist is asked."""
    misses: int = 8
    """How often a provider has to say that it does not know a task it took, or has no link to a
    video it finished, until the task is given up."""
    missing_first: float = 2.0
    """From the first such answer to the next question; twice it to the one after that."""
    lease: float = 300.0
    """Longer than the longest call, so that a living engine is not robbed of a step."""
    jitter: float = 0.25

    def poll(self, attempts: int, *, chance: float) -> float:
        """The pause after the poll number ``attempts``, between poll_min and poll_max."""
        grown = min(self.poll_max, self.poll_min * _GROWTH ** min(attempts, _MANY))
        return max(self.poll_min, grown * (1 - self.jitter * chance))

    def retry(self, troubles: int, *, chance: float, retry_after: float | None = None) -> float:
        """The pause after so many troubles in a row, never less than the host asks for."""
        grown = min(self.retry_max, self.retry_min * 2.0 ** min(troubles, _MANY))
        own = max(self.retry_min, grown * (1 - self.jitter * chance))
        return min(FARTHEST, max(own, retry_after or 0.0))

    def missing(self, misses: int, *, chance: float) -> float:
        """The pause after so many such answers more than one; all of them last two minutes and more."""
        grown = min(self.retry_max, self.missing_first * 2.0 ** min(misses, _MANY))
        return max(self.missing_first, grown * (1 - self.jitter * chance))

    def lookup(self, misses: int) -> float:
        """The pause before the next look-up, after so many times "no such task"."""
        return min(self.lookup_first * _LOOKUP_GROWTH ** min(misses, _MANY), self.retry_max)
