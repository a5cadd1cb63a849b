"""Tolerant reading of what providers answer: values found by place, whatever the types are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

Code = int | str

_FINE = frozenset(
    {0, 200, 201, 202, 20000, 200000, "success", "succeed", "succeeded", "ok", "true"}
)
_EMPTY_PRAISE = frozenset({"success", "succeed", "succeeded", "ok"})
LONGEST = 400
"""Characters of the provider's words that are quoted."""
_QUOTABLE = 40 * LONGEST
"""Characters of a text beyond which nothing is quoted, nor read."""


def look(payload: object, place: str) -> Any:
    """The value at a place such as ``data.task_result.videos.0.url``, or None."""
    value: Any = payload
    for step in place.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def words(value: object) -> str:
    """What a reason says: a text, or the telling parts of an error object, on one line."""
    if isinstance(value, Mapping):
        parts = [
            words(value.get(key)) for key in ("title", "message", "msg", "raw_message", "detail")
        ]
        return _short(": ".join(dict.fromkeys(part for part in parts if part)))
    if isinstance(value, list):
        return _short("; ".join(filter(None, map(words, value[:3]))))
    return _short(value) if isinstance(value, str) else ""


def first_words(payload: object, places: Iterable[str]) -> str:
    """The first place that says more than “succeed”."""
    for place in places:
        found = words(look(payload, place))
        if found and found.lower() not in _EMPTY_PRAISE:
            return found
    return ""


_OUTER = ("code", "request_id")
ENVELOPE = ("code",)
"""Where the reply itself has its code; further in it may be that of a task which failed."""


def code(
    payload: object, places: Iterable[str] = (*ENVELOPE, "error.code", "detail.0.type")
) -> Code | None:
    """The envelope's code if it tells of an error; None where it is absent or means “fine”."""
    for place in places:
        found = look(payload, place)
        if isinstance(found, str):
            number = found.isascii() and found.isdecimal() and len(found) <= 9
            found = int(found) if number else found.strip().lower()
        if isinstance(found, bool) or not isinstance(found, int | str) or found == "":
            continue
        return None if found in _FINE else found
    return None


def denied(payload: object) -> bool:
    """Whether the reply says of itself that it is no success, in a word where others have a code."""
    return look(payload, "success") is False


def cleaned(payload: object, hide: Callable[[str], str]) -> object:
    """The reply with ``hide`` done to each of its texts, as far as any of them is ever quoted."""
    if isinstance(payload, Mapping):
        return {key: cleaned(value, hide) for key, value in payload.items()}
    if isinstance(payload, list):
        return [cleaned(value, hide) for value in payload]
    return hide(payload[:_QUOTABLE]) if isinstance(payload, str) else payload


def unwrapped(payload: object) -> object:
    """The reply of the host behind a relay that passes it on as the text of its own message."""
    for place in ("message", "error.message"):
        text = look(payload, place)
        if not (isinstance(text, str) and text.lstrip().startswith("{")):
            continue
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(inner, Mapping) and isinstance(payload, Mapping):
            return {**{key: payload[key] for key in _OUTER if key in payload}, **inner}
    return payload


_REQUEST_IDS = (
    "X-Request-Id",
    "Request-Id",
    "X-Oneapi-Request-Id",
    "X-Fal-Request-Id",
    "X-Correlation-Id",
    "X-Trace-Id",
)


def request_id(payload: object, headers: Mapping[str, str]) -> str | None:
    """What the provider's support asks for, of the reply itself or of a host on its way."""
    told = (look(payload, "request_id"), *(headers.get(name) for name in _REQUEST_IDS))
    found = next((each for each in told if isinstance(each, str) and each.strip()), None)
    return None if found is None else _short(found)


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """``Retry-After`` as seconds (0…3600), given as a number or as a date."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isascii() and text.isdecimal():
        return float(min(int(text[:9]), 3600))
    when, now = moment(text), moment(headers.get("Date") or "")
    if when is None:
        return None
    return min(max(when - (now or datetime.now(UTC).timestamp()), 0.0), 3600.0)


def moment(text: str) -> float | None:
    """An HTTP date as seconds since the epoch."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _short(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST]).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
