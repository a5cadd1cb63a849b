"""Which moment of the draft is due: what runs once, round and round, or forth and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

PAUSE = 0.5
"""Seconds for which the last frame stands before a loop begins again."""


class Loop(StrEnum):
    """What comes after the end; values are kept in the preferences."""

    ONCE = "once"
    REPEAT = "loop"
    PINGPONG = "pingpong"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of playing, from the share ``since`` (0…1) of a video of so many seconds on."""

    since: float
    seconds: float
    loop: Loop

    def share(self, elapsed: float) -> float:
        """The share of the video's time (0…1) that is seen so many seconds after it began."""
        way = self.since + max(0.0, elapsed) / self.seconds
        if self.loop == Loop.REPEAT:
            way %= 1.0 + PAUSE / self.seconds
        elif self.loop == Loop.PINGPONG:
            way = 1.0 - abs(1.0 - way % 2.0)
        return min(1.0, way)

    def over(self, elapsed: float) -> bool:
        """Whether nothing moves any more."""
        return self.loop == Loop.ONCE and self.share(elapsed) >= 1.0


class Beat:
    """Even moments, an ``interval`` of seconds apart, from where it ``began``.

    Times are seconds of any clock; what comes late leaves out moments rather than lagging.
    """

    def __init__(self, began: float, interval: float) -> None:
        self.interval = interval
        self._began = self._due = began

    def elapsed(self, now: float) -> float:
        """Seconds from the beginning to the moment that is due, or to now where none is."""
        late = math.floor((now - self._due) / self.interval)
        if late < 0:
            return now - self._began
        self._due += late * self.interval
        return self._due - self._began

    def rest(self, now: float) -> float:
        """Seconds from now to the next moment."""
        if self._due <= now:
            self._due += self.interval
        return max(0.0, self._due - now)
