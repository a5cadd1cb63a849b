"""Turning a fetched video round: at any moment it is there once, and never turned twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from kling_desktop.tasks.download import Switch
from kling_desktop.tasks.faults import DiskError, DownloadError, Stopped
from kling_desktop.tasks.part import discard, disk_error, is_full, settle

_FULL = "The disk is full: free some space, and the video will be turned round."


class Turning(Protocol):
    """Writes the video ``source`` backwards to ``target``, whole or not at all.

    Raises ValueError with a sentence: soon after ``cancelled`` says so, or with an OSError as its
    cause where the disk is the reason. ``progress`` is called now and then.
    """

    def __call__(
        self,
        source: Path,
        target: Path,
        *,
        cancelled: Callable[[], bool],
        progress: Callable[[int, int], None],
    ) -> None: ...


class NotTurned(DownloadError):
    """The video is here, but no way was found to turn it round."""


def unable(
    source: Path,
    target: Path,
    *,
    cancelled: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> None:
    """For an engine that gets no tasks to turn round."""
    raise NotImplementedError("this engine cannot turn videos round")


def turned(part: Path) -> Path:
    """Where the video of a part goes when it is turned round."""
    return part.with_name(part.name.removesuffix(".part") + ".turned.part")


def turn_round(
    part: Path,
    turn: Turning,
    check: Callable[[Path], object],
    *,
    switch: Switch,
    alive: Callable[[], None],
) -> None:
    """Turn the whole and checked ``part`` round, and put the turned video in its place.

    Until that one is whole, checked and on the disk for good, the part stays, and a crash means that
    the turning begins anew; from then on there is the turned one only, which is what tells a later
    run that nothing is left to be turned. Raises NotTurned, DiskError, Stopped.
    """
    target = turned(part)
    try:
        turn(part, target, cancelled=lambda: switch.stopped, progress=lambda _done, _whole: alive())
        check(target)
        settle(target)
        part.unlink()
    except (ValueError, OSError) as error:
        if switch.stopped:
            raise Stopped("The download was stopped and goes on later.") from None
        reason = error if isinstance(error, OSError) else error.__cause__
        if isinstance(reason, OSError):
            raise _disk(reason, target) from error
        raise NotTurned("The video could not be turned round.") from error
    discard(part)


def _disk(error: OSError, target: Path) -> DiskError:
    return DiskError(_FULL, full=True) if is_full(error) else disk_error(error, target)
