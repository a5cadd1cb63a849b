"""What becomes of a download whose link leads to no video: a new link, again later, or the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kling_desktop.model.task import TaskState
from kling_desktop.providers.errors import ModelGone, ProviderError, UnknownTask
from kling_desktop.tasks import steps
from kling_desktop.tasks.faults import BadLink, GoneLink, TooLarge
from kling_desktop.tasks.rows import Entry
from kling_desktop.tasks.steps import Outcome, Remote, Turn

_MOST = 32
"""Fruitless tries in a row until a video is given up; about half a day."""
_DEAD = 4
"""Tries that a dead link counts for after a new one was asked for: eight such, in some minutes."""
_OFTEN, _MINUTE, _HOUR = 12, 60.0, 3600.0
"""Fruitless tries after which the pauses grow on beyond a minute, up to an hour: each of them may
bring a whole video here in vain."""

_LOST = "{why} The provider gives no other: look for the video on the provider's own page."
_GONE = "The link to the video is gone."
_NO_LINK = "The provider says that the video is finished but gives no link to it."
_NEVER = (
    "The video did not come whole in many tries: fetch it once more later, or look at it on the "
    "provider's own page."
)


def renew(entry: Entry, error: BadLink, connect: Callable[[], Remote], turn: Turn) -> Outcome:
    """A link that leads to no video is exchanged for a new one; where that one does not either, it
    is tried again after a pause."""
    if not entry.refreshed:
        return ask(entry, connect, turn, error)
    if isinstance(error, TooLarge):
        return steps.failed(_LOST.format(why=error))
    if isinstance(error, GoneLink):
        return _dead_end(entry, str(error), turn, steps.failed(_LOST.format(why=error)))
    return _again(entry, error, turn)


def ask(
    entry: Entry, connect: Callable[[], Remote], turn: Turn, error: BadLink | None = None
) -> Outcome:
    """Query the task again for a link that works; ``error`` says what is wrong with the old one."""
    try:
        status = connect().query(entry.task.remote_id or "")
    except (UnknownTask, ModelGone):
        if error is not None and not isinstance(error, GoneLink):
            return _again(entry, error, turn)
        return _dead_end(entry, str(error or _GONE), turn, _lost_sight(entry, error))
    except ProviderError as problem:
        return _later(entry, steps.query_trouble(entry, problem, turn), turn)
    except ValueError as problem:
        return _later(entry, steps.held(problem, turn, deaf=True), turn)
    if status.state == "done" and not status.video_url:
        return _dead_end(entry, _NO_LINK, turn, steps.failed(_NO_LINK))
    return _asked(entry, steps.read_status(entry, status, turn), error)


def fruitless(entry: Entry, sentence: str, turn: Turn) -> Outcome:
    """The host answered, but no more of the video is here than before."""
    spent = entry.task.attempts + 1
    if spent >= _MOST:
        return steps.failed(_NEVER)
    pause = min(_HOUR, _MINUTE * 2.0 ** (spent - _OFTEN)) if spent > _OFTEN else None
    return steps.trouble(entry, sentence, turn, pause, attempts=spent, refreshed=0)


def _dead_end(entry: Entry, why: str, turn: Turn, end: Outcome) -> Outcome:
    """No link leads to the video at the moment, which may pass: ``end`` comes after minutes only."""
    spent = entry.task.attempts + _DEAD
    if spent >= _MOST:
        return end
    return steps.trouble(entry, _once_more(why), turn, attempts=spent, refreshed=0)


def _again(entry: Entry, error: BadLink, turn: Turn) -> Outcome:
    return fruitless(entry, _once_more(str(error)), turn)


def _once_more(why: str) -> str:
    return f"{why} It is tried again."


def _lost_sight(entry: Entry, error: BadLink | None) -> Outcome:
    """The provider knows the task no more: whether there is a video, nobody can say."""
    seen = error is not None or entry.task.made is True
    outcome = steps.failed(_LOST.format(why=error or _GONE) if seen else steps.UNKNOWN)
    return replace(outcome, changes={**outcome.changes, "made": None})


def _asked(entry: Entry, outcome: Outcome, error: BadLink | None) -> Outcome:
    if outcome.changes.get("state") == TaskState.DOWNLOADING:
        # Only bytes of the video make up for the trouble there was.
        task = entry.task
        counts = {"troubles": entry.troubles, "misses": entry.misses, "attempts": task.attempts}
        changes = {**outcome.changes, **counts, "note": task.note, "refreshed": 1}
        # The sentence stays as it stands, what was added to it among it.
        changes.pop("error", None)
        return Outcome(changes, silent=error is not None)
    if outcome.changes.get("state") == TaskState.SUBMITTED:
        return Outcome({**outcome.changes, "state": TaskState.PROCESSING})
    return outcome


def _later(entry: Entry, outcome: Outcome, turn: Turn) -> Outcome:
    """A download is never blocked by its account, so it must not be due at once again."""
    if outcome.hold is None:
        return outcome
    waiting = steps.trouble(entry, outcome.hold, turn)
    return replace(waiting, hold=outcome.hold, deaf=outcome.deaf)
