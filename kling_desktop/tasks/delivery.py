"""The last step of a task: its video fetched, checked and put under its final name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from kling_desktop.model.task import Task, TaskState
from kling_desktop.tasks import renewal, steps
from kling_desktop.tasks.download import Limits, Switch, fetch
from kling_desktop.tasks.faults import (
    BadLink,
    Cut,
    DiskError,
    DownloadError,
    Stopped,
    Unreachable,
)
from kling_desktop.tasks.part import (
    bring_over,
    discard,
    finish,
    free_names,
    is_of_disk,
    is_older,
    is_page,
    same_disk,
    size_of,
)
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
_SHORT = 6
"""Fruitless tries in a row after which a video that always ends at the same byte may be whole."""
_AS_IT_CAME = (
    "The video's host announces more than it ever sends; what comes can be played, so it is kept: "
    "look whether its end is there."
)
_PERSISTS = 4
"""Tries in a row that a disk or folder refuses until the video goes elsewhere."""
_ELSEWHERE = "It could not be written to {folder}, so it is kept in the folder for videos."


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
        here, go_round = size_of(part), self._round(part, switch, progress)
        try:
            if not part.exists() and (come := self._arrived(entry, part, turn, reserve)):
                return come
            if not task.video_url:
                return renewal.ask(entry, connect, turn)
            fetch(
                task.video_url,
                part,
                limits=self.limits,
                progress=progress,
                switch=switch,
                copies=2 if task.reverse else 1,
            )
            return self._accept(entry, part, turn, reserve, go_round)
        except BadLink as error:
            return renewal.renew(entry, error, connect, turn)
        except DownloadError as error:
            stuck = isinstance(error, Cut) and not error.gained and 0 < here == size_of(part)
            if stuck and self._seems_whole(entry, part):
                return _as_it_came(self._accept(entry, part, turn, reserve, go_round))
            return self._missed(entry, part, error, turn)

    def _missed(self, entry: Entry, part: Path, error: DownloadError, turn: Turn) -> Outcome:
        match error:
            case Cut():
                return _cut(entry, error, turn)
            case DiskError():
                return self._unwritable(entry, part, error, turn)
            case Stopped():
                return Outcome({"due": turn.clock()})
            case Unreachable():
                outcome = steps.trouble(entry, str(error), turn, error.retry_after, refreshed=0)
                return replace(outcome, unreached=error.unreached)
        return steps.trouble(entry, str(error), turn, refreshed=0)

    def _round(
        self, part: Path, switch: Switch, progress: Callable[[int, int | None], None]
    ) -> Callable[[], None]:
        """Turns the part round, saying now and then that it is at it."""

        def alive() -> None:
            size = size_of(part)
            progress(size, size)

        return partial(turn_round, part, self.turning, self.check_video, switch=switch, alive=alive)

    def _seems_whole(self, entry: Entry, part: Path) -> bool:
        """Whether a length that never comes is the host's mistake: the video plays to its end."""
        if entry.task.attempts < _SHORT:
            return False
        try:
            self.check_video(part)
        except ValueError:
            return False
        return True

    def _unwritable(self, entry: Entry, part: Path, error: DiskError, turn: Turn) -> Outcome:
        """Waits for the disk; a video that was asked for elsewhere comes home in the end."""
        task = entry.task
        lasting = is_of_disk(task.error) and entry.troubles + 1 >= _PERSISTS
        helps = not (error.full and same_disk(part.parent, self.videos))
        if not (task.output and lasting and helps and part.parent != self.videos):
            return steps.trouble(entry, str(error), turn, refreshed=0)
        home = self.videos / part.name
        for each, to in ((part, home), (turned(part), turned(home))):
            bring_over(each, to)
        words = _ELSEWHERE.format(folder=part.parent)
        values = {"output": None, "target": None, "note": words, "due": turn.clock()}
        return Outcome({**values, "troubles": 0})

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
            return _done(entry, Path(entry.target))
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
        return _done(entry, target)

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


def _done(entry: Entry, target: Path) -> Outcome:
    """What is left to be said of it is that it is not where it was asked to be."""
    values = {"state": TaskState.DONE, "video": str(target), "note": None}
    return Outcome({**values, "error": entry.task.note, "troubles": 0})


def _cut(entry: Entry, error: Cut, turn: Turn) -> Outcome:
    if not error.gained:
        return renewal.fruitless(entry, str(error), turn)
    # It leads somewhere, so the pauses need not grow.
    return steps.trouble(replace(entry, troubles=0), str(error), turn, attempts=0, refreshed=0)


def _as_it_came(outcome: Outcome) -> Outcome:
    if outcome.changes.get("state") != TaskState.DONE:
        return outcome
    return Outcome({**outcome.changes, "error": _AS_IT_CAME})
