"""The fault script as it is written: one entry of ``--faults``, read or refused with a sentence.

``--faults`` takes a JSON list of entries::

    {"route": "create" | "query" | "list" | "video",       required
     "do": …,                                              required, see below
     "nth": n        the nth request of the route and never another, from 1; or
     "after": n      the first n requests pass (0), and
     "times": k      it strikes k times at most (no limit),
     "probability": p, "seed": s      each time with chance p of 1 (1), repeatable by s (0)}

``do`` is a word:

    "reset-before"   reset before the body is read          nothing was done
    "reset-unmade"   reset after the body was read          nothing was done
    "reset-after"    reset after the body was read          the request was carried out
    "cut"            half of the answer, then the end       the request was carried out
    "html"           a web page with status 200             the request was carried out
    "garbage"        half a JSON document, status 200       the request was carried out
    "types"          JSON of the wrong types                the request was carried out
    "redirect"       to the second listener (another port)  nothing was done

or an object of one of three forms:

    {"status": 503, "code": 5001, "message": "…", "retry_after": 2, "performed": false}
        an error in the words of the dialect. Either of status and code is enough: each has a usual
        other one. "performed": true carries the request out all the same.
    {"redirect": "https://…" | "elsewhere"}
    {"delay": seconds, "cut": 0 … 1, "rate": bytes per second, "length": bytes, "endless": true,
     "state": "weird", "etag": "other", "ranges": false}
        the true answer, spoilt in any mixture of these ways: late; only that share of it; slowly;
        a Content-Length wrong by so many bytes (below zero: too short); without an end; a task in
        a state of that name; a video with that ETag; a video whose server follows no Range.

Where several entries could strike one request, the first of the list does. The others strike later
if they still may: one that counts its strikes ("times") has its turn left, one that names its request
("nth") does not. So [{… "nth": 1}, {… "nth": 2}] strikes the first two requests, and so does
[{… "times": 1}, {… "times": 1}]; of two entries with "nth": 1 the second never strikes, unless the
first leaves it to chance ("probability").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kling_desktop.practice import fields
from kling_desktop.practice.actions import (
    ELSEWHERE,
    Action,
    Alteration,
    FaultError,
    Kind,
    Route,
)
from kling_desktop.practice.codes import TROUBLES, code_of

LONGEST_DELAY = 3600.0
FASTEST = 1e9
FARTHEST = 1_000_000_000_000

_WORDS = {
    **{
        str(kind): Action(kind, name=str(kind))
        for kind in Kind
        if kind not in {Kind.STATUS, Kind.REDIRECT, Kind.ALTER}
    },
    "cut": Action(Kind.ALTER, name="cut", alteration=Alteration(cut=0.5)),
    "redirect": Action(Kind.REDIRECT, name="redirect", location=ELSEWHERE),
}
_KEYS = ("after", "do", "nth", "probability", "route", "seed", "times")
_STATUS_KEYS = ("status", "code", "message", "retry_after", "performed")
_ALTERATIONS = ("delay", "cut", "rate", "length", "endless", "state", "etag", "ranges")
_OF_VIDEO = ("etag", "ranges")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: on which route, what, and when (``nth``: only then; ``times`` None: for ever)."""

    route: Route
    action: Action
    nth: int | None = None
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    seed: int = 0


def read(description: object) -> Entry:
    """One entry of the script; raises FaultError with a sentence that names the key."""
    if not isinstance(description, Mapping):
        raise FaultError("a fault is an object with “route” and “do”")
    fields.only(description, _KEYS, "a fault has no “{}”; it has {}")
    route = _route(description.get("route"))
    nth, after, times = _when(description)
    return Entry(
        route=route,
        action=_action(description.get("do"), route),
        nth=nth,
        after=after,
        times=times,
        probability=fields.number(description, "probability", default=1.0, most=1.0),
        seed=fields.whole(description, "seed", least=None, default=0),
    )


def _when(description: Mapping[str, Any]) -> tuple[int | None, int, int | None]:
    if "nth" in description:
        for other in ("after", "times"):
            if other in description:
                raise FaultError(f"“nth” does not go with “{other}”: it names one request")
        return fields.whole(description, "nth", least=1), 0, None
    times = None
    if description.get("times") is not None:
        times = fields.whole(description, "times")
    return None, fields.whole(description, "after", default=0), times


def _route(value: object) -> Route:
    try:
        return Route(str(value))
    except ValueError:
        raise FaultError(f"“route” is one of {', '.join(Route)}") from None


def _action(value: object, route: Route) -> Action:
    if isinstance(value, str):
        if value not in _WORDS:
            known = ", ".join(sorted(_WORDS))
            raise FaultError(f"“do” knows {known} or an object, not “{value}”")
        return _WORDS[value]
    if not isinstance(value, Mapping) or not value:
        raise FaultError("“do” says what goes wrong: a word or an object")
    if "status" in value or "code" in value:
        return _status(value)
    if "redirect" in value:
        fields.only(value, ("redirect",), "“redirect” does not go with “{}”")
        location = fields.text(value, "redirect")
        if not location or not location.isprintable():
            raise FaultError("“redirect” is an address, or the word elsewhere")
        return Action(Kind.REDIRECT, name="redirect", location=location)
    fields.only(
        value, _ALTERATIONS, "“do” has no “{}”; it has one of status, code, redirect, or {}"
    )
    return _alter(value, route)


def _status(value: Mapping[str, Any]) -> Action:
    fields.only(value, _STATUS_KEYS, "“status” does not go with “{}”")
    status = None
    if "status" in value:
        status = fields.whole(value, "status", least=200, most=599)
    code = fields.whole(value, "code", default=code_of(status or 500))
    if status is None and code not in TROUBLES:
        raise FaultError(f"“code” {code} has no usual HTTP status; give “status” as well")
    return Action(
        Kind.STATUS,
        name="/".join(str(part) for part in (status, code) if part is not None),
        status=status,
        code=code,
        message=fields.text(value, "message") if "message" in value else None,
        retry_after=(
            fields.number(value, "retry_after", most=86400.0) if "retry_after" in value else None
        ),
        performed=fields.flag(value, "performed", default=False),
    )


def _alter(value: Mapping[str, Any], route: Route) -> Action:
    for key in _OF_VIDEO:
        if key in value and route is not Route.VIDEO:
            raise FaultError(f"“{key}” goes with the route video only")
    if "state" in value and route is Route.VIDEO:
        raise FaultError("“state” does not go with the route video")
    endless = fields.flag(value, "endless", default=False)
    rate = fields.number(value, "rate", least=1.0, most=FASTEST) if "rate" in value else None
    if endless and rate is None:
        raise FaultError("“endless” needs a “rate” in bytes per second")
    if endless and "length" in value:
        raise FaultError("“length” does not go with “endless”, which has none")
    alteration = Alteration(
        delay=fields.number(value, "delay", default=0.0, most=LONGEST_DELAY),
        cut=fields.number(value, "cut", default=1.0, most=1.0),
        rate=rate,
        length=fields.whole(value, "length", least=-FARTHEST, most=FARTHEST, default=0),
        endless=endless,
        etag=_tag(value) if "etag" in value else None,
        ranges=fields.flag(value, "ranges", default=True),
        state=fields.text(value, "state") if "state" in value else None,
    )
    return Action(Kind.ALTER, name="+".join(sorted(value)), alteration=alteration)


def _tag(value: Mapping[str, Any]) -> str:
    tag = fields.text(value, "etag")
    if not tag or not tag.isascii() or not tag.isprintable() or '"' in tag:
        raise FaultError("“etag” is a string of plain letters, without quotation marks")
    return tag
