"""The journal's tables, as a list of migrations that bring any older journal up to date."""

from __future__ import annotations

import sqlite3

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE tasks (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            state TEXT NOT NULL,
            created REAL NOT NULL,
            updated REAL NOT NULL,
            remote_id TEXT,
            shot TEXT,
            model TEXT NOT NULL DEFAULT '',
            video_url TEXT,
            video TEXT,
            error TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            due REAL NOT NULL DEFAULT 0,
            output TEXT,
            sent REAL,
            troubles INTEGER NOT NULL DEFAULT 0,
            misses INTEGER NOT NULL DEFAULT 0,
            refreshed INTEGER NOT NULL DEFAULT 0,
            target TEXT,
            owner TEXT,
            owned_until REAL NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX tasks_created ON tasks (created)",
        "CREATE INDEX tasks_open ON tasks (due) WHERE state NOT IN ('done', 'failed', 'cancelled')",
        # Apart from the rows, so that a list of ten thousand tasks never reads past a picture.
        """
        CREATE TABLE requests (
            task TEXT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
            body BLOB NOT NULL
        )
        """,
    ),
    (
        "ALTER TABLE tasks ADD COLUMN doubt TEXT",
        "ALTER TABLE tasks ADD COLUMN resent INTEGER NOT NULL DEFAULT 0",
    ),
    ("ALTER TABLE tasks ADD COLUMN reverse INTEGER NOT NULL DEFAULT 0",),
    (
        "ALTER TABLE tasks ADD COLUMN rank INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE tasks ADD COLUMN note TEXT",
        "ALTER TABLE tasks ADD COLUMN expires REAL",
        "CREATE TABLE pauses (account TEXT PRIMARY KEY)",
    ),
    (
        # Apart from the rows, as the requests are, and dropped with them.
        """
        CREATE TABLE answers (
            task TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            at REAL NOT NULL,
            status INTEGER NOT NULL,
            request_id TEXT,
            body TEXT NOT NULL,
            PRIMARY KEY (task, kind)
        )
        """,
        "ALTER TABLE tasks ADD COLUMN made INTEGER",
        "UPDATE tasks SET made = 1 WHERE video_url <> ''",
    ),
    ("ALTER TABLE tasks ADD COLUMN refused TEXT",),
)
"""One entry for each version, its statements in order; published entries are never edited."""

VERSION = len(MIGRATIONS)


class TooNewError(ValueError):
    """The journal was written by a later version of the app."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the journal to VERSION; ``connection`` is in autocommit mode.

    All or nothing, and safe when two processes open a journal at once.

    Raises TooNewError, sqlite3.Error.
    """
    if _version(connection) > VERSION:
        raise TooNewError(_version(connection))
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again: another process may have done it while this one waited for its turn.
        for statement in (line for step in MIGRATIONS[_version(connection) :] for line in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite goes back by itself where the disk is full
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
