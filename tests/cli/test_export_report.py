"""`nocturne export-report`: the signed bytes as files, the newest of each study."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workstation.cli import main
from workstation.domain.delivery import (
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    OutgoingObject,
    ReportDocument,
)
from workstation.domain.identity import PersonName, Reader
from workstation.domain.report import Report, ReportState, Version
from workstation.settings import Home
from workstation.storage.database import Database
from workstation.storage.outbox import Outbox
from workstation.storage.vault import OpenVault

NOW = datetime(2026, 11, 24, 3, 2, tzinfo=UTC)
SR, PDF = "1.2.840.10008.5.1.4.1.1.88.22", "1.2.840.10008.5.1.4.1.1.104.1"


def sign(home: Home, number: int, version: Version, at: datetime = NOW) -> None:
    database = Database(home.database)
    report = Report(
        f"r{number}", "1.2", "1.9", state=ReportState.FINAL, signed_at=at, revision=1,
        signed_by=Reader("R1", PersonName("Vidal^Ana")), version=version,
        predecessor_sop_instance_uid="" if number == 1 else "1.5.1",
    )  # fmt: skip
    entry = OutboxEntry(
        f"e{number}", report.identifier, "a", "1.9", "1.8", "1.2", "A, B", "4471", "CT", "Site",
        at + timedelta(minutes=number), "Vidal", False, DeliveryState.WAITING, DeliveryStep.STORE,
        (
            OutgoingObject(f"1.5.{number}", SR, "Report (SR)", b"structured"),
            OutgoingObject(f"1.6.{number}", PDF, "Report (PDF)", b"pages as object"),
        ),
        version=version,
        documents=(
            ReportDocument("report.hl7", "HL7", "x", f"MSH {number}".encode()),
            ReportDocument("report.pdf", "PDF", "application/pdf", b"pages"),
        ),
    )  # fmt: skip
    Outbox(database, OpenVault()).sign(report, entry)
    database.close()


def test_the_newest_version_is_written_in_every_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home.at(tmp_path / "home")
    sign(home, 1, Version.ORIGINAL)
    sign(home, 2, Version.ADDENDUM)
    target = tmp_path / "out"
    words = ["export-report", "--home", str(home.root), "--to-folder", str(target), "--json"]
    assert main(words) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["version"] == "addendum"
    folder = target / "1.5.2"
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == {
        "report.sr.dcm": b"structured",
        "report.pdf.dcm": b"pages as object",
        "report.hl7": b"MSH 2",
        "report.pdf": b"pages",
    }
    assert sorted(told["files"]) == sorted(str(each) for each in folder.iterdir())
    assert not (target / "1.5.1").exists()
    assert main([*words, "--version", "all"]) == 0
    assert (target / "1.5.1" / "report.hl7").read_bytes() == b"MSH 1"


def test_nothing_signed_is_refused_with_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export-report", "--home", str(tmp_path / "home"), "--to-folder", str(tmp_path)]
    assert main(words) == 1
    assert "No report is signed here." in capsys.readouterr().err
