"""What becomes of a reply when a fault strikes: replaced, spoilt or withheld."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from kling_desktop.practice.actions import ELSEWHERE, Action, Alteration, Kind, Route
from kling_desktop.practice.codes import words_of
from kling_desktop.practice.manner import Manner
from kling_desktop.practice.replies import MuleRun, Official, Reply, instead, of_storage

WEB_PAGE = "<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>"

_UNDONE = frozenset({Kind.RESET_BEFORE, Kind.RESET_UNMADE, Kind.REDIRECT})
_STORAGE = {
    403: ("AccessDenied", "Request has expired"),
    404: ("NoSuchKey", "The specified key does not exist."),
}


@dataclass(frozen=True, slots=True)
class Misdeeds:
    """Does what an Action says. ``pause`` waits so many seconds; ``elsewhere`` is the address of
    the second listener.
    """

    dialect: MuleRun | Official
    pause: Callable[[float], object]
    elsewhere: Callable[[], str]

    def answer(
        self, action: Action, request: Request, route: Route, perform: Callable[[], Reply]
    ) -> Reply:
        """The reply to a request that was hit; ``perform`` carries it out."""
        if action.kind in _UNDONE:
            return self._undone(action, request)
        if action.kind is Kind.STATUS and not action.performed:
            return self._told(action, request.path, route)
        reply = perform()
        if action.kind is Kind.ALTER:
            return self._altered(reply, action.alteration)
        reply.close()
        if action.kind is Kind.STATUS:
            return self._told(action, request.path, route)
        return self._replaced(action.kind)

    def _undone(self, action: Action, request: Request) -> Reply:
        if action.kind is Kind.REDIRECT:
            return self._redirect(action.location, request)
        if action.kind is Kind.RESET_UNMADE:
            request.get_data(cache=False)
        return _reset()

    def _replaced(self, kind: Kind) -> Reply:
        if kind is Kind.RESET_AFTER:
            return _reset()
        if kind is Kind.HTML:
            return Reply(WEB_PAGE, 200, mimetype="text/html")
        if kind is Kind.TYPES:
            return instead(self.dialect.wrong_types)
        return Reply(self.dialect.garbage, 200, mimetype="application/json")

    def _told(self, action: Action, path: str, route: Route) -> Reply:
        status = action.status or self.dialect.usual_status(action.code)
        if route is Route.VIDEO:
            code, words = _STORAGE.get(status, ("InternalError", "Try again."))
            reply = of_storage(status, code, action.message or words)
        else:
            words = action.message or words_of(action.code, creating=route is Route.CREATE)
            reply = self.dialect.refusal(status, action.code, words, path)
        if action.retry_after is not None:
            reply.headers["Retry-After"] = f"{action.retry_after:g}"
        return reply

    def _redirect(self, location: str, request: Request) -> Reply:
        """307 for a POST: a client that follows it sends the body, and the token, once more."""
        if location == ELSEWHERE:
            location = self.elsewhere() + urlsplit(request.url).path
        status = 307 if request.method == "POST" else 302
        return Reply(status=status, headers={"Location": location})

    def _altered(self, reply: Reply, how: Alteration) -> Reply:
        if how.delay:
            self.pause(how.delay)
        size = reply.content_length or 0
        reply.manner = Manner(
            most=int(size * how.cut) if how.cut < 1 else None,
            rate=how.rate,
            endless=how.endless,
            untrue=how.length != 0,
        )
        if how.length:
            reply.content_length = max(0, size + how.length)
        if how.endless:
            reply.automatically_set_content_length = False
            reply.headers.pop("Content-Length", None)
        return reply


def _reset() -> Reply:
    reply = Reply()
    reply.manner = replace(reply.manner, reset=True)
    return reply
