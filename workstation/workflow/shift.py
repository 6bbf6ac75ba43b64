"""The reader's own shift: reads, turnaround against the deadline, critical calls, minutes. Pure.

One read is one task with a report of its own, preliminary or final; its times are those of the
first report. Addenda and corrections are counted beside.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from workstation.domain.critical import CriticalResult
from workstation.domain.delivery import DeliveryStep, OutboxEntry
from workstation.domain.peer_review import PeerReview
from workstation.domain.report import Version


@dataclass(frozen=True, slots=True)
class ShiftRead:
    """One task that was read. Times are aware; None is unknown or has not come yet."""

    workitem_uid: str
    study_instance_uid: str
    accession_number: str
    site: str
    modality: str
    procedure: str
    requested_at: datetime | None
    claimed_at: datetime | None
    signed_at: datetime
    delivered_at: datetime | None
    deadline: datetime | None
    critical_calls: int
    amendments: int
    #: RADPEER scores that were given on prior reports while it was read
    peer_scores: tuple[str, ...] = ()

    def late(self, now: datetime) -> bool | None:
        """Whether the report arrived, or still is, after the deadline; None without one."""
        if self.deadline is None:
            return None
        return (self.delivered_at or now) > self.deadline

    @property
    def turnaround(self) -> timedelta | None:
        """From the request to the delivered report."""
        if self.requested_at is None or self.delivered_at is None:
            return None
        return self.delivered_at - self.requested_at

    @property
    def reading(self) -> timedelta | None:
        """From the claim to the signature."""
        return None if self.claimed_at is None else self.signed_at - self.claimed_at


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """The reads of one site and one modality, or of all where both are empty."""

    site: str
    modality: str
    reads: int
    on_time: int
    late: int
    turnaround_minutes: float | None
    reading_minutes: float | None
    critical_calls: int
    amendments: int
    peer_reviews: int = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """Everything signed from `since` to `until`."""

    since: datetime
    until: datetime
    reads: tuple[ShiftRead, ...]
    lines: tuple[ShiftLine, ...]
    total: ShiftLine


def _read(
    entries: Sequence[OutboxEntry],
    told: int,
    reviews: Sequence[PeerReview],
) -> ShiftRead:
    """The first report of a task, and what followed it. `entries` are in their order; `told` is
    the number of critical results of its study that count with this task."""
    first = next((each for each in entries if each.version is Version.ORIGINAL), entries[0])
    task = first.task
    done = [each.at for each in first.receipts if each.step is DeliveryStep.DONE]
    return ShiftRead(
        workitem_uid=first.workitem_uid,
        study_instance_uid=first.study_instance_uid,
        accession_number=task.accession_number if task else "",
        site=first.site,
        modality=task.modality if task else "",
        procedure=first.procedure,
        requested_at=task.scheduled_start if task else None,
        claimed_at=first.claimed_at,
        signed_at=first.signed_at,
        delivered_at=done[0] if done else None,
        deadline=task.deadline if task else None,
        critical_calls=told,
        amendments=sum(each.version is not Version.ORIGINAL for each in entries),
        peer_scores=tuple(
            each.score.value for each in reviews if each.read_study_uid == first.study_instance_uid
        ),
    )


def _minutes(spans: Iterable[timedelta | None]) -> list[float]:
    return [each.total_seconds() / 60 for each in spans if each is not None]


def _line(site: str, modality: str, reads: Sequence[ShiftRead], now: datetime) -> ShiftLine:
    turnaround = _minutes(each.turnaround for each in reads)
    reading = _minutes(each.reading for each in reads)
    lateness = [each.late(now) for each in reads]
    return ShiftLine(
        site,
        modality,
        len(reads),
        lateness.count(False),
        lateness.count(True),
        median(turnaround) if turnaround else None,
        sum(reading) if reading else None,
        sum(each.critical_calls for each in reads),
        sum(each.amendments for each in reads),
        sum(len(each.peer_scores) for each in reads),
    )


def shift(
    entries: Sequence[OutboxEntry],
    calls: Sequence[CriticalResult],
    since: datetime,
    until: datetime,
    reviews: Sequence[PeerReview] = (),
) -> Shift:
    """The reads whose first report was signed from `since` to `until`; `reviews` that count."""
    tasks: dict[str, list[OutboxEntry]] = {}
    for entry in sorted(entries, key=lambda each: each.signed_at):
        tasks.setdefault(entry.workitem_uid, []).append(entry)
    told = Counter(each.study_instance_uid for each in calls if not each.open)
    # Several tasks may ask for one study: its calls were made once, and count with the first.
    reads = [
        _read(held, told.pop(held[0].study_instance_uid, 0), reviews) for held in tasks.values()
    ]
    reads = [each for each in reads if since <= each.signed_at <= until]
    groups: dict[tuple[str, str], list[ShiftRead]] = {}
    for read in reads:
        groups.setdefault((read.site, read.modality), []).append(read)
    lines = tuple(_line(*key, groups[key], until) for key in sorted(groups))
    return Shift(since, until, tuple(reads), lines, _line("", "", reads, until))


#: Columns of the CSV, one line a read. No name of a patient is among them.
CSV_COLUMNS = (
    "signed_at",
    "site",
    "modality",
    "procedure",
    "accession_number",
    "study_instance_uid",
    "requested_at",
    "claimed_at",
    "delivered_at",
    "deadline",
    "late",
    "turnaround_minutes",
    "reading_minutes",
    "critical_calls",
    "amendments",
    "peer_scores",
)


def row(read: ShiftRead, now: datetime) -> dict[str, object]:
    """One read as plain values by the names of `CSV_COLUMNS`; None where it is not known."""

    def minutes(span: timedelta | None) -> float | None:
        return None if span is None else round(span.total_seconds() / 60, 1)

    def moment(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat(timespec="seconds")

    return {
        "signed_at": moment(read.signed_at),
        "site": read.site,
        "modality": read.modality,
        "procedure": read.procedure,
        "accession_number": read.accession_number,
        "study_instance_uid": read.study_instance_uid,
        "requested_at": moment(read.requested_at),
        "claimed_at": moment(read.claimed_at),
        "delivered_at": moment(read.delivered_at),
        "deadline": moment(read.deadline),
        "late": read.late(now),
        "turnaround_minutes": minutes(read.turnaround),
        "reading_minutes": minutes(read.reading),
        "critical_calls": read.critical_calls,
        "amendments": read.amendments,
        "peer_scores": " ".join(read.peer_scores),
    }


def as_csv(held: Shift) -> str:
    """The reads as CSV (RFC 4180); what is not known is empty.

    A text that a spreadsheet would take for a formula is written with an apostrophe before it.
    """
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for read in held.reads:
        writer.writerow({name: _cell(value) for name, value in row(read, held.until).items()})
    return stream.getvalue()


def csv_bytes(held: Shift) -> bytes:
    """The file that the verb writes and the page saves."""
    return as_csv(held).encode()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return f"'{value}"
    return "" if value is None else value
