"""The shift counts reads, not documents, and says unknown where it does not know."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
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


#: A night written down by hand: task, study, site, modality, requested, claimed, signed, delivered,
#: deadline, what the report is; times as minutes after 22:00.
NIGHT = [
    ("1", "s1", "Hollin", "CT", 0, 5, 19, 20, 60, "final"),
    ("2", "s2", "Hollin", "CT", 10, 20, 65, 71, 70, "final"),  # one minute late
    ("3", "s3", "Hollin", "MR", 20, 70, 100, None, 90, "final"),  # not delivered: late
    ("4", "s4", "Saltmere", "CT", 30, 100, 112, 113, None, "final"),  # no deadline
    ("5", "s5", "Saltmere", "DX", 40, 112, 115, 116, 240, "preliminary"),
    ("5", "s5", "Saltmere", "DX", 40, 112, 200, 201, 240, "final"),
    ("1", "s1", "Hollin", "CT", 0, 5, 210, 211, 60, "addendum"),
    ("6", "s1", "Hollin", "CT", 150, 205, 215, 216, 240, "final"),  # the first study again
]
AT_TEN = NOW.replace(hour=22) - timedelta(days=1)


def of_night(row: tuple[object, ...]) -> OutboxEntry:
    task, study, site, modality, asked, claimed, signed, delivered, due, what = row

    def at(minutes: object) -> datetime:
        return AT_TEN + timedelta(minutes=float(str(minutes)))

    made = entry(int(str(task)), site=str(site), modality=str(modality))
    assert made.task is not None
    reading = replace(
        made.task,
        study_instance_uid=f"1.2.{str(study)[1:]}",
        scheduled_start=at(asked),
        deadline=None if due is None else at(due),
    )
    done = () if delivered is None else (Receipt(DeliveryStep.DONE, at(delivered), ""),)
    return replace(
        made,
        identifier=f"{task}{what}",
        study_instance_uid=reading.study_instance_uid,
        task=reading,
        claimed_at=at(claimed),
        signed_at=at(signed),
        receipts=done,
        preliminary=what == "preliminary",
        version=Version.ADDENDUM if what == "addendum" else Version.ORIGINAL,
    )


def test_a_night_that_was_counted_by_hand_is_counted_the_same() -> None:
    told = Communication("Vidal", "Dr O", Means.TELEPHONE, AT_TEN, True)
    calls = [
        CriticalResult("c1", "1.2.1", CriticalCategory.MINUTES, "Free air", AT_TEN, told),
        CriticalResult("c2", "1.2.2", CriticalCategory.HOURS, "Abscess", AT_TEN, told),
        CriticalResult("c3", "1.2.4", CriticalCategory.HOURS, "Nobody knows", AT_TEN),
    ]
    held = shift([of_night(row) for row in NIGHT], calls, AT_TEN, AT_TEN + timedelta(hours=8))
    counted = {
        (line.site, line.modality): (
            line.reads,
            line.on_time,
            line.late,
            line.turnaround_minutes,
            line.reading_minutes,
            line.critical_calls,
            line.amendments,
        )
        for line in (*held.lines, held.total)
    }
    # reads, on time, late, median turnaround, claim to signature in all, calls told, addenda
    assert counted == {
        # tasks 1 (20 min; 14), 2 (61; 45) and 6 (66; 10)
        ("Hollin", "CT"): (3, 2, 1, 61.0, 69.0, 2, 1),
        # task 3 was not delivered: no turnaround; 30
        ("Hollin", "MR"): (1, 0, 1, None, 30.0, 0, 0),
        # task 4 (83; 12), no deadline
        ("Saltmere", "CT"): (1, 0, 0, 83.0, 12.0, 0, 0),
        # task 5: the preliminary report counts (76; 3)
        ("Saltmere", "DX"): (1, 1, 0, 76.0, 3.0, 0, 0),
        # 20, 61, 66, 76, 83
        ("", ""): (6, 3, 2, 66.0, 114.0, 2, 1),
    }
    rows = list(csv.DictReader(io.StringIO(as_csv(held))))
    assert len(rows) == 6
    assert sum(float(row["reading_minutes"]) for row in rows) == 114.0
    assert [row["late"] for row in rows] == ["no", "yes", "yes", "", "no", "no"]
    assert sum(int(row["critical_calls"]) for row in rows) == 2
