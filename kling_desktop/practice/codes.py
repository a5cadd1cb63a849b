"""The API's business codes: the HTTP status and the words that go with each."""

from __future__ import annotations

from typing import NamedTuple

TOLD_TO_FAIL = "The practice server was told to fail."
TOO_MANY = 1303


class Trouble(NamedTuple):
    status: int
    words: str


TROUBLES = {
    1000: Trouble(401, "Authentication failed"),
    1001: Trouble(401, "Authorization is empty"),
    1002: Trouble(401, "Authorization is invalid"),
    1003: Trouble(401, "Authorization is not yet valid"),
    1004: Trouble(401, "Authorization has expired"),
    1100: Trouble(429, "Account exception"),
    1101: Trouble(429, "Account in arrears: insufficient balance"),
    1102: Trouble(429, "Resource pack exhausted or expired: insufficient balance"),
    1103: Trouble(403, "No permission for the requested resource"),
    1200: Trouble(400, "Invalid request parameters"),
    1201: Trouble(400, "Invalid parameters, such as a wrong key or an illegal value"),
    1202: Trouble(404, "The requested method is invalid"),
    1203: Trouble(404, "The requested resource does not exist"),
    1300: Trouble(400, "The request runs against the platform's policy"),
    1301: Trouble(400, "The request runs against the content security policy"),
    1302: Trouble(429, "Requests come too fast"),
    TOO_MANY: Trouble(429, "parallel task over resource pack limit"),
    1304: Trouble(429, "The IP address is not on the whitelist"),
    5000: Trouble(500, "Internal server error"),
    5001: Trouble(503, "The server is under maintenance"),
    5002: Trouble(504, "The server's backlog is too long"),
}
DISCONTINUED = "The model is discontinued"

_USUAL = {
    400: 1201,
    401: 1002,
    402: 1101,
    403: 1103,
    404: 1203,
    405: 1202,
    429: 1302,
    503: 5001,
    504: 5002,
}


def code_of(status: int) -> int:
    """The code that a HTTP status is likeliest to come with."""
    return _USUAL.get(status, 5000)


def words_of(code: int, *, creating: bool) -> str:
    """What is said with a code where the fault names no message."""
    if code == 1203 and creating:
        return DISCONTINUED
    return TROUBLES[code].words if code in TROUBLES else TOLD_TO_FAIL
