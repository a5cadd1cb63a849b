"""What each answer of a provider comes to: an Outcome, for the journal and for the account."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from kling_desktop.model.task import TaskState
from kling_desktop.providers.errors import (
    Ambiguous,
    Busy,
    ModelGone,
    ProviderError,
    TooFast,
    UnknownTask,
    Unreachable,
    WrongAddress,
)
from kling_desktop.tasks.network import Unreached, unreached
from kling_desktop.tasks.pace import Pace
from kling_desktop.tasks.rows import Entry

log = logging.getLogger(__name__)

DAY = 86400.0
LONG = 20 * 60.0
"""Seconds at the provider after which a word of comfort is due."""
_NETWORK = "Waiting for the network; the task goes on at the provider."
_ONCE_MORE = "“Fetch again” in the task list, or “kling-desktop resume”, asks once more, for free."
UNKNOWN = (
    "The provider does not know this task any more: look for it on the provider's own page. "
    + _ONCE_MORE
)
_NO_VIDEO = (
    "The provider says that the video is finished but gives no link to it: look for it on the "
    "provider's own page. " + _ONCE_MORE
)
_KNOWN_NOT_YET = "The provider does not know this task at the moment; it is asked again and again."
_NO_LINK_YET = "The video is finished, but the provider gives no link to it yet; it is asked again."


class RemoteStatus(Protocol):
    """What a provider says about a task."""

    @property
    def state(self) -> str: ...  # waiting | running | done | failed
    @property
    def video_url(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...


class Remote(Protocol):
    """An account at a provider, as far as the engine needs it; errors are ProviderErrors."""

    @property
    def can_find(self) -> bool: ...
    def create(self, body: bytes) -> str: ...
    def query(self, remote_id: str) -> RemoteStatus: ...
    def find(self, external_id: str) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """When a step happens and how long to wait after it."""

    clock: Callable[[], float]
    pace: Pace
    chance: float
    """A random number in [0, 1)."""
    keep_days: Callable[[], float | None] = lambda: None
    """For how long the provider keeps its videos, where it says so."""

    def after(self, seconds: float) -> float:
        return self.clock() + seconds


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step came to."""

    changes: Mapping[str, object] = field(default_factory=dict)
    """New values for the journal's columns."""
    hold: str | None = None
    """Why nothing more may be sent through this account until the artist has seen to it."""
    deaf: bool = False
    """The account cannot even be asked about its tasks."""
    gone: bool = False
    """The provider does not serve the model (any more)."""
    pause: float = 0.0
    """Seconds that every task of the account has to wait."""
    full: bool = False
    """The provider takes no further task until one of this account ends."""
    silent: bool = False
    """There was no usable answer."""
    unreached: Unreached | None = None
    """Why there was not even a connection."""


def taken(remote_id: str, turn: Turn, since: float | None = None) -> Outcome:
    """The provider has the task, and this is its name for it; ``since`` where it is not new."""
    made = turn.clock() if since is None else since
    days = turn.keep_days()
    return Outcome(
        {
            "state": TaskState.SUBMITTED,
            "remote_id": remote_id,
            "sent": turn.clock(),
            "due": turn.after(turn.pace.poll_first),
            "expires": None if days is None else made + days * DAY,
            **cleared(),
        }
    )


def cleared() -> dict[str, object]:
    """The counters and words of a step that begins."""
    return {"error": None, "note": None, "attempts": 0, "troubles": 0, "misses": 0}


def failed(sentence: str) -> Outcome:
    """The task has ended; ``sentence`` says why, and what the artist may do."""
    return Outcome({"state": TaskState.FAILED, "error": sentence, "note": None})


def quiet(outcome: Outcome, turn: Turn) -> Outcome:
    """A step that failed for what is no fault of the task's: only when it is due again changes."""
    kept = {k: v for k, v in outcome.changes.items() if k not in {"error", "troubles", "note"}}
    return replace(outcome, changes={**kept, "due": turn.clock()})


def trouble(
    entry: Entry, sentence: str, turn: Turn, retry_after: float | None = None, **changes: object
) -> Outcome:
    """No usable answer: the same step again, later."""
    pause = turn.pace.retry(entry.troubles, chance=turn.chance, retry_after=retry_after)
    due = turn.after(pause)
    values = {"error": sentence, "troubles": entry.troubles + 1, "due": due, **changes}
    return Outcome(values, silent=True)


def held(error: Exception, turn: Turn, *, deaf: bool, **changes: object) -> Outcome:
    """The account needs the artist; the task waits as it is, and is due as soon as that is done."""
    values = {"error": str(error), "due": turn.clock(), **changes}
    return Outcome(values, hold=str(error), deaf=deaf)


def poll(entry: Entry, remote: Remote, turn: Turn) -> Outcome:
    """Ask how far a task is."""
    try:
        status = remote.query(entry.task.remote_id or "")
    except (UnknownTask, ModelGone):
        return _missing(entry, _KNOWN_NOT_YET, UNKNOWN, turn)
    except ProviderError as error:
        log_error(entry, error)
        return query_trouble(entry, error, turn)
    return read_status(entry, status, turn)


def read_status(entry: Entry, status: RemoteStatus, turn: Turn) -> Outcome:
    """Where a provider's answer takes the task."""
    if status.state == "failed":
        reason = (status.reason or "it gives no reason").strip().rstrip(".")
        outcome = failed(f"The provider could not make the video: {reason}.")
        return replace(outcome, changes={**outcome.changes, "made": False})
    if status.state == "done":
        if not status.video_url:
            outcome = _missing(entry, _NO_LINK_YET, _NO_VIDEO, turn)
            return replace(outcome, changes={**outcome.changes, "made": True})
        values = {"state": TaskState.DOWNLOADING, "video_url": status.video_url, "made": True}
        return Outcome({**values, "due": turn.clock(), "refreshed": 0, **cleared()})
    state = TaskState.SUBMITTED if status.state == "waiting" else TaskState.PROCESSING
    attempts = entry.task.attempts + 1
    due = turn.after(turn.pace.poll(attempts - 1, chance=turn.chance))
    note = _long_wait(entry, turn.clock())
    return Outcome({"state": state, "due": due, **cleared(), "attempts": attempts, "note": note})


def query_trouble(entry: Entry, error: ProviderError, turn: Turn) -> Outcome:
    """A question about a task that got no answer; a paid task is never given up for that."""
    if needs_artist(error):
        return held(error, turn, deaf=True)
    if isinstance(error, Unreachable | Ambiguous):
        return named(error, trouble(entry, _NETWORK, turn))
    outcome = trouble(entry, str(error), turn, error.retry_after)
    return paused(outcome, error)


def needs_artist(error: ProviderError) -> bool:
    """Whether every task of the account would fail likewise until somebody sees to it."""
    return error.stops_account or isinstance(error, WrongAddress)


def _missing(entry: Entry, meanwhile: str, sentence: str, turn: Turn) -> Outcome:
    """The provider says that there is nothing: a relay may take a while to know its own tasks."""
    misses = entry.misses + 1
    if misses >= turn.pace.misses:
        return failed(sentence)
    due = turn.after(turn.pace.missing(misses - 1, chance=turn.chance))
    values = {"misses": misses, "due": due, "troubles": 0, "error": None, "note": meanwhile}
    return Outcome(values)


def named(error: ProviderError, outcome: Outcome) -> Outcome:
    """The outcome of an error, with whether there was a connection at all."""
    if isinstance(error, Unreachable):
        return replace(outcome, unreached=unreached(error))
    return outcome


def _long_wait(entry: Entry, now: float) -> str | None:
    """A word of comfort for a task that takes very long; it is never given up."""
    waited = now - (entry.sent or entry.task.created)
    if waited < LONG:
        return None
    return f"Still waiting: the provider has had this task for {waited / 60:.0f} minutes."


def paused(outcome: Outcome, error: ProviderError) -> Outcome:
    """The outcome of an error, with what it means for the other tasks of the account."""
    pause = (error.retry_after or 0.0) if isinstance(error, TooFast) else 0.0
    silent = not isinstance(error, Busy | TooFast)
    full = isinstance(error, Busy)
    return Outcome(outcome.changes, pause=pause, full=full, silent=silent)


def log_error(entry: Entry, error: ProviderError) -> None:
    """What support needs to know of an error, in the log."""
    log.warning(
        "task %s: %s, HTTP %s, code %s, request %s",
        entry.task.id,
        type(error).__name__,
        error.http_status,
        error.code,
        error.request_id,
    )
