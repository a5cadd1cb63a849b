"""The local queue in the journal: in which order the queued tasks go, and whose stand still."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from kling_desktop.model.task import TaskState
from kling_desktop.tasks.lease import Lease
from kling_desktop.tasks.rows import ITEM_COLUMNS, Item, read_item

EVERY = ""
"""Stands for all accounts where one may be paused."""

_OPEN = "state NOT IN ('done', 'failed', 'cancelled') AND state <> 'unconfirmed' AND due > -1"
_RUNNING = (
    f"SELECT id, account, owner, owned_until FROM tasks WHERE {_OPEN} "  # noqa: S608 - our own words
    "AND state IN ('submitting', 'submitted', 'processing')"
)
_QUEUED = (
    f"SELECT {', '.join(ITEM_COLUMNS)} FROM tasks WHERE {_OPEN} "  # noqa: S608 - our own words
    "AND state = 'queued' ORDER BY rank, created, rowid"
)
_SENT = "This task is no longer in the queue, so the order was left as it is."
_OTHER_SENT = "The task that it should go before has been sent, so the order was left as it is."


def queued(connection: sqlite3.Connection) -> list[Item]:
    """The queued tasks in the order that they go in."""
    return [read_item(row) for row in connection.execute(_QUEUED)]


def running(connection: sqlite3.Connection) -> list[tuple[str, str, Lease]]:
    """Id, account and lease of each task that the provider has, or may just be getting."""
    rows = connection.execute(_RUNNING)
    return [(row[0], row[1], Lease(row[2], row[3])) for row in rows]


def move(connection: sqlite3.Connection, task_id: str, before: str | None) -> None:
    """Put a queued task before another, or last. Raises ValueError with a sentence.

    All queued tasks are numbered anew below nought, so that those which come later stand behind them.
    """
    ids = [item.id for item in queued(connection)]
    if task_id not in ids:
        raise ValueError(_SENT)
    if before == task_id:
        return
    ids.remove(task_id)
    if before is not None and before not in ids:
        raise ValueError(_OTHER_SENT)
    ids.insert(len(ids) if before is None else ids.index(before), task_id)
    _number(connection, ids)


def shift(connection: sqlite3.Connection, task_id: str, step: int) -> None:
    """Let a queued task go so many places later, or earlier for less than 0, as far as the queue goes.

    Raises ValueError with a sentence.
    """
    ids = [item.id for item in queued(connection)]
    if task_id not in ids:
        raise ValueError(_SENT)
    place = ids.index(task_id)
    ids.insert(min(max(0, place + step), len(ids) - 1), ids.pop(place))
    _number(connection, ids)


def _number(connection: sqlite3.Connection, ids: list[str]) -> None:
    """Write the order down."""
    ranks = [(place - len(ids), each) for place, each in enumerate(ids)]
    connection.executemany("UPDATE tasks SET rank = ? WHERE id = ?", ranks)


def reschedule(connection: sqlite3.Connection, dues: Mapping[str, float]) -> None:
    """Set when each task is due, except that of tasks that have ended meanwhile."""
    rows = [(due, task_id) for task_id, due in dues.items()]
    connection.executemany(f"UPDATE tasks SET due = ? WHERE id = ? AND {_OPEN}", rows)  # noqa: S608


def set_paused(connection: sqlite3.Connection, account: str, *, paused: bool) -> None:
    """Whether the queue of an account, or of EVERY one, stands still; that of EVERY covers all."""
    if paused:
        connection.execute("INSERT OR IGNORE INTO pauses VALUES (?)", (account,))
    elif account == EVERY:
        connection.execute("DELETE FROM pauses")
    else:
        connection.execute("DELETE FROM pauses WHERE account = ?", (account,))


def pauses(connection: sqlite3.Connection) -> frozenset[str]:
    """Accounts whose queue stands still, EVERY among them when all do."""
    return frozenset(row[0] for row in connection.execute("SELECT account FROM pauses"))


def in_line(items: list[Item]) -> list[Item]:
    """The agenda's items as they are due, with the queued ones among them in the queue's order."""
    line = iter(sorted((i for i in items if i.state == TaskState.QUEUED), key=lambda i: i.place))
    return [next(line) if item.state == TaskState.QUEUED else item for item in items]
