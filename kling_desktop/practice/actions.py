"""What can be done to a request: each way to go wrong, with what it needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ELSEWHERE = "elsewhere"
"""Where a redirect leads that names no address: the second listener."""


class FaultError(ValueError):
    """The description of a fault makes no sense; the message says what to write instead."""


class Route(StrEnum):
    CREATE = "create"
    QUERY = "query"
    LIST = "list"
    VIDEO = "video"


class Kind(StrEnum):
    """What happens instead of the plain answer."""

    STATUS = "status"
    """Answer with an error; the request is not carried out unless ``performed``."""
    RESET_BEFORE = "reset-before"
    """Reset the connection before the body is read: nothing happened."""
    RESET_UNMADE = "reset-unmade"
    """Read the body, then reset the connection: nothing happened."""
    RESET_AFTER = "reset-after"
    """Carry the request out, then reset the connection."""
    HTML = "html"
    """Carry it out, answer with a web page."""
    GARBAGE = "garbage"
    """Carry it out, answer with something that is no JSON."""
    TYPES = "types"
    """Carry it out, answer with JSON of the wrong types."""
    REDIRECT = "redirect"
    """Answer with a redirect; nothing happened."""
    ALTER = "alter"
    """Carry it out and send the true answer, but see Alteration."""


@dataclass(frozen=True, slots=True)
class Alteration:
    """How a true answer is spoilt on its way; what is left alone stays as it is."""

    delay: float = 0.0
    """Seconds that it comes late."""
    cut: float = 1.0
    """The share of the body that is sent before the line is closed, 0 … 1."""
    rate: float | None = None
    """Bytes per second."""
    length: int = 0
    """Bytes that Content-Length promises too many, or below zero too few."""
    endless: bool = False
    """No Content-Length, and the body begins anew each time that it ends."""
    etag: str | None = None
    """The ETag that the video bears from now on, without quotation marks."""
    ranges: bool = True
    """Whether a Range is followed."""
    state: str | None = None
    """The state that a task is reported in."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. Which of the other fields count depends on ``kind``."""

    kind: Kind
    name: str = ""
    """What the log calls it."""
    status: int | None = None
    """HTTP status; None leaves it to the dialect, which knows the usual one of the code."""
    code: int = 5000
    message: str | None = None
    """None: the words that go with the code."""
    retry_after: float | None = None
    performed: bool = False
    location: str = ""
    alteration: Alteration = Alteration()
