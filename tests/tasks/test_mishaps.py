"""What is said when the journal's file or its disk will not do."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path
from typing import NamedTuple

import pytest

from kling_desktop.tasks.journal import Journal, JournalError
from kling_desktop.tasks.mishaps import is_locked, sentence

FULL = "The disk is full: free some space, so that tasks can be written down."


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Bytes that are free, as the system says."""
    left = [10**9]
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 0, left[0]))
    return left


def test_a_journal_that_may_not_grow_is_on_a_full_disk(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "j.sqlite")
    raw.execute("PRAGMA max_page_count = 2")
    raw.execute("CREATE TABLE a (b)")
    with pytest.raises(sqlite3.OperationalError) as caught:
        raw.execute("INSERT INTO a VALUES (zeroblob(100000))")
    raw.close()
    assert sentence(caught.value, tmp_path / "j.sqlite") == FULL


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_folder_that_cannot_be_made_for_lack_of_room(code: int) -> None:
    assert sentence(OSError(code, "no"), Path("/state/journal.sqlite")) == FULL


def test_a_file_that_cannot_be_begun_is_told_from_a_full_disk(
    tmp_path: Path, free: list[int]
) -> None:
    path = tmp_path / "journal.sqlite"
    path.mkdir()
    with pytest.raises(JournalError, match="check the folder"):
        Journal(path)
    free[0] = 100
    with pytest.raises(JournalError) as caught:
        Journal(path)
    assert str(caught.value) == FULL


def test_a_damaged_or_locked_journal_is_not_blamed_on_the_disk(
    tmp_path: Path, free: list[int]
) -> None:
    free[0] = 0
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(JournalError, match="damaged"):
        Journal(path)
    path.unlink()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    other = sqlite3.connect(path, timeout=0.0)
    with pytest.raises(sqlite3.OperationalError) as caught:
        other.execute("SELECT * FROM sqlite_master").fetchall()
    assert is_locked(caught.value) and "Another program" in sentence(caught.value, path)
    other.close()
    holder.close()
