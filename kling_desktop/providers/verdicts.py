"""From an error reply to the error: the table of codes and statuses, each with its sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from kling_desktop.providers import errors as e
from kling_desktop.providers import replies

Verdict = tuple[type[e.ProviderError], str]

_KEY: Verdict = (
    e.Credentials,
    (
        "The provider does not accept the key of this account. Enter it again, and check that it "
        "belongs to this host: keys are regional."
    ),
)
_CLOCK: Verdict = (
    e.ClockSkew,
    (
        "The provider finds the time of this request wrong. Set the clock of this computer and try "
        "again."
    ),
)
_TROUBLE: Verdict = (
    e.ServerTrouble,
    "The provider has trouble of its own. It will be tried again in a while.",
)
_FIELD: Verdict = (
    e.BadRequest,
    "The provider refuses something in this shot. Change it and try again.",
)
_PAY: Verdict = (
    e.AccountProblem,
    "The account has no credit left for this. Top it up at the provider, then try again.",
)
_POLICY: Verdict = (
    e.Refused,
    "The provider's content rules refuse this shot. Change the picture or the prompt.",
)
_FORBIDDEN: Verdict = (
    e.Forbidden,
    (
        "This account may not use this model or service. Ask the provider for it, or choose another "
        "model or account."
    ),
)
_FAST: Verdict = (e.TooFast, "The provider asks for more time between requests. It will wait.")
_RATE = 1302
_FULL: Verdict = (
    e.Busy,
    "The account already runs as many tasks as it may. This one waits until another has finished.",
)
_GONE: Verdict = (
    e.ModelGone,
    "This model is gone here. Choose another model, or another account that still serves it.",
)
_UNKNOWN: Verdict = (
    e.UnknownTask,
    "The provider does not know this task. It will be asked again in a while.",
)
_LOST_WAY: Verdict = (
    e.ServerTrouble,
    (
        "The provider answers that there is nothing at this address; the task is asked for again. If "
        "this goes on, check the base URL of the account."
    ),
)
_QUESTION: Verdict = (
    e.BadRequest,
    "The provider does not take this question about the task. It will be asked again in a while.",
)
_AMBIGUOUS: Verdict = (
    e.Ambiguous,
    (
        "The provider failed while it took the request, so a task may or may not have been made. "
        "Look at the provider before sending it again."
    ),
)
_TAKEN: Verdict = (
    e.Ambiguous,
    (
        "The provider already has a task of this number, so this one seems to have been made. "
        "Look at the provider before sending it again."
    ),
)
_REDIRECT: Verdict = (
    e.WrongAddress,
    "The address of this account leads somewhere else. Correct the account's address.",
)
_NOWHERE: Verdict = (
    e.WrongAddress,
    (
        "The provider does not know this address, so nothing was made. Check the base URL of the "
        "account."
    ),
)
_PROXY: Verdict = (
    e.Unreachable,
    (
        "The network's proxy wants a name and a password. Set them in the proxy settings of this "
        "computer."
    ),
)

POLICY = "content_policy_violation"
_BY_CODE: dict[replies.Code, Verdict] = {
    1000: _KEY,
    1001: _KEY,
    1002: _KEY,
    1003: _CLOCK,
    1004: _CLOCK,
    1100: (
        e.AccountProblem,
        (
            "The provider says that something is wrong with the account. Sort it out there, then try "
            "again."
        ),
    ),
    1101: _PAY,
    1102: (
        e.AccountProblem,
        (
            "The account's pack is used up or has run out. Buy another at the provider, then try "
            "again."
        ),
    ),
    1103: _FORBIDDEN,
    1200: _FIELD,
    1201: _FIELD,
    1300: _POLICY,
    1301: _POLICY,
    _RATE: _FAST,
    1303: _FULL,
    1304: (
        e.AccountProblem,
        "The provider does not let this network address in. Add it to the account's list there.",
    ),
    5000: _TROUBLE,
    5001: (e.ServerTrouble, "The provider is being maintained. It will be tried again later."),
    5002: (
        e.ServerTrouble,
        "The provider has too much to do. It will be tried again in a while.",
    ),
    # fal's kind of mistake, and the words that new-api puts where others have numbers.
    POLICY: _POLICY,
    "insufficient_quota": _PAY,
    "insufficient_user_quota": _PAY,
    "pre_consume_token_quota_failed": _PAY,
    "quota_not_enough": _PAY,
}

_BY_STATUS: dict[int, Verdict] = {
    401: _KEY,
    402: _PAY,
    403: _FORBIDDEN,
    407: _PROXY,
    429: _FAST,
}

_OWN_ID = "external_task_id"
"""The field that we fill, unlike any other: a complaint about it says that it is known already."""
_NO_SUCH_MODEL = frozenset({1202, 1203, "model_not_found"})
NO_SUCH_TASK = frozenset({1202, 1203, "task_not_exist"})
"""Codes that say for certain, and not for a gateway that lost its way, that there is no such task."""
_MODEL_WORDS = re.compile(
    r"discontinued|\bno (?:available |such )?(?:channel|model)\b"
    r"|\b(?:model\w*|application|endpoint)\b.{0,60}"
    r"\b(?:not (?:be )?(?:found|exist|served|supported|available)|unknown|unavailable|retired"
    r"|deprecated|no longer)\b|模型.{0,20}(?:不存在|下线|停用)",
    re.IGNORECASE,
)
"""A 404 to a new task is the model's only where it says so."""
_TASK_WORDS = re.compile(
    r"\bno (?:such )?(?:task|request|job|generation)\b"
    r"|\b(?:task|request|job|generation)s?\b.{0,40}\b(?:not found|not exist|unknown|no longer)\b"
    r"|任务不存在",
    re.IGNORECASE,
)
"""How those say that they know no such task who have no code for it: MuleRun, fal, PiAPI."""
_PATH = re.compile(r"\S*/\S*")
"""Addresses, which gateways like to repeat: the name of a task may stand in one."""
_KEY_WORDS = re.compile(
    r"\bunauthori[sz]ed\b|\b(?:invalid|wrong|expired|missing)\b.{0,20}\b(?:token|key|credentials?)\b"
    r"|\b(?:token|key|credentials?)\b.{0,20}\b(?:invalid|not valid|expired|missing|wrong)\b"
    r"|无效的令牌|令牌无效",
    re.IGNORECASE,
)
"""How relays refuse a key that say so with HTTP 200."""
_NO_CREDIT = re.compile(
    r"exhausted balance|(insufficient|not enough) (credit|balance|quota|fund)", re.IGNORECASE
)
"""fal and PiAPI say with words alone that the account is empty."""
_TOO_MANY = re.compile(
    r"parallel|concurren|simultaneous|at the same time|并发|并行"
    r"|\b(?:running|active|ongoing|unfinished|in[- ]progress|in flight|pending|queued)\b"
    r".{0,30}\b(?:task|job|generation|video)s?\b"
    r"|\b(?:task|job|generation|video)s?\b"
    r".{0,30}\b(?:running|active|ongoing|in[- ]progress|in flight|at once)\b",
    re.IGNORECASE,
)
"""MuleRun and other relays say with words alone that as many tasks run as may."""
WORDS = (
    "data.error",
    "message",
    "error.message",
    "error",
    "detail",
    "title",
    "msg",
    "data.task_status_msg",
)
"""Where the provider's own words may be, first come first served."""


def from_reply(
    http_status: int,
    payload: object,
    headers: Mapping[str, str],
    creating: bool,
    full: Collection[str] = (),
) -> e.ProviderError:
    """The error that a reply means; ``payload`` is its JSON, or None where there is none.

    ``creating`` says whether it answers the request for a new task: then what is not sure to have
    made no task is Ambiguous. ``full`` are words of this provider, in small letters, for as many
    tasks running as may, next to those that all use.
    """
    payload = replies.unwrapped(payload)
    code = replies.code(payload)
    said = _said(payload)
    kind, sentence = _verdict(http_status, code, said, creating)
    if kind is e.TooFast and code != _RATE and creating and _full(said, full):
        kind, sentence = _FULL
    return kind(
        sentence,
        code=code,
        http_status=http_status,
        request_id=replies.request_id(payload, headers),
        provider_words=said,
        retry_after=replies.seconds_to_wait(headers),
    )


def known(code: replies.Code | None) -> bool:
    """Whether a code has a meaning of its own here, or is that of HTTP."""
    by_http = isinstance(code, int) and 400 <= code < 600
    return code in _BY_CODE or code in _NO_SUCH_MODEL or code in NO_SUCH_TASK or by_http


def _verdict(status: int, code: replies.Code | None, said: str, creating: bool) -> Verdict:
    if creating and (status == 409 or (code in {None, 1200, 1201} and _OWN_ID in said)):
        return _TAKEN
    found = _by_code(code, said, creating) or _by_words(
        _inner(status, code), status, said, creating
    )
    return found if creating else _asked(found)


def _by_code(code: replies.Code | None, said: str, creating: bool) -> Verdict | None:
    if not creating and code in NO_SUCH_TASK:
        return _UNKNOWN
    if creating and (code in _NO_SUCH_MODEL or "discontinued" in said.lower()):
        return _BY_CODE.get(code, _GONE) if code is not None else _GONE
    return None if code is None else _BY_CODE.get(code)


def _inner(status: int, code: replies.Code | None) -> int:
    """The HTTP status, which some relays put into the envelope of a 200."""
    inside = 200 <= status < 300 and isinstance(code, int) and 400 <= code < 600
    return code if inside and isinstance(code, int) else status


def _by_words(status: int, outer: int, said: str, creating: bool) -> Verdict:
    if 400 <= status < 500 and _NO_CREDIT.search(said):
        return _PAY
    if 200 <= outer < 300 and _KEY_WORDS.search(said):
        return _KEY
    return _absent(said, creating) if status in {404, 405} else _by_status(status, creating)


def _absent(said: str, creating: bool) -> Verdict:
    """A 404 without a code: of whoever stands at this address, which may be anybody."""
    if creating:
        return _GONE if _MODEL_WORDS.search(said) else _NOWHERE
    return _UNKNOWN if _TASK_WORDS.search(_PATH.sub("", said)) else _LOST_WAY


def _asked(verdict: Verdict) -> Verdict:
    """The same about a question: a shot that is being made already needs no other picture."""
    return _QUESTION if verdict[0] in {e.BadRequest, e.Refused} else verdict


def _full(said: str, words: Collection[str]) -> bool:
    return bool(_TOO_MANY.search(said)) or any(word in said.lower() for word in words)


def _by_status(status: int, creating: bool) -> Verdict:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status in {301, 302, 307, 308} or (300 <= status < 400 and not creating):
        return _REDIRECT
    # 408: the request came in too slowly, perhaps only for the one in the middle.
    if 400 <= status < 500 and status != 408:
        return _FIELD
    return _AMBIGUOUS if creating else _TROUBLE


def _said(payload: object) -> str:
    whole = replies.words(payload) if isinstance(payload, Mapping) and "title" in payload else ""
    return whole or replies.first_words(payload, WORDS)
