"""The shift counts reads, not documents, and says unknown where it does not know."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from workstation.domain.critical import (
    Communication,
    CriticalCategory,
    CriticalResult,
    Means,
)
from workstation.domain.delivery import DeliveryState, DeliveryStep, OutboxEntry, Receipt
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Version
from workstation.workflow.shift import as_csv, shift

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def entry(
    number: int,
    *,
    site: str = "Hollin",
    modality: str = "CT",
    minutes: int = 30,
    deadline: int | None = 60,
    delivered: bool = True,
    version: Version = Version.ORIGINAL,
    preliminary: bool = False,
    procedure: str = "CT head",
) -> OutboxEntry:
    """Requested two hours before now, claimed after 10 minutes, signed after `minutes`."""
    asked = NOW - timedelta(hours=2)
    signed = asked + timedelta(minutes=minutes)
    task = ReadingTask(
        f"1.9.{number}", "a", f"1.2.{number}", modality=modality, site=site,
        accession_number=f"A{number}", scheduled_start=asked, procedure=procedure,
        deadline=None if deadline is None else asked + timedelta(minutes=deadline),
    )  # fmt: skip
    receipts = (Receipt(DeliveryStep.DONE, signed + timedelta(minutes=1), ""),)
    return OutboxEntry(
        f"e{number}{version}{preliminary}", f"r{number}", "a", task.workitem_uid, "1.8",
        task.study_instance_uid, "SECRET, Name", "4471", procedure, site, signed, "Vidal",
        preliminary, DeliveryState.DELIVERED if delivered else DeliveryState.WAITING,
        DeliveryStep.DONE, (), receipts if delivered else (), version=version, task=task,
        claimed_at=asked + timedelta(minutes=10),
    )  # fmt: skip


def test_a_task_is_one_read_whatever_follows_its_first_report() -> None:
    held = shift(
        [
            entry(1, minutes=20, preliminary=True),
            entry(1, minutes=40),
            entry(1, minutes=70, version=Version.ADDENDUM),
            entry(1, minutes=90, version=Version.CORRECTION),
        ],
        (),
        NOW - timedelta(hours=12),
        NOW,
    )
    assert (held.total.reads, held.total.amendments) == (1, 2)
    assert held.reads[0].turnaround == timedelta(minutes=21)
    assert held.reads[0].reading == timedelta(minutes=10)


def test_late_is_measured_by_the_delivery_and_a_report_that_waits_grows_late() -> None:
    held = shift(
        [
            entry(1, minutes=50),
            entry(2, minutes=60),
            entry(3, minutes=30, delivered=False),
            entry(4, deadline=None),
        ],
        (),
        NOW - timedelta(hours=12),
        NOW,
    )
    late = {read.accession_number: read.late(NOW) for read in held.reads}
    assert late == {"A1": False, "A2": True, "A3": True, "A4": None}
    assert (held.total.on_time, held.total.late) == (1, 2)


def test_lines_are_by_site_and_modality_and_add_up_to_the_total() -> None:
    entries = [entry(1), entry(2, modality="MR"), entry(3, site="Saltmere"), entry(4)]
    told = Communication("Vidal", "Dr O", Means.TELEPHONE, NOW, True)
    calls = [
        CriticalResult("c1", "1.2.1", CriticalCategory.MINUTES, "Free air", NOW, told),
        CriticalResult("c2", "1.2.1", CriticalCategory.MINUTES, "Open", NOW),
    ]
    held = shift(entries, calls, NOW - timedelta(hours=12), NOW)
    assert [(line.site, line.modality, line.reads) for line in held.lines] == [
        ("Hollin", "CT", 2),
        ("Hollin", "MR", 1),
        ("Saltmere", "CT", 1),
    ]
    for what in ("reads", "on_time", "late", "critical_calls", "amendments"):
        parts = sum(getattr(line, what) for line in held.lines)
        assert parts == getattr(held.total, what), what
    assert held.total.critical_calls == 1


def test_what_was_signed_before_is_left_out() -> None:
    held = shift([entry(1)], (), NOW - timedelta(minutes=30), NOW)
    assert held.reads == ()
    assert held.total.turnaround_minutes is None


def test_the_csv_has_one_line_a_read_no_name_and_no_formula() -> None:
    held = shift(
        [entry(1, procedure="=HYPERLINK(1)"), entry(2, deadline=None)],
        (),
        NOW - timedelta(hours=12),
        NOW,
    )
    text = as_csv(held)
    assert "SECRET" not in text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["accession_number"] for row in rows] == ["A1", "A2"]
    assert rows[0]["procedure"] == "'=HYPERLINK(1)"
    assert [row["late"] for row in rows] == ["no", ""]
    assert rows[0]["turnaround_minutes"] == "31.0"
    assert datetime.fromisoformat(rows[0]["signed_at"]) == NOW - timedelta(minutes=90)
