"""A request at the door: which route it is for, and what it brings along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from kling_desktop.practice.actions import Action, Alteration, Route
from kling_desktop.practice.order import (
    ABSENT,
    INVALID_BODY,
    INVALID_FIELD,
    NO_METHOD,
    Refusal,
)
from kling_desktop.practice.replies import MuleRun, Official

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY = 64 * 1024 * 1024
LOG = "/practice/log"
"""Where a test asks what the server has seen: no page of the API, and neither counted nor hit."""

_ROUTES = {
    "create": Route.CREATE,
    "status": Route.QUERY,
    "list": Route.LIST,
    "video": Route.VIDEO,
}


@dataclass(slots=True)
class Visit:
    """One request on its way through the house, and what struck it there."""

    request: Request
    endpoint: str = ""
    found: Mapping[str, Any] = field(default_factory=dict)
    problem: HTTPException | None = None
    action: Action | None = None

    @property
    def route(self) -> Route | None:
        return _ROUTES.get(self.endpoint)

    @property
    def alteration(self) -> Alteration:
        return self.action.alteration if self.action else Alteration()

    def json(self) -> object:
        """The body, whatever its Content-Type says; raises Refusal where it is no JSON."""
        data = self.request.get_data(cache=False)
        try:
            body: object = json.loads(data, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise Refusal(400, INVALID_BODY, "body: not valid JSON") from None
        return body

    def number(self, name: str, *, default: int, most: int) -> int:
        """A parameter of the query, from 1 on; raises Refusal."""
        text = self.request.args.get(name, "").strip() or str(default)
        if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= most:
            raise Refusal(400, INVALID_FIELD, f"{name}: must be a whole number from 1 to {most}")
        return int(text)

    def followable(self) -> WSGIEnvironment:
        """Without a Range that is junk or has several parts (RFC 9110, 14.2: ignored)."""
        asked = self.request.range
        if asked is not None and asked.units == "bytes" and len(asked.ranges) == 1:
            return self.request.environ
        return {key: value for key, value in self.request.environ.items() if key != "HTTP_RANGE"}


class Door:
    """Knows the routes of a dialect."""

    def __init__(self, dialect: MuleRun | Official) -> None:
        found = [
            Rule("/files/<name>", endpoint="video", methods=["GET"]),
            Rule(LOG, endpoint="log", methods=["GET"]),
        ]
        for path in dialect.creates:
            found.append(Rule(path, endpoint="create", methods=["POST"]))
            found.append(Rule(f"{path}/<path:key>", endpoint="status", methods=["GET"]))
            if dialect.lists:
                found.append(Rule(path, endpoint="list", methods=["GET"]))
        if isinstance(dialect, Official):
            found.append(Rule("/account/costs", endpoint="costs", methods=["GET"]))
        self._routes = Map(found, strict_slashes=False, merge_slashes=False)

    def visit(self, environ: WSGIEnvironment) -> Visit:
        """Never raises: where there is no such route, the visit knows the problem."""
        request = Request(environ)
        request.max_content_length = LARGEST_BODY
        try:
            endpoint, found = self._routes.bind_to_environ(environ).match()
        except HTTPException as problem:
            return Visit(request, problem=problem)
        return Visit(request, str(endpoint), found)


def in_our_words(problem: HTTPException, method: str) -> Refusal:
    """What werkzeug found wrong with a request."""
    if isinstance(problem, RequestEntityTooLarge):
        return Refusal(413, INVALID_BODY, "body: larger than 64 MB")
    if isinstance(problem, MethodNotAllowed):
        return Refusal(405, NO_METHOD, f"{method} is not supported here")
    if problem.code == 404:
        return Refusal(404, ABSENT, "There is nothing at this address.")
    return Refusal(problem.code or 400, INVALID_BODY, "body: not readable")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
