"""The last step of a task: its video fetched, checked and put under its final name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from kling_desktop.model.task import Task, TaskState
from kling_desktop.providers.errors import ModelGone, ProviderError, UnknownTask
from kling_desktop.tasks import steps
from kling_desktop.tasks.download import Limits, Switch, fetch
from kling_desktop.tasks.faults import BadLink, Cut, DownloadError, Stopped, Unreachable
from kling_desktop.tasks.part import discard, finish, free_name
from kling_desktop.tasks.rows import Entry
from kling_desktop.tasks.steps import Outcome, Remote, Turn

_CUTS = 5
_UNSOUND = 2
_LOST = "{why} The provider has no other: download the video from the provider's own page, or retry later."


@dataclass(frozen=True, slots=True)
class Delivery:
    """Brings videos into ``videos``, or where a task was asked to put its own."""

    videos: Path
    check_video: Callable[[Path], object]
    """Raises ValueError with a sentence for a file that is no sound video."""
    limits: Limits

    def part(self, task: Task) -> Path:
        """Named by the task alone, so that it is found again after a crash."""
        return self._folder(task) / f"{task.id}.mp4.part"

    def bring(
        self,
        entry: Entry,
        connect: Callable[[], Remote],
        turn: Turn,
        *,
        switch: Switch,
        progress: Callable[[int, int | None], None],
        note_target: Callable[[Path], bool],
    ) -> Outcome:
        """One try. ``note_target`` journals the final name before it is given, and says if it may be."""
        task, part = entry.task, self.part(entry.task)
        if entry.target and Path(entry.target).exists() and not part.exists():
            return _done(Path(entry.target))
        if not task.video_url:
            return _ask(entry, connect, turn)
        try:
            fetch(task.video_url, part, limits=self.limits, progress=progress, switch=switch)
            return self._accept(entry, part, turn, note_target)
        except BadLink as error:
            return _renew(entry, str(error), connect, turn)
        except DownloadError as error:
            return _missed(entry, error, turn)

    def _accept(
        self, entry: Entry, part: Path, turn: Turn, note_target: Callable[[Path], bool]
    ) -> Outcome:
        try:
            self.check_video(part)
        except ValueError as error:
            discard(part)
            if entry.misses >= _UNSOUND:
                return steps.failed(f"{error} It was fetched anew, with the same result.")
            return steps.trouble(entry, str(error), turn, misses=entry.misses + 1)
        target = self._target(entry.task)
        if not note_target(target):
            return Outcome()
        finish(part, target)
        return _done(target)

    def _target(self, task: Task) -> Path:
        if task.output:
            return Path(task.output)
        return free_name(self._folder(task) / video_name(task))

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
    return Outcome({"state": TaskState.DONE, "video": str(target), "error": None, "troubles": 0})


def _missed(entry: Entry, error: DownloadError, turn: Turn) -> Outcome:
    if isinstance(error, Stopped):
        return Outcome({"due": turn.clock()})
    if not isinstance(error, Cut):
        after = error.retry_after if isinstance(error, Unreachable) else None
        return steps.trouble(entry, str(error), turn, after)
    misses = 0 if error.gained else entry.misses + 1
    if misses > _CUTS:
        return steps.failed("The video does not come whole from its host: retry later.")
    return steps.trouble(entry, str(error), turn, misses=misses)


def _renew(entry: Entry, why: str, connect: Callable[[], Remote], turn: Turn) -> Outcome:
    if entry.refreshed:
        return steps.failed(_LOST.format(why=why))
    return _ask(entry, connect, turn, why)


def _ask(entry: Entry, connect: Callable[[], Remote], turn: Turn, why: str = "") -> Outcome:
    """Query the task again for a link that works."""
    try:
        status = connect().query(entry.task.remote_id or "")
    except (UnknownTask, ModelGone):
        return steps.failed(_LOST.format(why=why or "The link to the video is gone."))
    except ProviderError as error:
        return _later(entry, steps.query_trouble(entry, error, turn), turn)
    except ValueError as error:
        return _later(entry, steps.held(error, turn, deaf=True), turn)
    outcome = steps.read_status(entry, status, turn)
    if outcome.changes.get("state") == TaskState.DOWNLOADING:
        return Outcome({**outcome.changes, "refreshed": 1})
    if outcome.changes.get("state") == TaskState.SUBMITTED:
        return Outcome({**outcome.changes, "state": TaskState.PROCESSING})
    return outcome


def _later(entry: Entry, outcome: Outcome, turn: Turn) -> Outcome:
    """A download is never blocked by its account, so it must not be due at once again."""
    if outcome.hold is None:
        return outcome
    waiting = steps.trouble(entry, outcome.hold, turn)
    return replace(waiting, hold=outcome.hold, deaf=outcome.deaf)
