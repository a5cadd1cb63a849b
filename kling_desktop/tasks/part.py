"""The .part file of a download: gone on with after a crash, and renamed only when it is whole."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict, dataclass
from io import FileIO
from pathlib import Path

from kling_desktop.tasks.faults import DiskError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Whole:
    """What the host said about the whole file, kept beside the part so that it can be gone on with."""

    validator: str | None
    """Strong ETag or Last-Modified, for If-Range; None: start again rather than mix two videos."""
    length: int | None


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
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise disk_error(error, target) from error
    discard(part)


def free_name(target: Path) -> Path:
    """``target``, or with " (2)", " (3)" … where something of that name is there already."""
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem} ({number}){target.suffix}")
    return free


def disk_error(error: OSError, path: Path) -> DiskError:
    """The sentence for a file that cannot be written."""
    if error.errno in _FULL:
        return DiskError("The disk is full: free some space, and the video will be fetched.")
    return DiskError(f"The video cannot be written to {path.parent}: check that folder.")


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
