"""Which hosts cannot be reached: all that want to ask one wait while one of them tries now and then."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from enum import Enum

OFFLINE = "There is no connection to the network; everything goes on by itself when it is back."
AWAY = "The provider cannot be reached; everything goes on by itself when it is back."
_ROW = 2
"""Failures in a row, of one host or of several, that are no accident any more."""
_FIRST, _LONGEST = 1.0, 30.0
"""Seconds to the next try."""
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}


class Unreached(Enum):
    """Why no connection came about."""

    NOWHERE = "nowhere"
    """No such name, no way there, nobody there."""
    REFUSED = "refused"
    """The machine is there, but nobody listens."""


class Network:
    """Kept in memory only. ``clock`` is one that is never put back, in seconds.

    A host is named by whatever tells the hosts apart; several threads may tell of them at once.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, int] = {}
        self._since: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._trying: set[str] = set()
        self._refusing: set[str] = set()
        self._returned = False

    @property
    def back(self) -> bool:
        """Whether a host that was away has come back, and ``returned`` was not asked since."""
        return self._returned

    @property
    def sentence(self) -> str | None:
        """What is said once for all tasks that wait for a host, None when none does."""
        with self._lock:
            if not self._next:
                return None
            return AWAY if self._next.keys() <= self._refusing else OFFLINE

    def failed(self, host: str, why: Unreached) -> bool:
        """No connection came about; whether the host counts as away from now on."""
        with self._lock:
            if host in self._next and host not in self._trying:
                return True  # Begun before that was known: nothing new.
            self._trying.discard(host)
            self._failures[host] = self._failures.get(host, 0) + 1
            self._since.setdefault(host, self._clock())
            (self._refusing.add if why == Unreached.REFUSED else self._refusing.discard)(host)
            if sum(self._failures.values()) < _ROW:
                return False
            for each in self._failures:
                self._next.setdefault(each, 0.0)
            self._next[host] = self._clock() + self._pause(host)
            return True

    def reached(self, host: str) -> None:
        """The host answered, whatever it said."""
        with self._lock:
            self._failures.pop(host, None)
            self._since.pop(host, None)
            self._trying.discard(host)
            self._refusing.discard(host)
            self._returned |= self._next.pop(host, None) is not None

    def trying(self, host: str) -> None:
        """A task goes to the host now: the others wait for what becomes of it."""
        with self._lock:
            if host in self._next:
                self._trying.add(host)
                self._next[host] = self._clock() + _LONGEST

    def wait(self, host: str) -> float:
        """Seconds until a task may go there, 0 when at once."""
        with self._lock:
            return max(0.0, self._next.get(host, 0.0) - self._clock())

    def away_for(self, host: str) -> float:
        """Seconds since the host could last be reached, 0 when it just could."""
        with self._lock:
            return self._clock() - self._since.get(host, self._clock())

    def returned(self) -> bool:
        """Whether a host that was away has come back since this was last asked."""
        with self._lock:
            returned, self._returned = self._returned, False
            return returned

    def _pause(self, host: str) -> float:
        return min(_LONGEST, _FIRST * 2.0 ** min(self._failures[host] - 1, 10))


def unreached(error: BaseException) -> Unreached | None:
    """Why no connection came about, None where there was one: then somebody is there.

    An error that says nothing about its cause counts as no connection.
    """
    import urllib3.exceptions as trouble

    causes = _causes(error)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Unreached.REFUSED
    kinds = (trouble.NewConnectionError, trouble.ConnectTimeoutError)
    if any(isinstance(cause, kinds) for cause in causes):
        return Unreached.NOWHERE
    if any(isinstance(cause, OSError) and cause.errno in _UNREACHABLE for cause in causes):
        return Unreached.NOWHERE
    bare = len(causes) == 1 and getattr(error, "http_status", None) is None
    return Unreached.NOWHERE if bare else None


def _causes(error: BaseException) -> list[BaseException]:
    """The error and all that it wraps, as requests and urllib3 nest them."""
    found: list[BaseException] = []
    queue: list[object] = [error]
    while queue and len(found) < 20:
        each = queue.pop(0)
        if isinstance(each, BaseException) and not any(each is known for known in found):
            found.append(each)
            queue += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
    return found
