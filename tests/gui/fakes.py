"""A workbench in memory, with the night of the drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from workstation.diagnostics import Finding
from workstation.domain.critical import CriticalResult
from workstation.domain.delivery import DeliveryState, DeliveryStep, OutboxEntry, Receipt
from workstation.domain.dictation import Dictated, Heard, HeardWord
from workstation.domain.errors import ReaderError
from workstation.domain.identity import Patient, PersonName, Reader, Sex
from workstation.domain.peer_review import PeerReview
from workstation.domain.reading_task import Priority, PriorStudy, ReadingTask
from workstation.domain.study import RetrievalProgress, RetrievalState, SeriesProgress
from workstation.settings import Settings
from workstation.workflow.configuring import Configuring
from workstation.workflow.jobs import CancelToken
from workstation.workflow.trying_speech import Readiness, TrialParts, TryingSpeech
from workstation.workflow.worklist_rows import RowState, ServiceState, WorklistRow

#: 03:13 in the night of the drawings, by the local clock of the machine.
NOW = datetime(2026, 11, 24, 3, 13).astimezone().astimezone(UTC)


class Told:
    """Listeners, as the use cases keep them."""

    def __init__(self) -> None:
        self.listeners: list[Callable[..., None]] = []

    def listen(self, callback: Callable[..., None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def tell(self, *about: object) -> None:
        for each in tuple(self.listeners):
            each(*about)


class FakeWorklist(Told):
    def __init__(self, rows: tuple[WorklistRow, ...], services: tuple[ServiceState, ...]) -> None:
        super().__init__()
        self.held, self.services = rows, services
        self.refreshed = 0
        self.acknowledged: list[str] = []
        self.failed: ReaderError | None = None

    def rows(self) -> tuple[WorklistRow, ...]:
        return self.held

    def acknowledge(self, workitem_uid: str) -> None:
        self.acknowledged.append(workitem_uid)

    def failure(self) -> ReaderError | None:
        return self.failed

    def refresh(self, cancel: CancelToken) -> None:
        self.refreshed += 1
        self.tell()

    def service_states(self) -> tuple[ServiceState, ...]:
        return self.services

    def change(self, uid: str, **changes: object) -> None:
        self.held = tuple(
            replace(row, **changes) if row.task.workitem_uid == uid else row  # type: ignore[arg-type]
            for row in self.held
        )
        self.tell()


@dataclass
class FakeClaiming:
    worklist: FakeWorklist
    claims: list[str] = field(default_factory=list)
    handed_back: list[tuple[str, str]] = field(default_factory=list)
    refuses: ReaderError | None = None

    def claim(self, task: ReadingTask) -> object:
        if self.refuses is not None:
            raise self.refuses
        self.claims.append(task.workitem_uid)
        self.worklist.change(task.workitem_uid, state=RowState.MINE)
        return object()

    def hand_back(self, workitem_uid: str, reason: str) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.handed_back.append((workitem_uid, reason))
        self.worklist.change(workitem_uid, state=RowState.FREE)


class FakeRetrieving(Told):
    def __init__(self) -> None:
        super().__init__()
        self.started: list[tuple[str, bool]] = []
        self.held: dict[str, RetrievalProgress] = {}

    def start(self, service_id: str, study_uid: str, urgent: bool) -> None:
        self.started.append((study_uid, urgent))

    def progress(self, study_uid: str) -> RetrievalProgress | None:
        return self.held.get(study_uid)


class FakeDelivering(Told):
    def __init__(self, entries: tuple[OutboxEntry, ...]) -> None:
        super().__init__()
        self.held = entries
        self.retried: list[str] = []
        self.sent_all = 0

    def entries(self) -> tuple[OutboxEntry, ...]:
        return self.held

    def retry(self, identifier: str) -> None:
        self.retried.append(identifier)

    def send_all_now(self) -> None:
        self.sent_all += 1


class FakeCritical:
    def __init__(self) -> None:
        self.held: tuple[CriticalResult, ...] = ()

    def open_results(self) -> tuple[CriticalResult, ...]:
        return self.held

    def all_results(self) -> tuple[CriticalResult, ...]:
        return self.held


class FakeCredentials:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def secret(self, service_id: str, kind: str) -> str:
        return self.held.get((service_id, kind), "")

    def remember(self, service_id: str, kind: str, value: str) -> bool:
        if self.locked:
            return False
        self.held[service_id, kind] = value
        return True

    def forget(self, service_id: str, kind: str) -> None:
        self.held.pop((service_id, kind), None)

    def variable(self, kind: str, service_id: str) -> str:
        return f"NOCTURNE_{kind}_{service_id.upper()}"


class FakeAsked:
    """A service that answers, refuses, or keeps silent until the test is cancelled."""

    def __init__(self) -> None:
        self.entries: list[tuple[dict[str, str], str]] = []
        self.refuses: ReaderError | None = None
        self.silent = False
        self.closed = 0

    def connect(self, entry: Mapping[str, str], secret: str) -> FakeAsked:
        self.entries.append((dict(entry), secret))
        return self

    def count_tasks(self, cancel: CancelToken) -> int:
        if self.refuses is not None:
            raise self.refuses
        while self.silent:
            cancel.wait(0.01)
            cancel.raise_if_cancelled()
        return 9

    def has_studies(self, cancel: CancelToken) -> bool:
        return True

    def close(self) -> None:
        self.closed += 1


class FakeReviews:
    def __init__(self) -> None:
        self.held: tuple[PeerReview, ...] = ()

    def all(self) -> tuple[PeerReview, ...]:
        return self.held


class PlainScribe:
    """Writes what was heard."""

    phrases: tuple[str, ...] = ()

    def prepare(self) -> None:
        pass

    def mend(self, heard: Heard) -> Heard:
        return heard

    def write(self, mended: Heard, before: str = "") -> Dictated:
        return Dictated(mended.text)


class SpokenEngine:
    """Is ready at once, and hears in everything what the test says."""

    def __init__(self) -> None:
        self.listener: dict[str, Callable[..., None]] = {}
        self.hears = ""
        self.refuses: ReaderError | None = None
        self.fed = 0
        self.closed = False

    def open(self, listener: dict[str, Callable[..., None]]) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.listener, self.fed, self.closed = listener, 0, False
        listener["ready"]("Listening with Moonshine base.")

    def set_phrases(self, phrases: Sequence[str]) -> None:
        pass

    def start(self) -> None:
        pass

    def feed(self, samples: np.ndarray) -> None:
        self.fed += len(samples)

    def stop(self) -> None:
        words = tuple(HeardWord(word, 0.9) for word in self.hears.split())
        if words:
            self.listener["final"](Heard(words, 4.0, "test"), np.zeros(16, np.int16))
        self.listener["ended"]()

    def cancel(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class FakeWorkbench:
    def __init__(
        self, rows: tuple[WorklistRow, ...] | None = None, services: tuple[ServiceState, ...] = ()
    ) -> None:
        self.moment = NOW
        self.reader = Reader("R1", PersonName("Vidal^Ana"))
        self.worklist = FakeWorklist(night() if rows is None else rows, services or SERVICES)
        self.claiming = FakeClaiming(self.worklist)
        self.retrieving = FakeRetrieving()
        self.delivering = FakeDelivering(deliveries())
        self.settings = Settings()
        self.credentials = FakeCredentials()
        self.asked = FakeAsked()
        self.configuring = Configuring(
            self.settings,
            self.credentials,
            self.asked.connect,
            lambda service_id: sum(
                1
                for each in self.delivering.held
                if each.service_id == service_id and each.state is not DeliveryState.DELIVERED
            ),
            lambda: (
                Finding("Disk", False, "1 GB free in the home folder", "Free at least 5 GB."),
            ),
        )
        self.ready = Readiness(True, "Speech models: tiny, base.", "")
        self.speech = SpokenEngine()
        self.trying = TryingSpeech(
            TrialParts(
                lambda: self.speech,
                lambda **calls: calls,
                PlainScribe,
                lambda: self.ready,
            )
        )
        self.critical = FakeCritical()
        self.reviews = FakeReviews()
        for row in self.worklist.held:
            for prior in (row.priors or ())[:1]:
                self.retrieving.held[prior.study_instance_uid] = _progress(
                    prior.study_instance_uid, RetrievalState.COMPLETE, 2, 2
                )

    def clock(self) -> datetime:
        return self.moment

    def store_usage(self) -> tuple[int, int]:
        return (12_000_000_000, 41_000_000_000)


SERVICES = (
    ServiceState("brennan", "Brennan", True, NOW - timedelta(hours=3), 42.0),
    ServiceState("halden", "Halden", True, NOW - timedelta(hours=3), 61.0),
    ServiceState("northgate", "Northgate", True, NOW - timedelta(hours=3), 1840.0),
)

ALL_GONE = tuple(
    replace(each, reachable=False, since=NOW - timedelta(minutes=11), problem="connection refused")
    for each in SERVICES
)


def _progress(
    study: str, state: RetrievalState, here: int, expected: int, rate: float = 0.0
) -> RetrievalProgress:
    series = (SeriesProgress("2.25.9", "", "CT", here, expected),)
    return RetrievalProgress(study, state, series, rate)


def row(
    number: int,
    name: str,
    *,
    minutes: float | None,
    priority: Priority = Priority.ROUTINE,
    state: RowState = RowState.FREE,
    sex: Sex = Sex.FEMALE,
    age: int = 45,
    patient_id: str = "",
    modality: str = "CT",
    procedure: str = "CT chest without contrast",
    reason: str = "",
    notes: str = "",
    site: str = "Brennan General",
    service: str = "brennan",
    here: int = 0,
    expected: int | None = None,
    priors: int | None = 0,
    retrieval: RetrievalState | None = None,
    rate: float = 0.0,
    owner: str = "",
    new: bool = False,
    draft: bool = False,
) -> WorklistRow:
    """One row; ages count back from the night."""
    study = f"2.25.1000{number}"
    held = (
        None
        if priors is None
        else tuple(
            PriorStudy(
                f"2.25.2000{number}{index}",
                datetime(2026 - 4 * index, 3, 12, 10, 0),
                ("DX",) if index == 0 else ("CT", "SR"),
                "DX chest PA and lateral" if index == 0 else "CT chest with contrast",
                2 if index == 0 else 204,
            )
            for index in range(priors)
        )
    )
    return WorklistRow(
        task=ReadingTask(
            workitem_uid=f"2.25.{number}",
            service_id=service,
            study_instance_uid=study,
            priority=priority,
            deadline=None if minutes is None else NOW + timedelta(minutes=minutes),
            patient=Patient(
                patient_id or f"4471-{number}", PersonName(name), date(2026 - age, 3, 2), sex
            ),
            procedure=procedure,
            modality=modality,
            body_part="CHEST",
            reason=reason,
            clinical_notes=notes,
            accession_number=f"A26112{number}",
            site=site,
            referrer=PersonName("Oyelaran^Musa^^Dr"),
            study_datetime=datetime(2026, 11, 24, 2, 51),
        ),
        state=state,
        owner=owner,
        here=here,
        expected=expected,
        priors=held,
        retrieval=None
        if retrieval is None
        else _progress(study, retrieval, here, expected or here, rate),
        draft_saved_at=NOW - timedelta(minutes=25) if draft else None,
        new=new,
    )


def night() -> tuple[WorklistRow, ...]:
    """The eleven cases of picture 1."""
    stat, urgent = Priority.STAT, Priority.URGENT
    fetching, queued = RetrievalState.FETCHING, RetrievalState.QUEUED
    halden = {"site": "Halden District", "service": "halden"}
    north = {"site": "Northgate Field Unit", "service": "northgate"}
    return (
        row(11820, "Okonjo^Daniel", minutes=-1.4, priority=stat, state=RowState.MINE, sex=Sex.MALE,
            age=48, procedure="CT head without contrast", reason="Sudden headache, GCS 13",
            here=212, expected=212, priors=3),
        row(20983, "Ackermann^Lena", minutes=8.5, priority=stat, age=61,
            reason="Question: mass? nodes? effusion?",
            notes="Cough for 8 weeks, weight loss of 6 kg. Smoker, 35 pack-years. Radiograph in"
            " March reported clear. New hoarseness.",
            here=190, expected=250, priors=2, retrieval=fetching, rate=3e5),
        row(9341, "Lindqvist^Tove", minutes=24.5, priority=urgent, age=34, patient_id="HA-009341",
            procedure="CT pulmonary angiogram", reason="Dyspnoea, D-dimer 2.4, post partum",
            here=418, expected=418, new=True, **halden),  # type: ignore[arg-type]
        row(12007, "Marchetti^Paolo", minutes=38.5, priority=urgent, state=RowState.DRAFT,
            sex=Sex.MALE, age=72, patient_id="HA-120077", modality="MR",
            procedure="MR brain with contrast", reason="First seizure, known melanoma",
            here=364, expected=364, priors=4, draft=True, **halden),  # type: ignore[arg-type]
        row(55120, "Ferreira-Santos^Ana Luísa", minutes=52.5, priority=urgent, age=27,
            patient_id="NG-55120", modality="US", procedure="US pelvis transvaginal",
            reason="Right iliac fossa pain", here=9, expected=48, priors=1, retrieval=fetching,
            rate=1.5e5, **north),  # type: ignore[arg-type]
        row(19004, "Holmberg^Erik", minutes=130.5, sex=Sex.MALE, age=66, modality="DX",
            procedure="DX chest PA and lateral", reason="Fever, known metastases", here=2,
            expected=2, priors=6),
        row(83220, "Nakamura^Yui", minutes=165.5, state=RowState.INCOMPLETE, age=52,
            patient_id="HA-083220", modality="MG", procedure="MG screening, both sides",
            reason="Round 4", here=4, priors=3, **halden),  # type: ignore[arg-type]
        row(20771, "Adeyemi^Grace", minutes=200.5, procedure="CT abdomen and pelvis",
            reason="Post-operative day 4, fever", here=506, expected=1204, priors=2,
            retrieval=fetching, rate=5.1e5),
        row(55098, "Van Der Meer^Joost", minutes=425.5, sex=Sex.MALE, age=58,
            patient_id="NG-55098", modality="DX", procedure="DX knee right, 3 views",
            reason="Fall from ladder", here=3, expected=3, **north),  # type: ignore[arg-type]
        row(13055, "Petrova^Irina", minutes=540.5, age=39, patient_id="HA-130552", modality="MR",
            procedure="MR lumbar spine", reason="Second opinion, read blind", priors=2,
            expected=310, retrieval=queued, **halden),  # type: ignore[arg-type]
        row(18833, "Bergström^Nils", minutes=1560.5, state=RowState.TAKEN, owner="B. Osei",
            sex=Sex.MALE, age=70, modality="PT", procedure="PET/CT whole body",
            reason="Lymphoma, after cycle 4", priors=5, expected=900, retrieval=queued),
    )  # fmt: skip


def delivery(
    number: int,
    name: str,
    minutes: int,
    procedure: str,
    site: str,
    state: DeliveryState,
    step: DeliveryStep,
    problem: tuple[str, str, str] = ("", "", ""),
) -> OutboxEntry:
    signed = NOW - timedelta(minutes=minutes)
    done = list(DeliveryStep)[: list(DeliveryStep).index(step)]
    if state is DeliveryState.DELIVERED:
        done = list(DeliveryStep)
    details = ("SR 2.25.308004349861, 1 key object stored", "2 of 2 objects", "state COMPLETED", "")
    receipts = tuple(
        Receipt(each, signed + timedelta(seconds=12 + index), detail)
        for index, (each, detail) in enumerate(zip(done, details, strict=False))
    )
    return OutboxEntry(
        identifier=str(number),
        report_identifier=f"r{number}",
        service_id="brennan",
        workitem_uid=f"2.25.{number}",
        transaction_uid=f"2.25.7{number}",
        study_instance_uid=f"2.25.1000{number}",
        patient_display=name,
        patient_id=f"HA-{number}",
        procedure=procedure,
        site=site,
        signed_at=signed,
        signed_by="A. Vidal",
        preliminary=False,
        state=state,
        next_step=step,
        objects=(),
        receipts=receipts,
        attempts=1 if state is DeliveryState.WAITING else 0,
        next_attempt_at=NOW + timedelta(minutes=14) if state is DeliveryState.WAITING else None,
        problem_happened=problem[0],
        problem_means=problem[1],
        problem_remedy=problem[2],
    )


def deliveries() -> tuple[OutboxEntry, ...]:
    """The seven reports of picture 5."""
    brennan, halden, north = "Brennan General", "Halden District", "Northgate Field Unit"
    done, end = DeliveryState.DELIVERED, DeliveryStep.DONE
    return (
        delivery(1, "ACKERMANN, Lena", 2, "CT chest", brennan, DeliveryState.SENDING,
                 DeliveryStep.READ_BACK),
        delivery(2, "WEISS, Clara", 11, "MR brain with contrast", halden, DeliveryState.REFUSED,
                 DeliveryStep.COMPLETE_TASK,
                 ("Halden took this reading task back at 02:59, before you signed.",
                  "The report is stored at Halden but is attached to no task. The ward may not"
                  " see it.",
                  "Ask Halden for a new task, or phone the result and note the call.")),
        delivery(3, "ABEBE, Samuel", 18, "US abdomen", north, DeliveryState.WAITING,
                 DeliveryStep.STORE),
        delivery(4, "QUINN, Rory", 42, "CT head", brennan, done, end),
        delivery(5, "IVERSEN, Kari", 59, "DX wrist left", halden, done, end),
        delivery(6, "BRANDT, Otto", 83, "CT abdomen", brennan, done, end),
        delivery(7, "SILVA, Marta", 111, "CT head", brennan, done, end),
    )  # fmt: skip
