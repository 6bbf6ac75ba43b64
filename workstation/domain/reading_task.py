"""The reading task: a Unified Procedure Step as the radiologist sees it (PS3.4 Annex CC)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from workstation.domain.errors import StateRefused
from workstation.domain.identity import Patient, PersonName, is_uid


class Priority(IntEnum):
    """Order of reading; the value sorts. Scheduled Procedure Step Priority (0074,1200)."""

    STAT = 0
    URGENT = 1
    ROUTINE = 2

    @classmethod
    def from_dicom(cls, text: str) -> Priority:
        """HIGH, MEDIUM, LOW; anything else reads as ROUTINE, the least that can be promised."""
        return {"HIGH": cls.STAT, "MEDIUM": cls.URGENT}.get(text, cls.ROUTINE)

    def to_dicom(self) -> str:
        """The defined term of (0074,1200)."""
        return ("HIGH", "MEDIUM", "LOW")[self]


class ProcedureStepState(StrEnum):
    """(0074,1000), PS3.4 CC.1.1."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


#: PS3.4 Table CC.1.1-2: the transitions a performer may ask for.
TRANSITIONS: dict[ProcedureStepState, frozenset[ProcedureStepState]] = {
    ProcedureStepState.SCHEDULED: frozenset({ProcedureStepState.IN_PROGRESS}),
    ProcedureStepState.IN_PROGRESS: frozenset(
        {ProcedureStepState.COMPLETED, ProcedureStepState.CANCELED}
    ),
    ProcedureStepState.COMPLETED: frozenset(),
    ProcedureStepState.CANCELED: frozenset(),
}


def require_transition(now: ProcedureStepState, then: ProcedureStepState) -> None:
    """Raise `StateRefused` unless the table allows the step."""
    if then not in TRANSITIONS[now]:
        raise StateRefused(
            f"A task that is {now} cannot become {then}.",
            remedy="Refresh the worklist to see who changed it.",
        )


class InputReadiness(StrEnum):
    """Input Readiness State (0040,4041)."""

    READY = "READY"
    INCOMPLETE = "INCOMPLETE"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Performer:
    """One item of a human performers sequence: code value and name."""

    code: str = ""
    name: PersonName = field(default_factory=PersonName)
    organization: str = ""


@dataclass(frozen=True, slots=True)
class PriorStudy:
    """An earlier study of the same patient, as QIDO-RS lists it."""

    study_instance_uid: str
    study_datetime: datetime | None
    modalities: tuple[str, ...]
    description: str
    instances: int


@dataclass(frozen=True, slots=True)
class Lease:
    """Our hold on a task: the Transaction UID (0008,1195) that only we know.

    It is on the disk before the service hears of it, so that a claim whose answer was lost is
    found again.
    """

    workitem_uid: str
    service_id: str
    transaction_uid: str
    claimed_at: datetime

    def __post_init__(self) -> None:
        if not is_uid(self.workitem_uid) or not is_uid(self.transaction_uid):
            raise ValueError("a lease names its task and its transaction by UID")


class TaskEventKind(StrEnum):
    """What a service reports (PS3.4 Table CC.2.4-1), and the state of the channel itself."""

    CHANNEL_OPEN = "channel open"
    CHANNEL_LOST = "channel lost"
    STATE = "state"
    CANCEL_REQUESTED = "cancel requested"
    PROGRESS = "progress"
    SERVICE = "service"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """A hint that something changed: the list is searched again, nothing is built on the hint."""

    kind: TaskEventKind
    workitem_uid: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """A request to read one study. Times are aware; None is unknown."""

    workitem_uid: str
    service_id: str
    study_instance_uid: str
    state: ProcedureStepState = ProcedureStepState.SCHEDULED
    priority: Priority = Priority.ROUTINE
    readiness: InputReadiness = InputReadiness.READY
    deadline: datetime | None = None
    scheduled_start: datetime | None = None
    patient: Patient = field(default_factory=Patient)
    procedure: str = ""
    modality: str = ""
    body_part: str = ""
    reason: str = ""
    clinical_notes: str = ""
    accession_number: str = ""
    site: str = ""
    referrer: PersonName = field(default_factory=PersonName)
    worklist_label: str = ""
    scheduled_performer: Performer | None = None
    actual_performer: Performer | None = None
    study_datetime: datetime | None = None
    instances_expected: int | None = None
    progress_percent: int | None = None
    cancel_requested: bool = False
    replaces_workitem_uid: str = ""

    def __post_init__(self) -> None:
        if not is_uid(self.workitem_uid):
            raise ValueError("workitem_uid is not a UID")
        if self.study_instance_uid and not is_uid(self.study_instance_uid):
            raise ValueError("study_instance_uid is not a UID")
        for moment in (self.deadline, self.scheduled_start):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("times of a task are aware of their zone")

    def time_left(self, now: datetime) -> timedelta | None:
        """Until the deadline; negative when overdue, None where there is none."""
        return None if self.deadline is None else self.deadline - now

    @property
    def reading_order(self) -> tuple[int, float, str]:
        """Sort key: STAT first, then the nearest deadline, then the UID so that it is stable."""
        due = self.deadline.timestamp() if self.deadline else float("inf")
        return (int(self.priority), due, self.workitem_uid)
