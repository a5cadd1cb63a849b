"""What providers answered about each task, in the journal: the last reply of each kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import astuple

from kling_desktop.providers.answers import Answer
from kling_desktop.tasks.rows import storable


def keep(connection: sqlite3.Connection, task_id: str, answers: Iterable[Answer]) -> None:
    """Put these in the place of earlier ones of their kinds."""
    connection.executemany(
        "INSERT OR REPLACE INTO answers (task, kind, at, status, request_id, body) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(task_id, *map(storable, astuple(answer))) for answer in answers],
    )


def kept(connection: sqlite3.Connection, task_id: str) -> dict[str, Answer]:
    """The last answer of each kind, by its kind."""
    rows = connection.execute(
        "SELECT kind, at, status, request_id, body FROM answers WHERE task = ?", (task_id,)
    )
    return {row[0]: Answer(*row) for row in rows}
