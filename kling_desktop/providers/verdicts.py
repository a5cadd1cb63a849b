"""From an error reply to the error: the table of codes and statuses, each with its sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
_GONE: Verdict = (
    e.ModelGone,
    "This model is gone here. Choose another model, or another account that still serves it.",
)
_UNKNOWN: Verdict = (
    e.UnknownTask,
    "The provider does not know this task. It will be asked again in a while.",
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
_PROXY: Verdict = (
    e.Unreachable,
    (
        "The network's proxy wants a name and a password. Set them in the proxy settings of this "
        "computer."
    ),
)

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
    1302: _FAST,
    1303: (
        e.Busy,
        (
            "The account already runs as many tasks as it may. This one waits until another has "
            "finished."
        ),
    ),
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
    "content_policy_violation": _POLICY,
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
_NO_CREDIT = re.compile(
    r"exhausted balance|(insufficient|not enough) (credit|balance|quota|fund)", re.IGNORECASE
)
"""fal and PiAPI say with words alone that the account is empty."""
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
    http_status: int, payload: object, headers: Mapping[str, str], creating: bool
) -> e.ProviderError:
    """The error that a reply means; ``payload`` is its JSON, or None where there is none.

    ``creating`` says whether it answers the request for a new task: then what is not sure to have
    made no task is Ambiguous.
    """
    payload = replies.unwrapped(payload)
    code = replies.code(payload)
    said = _said(payload)
    kind, sentence = _verdict(http_status, code, said, creating)
    return kind(
        sentence,
        code=code,
        http_status=http_status,
        request_id=replies.request_id(payload, headers),
        provider_words=said,
        retry_after=replies.seconds_to_wait(headers),
    )


def _verdict(status: int, code: replies.Code | None, said: str, creating: bool) -> Verdict:
    if creating and (status == 409 or (code in {None, 1200, 1201} and _OWN_ID in said)):
        return _TAKEN
    if code in _NO_SUCH_MODEL:
        return _GONE if creating else _UNKNOWN
    if code in _BY_CODE:
        return _BY_CODE[code]
    if creating and "discontinued" in said.lower():
        return _GONE
    if 200 <= status < 300 and isinstance(code, int) and 400 <= code < 600:
        # Some relays put the HTTP status into the envelope of a 200.
        status = code
    if 400 <= status < 500 and _NO_CREDIT.search(said):
        return _PAY
    return _by_status(status, creating)


def _by_status(status: int, creating: bool) -> Verdict:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status == 404:
        return _GONE if creating else _UNKNOWN
    if status in {301, 302, 307, 308} or (300 <= status < 400 and not creating):
        return _REDIRECT
    # 408: the request came in too slowly, perhaps only for the one in the middle.
    if 400 <= status < 500 and status != 408:
        return _FIELD
    return _AMBIGUOUS if creating else _TROUBLE


def _said(payload: object) -> str:
    whole = replies.words(payload) if isinstance(payload, Mapping) and "title" in payload else ""
    return whole or replies.first_words(payload, WORDS)
