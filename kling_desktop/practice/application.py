"""From request to reply: routes, tokens, rules, faults; knows nothing of sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestedRangeNotSatisfiable,
)
from werkzeug.utils import send_file

from kling_desktop.practice import rules
from kling_desktop.practice.actions import Route
from kling_desktop.practice.book import Book, Record, Standing, State
from kling_desktop.practice.codes import TOO_MANY, TROUBLES
from kling_desktop.practice.faults import Faults
from kling_desktop.practice.ledger import ELSEWHERE, OTHER, Ledger, Logged
from kling_desktop.practice.misdeeds import Misdeeds
from kling_desktop.practice.order import (
    ABSENT,
    Refusal,
)
from kling_desktop.practice.replies import MuleRun, Official, Reply, View
from kling_desktop.practice.tokens import Gate
from kling_desktop.practice.visits import Door, Visit, in_our_words

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_TASKS = 500


@dataclass(slots=True)
class Application:
    """Everything that a reply depends on. ``url`` is known once the server listens.

    ``parallel`` is how many unfinished tasks there may be at a time; None: any number.
    """

    book: Book
    dialect: MuleRun | Official
    gate: Gate
    faults: Faults
    clock: Callable[[], float]
    misdeeds: Misdeeds
    accepted: Callable[[Record], None]
    pace: float = 1.0
    models: Collection[str] = rules.MODELS
    late: bool = False
    parallel: int | None = None
    url: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    _door: Door = field(init=False)
    _placing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._door = Door(self.dialect)

    def respond(self, environ: WSGIEnvironment) -> Reply:
        """The reply to one request; never raises for anything that a client sent."""
        visit = self._door.visit(environ)
        if visit.endpoint == "log":
            return self._answered(visit, self._log)
        where = visit.route or OTHER
        self.ledger.came(where)
        reply = self._answered(visit, self._routed)
        self._note(visit, reply, where)
        return reply

    def respond_elsewhere(self, environ: WSGIEnvironment) -> Reply:
        """The reply of the second listener: it has the videos, no faults, and asks nobody."""
        visit = self._door.visit(environ)
        self.ledger.came(ELSEWHERE)
        reply = self._answered(visit, self._guested)
        self._note(visit, reply, ELSEWHERE)
        return reply

    def _answered(self, visit: Visit, answer: Callable[[Visit], Reply]) -> Reply:
        path = visit.request.path
        try:
            reply = answer(visit)
        except Refusal as refusal:
            reply = self._refused(refusal, path)
        except RequestedRangeNotSatisfiable as problem:
            reply = Reply(status=416, headers={"Content-Range": f"bytes */{problem.length}"})
        except HTTPException as problem:
            reply = self._refused(in_our_words(problem, visit.request.method), path)
            if isinstance(problem, MethodNotAllowed):
                reply.headers["Allow"] = ", ".join(problem.valid_methods or ())
        reply.date = datetime.fromtimestamp(self.clock(), UTC)
        return reply

    def _routed(self, visit: Visit) -> Reply:
        if visit.problem is not None:
            raise visit.problem
        route = visit.route
        if route is not Route.VIDEO:
            self._admit(visit)
        if route is None:
            return self._costs()
        visit.action = self.faults.strike(route)
        if visit.action is None:
            return self._perform(visit)
        return self.misdeeds.answer(
            visit.action, visit.request, route, lambda: self._perform(visit)
        )

    def _guested(self, visit: Visit) -> Reply:
        if visit.route is not Route.VIDEO:
            raise NotFound
        return self._video(visit)

    def _perform(self, visit: Visit) -> Reply:
        if visit.route is Route.VIDEO:
            return self._video(visit)
        if visit.route is Route.CREATE:
            return self._create(visit)
        return self._status(visit) if visit.route is Route.QUERY else self._list(visit)

    def _admit(self, visit: Visit) -> None:
        self.gate.admit(visit.request.headers.get("Authorization"), self.clock())

    def _log(self, visit: Visit) -> Reply:
        self._admit(visit)
        return Reply(json.dumps(self.ledger.page()), mimetype="application/json")

    def _note(self, visit: Visit, reply: Reply, where: str) -> None:
        self.ledger.answered(
            Logged(
                method=visit.request.method,
                path=visit.request.path,
                status=0 if reply.manner.reset else reply.status_code,
                route=where,
                fault=visit.action.name if visit.action else None,
                authorized="Authorization" in visit.request.headers,
            )
        )

    def _create(self, visit: Visit) -> Reply:
        order = rules.check(visit.json(), models=self.models, late=self.late)
        with self._placing:
            self._find_room()
            record = self.book.add(order, self.clock())
        self.accepted(record)
        # Whatever the pace, nobody has begun a task while its creation is being answered.
        view = self._view(record, visit.alteration.state)
        return self.dialect.created(replace(view, state=State.WAITING))

    def _find_room(self) -> None:
        if self.parallel is None:
            return
        states = [self._standing(record).state for record in self.book.newest_first()]
        if sum(state in {State.WAITING, State.RUNNING} for state in states) >= self.parallel:
            trouble = TROUBLES[TOO_MANY]
            raise Refusal(trouble.status, TOO_MANY, trouble.words)

    def _status(self, visit: Visit) -> Reply:
        record = self.book.find(visit.found["key"])
        if record is None:
            raise Refusal(404, ABSENT, "There is no task with this id.")
        return self.dialect.status(self._view(record, visit.alteration.state))

    def _list(self, visit: Visit) -> Reply:
        page = visit.number("pageNum", default=1, most=1000)
        size = visit.number("pageSize", default=30, most=MOST_TASKS)
        records = self.book.newest_first()[(page - 1) * size : page * size]
        word = visit.alteration.state
        return self.dialect.listing([self._view(record, word) for record in records])

    def _costs(self) -> Reply:
        if not isinstance(self.dialect, Official):
            raise Refusal(404, ABSENT, "There is nothing at this address.")
        return self.dialect.costs()

    def _video(self, visit: Visit) -> Reply:
        record = self.book.find_file(visit.found["name"])
        if record is None or self._standing(record).state is not State.DONE:
            return Reply("There is no such file.\n", 404, mimetype="text/plain")
        how = visit.alteration
        reply = send_file(
            self.book.video(record),
            visit.followable(),
            mimetype="video/mp4",
            download_name="video.mp4",
            conditional=how.ranges,
            etag=how.etag or True,
            response_class=Reply,
        )
        assert isinstance(reply, Reply)  # noqa: S101 - narrows what send_file promises
        return reply

    def _standing(self, record: Record) -> Standing:
        return self.book.standing(record, now=self.clock(), pace=self.pace)

    def _view(self, record: Record, word: str | None = None) -> View:
        standing = self._standing(record)
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
