"""What the server remembers of its visitors: how many came to which route, and the last of them."""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

from kling_desktop.practice.actions import Route

LONGEST = 10_000
ELSEWHERE = "elsewhere"
OTHER = "other"
"""What is counted beside the routes: the second listener, and everything else."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One request as it was answered; no headers, no query, no body.

    ``status`` is 0 where the line was reset, ``fault`` what struck, ``authorized`` whether there
    was an Authorization header at all, which must never come along to a host of videos.
    """

    method: str
    path: str
    status: int
    route: str = OTHER
    fault: str | None = None
    authorized: bool = False


class Ledger:
    """Counts from the start of the server; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log: deque[Logged] = deque(maxlen=LONGEST)
        self._counts: Counter[str] = Counter()
        self._creations = 0

    def came(self, route: str) -> None:
        """A request has arrived; one that is answered late is counted all the same."""
        with self._lock:
            self._counts[route] += 1

    def made(self) -> None:
        """A task was made."""
        with self._lock:
            self._creations += 1

    def answered(self, request: Logged) -> None:
        with self._lock:
            self._log.append(request)

    @property
    def creations(self) -> int:
        with self._lock:
            return self._creations

    @property
    def counts(self) -> dict[str, int]:
        """Requests by route, ``elsewhere`` and ``other`` among them."""
        with self._lock:
            return {name: self._counts[name] for name in (*Route, ELSEWHERE, OTHER)}

    @property
    def log(self) -> list[Logged]:
        with self._lock:
            return list(self._log)

    def page(self) -> dict[str, Any]:
        """``{creations, counts: {route: n}, requests: [{method, path, status, route, …}]}``."""
        return {
            "creations": self.creations,
            "counts": {str(name): count for name, count in self.counts.items()},
            "requests": [asdict(request) for request in self.log],
        }
