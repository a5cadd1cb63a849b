"""Two clocks side by side: from how they part one can tell that the machine slept."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

SLEPT = 30.0
"""Seconds that the clocks may part without a sleep: time servers move a clock by less."""


class Watch:
    """``wall`` goes on while the machine sleeps, or is put right; ``steady`` does neither."""

    def __init__(self, wall: Callable[[], float], steady: Callable[[], float]) -> None:
        self._wall, self.steady = wall, steady
        self._seen = self.lag()

    def lag(self) -> float:
        """How far the clocks are apart, to be handed to ``slept_since`` later."""
        return self._wall() - self.steady()

    def slept_since(self, lag: float) -> bool:
        return abs(self.lag() - lag) > SLEPT

    def jump(self) -> float:
        """Seconds that were slept since this was last asked, negative where the clock was put back.

        0 where neither happened.
        """
        now = self.lag()
        jumped, self._seen = now - self._seen, now
        return jumped if abs(jumped) > SLEPT else 0.0


if sys.platform == "win32":

    def awake() -> float:
        """Seconds that this machine was awake; the monotonic clock there counts its sleep too."""
        import ctypes

        ticks = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
        return ticks.value / 1e7
else:

    def awake() -> float:
        """Seconds that this machine was awake."""
        return time.monotonic()
