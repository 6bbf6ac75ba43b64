"""What is signed does not change, whoever tries and however."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.domain.test_peer_review import REVIEW
from workstation.domain.delivery import (
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    OutgoingObject,
    Receipt,
    ReportDocument,
)
from workstation.domain.errors import StateRefused
from workstation.domain.identity import PersonName, Reader
from workstation.domain.report import Report, ReportState, Section, SectionKind
from workstation.storage.database import Database
from workstation.storage.journal import Audit, Drafts
from workstation.storage.outbox import Outbox
from workstation.storage.peer_reviews import PeerReviewStore
from workstation.storage.vault import OpenVault

NOW = datetime(2026, 11, 24, 3, 2, tzinfo=UTC)


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "n.sqlite")
    report = Report(
        "r1", "1.2", "1.9", state=ReportState.FINAL, signed_at=NOW, revision=3,
        signed_by=Reader("R1", PersonName("Vidal^Ana")),
        sections=(Section(SectionKind.IMPRESSION, "Normal."),),
    )  # fmt: skip
    entry = OutboxEntry(
        "e1", "r1", "a", "1.9", "1.8", "1.2", "A, B", "4471", "CT", "Site", NOW, "Vidal", False,
        DeliveryState.WAITING, DeliveryStep.STORE,
        (OutgoingObject("1.5.1", "1.2.840", "Report (SR)", b"bytes"),),
        documents=(ReportDocument("report.json", "FHIR", "application/fhir+json", b"{}"),),
    )  # fmt: skip
    outbox = Outbox(database, OpenVault())
    outbox.sign(report, entry)
    outbox.receipt("e1", Receipt(DeliveryStep.STORE, NOW, "200"))
    Audit(database).note("report signed", "1.2")
    PeerReviewStore(database, OpenVault()).add(REVIEW)
    yield database
    database.close()


def everything(database: Database) -> tuple[object, ...]:
    """All that must stay, as the program reads it."""
    vault = OpenVault()
    return (
        Drafts(database, vault).signed("1.2"),
        Outbox(database, vault).entry("e1"),
        Audit(database).entries(),
        PeerReviewStore(database, vault).all(),
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE report SET content=x'00'",
        "UPDATE report SET state='draft'",
        "DELETE FROM report",
        "INSERT OR REPLACE INTO report SELECT report_id, revision, study_uid, state, x'00',"
        " signed_at, sop_instance_uid FROM report",
        "INSERT INTO report SELECT report_id, revision+1, study_uid, state, content, signed_at,"
        " sop_instance_uid FROM report",
        "UPDATE outbox_object SET content=x'00'",
        "DELETE FROM outbox_object",
        "INSERT OR REPLACE INTO outbox_object SELECT entry_id, position, sop_instance_uid,"
        " sop_class_uid, title, x'00' FROM outbox_object",
        "UPDATE outbox_document SET content=x'00'",
        "DELETE FROM outbox_document",
        "INSERT OR REPLACE INTO outbox_document SELECT entry_id, name, title, media_type, x'00'"
        " FROM outbox_document",
        "UPDATE outbox SET content=x'00'",
        "UPDATE outbox SET report_id='other'",
        "DELETE FROM outbox",
        "INSERT OR REPLACE INTO outbox SELECT entry_id, report_id, state, next_step, sequence,"
        " attempts, next_attempt_at, x'00', problem FROM outbox",
        "UPDATE receipt SET detail='forged'",
        "DELETE FROM receipt",
        "UPDATE audit SET event='report delivered'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT sequence, at, 'study opened', subject FROM audit",
        "UPDATE peer_review SET content=x'00'",
        "DELETE FROM peer_review",
        "INSERT OR REPLACE INTO peer_review SELECT identifier, document_uid, given_at, x'00'"
        " FROM peer_review",
    ],
)
def test_the_database_refuses_every_change_of_what_is_signed(
    signed: Database, statement: str
) -> None:
    before = everything(signed)
    with pytest.raises(StateRefused), signed.transaction() as connection:
        connection.execute(statement)
    assert everything(signed) == before


def test_a_receipt_is_not_replaced(signed: Database) -> None:
    before = everything(signed)
    with signed.transaction() as connection:
        connection.execute(
            "INSERT OR REPLACE INTO receipt SELECT entry_id, step, at, 'forged' FROM receipt"
        )
    assert everything(signed) == before


#: What is meant to change: drafts and what may be fetched or set anew.
LIVING = {
    "instance", "manifest", "task", "lease", "draft", "reading_state", "utterance",
    "critical_result",
}  # fmt: skip


def test_every_table_is_either_meant_to_change_or_held_by_triggers(signed: Database) -> None:
    tables = {
        row["name"]
        for row in signed.read("SELECT name FROM sqlite_master WHERE type='table'")
        if not row["name"].startswith("sqlite_")
    }
    held: dict[str, set[str]] = {}
    for row in signed.read("SELECT tbl_name, sql FROM sqlite_master WHERE type='trigger'"):
        for deed in ("BEFORE UPDATE", "BEFORE DELETE", "BEFORE INSERT"):
            if deed in row["sql"]:
                held.setdefault(row["tbl_name"], set()).add(deed)
    guarded = {name for name, deeds in held.items() if len(deeds) == 3}
    assert tables == LIVING | guarded
    assert guarded == {
        "report", "outbox", "outbox_object", "outbox_document", "receipt", "audit", "peer_review",
    }  # fmt: skip
