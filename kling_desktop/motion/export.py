"""Exports a draft as a video, a GIF or numbered pictures: whole, or nothing at all."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kling_desktop.model.landing import sent
from kling_desktop.model.shot import Shot
from kling_desktop.motion import gif, png_sequence, video
from kling_desktop.motion.draft import Draft
from kling_desktop.motion.png_sequence import LeftOver
from kling_desktop.motion.video import VideoError

Rgb = npt.NDArray[np.uint8]

HIGHEST = 4320
"""Pixels; a draft that is higher fills the memory and is played by nothing."""
PALETTE_FRAMES = 8
"""Frames that are looked at for the colours of a GIF."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class ExportError(ValueError):
    """A draft that cannot be exported; its text is the sentence for the artist."""


class Cancelled(Exception):
    """The artist wants the export no more; nothing of it is left."""


class Kind(StrEnum):
    """What a draft is exported as; the value is the file's ending without the dot."""

    MP4 = "mp4"
    GIF = "gif"
    PNG = "png"


class Loop(StrEnum):
    """Which way the motion runs."""

    ONCE = "once"
    PINGPONG = "pingpong"
    """Forth and back; the first and the last frame come once, so that it repeats smoothly."""


class Frames(Protocol):
    """Frames (h, w, 3) RGB of one size that can be asked for in any order."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Rgb: ...


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A draft at certain shares (0…1) of the time; each frame is made when it is asked for."""

    draft: Draft
    times: Sequence[float]

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, index: int, /) -> Rgb:
        return self.draft.frame(self.times[index])


def drafted(
    pixels: Rgb,
    shot: Shot,
    *,
    height: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Draft:
    """The draft of a shot over its picture, (H, W, 3) RGB, as the finished video is to move.

    Slow, above all for large areas; raises Cancelled as soon as ``cancelled`` has answered true.
    """
    asked = sent(shot)
    found = Draft(
        pixels, shot.labels, asked.paths, asked.camera,
        height=height, backwards=shot.land, quick=True,
    ).refined(cancelled)  # fmt: skip
    if found is None:
        raise Cancelled
    return found


def times(seconds: float, fps: float, loop: Loop = Loop.ONCE) -> list[float]:
    """When frames are: those of ``Draft.frames``, at least one, and back again if it is wanted."""
    count = max(1, round(seconds * fps))
    forth = [index / (count - 1) if count > 1 else 0.0 for index in range(count)]
    return forth + forth[-2:0:-1] if loop == Loop.PINGPONG else forth


def kind_of(target: Path) -> Kind:
    """What a file's ending asks for. Raises ExportError for any but .mp4, .gif and .png."""
    ending = target.suffix.lower().removeprefix(".")
    if ending not in set(Kind):
        has = f"ends in “{target.suffix}”" if target.suffix else "has no ending"
        raise ExportError(
            f"“{target.name}” {has}; give it the ending .mp4, .gif or, for numbered pictures, .png."
        )
    return Kind(ending)


def size(width: int, height: int, high: int, kind: Kind) -> tuple[int, int]:
    """(width, height) in pixels of the export, ``high`` pixels high, of a picture."""
    wide, more = max(1, round(width * high / height)), kind == Kind.MP4
    return wide + (more and wide % 2), high + (more and high % 2)


def files(target: Path, kind: Kind, count: int) -> list[Path]:
    """What an export of ``count`` frames writes: ``target``, or its numbered pictures next to it."""
    return png_sequence.names(target, count) if kind == Kind.PNG else [target]


def export(
    frames: Frames,
    target: Path,
    *,
    kind: Kind,
    fps: float,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda _done: None,
) -> list[Path]:
    """Write the frames; returns the files that it made.

    An MP4 is H.264, an odd size one pixel larger. A GIF repeats for ever, at 25 frames a second at
    most. PNG makes numbered pictures ``name_0001.png`` … next to ``target``, exact to the bit.
    ``progress`` is told how many frames are done. Raises ExportError with a sentence, Cancelled,
    and what ``frames`` and ``progress`` raise; then nothing new is there, and what was there
    before is as it was.
    """
    wanted = files(target, kind, len(frames))
    try:
        if not len(frames):
            raise ExportError("There is no frame to export.")
        _refuse(target, wanted, kind, fps)
        _WRITERS[kind](_Source(frames, cancelled, progress), wanted, fps)
    except (VideoError, OSError) as error:
        raise ExportError(_sentence(error, target)) from error
    except LeftOver as other:
        raise ExportError(
            f"{other.path.name} is left of another sequence and would be taken for a part of this "
            "one; choose another name, or move the old pictures away."
        ) from None
    return wanted


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """The frames in their order, telling how far they are, and ending when they are not wanted."""

    frames: Frames
    cancelled: Callable[[], bool]
    progress: Callable[[int], None]

    def __iter__(self) -> Iterator[Rgb]:
        for index in range(len(self.frames)):
            yield self.frame(index)
            self.progress(index + 1)
        self.check()

    def frame(self, index: int) -> Rgb:
        self.check()
        return self.frames[index]

    def check(self) -> None:
        if self.cancelled():
            raise Cancelled


def _write_video(source: _Source, wanted: Sequence[Path], fps: float) -> None:
    video.write(wanted[0], source, fps=fps)


def _write_gif(source: _Source, wanted: Sequence[Path], fps: float) -> None:
    count, target = len(source.frames), wanted[0]
    looked_at = np.unique(np.linspace(0, count - 1, min(PALETTE_FRAMES, count)).astype(int))
    found = gif.palette([source.frame(int(index)) for index in looked_at])
    part = video.aside(target)
    try:
        with part.open("xb") as file:
            gif.write(file, source, found, fps=fps)
        part.replace(target)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _write_pictures(source: _Source, wanted: Sequence[Path], _fps: float) -> None:
    png_sequence.write(source, wanted)


_WRITERS: dict[Kind, Callable[[_Source, Sequence[Path], float], None]] = {
    Kind.MP4: _write_video,
    Kind.GIF: _write_gif,
    Kind.PNG: _write_pictures,
}


def _refuse(target: Path, wanted: Sequence[Path], kind: Kind, fps: float) -> None:
    """Raise for what would fail in the end, before any time goes into it."""
    if kind == Kind.GIF and not 1 <= fps <= gif.FASTEST:
        raise ExportError(f"A GIF has 1 to {gif.FASTEST:g} frames a second, not {fps:g}.")
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target))
    for path in wanted:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    if kind == Kind.PNG:
        png_sequence.refuse_left_over(target, wanted)


def _sentence(error: VideoError | OSError, target: Path) -> str:
    cause = error.__cause__ if isinstance(error, VideoError) else error
    number = getattr(cause, "errno", None)
    if number in FULL:
        return f"There is no room left in {target.parent}; free some space and export again."
    if number in FORBIDDEN:
        return f"{target} may not be written; choose another folder or name and export again."
    if number in {errno.ENOENT, errno.ENOTDIR} and not target.parent.is_dir():
        return f"There is no folder {target.parent}; choose another one and export again."
    if number in {errno.EISDIR, errno.ENAMETOOLONG}:
        what = "is a folder" if number == errno.EISDIR else "is too long a name"
        return f"“{target.name[:40]}” {what}; choose another name and export again."
    if number is None and isinstance(error, VideoError):
        return str(error)
    reason = getattr(cause, "strerror", None) or type(cause).__name__
    return f"{target} could not be written ({reason}); export it to another place."
