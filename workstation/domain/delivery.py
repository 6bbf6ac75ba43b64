"""What still has to be sent: a delivery and its steps as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workstation.domain.identity import Reader
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import Version


class DeliveryStep(StrEnum):
    """Steps in their order; each is taken only when the one before has its receipt."""

    STORE = "stored"
    READ_BACK = "read back"
    COMPLETE_TASK = "task"
    DONE = "done"


class DeliveryState(StrEnum):
    """Of the whole delivery."""

    WAITING = "waiting"
    SENDING = "sending"
    REFUSED = "refused"
    DELIVERED = "delivered"


#: Delivery states and what may follow.
TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.WAITING: frozenset({DeliveryState.SENDING}),
    DeliveryState.SENDING: frozenset(
        {DeliveryState.WAITING, DeliveryState.REFUSED, DeliveryState.DELIVERED}
    ),
    DeliveryState.REFUSED: frozenset({DeliveryState.WAITING}),
    DeliveryState.DELIVERED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of one step."""

    step: DeliveryStep
    at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class OutgoingObject:
    """One DICOM object of a delivery; the bytes are fixed at signing and never made again."""

    sop_instance_uid: str
    sop_class_uid: str
    title: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The report in a form that is no DICOM object: a file name, what it is, its bytes."""

    name: str
    title: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One signed report on its way. `next_step` is the first without a receipt.

    `documents` are the same report in the other forms, made at signing like the objects. `task`
    is the task as it stood then, `claimed_at` when it was taken; None where it is not known.
    """

    identifier: str
    report_identifier: str
    service_id: str
    workitem_uid: str
    transaction_uid: str
    study_instance_uid: str
    patient_display: str
    patient_id: str
    procedure: str
    site: str
    signed_at: datetime
    signed_by: str
    preliminary: bool
    state: DeliveryState
    next_step: DeliveryStep
    objects: tuple[OutgoingObject, ...]
    receipts: tuple[Receipt, ...] = ()
    attempts: int = 0
    next_attempt_at: datetime | None = None
    problem_happened: str = ""
    problem_means: str = ""
    problem_remedy: str = ""
    version: Version = Version.ORIGINAL
    digest: str = ""
    task: ReadingTask | None = None
    claimed_at: datetime | None = None
    documents: tuple[ReportDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputReference:
    """One object that the reading produced, as Output Information (0040,4033) lists it."""

    study_instance_uid: str
    series_instance_uid: str
    sop_class_uid: str
    sop_instance_uid: str


@dataclass(frozen=True, slots=True)
class CompletionRecord:
    """What is written into the task before its final state (PS3.4 Table CC.2.5-3).

    Times are aware.
    """

    reader: Reader
    started_at: datetime
    ended_at: datetime
    outputs: tuple[OutputReference, ...]

    def __post_init__(self) -> None:
        if self.started_at.tzinfo is None or self.ended_at.tzinfo is None:
            raise ValueError("times of a completion are aware of their zone")
        if not self.outputs:
            raise ValueError("a completed reading has at least one output")
