"""What one step of a task does at its provider: send, look up, poll; each answer becomes an Outcome."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from kling_desktop.model.task import TaskState
from kling_desktop.providers.errors import (
    Ambiguous,
    BadRequest,
    Busy,
    ModelGone,
    ProviderError,
    Refused,
    ServerTrouble,
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
TOLERATED_MISSES = 3
"""A relay may not know its newest tasks for a moment."""

_NETWORK = "Waiting for the network; the task goes on at the provider."
ASKING = "No usable answer came: asking the provider whether the task is there."
ENDED = "This program was ended while it sent the task, so a task may or may not have been made."
_SURPRISE = (
    "Something unexpected went wrong while the task was sent, so it may or may not have been made."
)
_UNCONFIRMED = (
    "{why} {said} Look at your tasks on its page, then choose “It is this task…” or “Send again” in "
    "the window’s task list."
)
_KNOWS_NONE = "Asked several times afterwards, the provider says that it has no such task."
_CANNOT_SAY = "This provider cannot say whether it arrived."
_UNKNOWN = "The provider does not know this task any more: look for it on the provider's own page."
_NO_VIDEO = "The provider says that the video is finished but gives no link to it."


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


def send(entry: Entry, remote: Remote, body: bytes, turn: Turn) -> Outcome:
    """Send the request; the journal says SUBMITTING already."""
    try:
        remote_id = remote.create(body)
    except ProviderError as error:
        _note(entry, error)
        return _not_taken(entry, error, remote, turn)
    return taken(remote_id, turn)


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


def surprised(entry: Entry, sentence: str, turn: Turn) -> Outcome:
    """A mistake of ours; one made while the request went out leaves the task in doubt."""
    outcome = trouble(entry, sentence, turn)
    if entry.task.state != TaskState.QUEUED:
        return outcome
    return replace(outcome, changes={**outcome.changes, "doubt": _SURPRISE})


def lost(why: str, remote: Remote, turn: Turn) -> Outcome:
    """Nobody knows whether the request arrived: ask where that can be asked, else park the task.

    ``why`` is a sentence for the artist.
    """
    if not remote.can_find:
        return _parked(why, _CANNOT_SAY)
    due = turn.after(turn.pace.lookup(0))
    values = {"error": ASKING, "doubt": why, "due": due, "misses": 0, "troubles": 0}
    return Outcome(values, silent=True)


def look_up(entry: Entry, remote: Remote, turn: Turn) -> Outcome:
    """Ask the host for a task whose answer was lost."""
    if not remote.can_find:
        return _parked(entry.doubt or ENDED, _CANNOT_SAY)
    try:
        found = remote.find(entry.task.id)
    except ProviderError as error:
        _note(entry, error)
        if needs_artist(error):
            return held(error, turn, deaf=True)
        return _named(error, trouble(entry, ASKING, turn, error.retry_after))
    return _nowhere(entry, turn) if found is None else taken(found, turn, entry.task.created)


def _nowhere(entry: Entry, turn: Turn) -> Outcome:
    """The host says that it has no such task.

    After several firm noes a request that this program waited for is parked: a host in between may
    still bring it to its end. One that was left behind by a program's end is sent once more.
    """
    misses = entry.misses + 1
    if misses < turn.pace.lookups:
        due = turn.after(turn.pace.lookup(misses))
        values = {"error": ASKING, "due": due, "misses": misses, "troubles": 0}
        return Outcome(values, silent=True)
    if entry.doubt is not None or entry.resent:
        return _parked(entry.doubt or ENDED, _KNOWS_NONE)
    again = {"state": TaskState.QUEUED, "due": turn.clock(), **cleared(), "resent": 1}
    return Outcome(again, silent=True)


def poll(entry: Entry, remote: Remote, turn: Turn) -> Outcome:
    """Ask how far a task is."""
    try:
        status = remote.query(entry.task.remote_id or "")
    except (UnknownTask, ModelGone):
        return _missing(entry, _UNKNOWN, turn)
    except ProviderError as error:
        _note(entry, error)
        return query_trouble(entry, error, turn)
    return read_status(entry, status, turn)


def read_status(entry: Entry, status: RemoteStatus, turn: Turn) -> Outcome:
    """Where a provider's answer takes the task."""
    if status.state == "failed":
        reason = (status.reason or "it gives no reason").strip().rstrip(".")
        return failed(f"The provider could not make the video: {reason}.")
    if status.state == "done":
        if not status.video_url:
            return _missing(entry, _NO_VIDEO, turn)
        values = {"state": TaskState.DOWNLOADING, "video_url": status.video_url}
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
        return _named(error, trouble(entry, _NETWORK, turn))
    outcome = trouble(entry, str(error), turn, error.retry_after)
    return _paused(outcome, error)


def needs_artist(error: ProviderError) -> bool:
    """Whether every task of the account would fail likewise until somebody sees to it."""
    return error.stops_account or isinstance(error, WrongAddress)


def _parked(why: str, said: str) -> Outcome:
    sentence = _UNCONFIRMED.format(why=why, said=said)
    return Outcome({"state": TaskState.UNCONFIRMED, "error": sentence})


def _missing(entry: Entry, sentence: str, turn: Turn) -> Outcome:
    misses = entry.misses + 1
    if misses > TOLERATED_MISSES:
        return failed(sentence)
    due = turn.after(turn.pace.poll(0, chance=turn.chance))
    return Outcome({"misses": misses, "due": due, "troubles": 0})


def _not_taken(entry: Entry, error: ProviderError, remote: Remote, turn: Turn) -> Outcome:
    """Only what is known to mean "no task was made" leads back to the queue."""
    queued = {"state": TaskState.QUEUED}
    if isinstance(error, Ambiguous):
        return lost(_happened(error), remote, turn)
    if needs_artist(error):
        return held(error, turn, deaf=False, **queued)
    if isinstance(error, BadRequest | Refused | ModelGone | UnknownTask):
        return replace(failed(str(error)), gone=isinstance(error, ModelGone))
    if isinstance(error, Busy | TooFast | Unreachable) or (
        isinstance(error, ServerTrouble) and error.retryable
    ):
        outcome = trouble(entry, str(error), turn, error.retry_after, **queued)
        return _named(error, _paused(outcome, error))
    return lost(_happened(error), remote, turn)


def _named(error: ProviderError, outcome: Outcome) -> Outcome:
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


def _happened(error: ProviderError) -> str:
    """The first of the error's sentences; what to do about it is said after the last look-up."""
    return error.sentence.partition(". ")[0].rstrip(".") + "."


def _paused(outcome: Outcome, error: ProviderError) -> Outcome:
    pause = (error.retry_after or 0.0) if isinstance(error, TooFast) else 0.0
    silent = not isinstance(error, Busy | TooFast)
    full = isinstance(error, Busy)
    return Outcome(outcome.changes, pause=pause, full=full, silent=silent)


def _note(entry: Entry, error: ProviderError) -> None:
    """What support needs to know of an error, in the log."""
    log.warning(
        "task %s: %s, HTTP %s, code %s, request %s",
        entry.task.id,
        type(error).__name__,
        error.http_status,
        error.code,
        error.request_id,
    )
