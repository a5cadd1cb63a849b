"""The .part file of a download: gone on with after a crash, and renamed only when it is whole."""

from __future__ import annotations

import codecs
import errno
import itertools
import json
import math
import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path

from kling_desktop.tasks.faults import DiskError

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL = "The disk is full"
_CANNOT = "The video cannot be written to"


@dataclass(frozen=True, slots=True)
class Whole:
    """What the host said about the whole file, kept beside the part so that it can be gone on with."""

    tag: str | None
    """ETag, strong or weak, as the host wrote it."""
    length: int | None
    modified: str | None = None
    """Last-Modified, as the host wrote it."""

    @property
    def validator(self) -> str | None:
        """For If-Range: strong ETag or Last-Modified; None: start again rather than mix two videos."""
        strong = self.tag is not None and self.tag.startswith('"')
        return self.tag if strong else self.modified


def remembered(part: Path) -> tuple[Whole, int]:
    """What is known about the file that ``part`` is the beginning of, and how many bytes are here."""
    try:
        size = part.stat().st_size
        notes = json.loads(_notes(part).read_text(encoding="utf-8"))
        return Whole(**notes), size
    except FileNotFoundError:
        return Whole(None, None), 0
    except (ValueError, TypeError):
        # Cut off by a crash: as good as not there.
        return Whole(None, None), 0
    except OSError as error:
        raise disk_error(error, part) from error


def remember(part: Path, whole: Whole) -> None:
    """Write down what the host said about the file that ``part`` is of. Raises DiskError."""
    try:
        _notes(part).write_text(json.dumps(asdict(whole)), encoding="utf-8")
    except OSError as error:
        raise disk_error(error, part) from error


def size_of(part: Path) -> int:
    """Bytes that are here; 0 where there is nothing."""
    try:
        return part.stat().st_size
    except OSError:
        return 0


def open_part(part: Path, start: int, whole: Whole) -> FileIO:
    """The part, cut to ``start`` bytes and ready for the next one. Raises OSError."""
    part.parent.mkdir(parents=True, exist_ok=True)
    if start == 0:
        # Emptied first: old bytes must never stand beside the notes of another file.
        part.write_bytes(b"")
        _notes(part).write_text(json.dumps(asdict(whole)), encoding="utf-8")
    file = FileIO(part, "r+")
    file.truncate(start)
    file.seek(start)
    return file


def write_all(file: FileIO, data: bytes) -> None:
    """Write every byte; a raw file may take fewer at a time. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]


def bring_over(part: Path, to: Path) -> None:
    """Give a part, and what is known about it, another place; it is dropped where that fails."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        part.replace(to)
        _notes(part).replace(_notes(to))
    except OSError:
        discard(part)


def discard(part: Path) -> None:
    """Remove the part and what is known about it; a folder that forbids it is left alone."""
    for path in (part, _notes(part)):
        try:
            path.unlink(missing_ok=True)
        except OSError:
            continue


def finish(part: Path, target: Path) -> None:
    """Give the whole part its final name, on the disk for good. Raises DiskError."""
    try:
        settle(part)
        part.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise disk_error(error, target) from error
    discard(part)


def settle(path: Path) -> None:
    """Bring a file and its name on the disk for good. Raises OSError."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def free_names(target: Path, *, replaces: bool = False) -> Iterator[Path]:
    """``target``, then with " (2)", " (3)" …, without those that something is there of already.

    With ``replaces`` the file that is there under the first name may be replaced.
    """
    if replaces or not _is_there(target):
        yield target
    for number in itertools.count(2):
        numbered = target.with_name(f"{target.stem} ({number}){target.suffix}")
        if not _is_there(numbered):
            yield numbered


def is_older(path: Path, moment: float) -> bool:
    """Whether a file was there, as it is now, before ``moment``, seconds since the epoch."""
    try:
        facts = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(facts.st_mode) and max(facts.st_mtime, facts.st_ctime) <= moment


def is_page(part: Path) -> bool:
    """Whether the host sent a page, a message or nothing for a video, whatever it called it."""
    try:
        with part.open("rb") as file:
            return file.read(64).removeprefix(codecs.BOM_UTF8).lstrip()[:1] in {b"", b"<", b"{"}
    except OSError as error:
        raise disk_error(error, part) from error


def refuse_full(part: Path, needed: int, margin: int) -> None:
    """Raise DiskError unless ``needed`` bytes, a ``margin`` among them, fit beside what is there."""
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(part.parent).free
    except OSError as error:
        raise disk_error(error, part) from error
    if free < needed:
        raise DiskError(
            f"{_FULL}: the video needs {_megabytes(needed - margin)} in {part.parent}, and "
            f"{_megabytes(margin)} have to stay free beside it; {_megabytes(free)} are free. Free "
            f"{_megabytes(needed - free)} more, and it will be fetched.",
            full=True,
        )


def disk_error(error: OSError, path: Path) -> DiskError:
    """The sentence for a file that cannot be written."""
    if is_full(error):
        words = f"{_FULL}: free some space in {path.parent}, and the video will be fetched."
        return DiskError(words, full=True)
    return DiskError(f"{_CANNOT} {path.parent}: check that folder.")


def is_of_disk(sentence: str | None) -> bool:
    """Whether a task's error is one of the sentences here about the disk or a folder."""
    return sentence is not None and sentence.startswith((_FULL, _CANNOT))


def same_disk(one: Path, other: Path) -> bool:
    """Whether two folders, there already or not, are on one disk."""
    try:
        return _nearest(one).stat().st_dev == _nearest(other).stat().st_dev
    except OSError:
        return False


def is_full(error: OSError) -> bool:
    """Whether nothing more fits on the disk."""
    return error.errno in _NO_SPACE


def _megabytes(size: int) -> str:
    return f"{max(1, math.ceil(size / 1e6))} MB"


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except OSError:
        # Whatever else is wrong with the name is said when the file is given it.
        return False
    return True


def _nearest(folder: Path) -> Path:
    """The folder itself, or the next one above that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists() or each == each.parent)


def _notes(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
