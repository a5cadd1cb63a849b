"""The journal: every task and its whole request in one SQLite file, written before anything is sent."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from kling_desktop.model.task import FINAL, Task, TaskState, require
from kling_desktop.providers.answers import Answer
from kling_desktop.tasks import archive, lineup, mishaps
from kling_desktop.tasks.lease import FARTHEST, Lease
from kling_desktop.tasks.rows import (
    ITEM_COLUMNS,
    LEASE_COLUMNS,
    TASK_COLUMNS,
    WORK_COLUMNS,
    Entry,
    Item,
    read_entry,
    read_item,
    read_lease,
    read_task,
    storable,
)
from kling_desktop.tasks.schema import TooNewError, migrate

_WRITABLE = frozenset({*TASK_COLUMNS, *WORK_COLUMNS, *LEASE_COLUMNS} - {"id", "created", "updated"})
_DURABLE = frozenset({"state", "remote_id", "target", "doubt", "resent", "refused"})
_OPEN = "state NOT IN ('done', 'failed', 'cancelled')"
_KEEP_REQUESTS = 30 * 86400.0
_NEVER = 1e300
_OPENINGS = 500
_ON = f"FROM tasks WHERE {_OPEN} AND state <> 'unconfirmed' AND due >"
_ROWS = f"SELECT {', '.join(ITEM_COLUMNS)} {_ON}"
# Two ranges of one index: an OR would read every task each time.
_AGENDA = f"{_ROWS} -1 AND due <= ? UNION ALL {_ROWS} ? ORDER BY due"
_VIDEOS = "SELECT video, target FROM tasks WHERE id <> ? AND (video <> '' OR target <> '')"
_NEXT = f"SELECT due {_ON} ? ORDER BY due LIMIT 1"


class JournalError(Exception):
    """The journal cannot be read or written; its str is the artist's sentence."""


class Journal:
    """Safe to use from several threads and several processes at once.

    Reading never waits for writing, so a window may list tasks while the engine commits.
    Every method raises JournalError with a sentence when the file or the disk will not do.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._read_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._durable: bool | None = None
        with self._sentences():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = _connect(path)
            try:
                _prepare(self._writer)
                self._reader = _connect(path)
            except BaseException:
                self._writer.close()
                raise

    def close(self) -> None:
        """Close the file; doing it twice is harmless."""
        with self._read_lock, self._write_lock:
            self._reader.close()
            self._writer.close()

    def add(self, task: Task, request: bytes, *, lease: Lease | None = None) -> None:
        """Write a new task down for good: it survives a power cut from here on."""
        lease = lease or Lease(None, 0.0)
        columns = (*TASK_COLUMNS, *LEASE_COLUMNS)
        marks = ", ".join("?" * len(columns))
        with self._writing(durable=True) as connection:
            connection.execute(
                f"INSERT INTO tasks ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 - our names
                (*astuple(task), lease.owner, lease.until),
            )
            connection.execute("INSERT INTO requests VALUES (?, ?)", (task.id, request))

    def get(self, task_id: str) -> Task:
        """The task. Raises KeyError when the journal does not know it."""
        return self._select("WHERE id = ?", (task_id,), one=task_id)[0]

    def all(self, limit: int | None = None) -> list[Task]:
        """Every task, or the newest ``limit`` of them, newest first."""
        return self._select(
            "ORDER BY created DESC, rowid DESC LIMIT ?", (-1 if limit is None else limit,)
        )

    def unfinished(self) -> list[Task]:
        """Tasks that are not done, failed or cancelled, oldest first."""
        return self._select(f"WHERE {_OPEN} ORDER BY created, rowid", ())

    def unfetched(self, since: float) -> list[Task]:
        """Failed tasks made since then that a provider took and did not itself call failed, oldest
        first: asking for them once more costs nothing, and it may have their videos."""
        return self._select(
            "WHERE state = 'failed' AND remote_id <> '' AND ifnull(video, '') = '' AND created > ? "
            "AND (made IS NULL OR made = 1) ORDER BY created, rowid",
            (since,),
        )

    def known_as(self, account: str, remote_id: str) -> Task | None:
        """The task of an account that has this id at the provider, None where there is none."""
        found = self._select("WHERE account = ? AND remote_id = ? LIMIT 1", (account, remote_id))
        return found[0] if found else None

    def entry(self, task_id: str) -> Entry:
        """The task with the engine's notes. Raises KeyError when the journal does not know it."""
        with self._reading() as connection:
            return read_entry(connection, task_id)

    def agenda(self, before: float | None = None) -> list[Item]:
        """The unfinished tasks that the engine may work on, the most urgent first.

        With ``before``, seconds since the epoch, only those due until then, and those that are due so
        much later that a clock must have been put back.
        """
        until, odd = (_NEVER, _NEVER) if before is None else (before, before + FARTHEST)
        with self._reading() as connection:
            rows = connection.execute(_AGENDA, (until, odd)).fetchall()
        return [read_item(row) for row in rows]

    def next_due(self, after: float) -> float | None:
        """When the first task is due of those that are due later than ``after``."""
        with self._reading() as connection:
            row = connection.execute(_NEXT, (after,)).fetchone()
        return None if row is None else float(row[0])

    def request(self, task_id: str) -> bytes:
        """The exact body that is sent. Raises KeyError when unknown, or old and finished."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT body FROM requests WHERE task = ?", (task_id,)
            ).fetchone()
        if row is None:
            raise KeyError(task_id)
        return bytes(row[0])

    def answers(self, task_id: str) -> dict[str, Answer]:
        """The last answer of the provider to each kind of call about a task, by its kind."""
        with self._reading() as connection:
            return archive.kept(connection, task_id)

    def update(self, task_id: str, **changes: object) -> Task:
        """Change columns of one task, and stamp ``updated``; a state must be one that may follow.

        Raises KeyError, model.task.IllegalTransition, TypeError for a column that there is not.
        """
        task = self.write(task_id, changes)
        assert task is not None  # noqa: S101 - nothing was expected of it
        return task

    def write(
        self,
        task_id: str,
        changes: Mapping[str, object],
        *,
        expect: TaskState | None = None,
        held_by: str | None = None,
        answers: Iterable[Answer] = (),
    ) -> Task | None:
        """As ``update``, unless the task is no longer in the state ``expect`` or leased to ``held_by``.

        Then nothing is written and None returned. ``answers`` of the provider are kept along with it.
        """
        if unknown := changes.keys() - _WRITABLE:
            raise TypeError(f"no such columns: {sorted(unknown)}")
        with self._writing(durable=not _DURABLE.isdisjoint(changes)) as connection:
            old = read_entry(connection, task_id).task
            if (expect is not None and old.state != expect) or (
                held_by is not None and read_lease(connection, task_id).owner != held_by
            ):
                return None
            require(old.state, TaskState(str(changes.get("state", old.state))))
            values = {key: storable(value) for key, value in changes.items()}
            values["updated"] = self._clock()
            names = ", ".join(f"{name} = ?" for name in values)
            connection.execute(
                f"UPDATE tasks SET {names} WHERE id = ?",  # noqa: S608 - names checked above
                (*values.values(), task_id),
            )
            archive.keep(connection, task_id, answers)
            return read_entry(connection, task_id).task

    def reserve(self, task_id: str, names: Iterable[Path], *, held_by: str) -> Path | None:
        """Write down the first of ``names`` that is no other task's video as this one's.

        None when the task no longer downloads under ``held_by``.
        """
        with self._writing(durable=True) as connection:
            state = read_entry(connection, task_id).task.state
            if state != TaskState.DOWNLOADING or read_lease(connection, task_id).owner != held_by:
                return None
            rows = connection.execute(_VIDEOS, (task_id,)).fetchall()
            videos = [Path(name) for row in rows for name in row if name]
            target = next(name for name in names if not any(_same(name, video) for video in videos))
            connection.execute("UPDATE tasks SET target = ? WHERE id = ?", (str(target), task_id))
            return target

    def claim(self, task_id: str, lease: Lease, *, now: float) -> Entry | None:
        """Take or renew the lease on an unfinished task; None when another works on it."""
        assert lease.owner is not None  # noqa: S101 - a mistake of ours
        with self._writing(durable=False) as connection:
            entry = read_entry(connection, task_id)
            held = read_lease(connection, task_id)
            if entry.task.state in FINAL or not held.free_for(
                lease.owner, now=now, state=entry.task.state
            ):
                return None
            connection.execute(
                "UPDATE tasks SET owner = ?, owned_until = ? WHERE id = ?",
                (lease.owner, lease.until, task_id),
            )
            return entry

    def release(self, owner: str, *, keep: frozenset[str] = frozenset()) -> None:
        """Give up every lease of ``owner`` but those on the tasks to ``keep``."""
        with self._writing(durable=False) as connection:
            rows = connection.execute("SELECT id FROM tasks WHERE owner = ?", (owner,)).fetchall()
            connection.executemany(
                "UPDATE tasks SET owner = NULL, owned_until = 0 WHERE id = ?",
                [(row[0],) for row in rows if row[0] not in keep],
            )

    def queued(self) -> list[Item]:
        """The queued tasks in the order that they go in."""
        with self._reading() as connection:
            return lineup.queued(connection)

    def running(self) -> list[tuple[str, str, Lease]]:
        """Id, account and lease of each task that a provider has, or may just be getting."""
        with self._reading() as connection:
            return lineup.running(connection)

    def move(self, task_id: str, before: str | None) -> None:
        """Put a queued task before another, or last. Raises ValueError with a sentence."""
        with self._writing(durable=False) as connection:
            lineup.move(connection, task_id, before)

    def shift(self, task_id: str, step: int) -> None:
        """Let a queued task go so many places later. Raises ValueError with a sentence."""
        with self._writing(durable=False) as connection:
            lineup.shift(connection, task_id, step)

    def reschedule(self, dues: Mapping[str, float]) -> None:
        """Set when each of these tasks is due, seconds since the epoch."""
        with self._writing(durable=False) as connection:
            lineup.reschedule(connection, dues)

    def set_paused(self, account: str, *, paused: bool) -> None:
        """Whether the queue of an account, or of lineup.EVERY one, stands still."""
        with self._writing(durable=True) as connection:
            lineup.set_paused(connection, account, paused=paused)

    def pauses(self) -> frozenset[str]:
        """Accounts whose queue stands still, lineup.EVERY among them when all do."""
        with self._reading() as connection:
            return lineup.pauses(connection)

    def tidy(self) -> None:
        """Drop the requests of tasks that ended over thirty days ago, as each holds whole pictures,
        and what the provider answered to them."""
        ended = f"(SELECT id FROM tasks WHERE NOT {_OPEN} AND updated < ?)"  # noqa: S608 - our own words
        before = (self._clock() - _KEEP_REQUESTS,)
        with self._writing(durable=False) as connection:
            for table in ("requests", "answers"):
                connection.execute(f"DELETE FROM {table} WHERE task IN {ended}", before)  # noqa: S608

    def _select(self, rest: str, values: tuple[object, ...], one: str | None = None) -> list[Task]:
        sql = f"SELECT {', '.join(TASK_COLUMNS)} FROM tasks {rest}"  # noqa: S608 - our own words
        with self._reading() as connection:
            rows = connection.execute(sql, values).fetchall()
        if one is not None and not rows:
            raise KeyError(one)
        return [read_task(row) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._sentences(), self._read_lock:
            yield self._reader

    @contextmanager
    def _writing(self, *, durable: bool) -> Iterator[sqlite3.Connection]:
        """One transaction; a ``durable`` one is on the disk, not only with the system, at its end."""
        with self._sentences(), self._write_lock:
            connection = self._writer
            if durable != self._durable:
                connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                self._durable = durable
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except TooNewError as error:
            raise JournalError(
                "The task journal was written by a newer version of Kling Desktop: install that version "
                f"to use it ({self.path})."
            ) from error
        except (sqlite3.Error, OSError) as error:
            raise JournalError(mishaps.sentence(error, self.path)) from error


def set_aside(path: Path) -> Path:
    """Move a damaged journal and its side files out of the way; the new name of the main file."""
    number = 1
    while path.with_name(f"journal.broken-{number}").exists():
        number += 1
    broken = path.with_name(f"journal.broken-{number}")
    for suffix in ("-wal", "-shm", ""):
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(broken.with_name(broken.name + suffix))
    return broken


def _same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file, in capitals or not, through links or not."""
    if one.name.casefold() != other.name.casefold():
        return False
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)


def _prepare(connection: sqlite3.Connection) -> None:
    """SQLite's own patience does not cover the change to WAL, which another start may be at."""
    for attempts_left in reversed(range(_OPENINGS)):
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            migrate(connection)
        except sqlite3.OperationalError as error:
            if not mishaps.is_locked(error) or not attempts_left:
                raise
            time.sleep(0.02)
        else:
            return
