"""Polls spread evenly over time: of the moments around the one that is due, the emptiest is taken."""

from __future__ import annotations

import threading
from collections import Counter

_WIDTH = 0.1
"""Seconds that count as one moment."""
_REACH = 10
"""So many moments before and after are looked at."""
_MANY = 4096


class Spread:
    """Remembers how many polls are due at each moment ahead; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moments: Counter[int] = Counter()
        self._nearest = sorted(range(-_REACH, _REACH + 1), key=abs)

    def place(self, due: float, *, now: float, least: float, most: float) -> float:
        """``due`` or a moment near it, but not before ``least`` nor after ``most`` from now."""
        with self._lock:
            if len(self._moments) > _MANY:
                self._forget(now)
            near = [due + offset * _WIDTH for offset in self._nearest]
            fit = [when for when in near if now + least <= when <= now + most] or [due]
            best = min(fit, key=lambda when: self._moments[int(when / _WIDTH)])
            self._moments[int(best / _WIDTH)] += 1
            return best

    def _forget(self, now: float) -> None:
        past = int(now / _WIDTH)
        self._moments = Counter({k: n for k, n in self._moments.items() if k >= past})
