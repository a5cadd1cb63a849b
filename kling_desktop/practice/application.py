"""From request to reply: routes, tokens, rules, faults; knows nothing of sockets."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    RequestedRangeNotSatisfiable,
    RequestEntityTooLarge,
)
from werkzeug.routing import Map, Rule
from werkzeug.utils import send_file
from werkzeug.wrappers import Request

from kling_desktop.practice import rules
from kling_desktop.practice.book import Book, Record, State
from kling_desktop.practice.faults import Action, Faults, Kind, Route
from kling_desktop.practice.order import (
    ABSENT,
    INVALID_BODY,
    INVALID_FIELD,
    NO_METHOD,
    Refusal,
)
from kling_desktop.practice.replies import Ending, MuleRun, Official, Reply, View
from kling_desktop.practice.tokens import Gate

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY = 64 * 1024 * 1024
MOST_TASKS = 500
LONGEST_LOG = 10_000
WEB_PAGE = "<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>"


class Logged(NamedTuple):
    """One request as it was answered; status 0 where the line was reset."""

    method: str
    path: str
    status: int


@dataclass(slots=True)
class Application:
    """Everything that a reply depends on. ``url`` is known once the server listens."""

    book: Book
    dialect: MuleRun | Official
    gate: Gate
    faults: Faults
    clock: Callable[[], float]
    stopping: threading.Event
    accepted: Callable[[Record], None]
    pace: float = 1.0
    models: Collection[str] = rules.MODELS
    late: bool = False
    url: str = ""
    log: deque[Logged] = field(default_factory=lambda: deque(maxlen=LONGEST_LOG))
    _routes: Map = field(init=False)

    def __post_init__(self) -> None:
        self._routes = _routes(self.dialect)

    def respond(self, environ: WSGIEnvironment) -> Reply:
        """The reply to one request; never raises for anything that a client sent."""
        request = Request(environ)
        request.max_content_length = LARGEST_BODY
        try:
            reply = self._routed(request)
        except Refusal as refusal:
            reply = self._refused(refusal, request.path)
        except RequestedRangeNotSatisfiable as problem:
            reply = Reply(status=416, headers={"Content-Range": f"bytes */{problem.length}"})
        except HTTPException as problem:
            reply = self._refused(_in_our_words(problem, request.method), request.path)
            if isinstance(problem, MethodNotAllowed):
                reply.headers["Allow"] = ", ".join(problem.valid_methods or ())
        reply.date = datetime.fromtimestamp(self.clock(), UTC)
        status = 0 if reply.ending is Ending.RESET else reply.status_code
        self.log.append(Logged(request.method, request.path, status))
        return reply

    def _routed(self, request: Request) -> Reply:
        endpoint, found = self._routes.bind_to_environ(request.environ).match()
        route = Route.VIDEO if endpoint == "video" else None
        if route is None:
            self.gate.admit(request.headers.get("Authorization"), self.clock())
            route = {"create": Route.CREATE, "status": Route.QUERY}.get(endpoint)
        action = self.faults.strike(route) if route else None

        def perform() -> Reply:
            if endpoint == "video":
                return self._video(request, found["name"])
            if endpoint == "create":
                return self._create(request)
            if endpoint == "status":
                return self._status(found["key"], action)
            return self._costs() if endpoint == "costs" else self._list(request)

        return perform() if action is None else self._faulty(action, perform, request.path)

    def _create(self, request: Request) -> Reply:
        order = rules.check(_json(request), models=self.models, late=self.late)
        record = self.book.add(order, self.clock())
        self.accepted(record)
        # Whatever the pace, nobody has begun a task while its creation is being answered.
        return self.dialect.created(replace(self._view(record), state=State.WAITING))

    def _status(self, key: str, action: Action | None) -> Reply:
        record = self.book.find(key)
        if record is None:
            raise Refusal(404, ABSENT, "There is no task with this id.")
        word = action.text if action and action.kind is Kind.STATE else None
        return self.dialect.status(self._view(record, word))

    def _list(self, request: Request) -> Reply:
        page = _ranged(request, "pageNum", default=1, most=1000)
        size = _ranged(request, "pageSize", default=30, most=MOST_TASKS)
        records = self.book.newest_first()[(page - 1) * size : page * size]
        return self.dialect.listing([self._view(record) for record in records])

    def _costs(self) -> Reply:
        if not isinstance(self.dialect, Official):
            raise Refusal(404, ABSENT, "There is nothing at this address.")
        return self.dialect.costs()

    def _video(self, request: Request, name: str) -> Reply:
        record = self.book.find_file(name)
        if record is None or self._view(record).state is not State.DONE:
            return Reply("There is no such file.\n", 404, mimetype="text/plain")
        reply = send_file(
            self.book.video(record),
            _followable(request),
            mimetype="video/mp4",
            download_name="video.mp4",
            conditional=True,
            response_class=Reply,
        )
        assert isinstance(reply, Reply)  # noqa: S101 - narrows what send_file promises
        return reply

    def _view(self, record: Record, word: str | None = None) -> View:
        standing = self.book.standing(record, now=self.clock(), pace=self.pace)
        return View(
            id=record.id,
            external_id=record.external_id,
            state=standing.state,
            created=record.created,
            updated=standing.since,
            seconds=record.seconds,
            video_url=f"{self.url}/files/{record.file}",
            failure=record.failure,
            word=word,
        )

    def _refused(self, refusal: Refusal, path: str) -> Reply:
        status = self.dialect.http_status(refusal)
        return self.dialect.refusal(status, refusal.code, refusal.detail, path)

    def _faulty(self, action: Action, perform: Callable[[], Reply], path: str) -> Reply:
        if action.kind is Kind.RESET_BEFORE:
            return _ending(Reply(), Ending.RESET)
        if action.kind is Kind.REDIRECT:
            return Reply(status=302, headers={"Location": action.text})
        if action.kind is Kind.STATUS and not action.performed:
            return self._told(action, path)
        reply = perform()
        if action.kind is Kind.DELAY:
            self.stopping.wait(action.seconds)
        if action.kind is Kind.CUT:
            return _ending(reply, Ending.CUT)
        if action.kind in {Kind.DELAY, Kind.STATE}:
            return reply
        reply.close()
        return self._told(action, path) if action.kind is Kind.STATUS else _instead(action.kind)

    def _told(self, action: Action, path: str) -> Reply:
        reply = self.dialect.refusal(action.status, action.code, action.message, path)
        if action.retry_after is not None:
            reply.headers["Retry-After"] = f"{action.retry_after:g}"
        return reply


def _routes(dialect: MuleRun | Official) -> Map:
    found = [Rule("/files/<name>", endpoint="video", methods=["GET"])]
    for path in dialect.creates:
        found.append(Rule(path, endpoint="create", methods=["POST"]))
        found.append(Rule(f"{path}/<path:key>", endpoint="status", methods=["GET"]))
        if dialect.lists:
            found.append(Rule(path, endpoint="list", methods=["GET"]))
    if isinstance(dialect, Official):
        found.append(Rule("/account/costs", endpoint="costs", methods=["GET"]))
    return Map(found, strict_slashes=False, merge_slashes=False)


def _followable(request: Request) -> WSGIEnvironment:
    """The request without a Range that is junk or has several parts (RFC 9110, 14.2: ignored)."""
    asked = request.range
    if asked is not None and asked.units == "bytes" and len(asked.ranges) == 1:
        return request.environ
    return {key: value for key, value in request.environ.items() if key != "HTTP_RANGE"}


def _in_our_words(problem: HTTPException, method: str) -> Refusal:
    """What werkzeug found wrong with a request."""
    if isinstance(problem, RequestEntityTooLarge):
        return Refusal(413, INVALID_BODY, "body: larger than 64 MB")
    if isinstance(problem, MethodNotAllowed):
        return Refusal(405, NO_METHOD, f"{method} is not supported here")
    if problem.code == 404:
        return Refusal(404, ABSENT, "There is nothing at this address.")
    return Refusal(problem.code or 400, INVALID_BODY, "body: not readable")


def _ending(reply: Reply, ending: Ending) -> Reply:
    reply.ending = ending
    return reply


def _instead(kind: Kind) -> Reply:
    if kind is Kind.RESET_AFTER:
        return _ending(Reply(), Ending.RESET)
    if kind is Kind.HTML:
        return Reply(WEB_PAGE, 200, mimetype="text/html")
    if kind is Kind.TYPES:
        wrong = {"task_info": [1], "videos": "none", "code": "zero", "data": 7}
        return Reply(json.dumps(wrong), 200, mimetype="application/json")
    return Reply('{"task_info": {"id": ', 200, mimetype="application/json")


def _json(request: Request) -> object:
    """The body as JSON, whatever its Content-Type says."""
    try:
        body: object = json.loads(request.get_data(cache=False), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, INVALID_BODY, "body: not valid JSON") from None
    return body


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _ranged(request: Request, name: str, *, default: int, most: int) -> int:
    text = request.args.get(name, "").strip() or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= most:
        raise Refusal(400, INVALID_FIELD, f"{name}: must be a whole number from 1 to {most}")
    return int(text)
