"""The outbox: what is signed and not delivered yet. Written in the transaction that signs."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime

from workstation.domain.delivery import (
    TRANSITIONS,
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    OutgoingObject,
    Receipt,
    ReportDocument,
)
from workstation.domain.errors import ReaderError, StateRefused
from workstation.domain.report import Report, ReportState
from workstation.storage import records
from workstation.storage.database import Database
from workstation.storage.vault import Vault

_ORDER = tuple(DeliveryStep)


class Outbox:
    """Entries in the order in which they were signed."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def sign(self, report: Report, entry: OutboxEntry) -> None:
        """Write the signed version, its outbox entry, and drop the draft: all or nothing.

        StateRefused where this version was signed already or a final one exists.
        """
        if report.state is ReportState.DRAFT:
            raise StateRefused("A draft is not signed.")
        signed_document = entry.objects[0].sop_instance_uid
        with self._database.transaction() as connection:
            self._refuse_second(connection, report)
            connection.execute(
                "INSERT INTO report VALUES (?,?,?,?,?,?,?)",
                (
                    report.identifier,
                    report.revision,
                    report.study_instance_uid,
                    report.state.value,
                    self._vault.seal(report.identifier, records.dump(report)),
                    entry.signed_at.isoformat(),
                    signed_document,
                ),
            )
            sequence = connection.execute(
                "SELECT COALESCE(MAX(sequence),0)+1 FROM outbox"
            ).fetchone()[0]
            head = replace(entry, objects=(), receipts=(), documents=())
            connection.execute(
                "INSERT INTO outbox VALUES (?,?,?,?,?,?,?,?,?)",
                (
                    entry.identifier,
                    entry.report_identifier,
                    entry.state.value,
                    entry.next_step.value,
                    sequence,
                    0,
                    None,
                    self._vault.seal(entry.identifier, records.dump(head)),
                    "",
                ),
            )
            for position, held in enumerate(entry.objects):
                connection.execute(
                    "INSERT INTO outbox_object VALUES (?,?,?,?,?,?)",
                    (
                        entry.identifier,
                        position,
                        held.sop_instance_uid,
                        held.sop_class_uid,
                        held.title,
                        self._vault.seal(held.sop_instance_uid, held.content),
                    ),
                )
            for document in entry.documents:
                connection.execute(
                    "INSERT INTO outbox_document VALUES (?,?,?,?,?)",
                    (
                        entry.identifier,
                        document.name,
                        document.title,
                        document.media_type,
                        self._vault.seal(entry.identifier, document.content),
                    ),
                )
            connection.execute(
                "DELETE FROM draft WHERE study_uid=? AND report_id=?",
                (report.study_instance_uid, report.identifier),
            )

    @staticmethod
    def _refuse_second(connection: sqlite3.Connection, report: Report) -> None:
        final = connection.execute(
            "SELECT 1 FROM report WHERE report_id=? AND (state=? OR revision=?)",
            (report.identifier, ReportState.FINAL.value, report.revision),
        ).fetchone()
        if final is not None:
            raise StateRefused(
                "This report is signed already.",
                remedy="Look at it in the outbox; write an addendum, or correct it, there.",
            )

    def signed_by(self, reader_code: str, most: int) -> tuple[Report, ...]:
        """What one reader signed here, the newest first; at most so many are looked at."""
        rows = self._database.read(
            "SELECT report_id, content FROM report ORDER BY signed_at DESC LIMIT ?", most
        )
        held = (
            records.load(Report, self._vault.open(row["report_id"], row["content"])) for row in rows
        )
        return tuple(each for each in held if each.signed_by and each.signed_by.code == reader_code)

    def entries(self) -> tuple[OutboxEntry, ...]:
        """All entries, oldest first, without the bytes of their objects."""
        rows = self._database.read("SELECT * FROM outbox ORDER BY sequence")
        return tuple(self._entry(row, with_content=False) for row in rows)

    def entry(self, identifier: str) -> OutboxEntry:
        """One entry with the bytes of its objects; KeyError for an unknown one."""
        rows = self._database.read("SELECT * FROM outbox WHERE entry_id=?", identifier)
        if not rows:
            raise KeyError(identifier)
        return self._entry(rows[0], with_content=True)

    def document(self, sop_instance_uid: str) -> bytes | None:
        """The bytes of one signed object, or None where it was not signed here."""
        rows = self._database.read(
            "SELECT content FROM outbox_object WHERE sop_instance_uid=?", sop_instance_uid
        )
        return self._vault.open(sop_instance_uid, rows[0]["content"]) if rows else None

    def signed_with(self, document_uid: str) -> tuple[OutgoingObject, ...]:
        """All objects of the report that one of them belongs to; none where it was not signed
        here."""
        rows = self._database.read(
            "SELECT entry_id FROM outbox_object WHERE sop_instance_uid=?", document_uid
        )
        return self.entry(rows[0]["entry_id"]).objects if rows else ()

    def _documents(self, identifier: str) -> tuple[ReportDocument, ...]:
        rows = self._database.read(
            "SELECT * FROM outbox_document WHERE entry_id=? ORDER BY rowid", identifier
        )
        return tuple(
            ReportDocument(
                row["name"],
                row["title"],
                row["media_type"],
                self._vault.open(identifier, row["content"]),
            )
            for row in rows
        )

    def _entry(self, row: sqlite3.Row, *, with_content: bool) -> OutboxEntry:
        identifier = row["entry_id"]
        head = records.load(OutboxEntry, self._vault.open(identifier, row["content"]))
        receipts = self._database.read(
            "SELECT step, at, detail FROM receipt WHERE entry_id=?", identifier
        )
        objects = self._database.read(
            "SELECT * FROM outbox_object WHERE entry_id=? ORDER BY position", identifier
        )
        happened, means, remedy = ([*row["problem"].split("\n", 2), "", "", ""])[:3]
        attempt = row["next_attempt_at"]
        return replace(
            head,
            state=DeliveryState(row["state"]),
            next_step=DeliveryStep(row["next_step"]),
            attempts=row["attempts"],
            next_attempt_at=datetime.fromisoformat(attempt) if attempt else None,
            receipts=tuple(
                sorted(
                    (
                        Receipt(
                            DeliveryStep(each["step"]),
                            datetime.fromisoformat(each["at"]),
                            each["detail"],
                        )
                        for each in receipts
                    ),
                    key=lambda receipt: _ORDER.index(receipt.step),
                )
            ),
            objects=tuple(
                OutgoingObject(
                    each["sop_instance_uid"],
                    each["sop_class_uid"],
                    each["title"],
                    self._vault.open(each["sop_instance_uid"], each["content"])
                    if with_content
                    else b"",
                )
                for each in objects
            ),
            documents=self._documents(identifier) if with_content else (),
            problem_happened=happened,
            problem_means=means,
            problem_remedy=remedy,
        )

    def move(self, identifier: str, state: DeliveryState) -> None:
        """Change the state of a delivery, as the table allows."""
        with self._database.transaction() as connection:
            self._move(connection, identifier, state)

    @staticmethod
    def _move(connection: sqlite3.Connection, identifier: str, state: DeliveryState) -> None:
        row = connection.execute(
            "SELECT state FROM outbox WHERE entry_id=?", (identifier,)
        ).fetchone()
        if row is None:
            raise KeyError(identifier)
        now = DeliveryState(row["state"])
        if state not in TRANSITIONS[now]:
            raise StateRefused(f"A delivery that is {now} cannot become {state}.")
        connection.execute("UPDATE outbox SET state=? WHERE entry_id=?", (state.value, identifier))

    def receipt(self, identifier: str, receipt: Receipt) -> None:
        """Write the proof of a step and go to the next one, in one transaction."""
        following = _ORDER[min(_ORDER.index(receipt.step) + 1, len(_ORDER) - 1)]
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO receipt VALUES (?,?,?,?)",
                (identifier, receipt.step.value, receipt.at.isoformat(), receipt.detail),
            )
            connection.execute(
                "UPDATE outbox SET next_step=?, problem='' WHERE entry_id=?",
                (following.value, identifier),
            )
            if receipt.step is DeliveryStep.DONE:
                self._move(connection, identifier, DeliveryState.DELIVERED)

    def postpone(
        self,
        identifier: str,
        error: ReaderError,
        *,
        state: DeliveryState,
        next_attempt_at: datetime | None,
    ) -> None:
        """Write why it did not go on, and when it is tried again (None: the reader must act)."""
        problem = "\n".join(
            part.replace("\n", " ") for part in (error.happened, error.means, error.remedy)
        )
        with self._database.transaction() as connection:
            self._move(connection, identifier, state)
            connection.execute(
                "UPDATE outbox SET attempts=attempts+1, next_attempt_at=?, problem=?"
                " WHERE entry_id=?",
                (
                    next_attempt_at.isoformat() if next_attempt_at else None,
                    problem,
                    identifier,
                ),
            )

    def recover(self) -> None:
        """After a start: what was being sent when the program died waits again."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE outbox SET state=?, next_attempt_at=NULL WHERE state=?",
                (DeliveryState.WAITING.value, DeliveryState.SENDING.value),
            )
