"""What a row of the journal holds, and how it is read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields
from typing import Any

from kling_desktop.model.task import Task, TaskState
from kling_desktop.tasks.lease import Lease

TASK_COLUMNS = tuple(field.name for field in fields(Task))
WORK_COLUMNS = ("sent", "troubles", "misses", "refreshed", "target", "doubt", "resent", "refused")
LEASE_COLUMNS = ("owner", "owned_until")
ITEM_COLUMNS = ("id", "account", "state", "due", *LEASE_COLUMNS, "rank", "created", "note")


@dataclass(frozen=True, slots=True)
class Entry:
    """A task with what only the engine needs to know about it."""

    task: Task
    sent: float | None
    """When the provider took it, seconds since the epoch."""
    troubles: int
    """How often in a row the present step got no usable answer."""
    misses: int
    """How often in a row the answer was that there is nothing there."""
    refreshed: bool
    """Whether the link to the video was just exchanged for a new one."""
    target: str | None
    """The final name of the video, once its bytes are whole."""
    doubt: str | None
    """Why nobody knows whether the request arrived, a sentence; None where this program was ended
    before it could tell."""
    resent: bool
    """Whether a request that an ended program left behind was sent once more."""
    refused: str | None
    """What the provider said when it could not take the request, a sentence: once it is sure that
    no task was made, it is sent again."""


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the agenda: the little that decides whose turn it is."""

    id: str
    account: str
    state: TaskState
    due: float
    lease: Lease
    place: tuple[int, float]
    """Rank and time of making: the queued go in this order."""
    note: str | None


def storable(value: object) -> object:
    """A value as the file can hold it: what is no character at all, such as half of one, goes."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def read_item(row: tuple[Any, ...]) -> Item:
    """A row of ITEM_COLUMNS."""
    return Item(
        row[0], row[1], TaskState(row[2]), row[3], Lease(row[4], row[5]), (row[6], row[7]), row[8]
    )


def read_task(row: tuple[object, ...]) -> Task:
    values = dict(zip(TASK_COLUMNS, row, strict=True))
    kinds = {"state": TaskState(str(values["state"])), "reverse": bool(values["reverse"])}
    made = values["made"]
    return Task(**(values | kinds | {"made": None if made is None else bool(made)}))  # type: ignore[arg-type]


def read_entry(connection: sqlite3.Connection, task_id: str) -> Entry:
    columns = ", ".join((*TASK_COLUMNS, *WORK_COLUMNS))
    row = connection.execute(
        f"SELECT {columns} FROM tasks WHERE id = ?",  # noqa: S608 - our own names
        (task_id,),
    ).fetchone()
    if row is None:
        raise KeyError(task_id)
    work = dict(zip(WORK_COLUMNS, row[len(TASK_COLUMNS) :], strict=True))
    flags = {name: bool(work[name]) for name in ("refreshed", "resent")}
    return Entry(read_task(row[: len(TASK_COLUMNS)]), **(work | flags))


def read_lease(connection: sqlite3.Connection, task_id: str) -> Lease:
    row = connection.execute(
        "SELECT owner, owned_until FROM tasks WHERE id = ?", (task_id,)
    ).fetchone()
    return Lease(row[0], row[1])
