"""Drafts, signed reports, marks on images, leases, seen tasks: what must survive a crash."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

from workstation.domain.identity import is_uid
from workstation.domain.measurement import StudyMarks
from workstation.domain.reading_task import Lease, ReadingTask
from workstation.domain.report import Report
from workstation.storage import records
from workstation.storage.database import Database
from workstation.storage.vault import Vault


class Drafts:
    """One draft a study; a save that returned is on the disk. A lower revision never overwrites."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def save(self, report: Report) -> None:
        """Write a draft."""
        content = self._vault.seal(report.identifier, records.dump(report))
        saved = (report.saved_at or datetime.now(UTC)).isoformat()
        with self._database.transaction() as connection:
            connection.execute(
                """INSERT INTO draft VALUES (?,?,?,?,?,?)
                ON CONFLICT(study_uid) DO UPDATE SET report_id=excluded.report_id,
                    workitem_uid=excluded.workitem_uid, revision=excluded.revision,
                    content=excluded.content, saved_at=excluded.saved_at
                WHERE excluded.report_id != draft.report_id
                    OR excluded.revision > draft.revision""",
                (
                    report.study_instance_uid,
                    report.identifier,
                    report.workitem_uid,
                    report.revision,
                    content,
                    saved,
                ),
            )

    def load(self, study_uid: str) -> Report | None:
        """The draft of a study, or None."""
        rows = self._database.read(
            "SELECT report_id, content FROM draft WHERE study_uid=?", study_uid
        )
        if not rows:
            return None
        return records.load(Report, self._vault.open(rows[0]["report_id"], rows[0]["content"]))

    def saved_times(self) -> dict[str, datetime]:
        """Study Instance UID → when its draft was saved."""
        rows = self._database.read("SELECT study_uid, saved_at FROM draft")
        return {row["study_uid"]: datetime.fromisoformat(row["saved_at"]) for row in rows}

    def discard(self, study_uid: str) -> None:
        """Drop the draft of a study; the reader asked for it."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM draft WHERE study_uid=?", (study_uid,))
        self._database.settle()

    def signed(self, study_uid: str) -> tuple[Report, ...]:
        """Signed versions on one study, oldest first."""
        rows = self._database.read(
            "SELECT report_id, content FROM report WHERE study_uid=? ORDER BY rowid", study_uid
        )
        return tuple(
            records.load(Report, self._vault.open(row["report_id"], row["content"])) for row in rows
        )

    def last_document(self, study_uid: str) -> str:
        """SOP Instance UID of the newest signed document on a study, or an empty text."""
        rows = self._database.read(
            "SELECT sop_instance_uid FROM report WHERE study_uid=? ORDER BY rowid DESC LIMIT 1",
            study_uid,
        )
        return str(rows[0]["sop_instance_uid"]) if rows else ""


class Marks:
    """Measurements, key images and seen frames of each study."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def save(self, study_uid: str, marks: StudyMarks) -> None:
        """Replace the marks of one study; on the disk when it returns."""
        content = self._vault.seal(study_uid, records.dump(marks))
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO reading_state VALUES (?,?,?)",
                (study_uid, content, datetime.now(UTC).isoformat()),
            )

    def load(self, study_uid: str) -> StudyMarks:
        """The marks of one study, empty where there are none."""
        rows = self._database.read("SELECT content FROM reading_state WHERE study_uid=?", study_uid)
        if not rows:
            return StudyMarks()
        return records.load(StudyMarks, self._vault.open(study_uid, rows[0]["content"]))


class Leases:
    """Transaction UIDs: on the disk before the service hears of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, lease: Lease) -> None:
        """Keep it, in place of one on the same task; it survives a power cut when this returns."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO lease VALUES (?,?,?,?)",
                (
                    lease.workitem_uid,
                    lease.service_id,
                    lease.transaction_uid,
                    lease.claimed_at.isoformat(),
                ),
            )

    def load(self, workitem_uid: str) -> Lease | None:
        """The lease on a task, or None."""
        rows = self._database.read("SELECT * FROM lease WHERE workitem_uid=?", workitem_uid)
        return _lease(rows[0]) if rows else None

    def all(self) -> tuple[Lease, ...]:
        """Every lease, oldest first."""
        rows = self._database.read("SELECT * FROM lease ORDER BY claimed_at, workitem_uid")
        return tuple(_lease(row) for row in rows)

    def discard(self, workitem_uid: str) -> None:
        """Forget it; nothing happens where there is none."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM lease WHERE workitem_uid=?", (workitem_uid,))


def _lease(row: sqlite3.Row) -> Lease:
    return Lease(
        row["workitem_uid"],
        row["service_id"],
        row["transaction_uid"],
        datetime.fromisoformat(row["claimed_at"]),
    )


class SeenTasks:
    """Tasks as last seen, for the worklist without a network."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def replace(self, service_id: str, tasks: Iterable[ReadingTask]) -> None:
        """Keep what one service listed."""
        now = datetime.now(UTC).isoformat()
        rows = [
            (
                task.workitem_uid,
                service_id,
                self._vault.seal(task.workitem_uid, records.dump(task)),
                now,
            )
            for task in tasks
        ]
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM task WHERE service_id=?", (service_id,))
            connection.executemany("INSERT OR REPLACE INTO task VALUES (?,?,?,?)", rows)

    def load(self, service_id: str = "") -> tuple[ReadingTask, ...]:
        """The tasks of one service, or of all. StoreDamaged where they are not what was kept."""
        what = "SELECT workitem_uid, content FROM task"
        if service_id:
            rows = self._database.read(what + " WHERE service_id=?", service_id)
        else:
            rows = self._database.read(what)
        return tuple(
            records.load(ReadingTask, self._vault.open(row["workitem_uid"], row["content"]))
            for row in rows
        )


#: What may stand in the audit log; anything else is refused where it is written.
AUDIT_EVENTS = frozenset(
    {
        "report signed",
        "report addended",
        "report corrected",
        "peer review given",
        "peer review given anew",
        "report delivered",
        "delivery refused",
        "draft discarded",
        "study deleted",
        "task claimed",
        "task handed back",
        "study opened",
    }
)


class Audit:
    """Who did what: events of `AUDIT_EVENTS` about UIDs, never names or text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, event: str, subject: str) -> None:
        """Write one event about one UID; ValueError for anything else."""
        if event not in AUDIT_EVENTS or not is_uid(subject):
            raise ValueError("the audit log takes known events about UIDs")
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO audit (at, event, subject) VALUES (?,?,?)",
                (datetime.now(UTC).isoformat(), event, subject),
            )

    def entries(self) -> tuple[tuple[datetime, str, str], ...]:
        """(when, event, UID), oldest first."""
        rows = self._database.read("SELECT at, event, subject FROM audit ORDER BY sequence")
        return tuple(
            (datetime.fromisoformat(row["at"]), row["event"], row["subject"]) for row in rows
        )
