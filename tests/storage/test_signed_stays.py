"""What is signed does not change, whoever tries and however."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workstation.domain.delivery import (
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    OutgoingObject,
    ReportDocument,
)
from workstation.domain.errors import StateRefused
from workstation.domain.identity import PersonName, Reader
from workstation.domain.report import Report, ReportState, Section, SectionKind
from workstation.storage.database import Database
from workstation.storage.journal import Drafts
from workstation.storage.outbox import Outbox
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
    Outbox(database, OpenVault()).sign(report, entry)
    yield database
    database.close()


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
    ],
)
def test_the_database_refuses_every_change_of_what_is_signed(
    signed: Database, statement: str
) -> None:
    before = (Drafts(signed, OpenVault()).signed("1.2"), Outbox(signed, OpenVault()).entry("e1"))
    with pytest.raises(StateRefused), signed.transaction() as connection:
        connection.execute(statement)
    after = (Drafts(signed, OpenVault()).signed("1.2"), Outbox(signed, OpenVault()).entry("e1"))
    assert after == before
    assert after[1].objects[0].content == b"bytes"
    assert after[1].documents[0].content == b"{}"
