"""The client of one account: make a task, ask about it, find it again, try the key."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from kling_desktop.providers import answers, errors, replies
from kling_desktop.providers.answers import Answer
from kling_desktop.providers.auth import Auth, auth_for, is_local
from kling_desktop.providers.dialects import DIALECTS, Created, ReplyError, Status
from kling_desktop.providers.profiles import Profile
from kling_desktop.providers.redaction import without_tokens
from kling_desktop.providers.replies import first_words
from kling_desktop.providers.routes import destination, model_of
from kling_desktop.providers.verdicts import NO_SUCH_TASK, POLICY, WORDS, from_reply, known

if TYPE_CHECKING:
    import requests

    from kling_desktop.providers.transport import Broken, Limits, Reply

log = logging.getLogger(__name__)

NOBODY = "00000000-0000-0000-0000-000000000000"
"""A task id that no provider gives out."""
_TELLING = ("error", "error.message", "data.error")
"""Where a reply that names something may say that this is no task."""


class Client:
    """Calls block, follow no redirect and never try again by themselves, except that a request
    refused for its time is signed once more by the server's clock: nothing was made of it.

    Every method raises ProviderError. Threads may share a client.
    """

    def __init__(
        self,
        profile: Profile,
        base_url: str | None,
        secret: str,
        *,
        session: requests.Session | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        hide: Callable[[str], str] = str,
        hear: Callable[[Answer], None] = lambda _answer: None,
    ) -> None:
        """``base_url`` None takes the profile's first. A ``session`` handed in is used as it is.

        ``hear`` is called with each answer, from the thread that asked; ``hide`` takes the secrets
        out of it first, those of other accounts among them.
        """
        from kling_desktop.providers.transport import Limits

        self.profile = profile
        self.base_url = _usable(base_url or next(iter(profile.base_urls), ""))
        self._auth: Auth = auth_for(
            profile.auth,
            self.base_url,
            secret,
            header=profile.header,
            prefix=profile.prefix,
            headers=profile.headers,
            clock=clock,
        )
        self._dialect = DIALECTS[profile.dialect].with_places(profile.reply)
        self._limits = limits or Limits()
        self._given = session
        self._asking: requests.Session | None = None
        self._opening = threading.Lock()
        self._clock, self._hide, self._hear = clock, hide, hear

    @property
    def can_find(self) -> bool:
        """Whether ``find`` can tell."""
        return self.profile.find_by_external_id

    def create(self, body: bytes) -> str:
        """Send the request for a new task; the provider's id of it.

        Raises Ambiguous where a task may have been made and no id came back.
        """
        path, sent = destination(self.profile, body)
        reply = self._signed("POST", path, sent)
        if not _succeeded(reply) and not self._took(reply):
            raise self._refusal(reply, path, body)
        try:
            made = self._dialect.read_created(reply.payload).remote_id
        except ReplyError as problem:
            if (refused := self._key_refused(reply)) is not None:
                raise refused from problem
            raise errors.Ambiguous(
                "The provider took the request, but its answer names no task, so one may or may "
                "not have been made. Look at the provider before sending it again.",
                http_status=reply.status,
                provider_words=self._words(reply),
            ) from problem
        request_id = replies.request_id(reply.payload, reply.headers)
        log.info("%s made task %s, request %s", self._host, made, request_id)
        return made

    def query(self, remote_id: str) -> Status:
        """How a task stands; free. Where its video is told elsewhere, that is asked too."""
        reply = self._ask(remote_id)
        try:
            status = self._status(reply)
        except ReplyError as problem:
            unreadable = self._unreadable(reply.status, self._words(reply))
            raise self._key_refused(reply) or unreadable from problem
        if self.profile.result and status.state == "done" and status.video_url is None:
            status = self._result(self.profile.result, remote_id)
        return status

    def find(self, external_id: str) -> str | None:
        """The id of the task that was made with our ``external_task_id``; free.

        None where the provider says with its code, if it has any, that it has no such task, and,
        without a call, where it cannot look one up that way (``can_find`` is False): then nobody
        knows. Raises UnknownTask where only its words say so.
        """
        if not self.can_find:
            return None
        try:
            reply = self._ask(external_id)
        except errors.UnknownTask as problem:
            if self._dialect.codes and problem.code not in NO_SUCH_TASK:
                raise  # Words are not enough to pay a second time for.
            return None
        return self._found(reply, external_id).remote_id

    def test(self) -> str:
        """A sentence that host and key work, found out by asking for a task that cannot exist."""
        try:
            reply = self._ask(NOBODY)
            self._dialect.read_created(reply.payload)
            self._dialect.read_status(reply.payload)
        except (errors.UnknownTask, errors.BadRequest) as problem:
            own = isinstance(problem.code, int) and problem.code >= 1000
            if isinstance(problem, errors.BadRequest) and not own:
                raise self._stranger(problem.http_status) from problem
        except errors.ServerTrouble as problem:
            if problem.says_nothing:
                raise self._stranger(problem.http_status) from problem
            raise
        except ReplyError as problem:
            raise self._key_refused(reply) or self._stranger(reply.status) from problem
        return f"{self._host} answers and accepts the key."

    def close(self) -> None:
        """Let go of the connections; the client may be used again."""
        with self._opening:
            asking, self._asking = self._asking, None
        if asking is not None:
            asking.close()

    @property
    def _host(self) -> str:
        return urlsplit(self.base_url).netloc

    def _result(self, path: str, remote_id: str) -> Status:
        """What a finished task brought: fal tells here, with HTTP 422, of one that failed."""
        reply = self._signed("GET", _at(path, remote_id), None)
        code = replies.code(reply.payload)
        if reply.status == 422 or code == POLICY:
            return Status("failed", None, self._words(reply))
        fine = 200 <= reply.status < 300 and not known(code)
        said = self._words(reply, self._dialect.failures) if fine else ""
        if not _succeeded(reply) and not said:
            raise self._error(reply, creating=False)
        try:
            return self._status(reply)
        except ReplyError as problem:
            if isinstance(reply.payload, dict):
                return Status("failed", None, said) if said else Status("done")
            raise self._unreadable(reply.status, self._words(reply)) from problem

    def _ask(self, task_id: str) -> Reply:
        reply = self._signed("GET", _at(self.profile.query, task_id), None)
        if not (_succeeded(reply) or self._is_about(reply, task_id)):
            raise self._error(reply, creating=False)
        return reply

    def _is_about(self, reply: Reply, task_id: str) -> bool:
        """Whether the error in a fine reply is the task's own, or its code none that tells of an
        error: the reply names the task."""
        fine = 200 <= reply.status < 300
        if not fine or known(replies.code(reply.payload, replies.ENVELOPE)):
            return False
        try:
            created = self._dialect.read_created(reply.payload)
        except ReplyError:
            return False
        return task_id in {created.remote_id, created.external_id}

    def _took(self, reply: Reply) -> bool:
        """Whether a fine reply with a code that nobody knows names a task all the same: that is paid
        for, and its name must not be lost."""
        code = replies.code(reply.payload)
        if not 200 <= reply.status < 300 or not isinstance(code, int) or known(code):
            return False
        if replies.denied(reply.payload) or first_words(reply.payload, _TELLING):
            return False
        try:
            self._dialect.read_created(reply.payload)
        except ReplyError:
            return False
        return True

    def _refusal(self, reply: Reply, path: str, body: bytes) -> errors.ProviderError:
        """Why no task was made, or why nobody knows."""
        problem = self._error(reply, creating=True)
        own_path = self.profile.endpoints and path in first_words(reply.payload, WORDS)
        if isinstance(problem, errors.WrongAddress) and reply.status == 404 and own_path:
            # Each model has a path of its own here, and this host says of which it knows nothing.
            problem = self._error(
                replace(reply, payload={**reply.payload, "code": 1203}), creating=True
            )
        if isinstance(problem, errors.ModelGone):
            problem.model = model_of(self.profile, body)
        return problem

    def _stranger(self, status: int | None) -> errors.WrongAddress:
        return errors.WrongAddress(
            f"{self._host} answers, but not as {self.profile.label} does. Check the account's "
            "address.",
            http_status=status,
        )

    def _found(self, reply: Reply, external_id: str) -> Created:
        try:
            created = self._dialect.read_created(reply.payload)
        except ReplyError as problem:
            raise self._unreadable(reply.status, self._words(reply)) from problem
        if created.external_id not in {None, external_id}:
            raise self._unreadable(reply.status, "")
        return created

    def _signed(self, method: str, path: str, body: bytes | None) -> Reply:
        """The reply, after signing once more where only the time was wrong."""
        reply = self._send(method, path, body)
        if _succeeded(reply):
            return reply
        skewed = isinstance(self._error(reply, creating=body is not None), errors.ClockSkew)
        server_time = replies.moment(reply.headers.get("Date") or "")
        if skewed and server_time is not None and self._auth.correct(server_time):
            return self._send(method, path, body)
        return reply

    def _send(self, method: str, path: str, body: bytes | None) -> Reply:
        from kling_desktop.providers.transport import Broken, exchange

        session, started = self._session(creating=body is not None), time.monotonic()
        try:
            reply = exchange(
                session,
                method,
                self.base_url + path,
                auth=self._auth,
                limits=self._limits,
                body=body,
            )
        except Broken as problem:
            log.warning("%s %s: %s", method, self._place(path), problem.why)
            raise self._no_reply(problem) from problem
        finally:
            if body is not None and session is not self._given:
                session.close()
        usual = body is None and _succeeded(reply)
        log.log(
            logging.DEBUG if usual else logging.INFO,
            "%s %s: HTTP %d, code %s, request %s, %.0f ms",
            method,
            self._place(path),
            reply.status,
            replies.code(reply.payload),
            replies.request_id(reply.payload, reply.headers),
            1000 * (time.monotonic() - started),
        )
        self._hear(self._answer(reply, creating=body is not None))
        return reply

    def _answer(self, reply: Reply, *, creating: bool) -> Answer:
        hide, named = self._hidden, replies.request_id(reply.payload, reply.headers)
        return Answer(
            answers.CREATE if creating else answers.QUERY,
            self._clock(),
            reply.status,
            None if named is None else hide(named),
            answers.readable(reply.raw, reply.payload, whole=reply.whole, hide=hide),
        )

    def _place(self, path: str) -> str:
        """Host and path, for the log; what follows a “?” may be a secret."""
        return self._host + path.partition("?")[0]

    def _session(self, *, creating: bool) -> requests.Session:
        """A kept session for questions. A creation gets a connection of its own: one that went
        stale while it was kept would leave in doubt whether the request arrived."""
        from kling_desktop.providers.transport import open_session

        if self._given is not None:
            return self._given
        if creating:
            return open_session(self.base_url, self._limits)
        with self._opening:
            if self._asking is None:
                self._asking = open_session(self.base_url, self._limits)
            return self._asking

    def _no_reply(self, problem: Broken) -> errors.ProviderError:
        if problem.arrived:
            return errors.Ambiguous(
                f"The request went out to {self._host}, but {problem.why}, so a task may or may "
                "not have been made. Look at the provider before sending it again."
            )
        return errors.Unreachable(
            f"{self._host} cannot be reached: {problem.why}. It will be tried again."
        )

    def _error(self, reply: Reply, *, creating: bool) -> errors.ProviderError:
        # Hidden before anything is cut short: half of a secret is not recognised as one.
        payload = replies.cleaned(reply.payload, self._hidden)
        full = self.profile.reply.full
        found = from_reply(reply.status, payload, reply.headers, creating, full)
        if found.request_id is not None:
            found.request_id = self._hidden(found.request_id)
        return found

    def _unreadable(self, status: int | None, words: str) -> errors.ServerTrouble:
        return errors.ServerTrouble(
            f"{self._host} gave an answer that says nothing about the task. It will be asked again "
            "in a while.",
            http_status=status,
            provider_words=words,
        )

    def _status(self, reply: Reply) -> Status:
        """What a reply says about a task, no secret in its reason; raises ReplyError."""
        status = self._dialect.read_status(reply.payload)
        if status.state != "failed":
            return status
        return self._dialect.read_status(replies.cleaned(reply.payload, self._hidden))

    def _key_refused(self, reply: Reply) -> errors.Credentials | None:
        """The error of a fine reply that says nothing but that it does not take the key."""
        found = self._error(reply, creating=False)
        return found if isinstance(found, errors.Credentials) else None

    def _words(self, reply: Reply, places: tuple[str, ...] = WORDS) -> str:
        return first_words(replies.cleaned(reply.payload, self._hidden), places)

    def _hidden(self, words: str) -> str:
        """The provider's words without the key, in whatever dress it quotes it back."""
        # First: with the key inside it hidden, a token would no longer look like one.
        words = without_tokens(words)
        for secret in self._auth.secrets:
            if len(secret) >= 4:
                words = words.replace(secret, "…")
        return self._hide(words)


def _at(path: str, task_id: str) -> str:
    return path.replace("{id}", quote(task_id, safe=""))


def _succeeded(reply: Reply) -> bool:
    fine = 200 <= reply.status < 300 and not replies.denied(reply.payload)
    return fine and replies.code(reply.payload) is None


def _usable(base_url: str) -> str:
    """The address without a closing slash; raises WrongAddress for one that no key may go to."""
    try:
        parts = urlsplit(base_url.strip())
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.username or parts.query or parts.fragment:
        raise errors.WrongAddress(
            "The account has no usable address. Enter one such as https://api.example.com."
        )
    if parts.scheme == "http" and not is_local(base_url):
        raise errors.WrongAddress(
            "The address of this account is not encrypted, so the key would go out readable. "
            "Enter one that begins with https://."
        )
    return base_url.strip().rstrip("/")
