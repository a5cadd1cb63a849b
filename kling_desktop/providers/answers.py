"""A provider's answers, made fit to be kept and shown: no secret, no picture, and not too long."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kling_desktop.providers.redaction import without_images

CREATE, QUERY = "create", "query"
LONGEST = 4000
"""Characters of a body that are kept."""
READ = 16_384
"""Bytes of a body that are looked at: no reply about a task is longer, but pages are."""
HIDDEN = "‹hidden›"

_NAMED = re.compile(
    r'("(?:[\w-]*(?:token|secret|password|authorization|cookie|(?:api|access|private|secret)[_-]?key)'
    r'|[as]k)\\*"\s*:\s*)\\*"(?:[^"\\]|\\.)*(?:"|$)',
    re.IGNORECASE,
)
"""A member whose name says that its value lets somebody in, be it ours or not."""
_LAST_WORD = re.compile(r"[^\s\"'<>{}\[\],;]+$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one call, as anybody may read it."""

    kind: str
    """CREATE for the reply to the request for a task, QUERY for one to a question about it."""
    at: float
    """Seconds since the epoch."""
    status: int
    """Of HTTP."""
    request_id: str | None
    """What the provider's support asks for, where it gives one."""
    body: str


class Answers:
    """The last answer of each kind that came in the present thread: whoever calls a provider hears
    what was said to itself, and nothing of what others are told at the same time."""

    def __init__(self) -> None:
        self._here = threading.local()

    def add(self, answer: Answer) -> None:
        self._here.__dict__[answer.kind] = answer

    def take(self) -> tuple[Answer, ...]:
        """The answers since this was last asked; they are forgotten here."""
        found = tuple(self._here.__dict__.values())
        self._here.__dict__.clear()
        return found


def readable(raw: bytes, payload: Any, *, whole: bool, hide: Callable[[str], str]) -> str:
    """The body of a reply in at most LONGEST characters.

    ``payload`` is its JSON, None where it is none; ``whole`` says whether all of it came. ``hide``
    takes the secrets out of a text. What follows a "?" in addresses goes, too, where ``hide`` sees
    to it: the signed link of a video opens it to anybody who reads it.
    """
    if payload is not None and len(raw) <= READ:
        text = json.dumps(without_images(payload), ensure_ascii=False, indent=2)
    else:
        text = raw[:READ].decode("utf-8", "replace")
        if not whole or len(raw) > READ:
            # Half of a secret is not recognised as one.
            text = _LAST_WORD.sub("…", text)
    text = hide(_NAMED.sub(rf'\g<1>"{HIDDEN}"', text)).strip()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
