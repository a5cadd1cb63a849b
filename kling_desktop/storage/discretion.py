"""Keeps secrets out of what is written down: those in use, in every dress, and what looks like one."""

from __future__ import annotations

import base64
import json
import re
import threading
from urllib.parse import quote, quote_plus

HIDDEN = "‹hidden›"
SHORTEST = 4
"""Shorter secrets are not sought: they would take half of every text with them."""
ENOUGH = 8
LONG = 160
"""Characters in a row without a blank that are an image or a key, not something to be read."""

_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*")
_HEADER = re.compile(
    r"(?i)(\b(?:authorization|x-api-key)\b['\"]?\s*[:=]\s*['\"]?)"
    r"(?:(?:bearer|basic|key)\s+[\w~+/.=:-]+|[\w~+/.=:-]{12,})"
)
"""Headers and their values; not “Authorization: the token is not valid”."""
_SCHEME = re.compile(r"(?i)\b(bearer|basic)(\s+|%20)(?!token\b)[\w~+/.=:-]{8,}")
_USER = re.compile(r"(\bhttps?://)[^\s/@]+@")
_QUERY = re.compile(r"(\bhttps?://[^\s?#\"'<>]+\?)[^\s\"'<>]+")
"""What follows in an address is often a signature, which lets anybody in who reads it."""
_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+)(?:;[\w=-]+)*,[A-Za-z0-9+/=_%-]+")
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{{LONG},}}={{0,2}}")


class Secrets:
    """The secrets in use. Whoever reads one tells it to this object, which forgets none.

    Threads may share it; hiding never waits for adding.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._adding = threading.Lock()
        self._sought: re.Pattern[str] | None = None

    def add(self, secret: str | None) -> None:
        """Hide a secret from now on; both halves of a pair such as ``ak:sk`` are secrets, too."""
        parts = [] if secret is None else [secret.strip(), *secret.strip().split(":")]
        new = {part for part in parts if len(part) >= SHORTEST} - self._known
        if not new:
            return
        with self._adding:
            self._known |= new
            forms = {form for known in self._known for form in dresses(known)}
            # The longest first: a pair goes as a whole, not in two halves and a colon.
            ordered = sorted(forms, key=len, reverse=True)
            self._sought = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE)

    def hide(self, text: str) -> str:
        """The text without secrets; images and other long runs are named by their length only."""
        text = _JWT.sub(HIDDEN, text)  # first, as one that holds a known key would keep its tail
        if self._sought is not None:
            text = self._sought.sub(HIDDEN, text)
        text = _HEADER.sub(rf"\g<1>{HIDDEN}", text)
        text = _QUERY.sub(rf"\g<1>{HIDDEN}", _USER.sub(rf"\g<1>{HIDDEN}@", text))
        text = _SCHEME.sub(rf"\g<1> {HIDDEN}", text)
        text = _DATA_URI.sub(lambda found: f"‹{found[1]}, {len(found[0])} characters›", text)
        return _RUN.sub(lambda found: f"‹{len(found[0])} characters›", text)


def dresses(secret: str) -> set[str]:
    """A secret as it may turn up in a text: plain, in URLs, in JSON, in Python's own notation, and
    in base64, alone or anywhere within something longer."""
    plain = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        repr(secret)[1:-1],
    }
    # Of a short one, base64 leaves so little that it would be found in any word.
    places = range(3 if len(secret) >= ENOUGH else 0)
    coded = {_within(secret.encode(), before) for before in places}
    both = coded | {text.translate(_URL_SAFE) for text in coded}
    return {form for form in plain | both if len(form) >= SHORTEST}


_URL_SAFE = str.maketrans("+/", "-_")


def _within(data: bytes, before: int) -> str:
    """What is always the same in the base64 of ``data`` that ``before`` bytes (mod 3) precede."""
    coded = base64.b64encode(bytes(before) + data).decode().rstrip("=")
    first = (0, 2, 3)[before]
    whole = (before + len(data)) * 8 // 6
    return coded[first:whole]
