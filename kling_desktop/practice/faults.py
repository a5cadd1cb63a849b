"""Misbehaviour to order: what goes wrong, on which route, when and how often."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MESSAGE = "The practice server was told to fail."


class FaultError(ValueError):
    """The description of a fault makes no sense; the message says what to write instead."""


class Route(StrEnum):
    CREATE = "create"
    QUERY = "query"
    VIDEO = "video"


class Kind(StrEnum):
    """What can be done to a request."""

    STATUS = "status"
    """Answer with an error; the request is not carried out unless ``performed``."""
    RESET_BEFORE = "reset-before"
    """Reset the connection before the body is read: nothing happened."""
    RESET_AFTER = "reset-after"
    """Carry the request out, then reset the connection."""
    CUT = "cut"
    """Carry it out, send half of the answer."""
    DELAY = "delay"
    """Carry it out, answer late."""
    HTML = "html"
    """Carry it out, answer with a web page."""
    GARBAGE = "garbage"
    """Carry it out, answer with something that is no JSON."""
    TYPES = "types"
    """Carry it out, answer with JSON of the wrong types."""
    STATE = "state"
    """Report a state of that name."""
    REDIRECT = "redirect"
    """Answer with a redirect to that address."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. Which of the other fields counts depends on ``kind``."""

    kind: Kind
    status: int = 0
    code: int = 5000
    message: str = MESSAGE
    retry_after: float | None = None
    performed: bool = False
    seconds: float = 0.0
    text: str = ""
    """The state's name, or the address to redirect to."""


_BARE = (Kind.RESET_BEFORE, Kind.RESET_AFTER, Kind.CUT, Kind.HTML, Kind.GARBAGE, Kind.TYPES)
_KEYS = frozenset({"route", "after", "times", "probability", "seed", "do"})
_STATUS_KEYS = frozenset({"status", "code", "message", "retry_after", "performed"})


class Fault:
    """One entry of ``--faults``.

    ``{"route": "create" | "query" | "video", "do": …, "after": n, "times": k, "probability": p,
    "seed": s}``: the first ``after`` requests of the route pass, then it strikes with
    ``probability`` until it has struck ``times`` times (left out: for ever). ``do`` is one of the
    words of Kind or an object: ``{"status": 503, "code": 5001, "message": …, "retry_after": 2,
    "performed": true}``, ``{"delay": seconds}``, ``{"state": "weird"}``, ``{"redirect": url}``.
    """

    def __init__(self, description: object) -> None:
        if not isinstance(description, Mapping):
            raise FaultError("a fault is an object with “route” and “do”")
        if strange := sorted(map(str, set(description) - _KEYS)):
            raise FaultError(f"a fault has no “{strange[0]}”; it has {', '.join(sorted(_KEYS))}")
        self.route = _route(description.get("route"))
        self.action = _action(description.get("do"))
        self._after = _count(description, "after", 0)
        self._left = _count(description, "times", None)
        self._probability = _number(description, "probability", 1.0, most=1.0)
        seed = description.get("seed", 0)
        if not isinstance(seed, int):
            raise FaultError("“seed” is a whole number")
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._seen = 0

    def count(self) -> None:
        """One more request of its route."""
        self._seen += 1

    def fires(self) -> bool:
        """Whether the request just counted is hit; a hit is used up."""
        if self._seen <= (self._after or 0) or self._left == 0:
            return False
        if self._random.random() >= self._probability:
            return False
        if self._left is not None:
            self._left -= 1
        return True


class Faults:
    """All faults of a server; safe to ask from any thread."""

    def __init__(self, descriptions: str | Sequence[Mapping[str, Any]] | None = None) -> None:
        """Take a list of descriptions or its JSON; raises FaultError with a sentence."""
        if isinstance(descriptions, str):
            try:
                descriptions = json.loads(descriptions)
            except (ValueError, RecursionError):
                raise FaultError("the faults are not valid JSON") from None
        if not isinstance(descriptions, list | tuple | None):
            raise FaultError("the faults are a list of objects")
        self._faults = [Fault(description) for description in descriptions or ()]
        self._lock = threading.Lock()

    def strike(self, route: Route) -> Action | None:
        """What hits this request: the first fault that fires; the others keep their turn."""
        with self._lock:
            faults = [fault for fault in self._faults if fault.route is route]
            for fault in faults:
                fault.count()
            hit = next((fault for fault in faults if fault.fires()), None)
        return hit.action if hit else None


def _route(value: object) -> Route:
    try:
        return Route(str(value))
    except ValueError:
        raise FaultError("“route” is one of create, query, video") from None


def _action(value: object) -> Action:
    if isinstance(value, str):
        if value not in _BARE:
            raise FaultError(f"“do” knows {', '.join(_BARE)} or an object, not “{value}”")
        return Action(Kind(value))
    if not isinstance(value, Mapping):
        raise FaultError("“do” says what goes wrong: a word or an object")
    if "status" in value:
        return _status(value)
    keys = set(value)
    if keys == {"delay"}:
        return Action(Kind.DELAY, seconds=_number(value, "delay", 0.0, most=3600.0))
    for kind in (Kind.STATE, Kind.REDIRECT):
        if keys == {kind.value}:
            if not isinstance(value[kind.value], str):
                raise FaultError(f"“{kind}” is a string")
            return Action(kind, text=value[kind.value])
    raise FaultError("“do” as an object has one of status, delay, state, redirect")


def _status(value: Mapping[str, Any]) -> Action:
    if strange := sorted(map(str, set(value) - _STATUS_KEYS)):
        raise FaultError(f"“status” does not go with “{strange[0]}”")
    status, code = value["status"], value.get("code", 5000)
    if not _whole(status) or not 200 <= status <= 599:
        raise FaultError("“status” is an HTTP status from 200 to 599")
    if not _whole(code):
        raise FaultError("“code” is a whole number")
    message = value.get("message", MESSAGE)
    if not isinstance(message, str):
        raise FaultError("“message” is a string")
    retry_after = (
        _number(value, "retry_after", 0.0, most=86400.0) if "retry_after" in value else None
    )
    return Action(
        Kind.STATUS,
        status=status,
        code=code,
        message=message,
        retry_after=retry_after,
        performed=value.get("performed") is True,
    )


def _count(description: Mapping[str, Any], key: str, default: int | None) -> int | None:
    value = description.get(key, default)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FaultError(f"“{key}” is a whole number from 0 on")
    return value


def _number(description: Mapping[str, Any], key: str, default: float, *, most: float) -> float:
    value = description.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise FaultError(f"“{key}” is a number from 0 to {most:g}")
    return float(value)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
