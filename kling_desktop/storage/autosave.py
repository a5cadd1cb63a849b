"""Recovery copies of the open shot: a crash leaves one behind, a clean close removes it.

Each window holds a lock file while it lives; the system lets go of it even when the window is
killed, which is how the copy of a crashed window is told from that of one still open.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kling_desktop.model.areas import Labels
from kling_desktop.model.shot import Shot
from kling_desktop.storage import atomic, shotfile
from kling_desktop.storage.atomic import StorageError
from kling_desktop.storage.directories import private_folder

LOCK = ".lock"
STALE = 86_400.0
"""Seconds after which a lock without a copy is litter."""
ORIGIN = ".json"


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A copy that a crashed window left."""

    copy: Path
    """A shot file, for ``shotfile.load``."""
    original: Path | None
    """The file that was open, or None for a shot that was never saved."""
    kept: float
    """When the copy was made, in seconds since the epoch."""


class Autosave:
    """The recovery copy of one window. ``keep`` may run on a worker thread, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = secrets.token_hex(8)
        self._lock: BinaryIO | None = None

    def keep(
        self, shot: Shot, original: Path | None, *, labels_png: Callable[[Labels], bytes]
    ) -> None:
        """Make, or renew, the copy of a ``snapshot``; a shot without an image has nothing to lose.

        Raises StorageError, or ShotFileError for a shot that no file can hold; an older copy stays.
        """
        if shot.picture is None:
            return
        private_folder(self._folder)
        if self._lock is None:
            self._lock = _locked(self._path(LOCK))
        where = str(original.absolute()) if original else None
        atomic.write(self._path(ORIGIN), json.dumps({"original": where}).encode())
        shotfile.save(shot, self._path(shotfile.SUFFIX), labels_png=labels_png)

    def discard(self) -> None:
        """Remove the copy: the shot is saved, or was given up by the artist."""
        for suffix in (shotfile.SUFFIX, ORIGIN):
            _remove(self._path(suffix))

    def close(self, *, keep: bool = False) -> None:
        """A clean close: nothing is left behind. With ``keep`` the copy stays, to be recovered."""
        if not keep:
            self.discard()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
            _remove(self._path(LOCK))

    def _path(self, suffix: str) -> Path:
        return self._folder / f"{self._name}{suffix}"


def recoverable(folder: Path, *, now: float | None = None) -> list[Recoverable]:
    """The copies of windows that are gone, newest first. What they left half-written is removed."""
    found = []
    for copy in folder.glob(f"*{shotfile.SUFFIX}"):
        if _alive(copy.with_suffix(LOCK)):
            continue
        _sweep(copy)
        with contextlib.suppress(OSError):
            found.append(Recoverable(copy, _original(copy), copy.stat().st_mtime))
    _sweep_locks(folder, now)
    return sorted(found, key=lambda each: each.kept, reverse=True)


def forget(found: Recoverable) -> None:
    """Remove a copy that the artist has opened and saved, or does not want."""
    _sweep(found.copy)
    for suffix in (shotfile.SUFFIX, ORIGIN, LOCK):
        _remove(found.copy.with_suffix(suffix))


def _sweep(copy: Path) -> None:
    """Remove what the window was writing when it died."""
    for part in copy.parent.glob(f".{copy.stem}.*{atomic.PART}"):
        _remove(part)


def _sweep_locks(folder: Path, now: float | None) -> None:
    """Remove locks that crashed windows left without a copy; young ones may be just starting."""
    now = time.time() if now is None else now
    for lock in folder.glob(f"*{LOCK}"):
        with contextlib.suppress(OSError):
            lonely = not lock.with_suffix(shotfile.SUFFIX).exists()
            if lonely and now - lock.stat().st_mtime > STALE and not _alive(lock):
                _sweep(lock)
                _remove(lock.with_suffix(ORIGIN))
                _remove(lock)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _original(copy: Path) -> Path | None:
    try:
        where = json.loads(copy.with_suffix(ORIGIN).read_bytes())["original"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return Path(where) if isinstance(where, str) and where else None


def _locked(path: Path) -> BinaryIO:
    try:
        file = path.open("wb")
    except OSError as error:
        raise StorageError(atomic.sentence(error, path)) from error
    with contextlib.suppress(OSError):  # no locks on this file system: the copy is what counts
        _take(file)
    return file


def _alive(lock: Path) -> bool:
    """Whether the window that made this lock file still holds it."""
    try:
        with lock.open("r+b") as file:
            _take(file)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False
    return False


def _take(file: BinaryIO) -> None:
    """Hold the file until it is closed. Raises BlockingIOError or PermissionError if it is held."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file.fileno(), 0, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
