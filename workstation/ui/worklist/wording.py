"""What a row says, in words: no Qt, so that every sentence can be tested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workstation.domain.identity import Patient, Sex
from workstation.domain.reading_task import Priority, PriorStudy, ReadingTask
from workstation.domain.study import RetrievalState
from workstation.domain.wording import IMPLAUSIBLE, age_text
from workstation.workflow.worklist_rows import RowState, WorklistRow

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Under this much time left the seconds are shown.
SECONDS_UNDER = timedelta(minutes=2)
SOON = timedelta(minutes=15)

#: The night shift by the local clock.
_NIGHT_BEGINS, _NIGHT_ENDS = 18, 8


@dataclass(frozen=True, slots=True)
class Words:
    """One or two lines with a sign and a colour token; `tone` colours the first line."""

    first: str
    second: str = ""
    sign: str = ""
    tone: str = "text"


def day_text(day: date) -> str:
    """`24 Nov 2026`: no order of numbers to mistake."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def clock_text(moment: datetime) -> str:
    """`02:51` by the local clock."""
    return f"{moment.astimezone():%H:%M}"


def moment_text(moment: datetime) -> str:
    """`24 Nov 2026 02:51`; a moment without a zone is the site's own and stays as written."""
    local = moment.astimezone() if moment.tzinfo is not None else moment
    return f"{day_text(local.date())} {local:%H:%M}"


def span_text(left: timedelta) -> str:
    """`24 min`, `2 h 10`, `26 h`; minutes are what is full."""
    minutes = int(left.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h" if rest == 0 or hours >= 24 else f"{hours} h {rest:02d}"


def due_text(task: ReadingTask, now: datetime) -> str:
    """Time left in minutes; seconds only under two minutes; how long over once it is."""
    left = task.time_left(now)
    if left is None:
        return "no limit"
    if left < timedelta(0):
        over = -left
        return "due now" if over < timedelta(minutes=1) else f"{span_text(over)} over"
    if left < SECONDS_UNDER:
        seconds = int(left.total_seconds())
        return f"{seconds // 60}:{seconds % 60:02d}"
    return span_text(left)


def due_tone(task: ReadingTask, now: datetime) -> str:
    """Overdue is always red; otherwise the colour of the priority."""
    left = task.time_left(now)
    if left is not None and left < timedelta(0):
        return "stat"
    return {Priority.STAT: "stat", Priority.URGENT: "urgent"}.get(task.priority, "text2")


def until_due_changes(task: ReadingTask, now: datetime) -> timedelta | None:
    """When `due_text` will read otherwise; None for never."""
    left = task.time_left(now)
    if left is None:
        return None
    if timedelta(0) <= left < SECONDS_UNDER:
        return timedelta(seconds=left.total_seconds() % 1 or 1)
    second = timedelta(seconds=1)
    within = timedelta(seconds=left.total_seconds() % 60)
    return within + second / 100 if within > timedelta(0) else second


def group_of(task: ReadingTask, now: datetime) -> tuple[int, str]:
    """Order and title of the group by time left, named after the shift by the local clock."""
    left = task.time_left(now)
    if left is None:
        return (3, "Without a time limit")
    if left < SOON:
        return (0, "Due within 15 minutes")
    local = now.astimezone()
    night = local.hour >= _NIGHT_BEGINS or local.hour < _NIGHT_ENDS
    end = local.replace(hour=_NIGHT_ENDS if night else _NIGHT_BEGINS, minute=0, second=0)
    if local.hour >= _NIGHT_BEGINS:
        end += timedelta(days=1)
    if now + left <= end:
        return (1, "Tonight" if night else "Today")
    return (2, "Tomorrow and later" if night else "Tonight and later")


def identity_text(patient: Patient, on: date) -> str:
    """The second line of the identity: sex, age, ID. The birth date stands there where it gives no
    age."""
    sex = patient.sex.value if patient.sex is not Sex.UNKNOWN else ""
    age = age_text(patient, on)
    if age == IMPLAUSIBLE and patient.birth_date is not None:
        age += f", born {day_text(patient.birth_date)}"
    who = " ".join(part for part in (sex, age) if part)
    return "   ".join(part for part in (who, patient.patient_id or "no ID") if part)


def identity_facts(patient: Patient, on: date) -> str:
    """Sex, age, birth date and ID as the pane shows them."""
    born = day_text(patient.birth_date) if patient.birth_date else "birth date unknown"
    sex = patient.sex.value if patient.sex is not Sex.UNKNOWN else "sex unknown"
    number = f"ID {patient.patient_id}" if patient.patient_id else "no ID"
    return "   ".join(part for part in (sex, age_text(patient, on), born, number) if part)


def list_name(label: str) -> str:
    """The site's own name of the list that a task is in (Worklist Label, PS3.3 C.30.2): codes in
    capitals read as words."""
    plain = " ".join(label.replace("_", " ").split())
    return plain.capitalize() if plain.isupper() else plain


def count_text(number: int) -> str:
    """`1,204`."""
    return f"{number:,}"


def rate_text(bytes_per_second: float) -> str:
    """`4.1 Mbit/s`; below a tenth in kbit/s."""
    bits = bytes_per_second * 8
    if bits >= 1e5:
        return f"{bits / 1e6:.1f} Mbit/s"
    return f"{bits / 1e3:.0f} kbit/s"


@dataclass(frozen=True, slots=True)
class DiskWords:
    """The column "On this disk": text, and a bar where something is still missing."""

    text: str
    fraction: float | None = None
    complete: bool = False


def disk_words(row: WorklistRow) -> DiskWords:
    """How much of the study is here."""
    expected = row.expected
    if expected and row.here >= expected:
        return DiskWords(count_text(row.here), complete=True)
    queued = row.retrieval is not None and row.retrieval.state is RetrievalState.QUEUED
    if row.here == 0 and queued:
        return DiskWords("queued", 0.0)
    if expected:
        return DiskWords(f"{count_text(row.here)} / {count_text(expected)}", row.here / expected)
    return DiskWords(f"{count_text(row.here)} so far" if row.here else "not here yet", 0.0)


def priors_text(row: WorklistRow) -> str:
    """The number of priors; a dash while the service has not been asked."""
    if row.priors is None:
        return "–"
    return str(len(row.priors)) if row.priors else "none"


def _retrieval_words(row: WorklistRow) -> Words:
    complete = bool(row.expected) and row.here >= (row.expected or 0)
    progress = row.retrieval
    if complete:
        return Words("Ready")
    if progress is None:
        return Words("Free", f"{row.here} images here" if row.here else "not fetched yet")
    if progress.state is RetrievalState.FETCHING:
        if row.expected and row.here * 2 >= row.expected:
            return Words("Readable now", "more is arriving", "readable", "text")
        begun = progress.bytes_per_second > 0
        return Words(
            "Fetching", rate_text(progress.bytes_per_second) if begun else "starting", "fetch"
        )
    if progress.state is RetrievalState.QUEUED:
        return Words("Waiting", "after other studies", "queued")
    if progress.state is RetrievalState.PAUSED:
        return Words("Paused", "needs the link", "paused")
    if progress.state is RetrievalState.INCOMPLETE:
        return Words("Not all here", "see why beside", "warning", "urgent")
    if progress.state is RetrievalState.CANCELLED:
        return Words("Free", "fetching was stopped")
    return Words("Ready")


def state_words(row: WorklistRow) -> Words:
    """The last column: a word, who or why, and a sign."""
    match row.state:
        case RowState.WITHDRAWN:
            return Words("Withdrawn", "by the site", "withdrawn", "urgent")
        case RowState.TAKEN:
            return Words("Claimed", f"by {row.owner}" if row.owner else "elsewhere", "claimed")
        case RowState.SIGNED:
            return Words("Signed", "in the outbox", "send")
        case RowState.DELIVERED:
            return Words("Delivered", "", "here")
        case RowState.DRAFT:
            saved = f"saved {clock_text(row.draft_saved_at)}" if row.draft_saved_at else ""
            return Words("Draft", saved, "draft")
        case RowState.INCOMPLETE:
            return Words("Incomplete", "site still sending", "warning", "urgent")
        case RowState.OFFLINE_ONLY:
            if row.here == 0:
                return Words("Not here", "needs the link", "gone")
            if row.expected and row.here < row.expected:
                return Words("Paused", "needs the link", "paused")
            return Words("Ready", "on this disk")
        case RowState.MINE:
            return Words("In reading", "by you", "reading")
    return _retrieval_words(row)


def is_dim(row: WorklistRow) -> bool:
    """Whether the row is nothing for this reader now."""
    if row.state is RowState.OFFLINE_ONLY:
        return row.here == 0
    return row.state in {RowState.TAKEN, RowState.WITHDRAWN, RowState.DELIVERED}


def prior_age_text(prior: PriorStudy, now: datetime, *, short: bool = False) -> str:
    """`8 months ago`, `5 years ago`, or `8 mo`, `5 y`; empty without a date."""
    if prior.study_datetime is None:
        return ""
    days = (now.date() - prior.study_datetime.date()).days
    if days < 1:
        return "today"
    months = days // 30
    if short:
        return f"{days} d" if days < 60 else f"{months} mo" if months < 24 else f"{days // 365} y"
    if days < 60:
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{months} months ago" if months < 24 else f"{days // 365} years ago"


def matches(row: WorklistRow, needle: str) -> bool:
    """Whether every word of the filter is found: name, ID, site, modality, study, priority."""
    task = row.task
    hay = " ".join(
        (
            task.patient.name.alphabetic.replace("^", " "),
            task.patient.name.ideographic,
            task.patient.patient_id,
            task.site,
            task.modality,
            task.body_part,
            task.procedure,
            task.reason,
            task.accession_number,
            task.priority.name,
            row.owner,
            state_words(row).first,
        )
    ).casefold()
    return all(word in hay for word in needle.casefold().split())


#: Modalities of what goes with images, and is none.
_NO_IMAGES = frozenset({"SR", "PR", "KO", "DOC", "REG", "SEG", "RTSTRUCT"})


def imaged_by(prior: PriorStudy) -> tuple[str, ...]:
    """The modalities of an earlier study that made images."""
    return tuple(each for each in prior.modalities if each not in _NO_IMAGES)
