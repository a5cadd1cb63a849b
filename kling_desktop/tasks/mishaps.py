"""What can be wrong with the journal's file and its disk, each with the artist's sentence."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNWRITABLE = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, None}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_FULL = "The disk is full: free some space, so that tasks can be written down."
_SCANT = 256 * 1024
"""Bytes; with less than that free, a journal's side files find no room."""


def sentence(error: Exception, path: Path) -> str:
    """What is wrong with the journal at ``path``, and what the artist may do about it."""
    primary = _primary(error)
    if primary == sqlite3.SQLITE_FULL or getattr(error, "errno", None) in _NO_SPACE:
        return _FULL
    if primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return f"The task journal is damaged and was left as it is: {path}."
    if primary in _LOCKED:
        return "Another program holds the task journal: close it and try again."
    if isinstance(error, sqlite3.ProgrammingError):
        return "The task journal is closed."
    # SQLite says of files that it cannot begin for lack of room only that it cannot open them.
    if primary in _UNWRITABLE and _is_full(path):
        return _FULL
    return f"The task journal cannot be read or written: check the folder {path.parent}."


def is_locked(error: Exception) -> bool:
    """Whether another program is at the journal just now."""
    return _primary(error) in _LOCKED


def _is_full(path: Path) -> bool:
    """Whether there is no room left where the journal is, or would be."""
    folder = next((each for each in path.parents if each.exists()), None)
    try:
        return folder is not None and shutil.disk_usage(folder).free < _SCANT
    except OSError:
        return False


def _primary(error: Exception) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
