"""The service's SQLite database: one connection, one lock, every change whole or not at all."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Each entry is run once, in order; the number of those that were run is user_version.
MIGRATIONS = (
    """
    CREATE TABLE studies (uid TEXT PRIMARY KEY, attributes TEXT NOT NULL);
    CREATE TABLE series (
        uid TEXT NOT NULL, study_uid TEXT NOT NULL REFERENCES studies(uid),
        modality TEXT NOT NULL, attributes TEXT NOT NULL, PRIMARY KEY (study_uid, uid));
    CREATE TABLE instances (
        uid TEXT PRIMARY KEY, study_uid TEXT NOT NULL, series_uid TEXT NOT NULL,
        class_uid TEXT NOT NULL, syntax_uid TEXT NOT NULL, number INTEGER,
        size INTEGER NOT NULL, digest TEXT NOT NULL, attributes TEXT NOT NULL);
    CREATE INDEX instances_by_series ON instances (study_uid, series_uid, number, uid);
    CREATE TABLE workitems (
        uid TEXT PRIMARY KEY, state TEXT NOT NULL, transaction_uid TEXT NOT NULL DEFAULT '',
        own INTEGER NOT NULL DEFAULT 0, cancel_requested INTEGER NOT NULL DEFAULT 0,
        attributes TEXT NOT NULL, sequence INTEGER NOT NULL);
    CREATE INDEX workitems_by_state ON workitems (state, sequence);
    CREATE TABLE subscriptions (
        aet TEXT NOT NULL, workitem_uid TEXT NOT NULL, deletion_lock INTEGER NOT NULL,
        PRIMARY KEY (aet, workitem_uid));
    CREATE TABLE standing_subscriptions (
        aet TEXT NOT NULL, scope TEXT NOT NULL, filter TEXT NOT NULL,
        deletion_lock INTEGER NOT NULL, PRIMARY KEY (aet, scope));
    """,
)


class Database:
    """WAL with synchronous=FULL: what was answered survives a kill and a lost power line."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=30
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        with self.change():
            done = int(self.rows("PRAGMA user_version")[0][0])
            for number, script in enumerate(MIGRATIONS[done:], done + 1):
                for statement in filter(str.strip, script.split(";")):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version={number}")

    @contextmanager
    def change(self) -> Iterator[None]:
        """One transaction, the only one of all threads and processes. May be nested."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a question."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Change something inside `change()`; the number of rows that changed."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def close(self) -> None:
        """Fold the log into the file and let go of it."""
        with self._lock:
            self._connection.close()
