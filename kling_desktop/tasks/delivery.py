"""The last step of a task: its video fetched, checked and put under its final name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from kling_desktop.model.task import Task, TaskState
from kling_desktop.providers.errors import ModelGone, ProviderError, UnknownTask
from kling_desktop.tasks import steps
from kling_desktop.tasks.download import Limits, Switch, fetch
from kling_desktop.tasks.faults import (
    BadLink,
    Cut,
    DownloadError,
    GoneLink,
    Stopped,
    Unreachable,
)
from kling_desktop.tasks.part import discard, finish, free_names, is_older, is_page
from kling_desktop.tasks.rows import Entry
from kling_desktop.tasks.steps import Outcome, Remote, Turn
from kling_desktop.tasks.turning import NotTurned, Turning, turn_round, turned, unable

Reserve = Callable[[Iterator[Path]], Path | None]

_UNSOUND = 3
"""Whole downloads that turn out to be no sound video until the task is given up."""
_BROKEN = "The video came whole but cannot be played; it is fetched anew."
_GIVEN_UP = "The video came whole but cannot be played: look at it on the provider's own page."
_AGAIN = "The video came whole but could not be turned round; that is tried again."
_AS_SENT = (
    "The video could not be turned round, so it is kept as it was sent: it begins with the picture."
)
_LOST = "{why} The provider gives no other: look for the video on the provider's own page."
_GONE = "The link to the video is gone."


@dataclass(frozen=True, slots=True)
class Delivery:
    """Brings videos into ``videos``, or where a task was asked to put its own."""

    videos: Path
    check_video: Callable[[Path], object]
    """Raises ValueError with a sentence for a file that is no sound video."""
    limits: Limits
    turning: Turning = unable

    def part(self, task: Task) -> Path:
        """Named by the task alone, so that it is found again after a crash."""
        return self._folder(task) / f"{task.id}.mp4.part"

    def discard(self, task: Task) -> None:
        """Remove what a task that has ended left of its video on the way."""
        part = self.part(task)
        discard(turned(part))
        discard(part)
        # Of a program that was killed while it turned the video.
        for rest in part.parent.glob(f"{turned(part).name}*"):
            discard(rest)

    def bring(
        self,
        entry: Entry,
        connect: Callable[[], Remote],
        turn: Turn,
        *,
        switch: Switch,
        progress: Callable[[int, int | None], None],
        reserve: Reserve,
    ) -> Outcome:
        """One try; a video that the provider has is given up only where no link leads to it.

        ``reserve`` journals the first of these final names that is no other task's before it is
        given; None when the task is no longer ours.
        """
        task, part = entry.task, self.part(entry.task)
        try:
            if not part.exists() and (here := self._arrived(entry, part, turn, reserve)):
                return here
            if not task.video_url:
                return _ask(entry, connect, turn)
            size = fetch(
                task.video_url,
                part,
                limits=self.limits,
                progress=progress,
                switch=switch,
                copies=2 if task.reverse else 1,
            )
            alive = partial(progress, size, size)
            go_round = partial(
                turn_round, part, self.turning, self.check_video, switch=switch, alive=alive
            )
            return self._accept(entry, part, turn, reserve, go_round)
        except BadLink as error:
            return _renew(entry, error, connect, turn)
        except DownloadError as error:
            return _missed(entry, error, turn)

    def _refuse_unsound(self, entry: Entry, part: Path, turn: Turn) -> Outcome | None:
        """What comes of a part that is whole but no video; None where it is one."""
        if is_page(part):
            discard(part)
            raise BadLink("The video's host sent something else instead of the video.")
        try:
            self.check_video(part)
        except ValueError:
            # Its words name the file; the artist knows of a video only.
            discard(part)
            misses = entry.misses + 1
            if misses >= _UNSOUND:
                return steps.failed(_GIVEN_UP)
            return steps.trouble(entry, _BROKEN, turn, misses=misses, refreshed=0)
        return None

    def _arrived(self, entry: Entry, part: Path, turn: Turn, reserve: Reserve) -> Outcome | None:
        """What comes of a video that an earlier run brought further than its part."""
        round_one = turned(part)
        if round_one.exists():
            if (unsound := self._refuse_unsound(entry, round_one, turn)) is not None:
                return unsound
            discard(part)
            return self._keep(entry, round_one, reserve)
        if entry.target and Path(entry.target).exists():
            discard(part)
            return _done(Path(entry.target))
        return None

    def _accept(
        self,
        entry: Entry,
        part: Path,
        turn: Turn,
        reserve: Reserve,
        go_round: Callable[[], None],
    ) -> Outcome:
        if (unsound := self._refuse_unsound(entry, part, turn)) is not None:
            return unsound
        if not entry.task.reverse:
            return self._keep(entry, part, reserve)
        try:
            go_round()
        except NotTurned:
            return self._not_turned(entry, part, turn, reserve)
        return self._keep(entry, turned(part), reserve)

    def _keep(self, entry: Entry, part: Path, reserve: Reserve) -> Outcome:
        """Give what is whole, checked and as it was asked for its final name."""
        target = reserve(self._names(entry.task))
        if target is None:
            return Outcome()
        finish(part, target)
        return _done(target)

    def _not_turned(self, entry: Entry, part: Path, turn: Turn, reserve: Reserve) -> Outcome:
        """Paid for is paid for: a video that nothing can turn round is kept as it is."""
        misses = entry.misses + 1
        if misses < _UNSOUND:
            return steps.trouble(entry, _AGAIN, turn, misses=misses, refreshed=0)
        # First, or it would be taken for the turned video once the part has its final name.
        discard(turned(part))
        outcome = self._keep(entry, part, reserve)
        if outcome.changes:
            return Outcome({**outcome.changes, "reverse": False, "error": _AS_SENT})
        return outcome

    def _names(self, task: Task) -> Iterator[Path]:
        """Final names that are free. What the artist named may replace what was there before."""
        if not task.output:
            return free_names(self._folder(task) / video_name(task))
        wanted = Path(task.output)
        return free_names(wanted, replaces=is_older(wanted, task.created))

    def _folder(self, task: Task) -> Path:
        return Path(task.output).parent if task.output else self.videos


def video_name(task: Task) -> str:
    """``2026-11-22 rocket 1a2b3c4d.mp4``: the day it was made, in local time, shot, begin of the id."""
    day = datetime.fromtimestamp(task.created, tz=UTC).astimezone().strftime("%Y-%m-%d")
    title = PurePosixPath((task.shot or "").replace("\\", "/")).name.removesuffix(".kling")
    plain = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', " ", title).strip(" .")
    # File systems count bytes, and 255 is the least of them.
    short = plain.encode()[:120].decode(errors="ignore").strip(" .")
    return f"{day} {short or 'shot'} {task.id[:8]}.mp4"


def _done(target: Path) -> Outcome:
    values = {"state": TaskState.DONE, "video": str(target), "note": None}
    return Outcome({**values, "error": None, "troubles": 0})


def _missed(entry: Entry, error: DownloadError, turn: Turn) -> Outcome:
    if isinstance(error, Stopped):
        return Outcome({"due": turn.clock()})
    after = error.retry_after if isinstance(error, Unreachable) else None
    if isinstance(error, Cut) and error.gained:
        # It leads somewhere, so the pauses need not grow.
        entry = replace(entry, troubles=0)
    outcome = steps.trouble(entry, str(error), turn, after, refreshed=0)
    if isinstance(error, Unreachable):
        return replace(outcome, unreached=error.unreached)
    return outcome


def _renew(entry: Entry, error: BadLink, connect: Callable[[], Remote], turn: Turn) -> Outcome:
    if not entry.refreshed:
        return _ask(entry, connect, turn, error)
    if isinstance(error, GoneLink):
        return steps.failed(_LOST.format(why=error))
    return _again(entry, error, turn)


def _again(entry: Entry, error: BadLink, turn: Turn) -> Outcome:
    return steps.trouble(entry, f"{error} It is tried again.", turn, refreshed=0)


def _ask(
    entry: Entry, connect: Callable[[], Remote], turn: Turn, error: BadLink | None = None
) -> Outcome:
    """Query the task again for a link that works; ``error`` says what is wrong with the old one."""
    try:
        status = connect().query(entry.task.remote_id or "")
    except (UnknownTask, ModelGone):
        if error is not None and not isinstance(error, GoneLink):
            return _again(entry, error, turn)
        return steps.failed(_LOST.format(why=error or _GONE))
    except ProviderError as problem:
        return _later(entry, steps.query_trouble(entry, problem, turn), turn)
    except ValueError as problem:
        return _later(entry, steps.held(problem, turn, deaf=True), turn)
    return _asked(entry, steps.read_status(entry, status, turn), error)


def _asked(entry: Entry, outcome: Outcome, error: BadLink | None) -> Outcome:
    if outcome.changes.get("state") == TaskState.DOWNLOADING:
        # Only bytes of the video make up for the trouble there was.
        kept = {"troubles": entry.troubles, "misses": entry.misses, "error": entry.task.error}
        return Outcome({**outcome.changes, **kept, "refreshed": 1}, silent=error is not None)
    if outcome.changes.get("state") == TaskState.SUBMITTED:
        return Outcome({**outcome.changes, "state": TaskState.PROCESSING})
    return outcome


def _later(entry: Entry, outcome: Outcome, turn: Turn) -> Outcome:
    """A download is never blocked by its account, so it must not be due at once again."""
    if outcome.hold is None:
        return outcome
    waiting = steps.trouble(entry, outcome.hold, turn)
    return replace(waiting, hold=outcome.hold, deaf=outcome.deaf)
