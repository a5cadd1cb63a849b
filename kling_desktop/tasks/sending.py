"""How a task is sent, and what comes of a request that nobody knows the answer to: paid once at most."""

from __future__ import annotations

from dataclasses import replace

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
)
from kling_desktop.tasks import steps
from kling_desktop.tasks.rows import Entry
from kling_desktop.tasks.steps import Outcome, Remote, Turn

ASKING = "No usable answer came: asking the provider whether the task is there."
UNSURE = frozenset({5000, 5002})
"""Codes of a provider that may have made a task before it failed."""
LOOKING = "Asking the provider whether it has the task “{name}”."
ENDED = "This program was ended while it sent the task, so a task may or may not have been made."
INTERRUPTED = (
    "This program was stopped while it sent the task, so a task may or may not have been made."
)
_SURPRISE = (
    "Something unexpected went wrong while the task was sent, so it may or may not have been made."
)
_UNCONFIRMED = (
    "{why} {said} Look at your tasks on its page, then choose “It is this task…” or “Send again” in "
    "the window’s task list."
)
_KNOWS_NONE = "Asked several times afterwards, the provider says that it has no such task."
_SAYS_NOTHING = "Asked several times afterwards, the provider gives no answer that tells."
_CANNOT_SAY = "This provider cannot say whether it arrived."
_OTHER_NAME = "The provider knows no task “{name}”: copy it from there once more."
_NO_WORD = "Whether “{name}” is there could not be found out: {why}"


def send(entry: Entry, remote: Remote, body: bytes, turn: Turn) -> Outcome:
    """Send the request; the journal says SUBMITTING already."""
    try:
        remote_id = remote.create(body)
    except ProviderError as error:
        steps.log_error(entry, error)
        return _not_taken(entry, error, remote, turn)
    return steps.taken(remote_id, turn)


def surprised(entry: Entry, sentence: str, turn: Turn) -> Outcome:
    """A mistake of ours; one made while the request went out leaves the task in doubt."""
    outcome = steps.trouble(entry, sentence, turn)
    if entry.task.state != TaskState.QUEUED:
        return outcome
    return replace(outcome, changes={**outcome.changes, "doubt": entry.doubt or _SURPRISE})


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
    """Ask the host for a task whose answer was lost, or whether it has the one the artist named."""
    if entry.task.remote_id is not None:
        return _recognise(entry, entry.task.remote_id, remote, turn)
    if not remote.can_find:
        return _parked(_doubt(entry), _CANNOT_SAY)
    try:
        found = remote.find(entry.task.id)
    except ProviderError as error:
        steps.log_error(entry, error)
        if steps.needs_artist(error):
            return steps.held(error, turn, deaf=True)
        if _says_nothing(error):
            return _unsaid(entry, error, turn)
        return steps.named(error, steps.trouble(entry, ASKING, turn, error.retry_after))
    return _nowhere(entry, turn) if found is None else steps.taken(found, turn, entry.task.created)


def _nowhere(entry: Entry, turn: Turn) -> Outcome:
    """The host says in its own words that it has no such task.

    After several firm noes a request that this program waited for is parked: a host in between may
    still bring it to its end. One that was left behind by a program's end is sent once more, and so
    is one that the provider itself said it could not take.
    """
    misses, doubted = entry.misses + 1, entry.doubt is not None or entry.resent
    refused = entry.refused if not doubted else None
    if misses < (turn.pace.lookups if refused is None else turn.pace.refusals):
        due = turn.after(turn.pace.lookup(misses))
        values = {"error": refused or ASKING, "due": due, "misses": misses, "troubles": 0}
        return Outcome(values, silent=True)
    if doubted:
        return _parked(_doubt(entry), _KNOWS_NONE)
    again = {"state": TaskState.QUEUED, "due": turn.clock(), **steps.cleared()}
    if refused is None:
        return Outcome({**again, "resent": 1}, silent=True)
    sent = entry.task.attempts
    due = turn.after(turn.pace.retry(max(0, sent - 1), chance=turn.chance))
    return Outcome({**again, "error": refused, "attempts": sent, "due": due}, silent=True)


def _unsaid(entry: Entry, error: ProviderError, turn: Turn) -> Outcome:
    """An answer that is no firm no: that of a gateway that lost its way, or a no without its code.

    From then on the task is never sent again by itself.
    """
    misses, doubt = entry.misses + 1, _doubt(entry)
    said_no = isinstance(error, UnknownTask)
    if misses >= (turn.pace.lookups if said_no else turn.pace.unsaid):
        return _parked(doubt, _KNOWS_NONE if said_no else _SAYS_NOTHING)
    due = turn.after(turn.pace.lookup(misses))
    values = {"error": ASKING, "doubt": doubt, "due": due, "misses": misses, "troubles": 0}
    return Outcome(values, silent=True)


def _recognise(entry: Entry, name: str, remote: Remote, turn: Turn) -> Outcome:
    """Ask for the task that the artist takes for this one; one that is not there is not believed."""
    try:
        remote.query(name)
    except ProviderError as error:
        steps.log_error(entry, error)
        absent = error.http_status == 404 or isinstance(error, UnknownTask | ModelGone | BadRequest)
        said = _OTHER_NAME if absent else _NO_WORD
        parked = _parked(_doubt(entry), said.format(name=name, why=error.sentence))
        outcome = replace(parked, changes={**parked.changes, "remote_id": None})
        if steps.needs_artist(error) and not absent:
            return replace(outcome, hold=str(error), deaf=True)
        return steps.named(error, outcome)
    taken = steps.taken(name, turn, entry.task.created)
    return replace(taken, changes={**taken.changes, "due": turn.clock()})


def _parked(why: str, said: str) -> Outcome:
    sentence = _UNCONFIRMED.format(why=why, said=said)
    values = {"state": TaskState.UNCONFIRMED, "error": sentence, "doubt": why, "note": None}
    return Outcome(values)


def _doubt(entry: Entry) -> str:
    """Why nobody knows whether the request arrived."""
    return entry.doubt or (ENDED if entry.refused is None else _first(entry.refused))


def _not_taken(entry: Entry, error: ProviderError, remote: Remote, turn: Turn) -> Outcome:
    """Only what is known to mean "no task was made" leads back to the queue."""
    queued = {"state": TaskState.QUEUED}
    if isinstance(error, Ambiguous):
        return lost(_first(error.sentence), remote, turn)
    if steps.needs_artist(error):
        return steps.held(error, turn, deaf=False, **queued)
    if isinstance(error, BadRequest | Refused | ModelGone | UnknownTask):
        return replace(steps.failed(str(error)), gone=isinstance(error, ModelGone))
    if isinstance(error, ServerTrouble) and remote.can_find:
        return _checked(error, turn)
    # The provider lists 5000–5002 among the codes to try again. But where it cannot be asked, one
    # that failed (5000) or took too long (5002) with the request may have made the task after all.
    unsure = isinstance(error, ServerTrouble) and error.code in UNSURE
    if isinstance(error, Busy | TooFast | Unreachable | ServerTrouble) and not unsure:
        outcome = steps.trouble(entry, str(error), turn, error.retry_after, **queued)
        return steps.named(error, steps.paused(outcome, error))
    return lost(_first(error.sentence), remote, turn)


def _checked(error: ProviderError, turn: Turn) -> Outcome:
    """The provider says that it could not take the task; asking whether that is so costs nothing."""
    pause = max(turn.pace.lookup(0), error.retry_after or 0.0)
    values = {"error": str(error), "refused": str(error), "due": turn.after(pause)}
    return Outcome({**values, "misses": 0, "troubles": 0}, silent=True)


def _says_nothing(error: ProviderError) -> bool:
    """Whether somebody answered, but not with what this provider says of a task."""
    if isinstance(error, ServerTrouble):
        return error.says_nothing
    return isinstance(error, BadRequest | Refused | ModelGone | UnknownTask)


def _first(words: str) -> str:
    """The first sentence; what to do about it is said after the last look-up."""
    return words.partition(". ")[0].rstrip(".") + "."
