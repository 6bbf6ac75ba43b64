"""The database of this workstation: SQLite in WAL mode, every commit synced, one writer."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workstation.domain.errors import DiskFull, StateRefused, StoreDamaged

#: Each entry is applied once, in order; an entry that was released is never edited.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE instance (
        sop_uid TEXT PRIMARY KEY, study_uid TEXT NOT NULL, series_uid TEXT NOT NULL,
        sop_class_uid TEXT NOT NULL, file TEXT NOT NULL, bytes INTEGER NOT NULL);
    CREATE INDEX instance_study ON instance(study_uid);
    CREATE TABLE manifest (
        study_uid TEXT PRIMARY KEY, content TEXT NOT NULL, fetched_at TEXT NOT NULL);
    CREATE TABLE task (workitem_uid TEXT PRIMARY KEY, service_id TEXT NOT NULL,
        content TEXT NOT NULL, seen_at TEXT NOT NULL);
    CREATE TABLE lease (workitem_uid TEXT PRIMARY KEY, service_id TEXT NOT NULL,
        transaction_uid TEXT NOT NULL, claimed_at TEXT NOT NULL);
    CREATE TABLE draft (
        study_uid TEXT PRIMARY KEY, report_id TEXT NOT NULL UNIQUE, workitem_uid TEXT NOT NULL,
        revision INTEGER NOT NULL, content BLOB NOT NULL, saved_at TEXT NOT NULL);
    CREATE TABLE report (
        report_id TEXT NOT NULL, revision INTEGER NOT NULL, study_uid TEXT NOT NULL,
        state TEXT NOT NULL, content BLOB NOT NULL, signed_at TEXT NOT NULL,
        sop_instance_uid TEXT NOT NULL, PRIMARY KEY (report_id, revision));
    CREATE TABLE outbox (
        entry_id TEXT PRIMARY KEY, report_id TEXT NOT NULL, state TEXT NOT NULL,
        next_step TEXT NOT NULL, sequence INTEGER NOT NULL, attempts INTEGER NOT NULL,
        next_attempt_at TEXT, content BLOB NOT NULL, problem TEXT NOT NULL);
    CREATE TABLE outbox_object (
        entry_id TEXT NOT NULL, position INTEGER NOT NULL, sop_instance_uid TEXT NOT NULL,
        sop_class_uid TEXT NOT NULL, title TEXT NOT NULL, content BLOB NOT NULL,
        PRIMARY KEY (entry_id, position));
    CREATE TABLE receipt (
        entry_id TEXT NOT NULL, step TEXT NOT NULL, at TEXT NOT NULL, detail TEXT NOT NULL,
        PRIMARY KEY (entry_id, step));
    CREATE TABLE reading_state (
        study_uid TEXT PRIMARY KEY, content BLOB NOT NULL, saved_at TEXT NOT NULL);
    CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, event TEXT NOT NULL,
        subject TEXT NOT NULL);
    """,
    # Both were kept in clear. They are copies of what the service lists, and are asked for again.
    "DELETE FROM task; DELETE FROM manifest;",
    """
    CREATE TABLE outbox_document (
        entry_id TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
        media_type TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (entry_id, name));
    CREATE TABLE critical_result (
        identifier TEXT PRIMARY KEY, study_uid TEXT NOT NULL, found_at TEXT NOT NULL,
        content BLOB NOT NULL);
    CREATE INDEX critical_study ON critical_result(study_uid);
    CREATE TRIGGER report_unchanged BEFORE UPDATE ON report BEGIN
        SELECT RAISE(ABORT, 'what is signed does not change'); END;
    CREATE TRIGGER report_kept BEFORE DELETE ON report BEGIN
        SELECT RAISE(ABORT, 'what is signed is kept'); END;
    CREATE TRIGGER report_once BEFORE INSERT ON report
        WHEN EXISTS (SELECT 1 FROM report WHERE report_id=NEW.report_id
            AND (revision=NEW.revision OR state='final')) BEGIN
        SELECT RAISE(ABORT, 'this report is signed already'); END;
    CREATE TRIGGER object_unchanged BEFORE UPDATE ON outbox_object BEGIN
        SELECT RAISE(ABORT, 'what is signed does not change'); END;
    CREATE TRIGGER object_kept BEFORE DELETE ON outbox_object BEGIN
        SELECT RAISE(ABORT, 'what is signed is kept'); END;
    CREATE TRIGGER object_once BEFORE INSERT ON outbox_object
        WHEN EXISTS (SELECT 1 FROM outbox_object
            WHERE (entry_id=NEW.entry_id AND position=NEW.position)
            OR sop_instance_uid=NEW.sop_instance_uid) BEGIN
        SELECT RAISE(ABORT, 'this object is signed already'); END;
    CREATE TRIGGER document_unchanged BEFORE UPDATE ON outbox_document BEGIN
        SELECT RAISE(ABORT, 'what is signed does not change'); END;
    CREATE TRIGGER document_kept BEFORE DELETE ON outbox_document BEGIN
        SELECT RAISE(ABORT, 'what is signed is kept'); END;
    """,
    """
    CREATE TABLE utterance (
        identifier TEXT PRIMARY KEY, study_uid TEXT NOT NULL, spoken_at TEXT NOT NULL,
        written INTEGER NOT NULL, content BLOB NOT NULL, sound BLOB NOT NULL);
    CREATE INDEX utterance_study ON utterance(study_uid);
    CREATE TRIGGER utterance_signed AFTER INSERT ON report BEGIN
        DELETE FROM utterance WHERE study_uid=NEW.study_uid; END;
    CREATE TRIGGER utterance_discarded AFTER DELETE ON draft BEGIN
        DELETE FROM utterance WHERE study_uid=OLD.study_uid; END;
    """,
    """
    CREATE TABLE peer_review (
        identifier TEXT PRIMARY KEY, document_uid TEXT NOT NULL, given_at TEXT NOT NULL,
        content BLOB NOT NULL);
    CREATE TRIGGER peer_review_unchanged BEFORE UPDATE ON peer_review BEGIN
        SELECT RAISE(ABORT, 'a score that was given does not change'); END;
    CREATE TRIGGER peer_review_kept BEFORE DELETE ON peer_review BEGIN
        SELECT RAISE(ABORT, 'a score that was given is kept'); END;
    CREATE TRIGGER peer_review_once BEFORE INSERT ON peer_review
        WHEN EXISTS (SELECT 1 FROM peer_review WHERE identifier=NEW.identifier) BEGIN
        SELECT RAISE(ABORT, 'this score is given already'); END;
    """,
    # REPLACE deletes without asking the triggers of DELETE: each table has one of its own for it.
    """
    CREATE TRIGGER document_once BEFORE INSERT ON outbox_document
        WHEN EXISTS (SELECT 1 FROM outbox_document
            WHERE entry_id=NEW.entry_id AND name=NEW.name) BEGIN
        SELECT RAISE(ABORT, 'this document is signed already'); END;
    CREATE TRIGGER entry_unchanged
        BEFORE UPDATE OF entry_id, report_id, sequence, content ON outbox BEGIN
        SELECT RAISE(ABORT, 'what is signed does not change'); END;
    CREATE TRIGGER entry_kept BEFORE DELETE ON outbox BEGIN
        SELECT RAISE(ABORT, 'what is signed is kept'); END;
    CREATE TRIGGER entry_once BEFORE INSERT ON outbox
        WHEN EXISTS (SELECT 1 FROM outbox WHERE entry_id=NEW.entry_id) BEGIN
        SELECT RAISE(ABORT, 'this entry is signed already'); END;
    CREATE TRIGGER receipt_unchanged BEFORE UPDATE ON receipt BEGIN
        SELECT RAISE(ABORT, 'a receipt does not change'); END;
    CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt BEGIN
        SELECT RAISE(ABORT, 'a receipt is kept'); END;
    CREATE TRIGGER receipt_once BEFORE INSERT ON receipt
        WHEN EXISTS (SELECT 1 FROM receipt WHERE entry_id=NEW.entry_id AND step=NEW.step) BEGIN
        SELECT RAISE(IGNORE); END;
    CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN
        SELECT RAISE(ABORT, 'the audit log does not change'); END;
    CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, 'the audit log is kept'); END;
    CREATE TRIGGER audit_once BEFORE INSERT ON audit
        WHEN EXISTS (SELECT 1 FROM audit WHERE sequence=NEW.sequence) BEGIN
        SELECT RAISE(ABORT, 'the audit log does not change'); END;
    """,
)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; a trigger holds semicolons of its own."""
    held = ""
    for part in script.split(";"):
        held += part + ";"
        if sqlite3.complete_statement(held):
            if held.strip(" \n;"):
                yield held
            held = ""


class Database:
    """One connection that writes, guarded by a lock; readers have connections of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._readers = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._writer = self._connect()
        self._migrate()
        self.settle()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=30, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=ON")
            # What is deleted is written over, not only forgotten: the sound of a dictation ends.
            connection.execute("PRAGMA secure_delete=ON")
        except sqlite3.DatabaseError as error:
            connection.close()
            raise StoreDamaged(
                "The database of this workstation cannot be read.",
                remedy="Keep the home folder as it is and start with another one.",
            ) from error
        self._all.append(connection)
        return connection

    def _migrate(self) -> None:
        with self.transaction() as connection:
            done = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if done > len(MIGRATIONS):
                raise StoreDamaged(
                    "The home folder was written by a newer version of Nocturne.",
                    remedy="Update Nocturne, or start with another home folder.",
                )
            for number, script in enumerate(MIGRATIONS[done:], start=done + 1):
                # executescript would commit on its own: a migration is whole or not at all.
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={number}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: committed and synced at the end, or nothing happened."""
        with self._lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                except BaseException:
                    self._roll_back()
                    raise
                self._writer.execute("COMMIT")
            except sqlite3.DatabaseError as error:
                self._roll_back()
                raise _as_sentence(error) from error

    def settle(self) -> None:
        """Empty the write-ahead log, in which deleted rows still lie until it is written over. A
        reader of the moment may hold it back; then the next one empties it."""
        with self._lock:
            try:
                self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.DatabaseError as error:
                raise _as_sentence(error) from error

    def _roll_back(self) -> None:
        # SQLite has rolled back by itself after some errors, a full disk among them.
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    def read(self, query: str, *values: object) -> list[sqlite3.Row]:
        """The rows of a query, on this thread's own connection."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            with self._lock:
                connection = self._connect()
            self._readers.connection = connection
        try:
            return connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise _as_sentence(error) from error

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()


def _as_sentence(error: sqlite3.DatabaseError) -> Exception:
    """The failure of the disk as a ReaderError; a defect of ours stays what it is."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
        return StateRefused(
            "What is signed does not change.", remedy="Write an addendum, or correct the report."
        )
    code &= 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(
            "The disk is full.",
            means="What is on the screen is not saved yet.",
            remedy="Free some space on the disk; saving is tried again.",
        )
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return StoreDamaged(
            "This disk refuses to write.",
            means="What is on the screen is not saved yet.",
            remedy="Check that the home folder can be written, and that the disk has room.",
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreDamaged(
            "Another program holds the database of this workstation.",
            means="What is on the screen is not saved yet.",
            remedy="Close the other Nocturne; saving is tried again.",
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreDamaged(
            "The database of this workstation is damaged.",
            remedy="Keep the home folder as it is and start with another one.",
        )
    return error
