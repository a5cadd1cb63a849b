"""Every fault of a provider and of a video's host, and what each has to end in: the specification as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kling_desktop.model.task import TaskState

S = TaskState
WHOLE = 300_008
"""Bytes of the host's video."""


class Route(StrEnum):
    """What the fault is the answer to."""

    CREATE = "create"
    QUERY = "query"
    VIDEO = "video"


@dataclass(frozen=True)
class Row:
    """One fault, said ``times`` times, and its end."""

    name: str
    route: Route
    fault: dict[str, Any]
    end: TaskState
    sentence: str
    """Part of a sentence that the artist reads on the way, or at the end."""
    creations: int = 1
    times: int = 1
    can_find: bool = True
    held: bool = False
    """Whether the account waits for the artist."""
    setting: dict[str, Any] = field(default_factory=dict)
    """Attributes of the host that differ."""


def coded(status: int, code: int, **more: Any) -> dict[str, Any]:
    return {"status": status, "body": {"code": code, "message": "Its words."}, **more}


LATE = {"hang": True}
SENT = {"makes": True}
HALF: dict[str, Any] = {
    "body": {"code": 0, "message": "ok", "data": {"task_id": "remote-1", "task_status": "x"}},
    "cut": 30,
}
PAGE = {"body": b"<html>fine</html>"}
TYPES = {"body": {"code": 0, "data": [1, {"task_id": []}]}}

REFUSED: tuple[tuple[str, dict[str, Any], TaskState, str], ...] = (
    ("401-1000", coded(401, 1000), S.QUEUED, "does not accept the key"),
    ("401-1001", coded(401, 1001), S.QUEUED, "does not accept the key"),
    ("401-1002", coded(401, 1002), S.QUEUED, "does not accept the key"),
    ("401-plain", {"status": 401, "body": b"no"}, S.QUEUED, "does not accept the key"),
    ("402", {"status": 402, "body": {}}, S.QUEUED, "no credit left"),
    ("429-1100", coded(429, 1100), S.QUEUED, "wrong with the account"),
    ("429-1101", coded(429, 1101), S.QUEUED, "no credit left"),
    ("429-1102", coded(429, 1102), S.QUEUED, "pack is used up"),
    ("429-1304", coded(429, 1304), S.QUEUED, "network address"),
    ("403-1103", coded(403, 1103), S.QUEUED, "may not use"),
    ("redirect", {"status": 302, "headers": {"Location": "/x"}}, S.QUEUED, "somewhere else"),
    ("200-with-a-code", coded(200, 1101), S.QUEUED, "no credit left"),
    ("400-1201", coded(400, 1201), S.FAILED, "“Its words.”"),
    ("400-1301", coded(400, 1301), S.FAILED, "content rules"),
    ("404-1203", coded(404, 1203), S.FAILED, "model is gone"),
    ("404-page", {"status": 404, "body": b"<html>nginx"}, S.QUEUED, "does not know this address"),
    ("404-gateway", {"status": 404, "body": {"detail": "Not Found"}}, S.QUEUED, "base URL"),
    ("401-in-a-200", {"body": {"message": "Invalid token"}}, S.QUEUED, "does not accept the key"),
)
"""Answers to a create that made nothing, for certain, and that trying again does not mend."""

PASSING: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("429-1303", coded(429, 1303), "as many tasks as it may"),
    ("429-1302", coded(429, 1302, headers={"Retry-After": "9"}), "more time between requests"),
    ("500-5000", coded(500, 5000), "trouble of its own"),
    ("503-5001", coded(503, 5001), "being maintained"),
    ("504-5002", coded(504, 5002), "too much to do"),
)
"""Answers that made nothing, as the provider says, and that pass."""

UNSURE = ("500-5000", "504-5002")
"""Those after which it may be there as likely as not, where it cannot be asked for."""

PERHAPS = PASSING[2:]
"""Those after which a task may be there all the same: asking for it first is free."""

DOUBTFUL: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("500", {"status": 500, "body": b"oops"}, "failed while it took the request"),
    ("503", {"status": 503, "body": b"busy"}, "failed while it took the request"),
    ("504", {"status": 504, "body": {"detail": "gateway"}}, "failed while it took the request"),
    ("reset-after-the-body", {"reset": "late"}, "the connection broke"),
    ("half-an-answer", HALF, "its answer names no task"),
    ("late", LATE, "no answer came in time"),
    ("no-json", PAGE, "its answer names no task"),
    ("wrong-types", TYPES, "its answer names no task"),
    ("unknown-code", coded(200, 9999), "failed while it took the request"),
    ("no-success", {"body": {"success": False, "message": "later"}}, "failed while it took the"),
)
"""Answers to a create after which nobody knows whether a task was made."""

ASKED: tuple[tuple[str, dict[str, Any], str], ...] = (
    *PASSING[1:],
    ("500", DOUBTFUL[0][1], "trouble of its own"),
    ("503", DOUBTFUL[1][1], "trouble of its own"),
    ("504", DOUBTFUL[2][1], "trouble of its own"),
    ("reset-before-the-body", {"reset": "early"}, "Waiting for the network"),
    ("reset-after-the-body", {"reset": "late"}, "Waiting for the network"),
    ("half-an-answer", HALF, "says nothing about the task"),
    ("late", LATE, "Waiting for the network"),
    ("no-json", PAGE, "says nothing about the task"),
    ("wrong-types", TYPES, "says nothing about the task"),
    ("404-page", {"status": 404, "body": b"<html>nginx"}, "nothing at this address"),
    (
        "404-kong",
        {"status": 404, "body": {"message": "no Route matched"}},
        "nothing at this address",
    ),
    ("404-fastapi", {"status": 404, "body": {"detail": "Not Found"}}, "nothing at this address"),
    ("400-1201", coded(400, 1201), "It will be asked again"),
)
"""Answers to a question that pass: the task goes on."""

QUIET: tuple[tuple[str, dict[str, Any]], ...] = (
    ("404-then-200", coded(404, 1203)),
    ("unknown-state", {"body": {"code": 0, "data": {"task_id": "r", "task_status": "dreaming"}}}),
)
"""Answers to a question that are no trouble."""

LONGER = {"headers": {"Content-Length": str(WHOLE + 4096)}}
SHORTER = {"headers": {"Content-Length": str(WHOLE - 4096)}, "cut": WHOLE - 4096}
HTML = {"body": b"<html>sign in</html>", "headers": {"Content-Type": "text/html"}}
MASKED = {"body": b"<html>sign in</html>", "headers": {"Content-Type": "video/mp4"}}
PACKED = {"body": b"?", "headers": {"Content-Encoding": "br", "Content-Type": "video/mp4"}}
VIDEO: tuple[tuple[str, dict[str, Any], int, str], ...] = (
    ("404-once", {"status": 404}, 1, ""),
    ("403-expired-once", {"status": 403}, 1, ""),
    ("500", {"status": 500}, 3, "busy"),
    ("503-retry-after", {"status": 503, "headers": {"Retry-After": "20"}}, 3, "busy"),
    ("reset", {"reset": "early"}, 3, "Waiting for the network"),
    ("late", LATE, 1, "Waiting for the network"),
    ("cut-at-half", {"cut": WHOLE // 2}, 2, "stopped coming halfway"),
    ("length-too-great", LONGER, 3, "stopped coming halfway"),
    ("length-too-small", SHORTER, 2, "cannot be played"),
    ("silent-in-the-middle", {"cut": 1000, "keep_open": True}, 2, "stopped coming halfway"),
    ("html", HTML, 3, "web page"),
    ("html-called-a-video", MASKED, 3, "something else"),
    ("empty", {"body": b"", "headers": {"Content-Type": "video/mp4"}}, 3, "something else"),
    ("packed-as-never-heard-of", PACKED, 3, "packed as “br”"),
    ("404-for-a-minute", {"status": 404}, 10, "has expired. It is tried again"),
    ("teapot", {"status": 418}, 3, "refused the link"),
)
"""Answers of a video's host that pass."""


def rows() -> Iterator[Row]:
    yield from _creates()
    yield from _queries()
    yield from _videos()


def _creates() -> Iterator[Row]:
    clock = coded(401, 1004)
    yield Row("401-1004 twice", Route.CREATE, clock, S.QUEUED, "Set the clock", 0, 2, held=True)
    for can_find in (True, False):
        tag = "" if can_find else " (cannot-find)"
        for name, fault, end, words in REFUSED:
            held = end == S.QUEUED
            yield Row(name + tag, Route.CREATE, fault, end, words, 0, 1, can_find, held)
        for name, fault, words in PASSING:
            if can_find or name not in UNSURE:
                yield Row(name + tag, Route.CREATE, fault, S.DONE, words, 1, 3, can_find)
    for name, fault, words in PERHAPS:
        yield Row(f"{name} (made)", Route.CREATE, {**fault, **SENT}, S.DONE, words)
    for name, fault, words in (each for each in PERHAPS if each[0] in UNSURE):
        made, end, silent = {**fault, **SENT}, S.UNCONFIRMED, {"can_find": False}
        yield Row(f"{name} (made, cannot-find)", Route.CREATE, made, end, words, 1, **silent)
        yield Row(f"{name} (not made, cannot-find)", Route.CREATE, fault, end, words, 0, **silent)
    for name, fault, words in DOUBTFUL:
        made, none = {**fault, **SENT}, fault
        asking = "asking the provider"
        yield Row(f"{name} (made)", Route.CREATE, made, S.DONE, asking)
        yield Row(f"{name} (not made)", Route.CREATE, none, S.UNCONFIRMED, words, 0)
        end, silent = S.UNCONFIRMED, {"can_find": False}
        yield Row(f"{name} (made, cannot-find)", Route.CREATE, made, end, words, 1, **silent)
        yield Row(f"{name} (not made, cannot-find)", Route.CREATE, none, end, words, 0, **silent)


def _queries() -> Iterator[Row]:
    for name, fault, words in ASKED:
        yield Row(name, Route.QUERY, fault, S.DONE, words, times=2)
    for name, fault in QUIET:
        yield Row(name, Route.QUERY, fault, S.DONE, "", times=2)
    for name, fault, end, words in REFUSED:
        if end == S.QUEUED and "404" not in name:
            yield Row(name, Route.QUERY, fault, S.SUBMITTED, words, held=True)
    # Who does not speak of the task does not know that it is gone: it was paid for.
    for name, fault, words in ASKED[-4:]:
        yield Row(f"{name}-for-long", Route.QUERY, fault, S.DONE, words, times=40)
    gone = "does not know this task any more"
    yield Row("404-many-times", Route.QUERY, coded(404, 1203), S.DONE, "", times=7)
    yield Row("404-for-good", Route.QUERY, coded(404, 1203), S.FAILED, gone, times=9)
    done = {"task_id": "r", "task_status": "succeed"}
    no_link = {"body": {"code": 0, "data": done}}
    yield Row("no-link", Route.QUERY, no_link, S.DONE, "", times=7)
    yield Row("no-link-for-good", Route.QUERY, no_link, S.FAILED, "gives no link", times=9)
    half = {"task_result": {"videos": [{"url": "http://127.0.0.1:1/\ud800.mp4"}]}}
    odd = {"body": {"code": 0, "data": {**done, **half}}}
    yield Row("link-with-half-a-letter", Route.QUERY, odd, S.DONE, "", times=7)
    failed = {"task_id": "r", "task_status": "failed", "task_status_msg": "Image pixel is invalid"}
    said = "could not make the video: Image pixel is invalid."
    yield Row("failed", Route.QUERY, {"body": {"code": 0, "data": failed}}, S.FAILED, said)


def _videos() -> Iterator[Row]:
    settings: dict[str, dict[str, Any]] = {
        "": {},
        " (no range)": {"ranges": False},
        " (no etag)": {"etag": None},
    }
    for tag, setting in settings.items():
        for name, fault, times, words in VIDEO:
            yield Row(name + tag, Route.VIDEO, fault, S.DONE, words, times=times, setting=setting)
    expired = "has expired. The provider gives no other"
    for status in (403, 404, 410):
        yield Row(
            f"{status}-for-good", Route.VIDEO, {"status": status}, S.FAILED, expired, times=40
        )
    broken = {"body": b"HEAD and no end", "headers": {"Content-Type": "video/mp4"}}
    said = "look at it on the provider's own page"
    yield Row("no-video-for-good", Route.VIDEO, broken, S.FAILED, said, times=9)


TABLE = tuple(rows())
