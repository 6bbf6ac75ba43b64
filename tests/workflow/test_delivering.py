"""Signing and delivering: one transaction, fixed bytes, each step once, exactly one report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workstation.domain.delivery import (
    CompletionRecord,
    DeliveryState,
    DeliveryStep,
    OutboxEntry,
    OutgoingObject,
)
from workstation.domain.errors import (
    CertificateRefused,
    LeaseLost,
    LoginRefused,
    NotFoundOnService,
    ReaderError,
    ServiceUnreachable,
    SigningRefused,
    StateRefused,
)
from workstation.domain.identity import Patient, PersonName, Reader, Sex
from workstation.domain.reading_task import Lease, Performer, ProcedureStepState, ReadingTask
from workstation.domain.report import Report, ReportState, Section, SectionKind, Version
from workstation.domain.study import RetrievalProgress, RetrievalState, SeriesProgress, Study
from workstation.storage.database import Database
from workstation.storage.outbox import Outbox
from workstation.storage.vault import OpenVault
from workstation.workflow.checking import CheckContext
from workstation.workflow.delivering import Delivering
from workstation.workflow.signing import Signing

NOW = datetime(2026, 11, 24, 3, 2, tzinfo=UTC)
READER = Reader("R1", PersonName("Vidal^Ana"))
TASK = ReadingTask("1.9", "a", "1.2", patient=Patient("4471", PersonName("A^B"), None, Sex.FEMALE))
WHOLE = RetrievalProgress(
    "1.2", RetrievalState.COMPLETE, (SeriesProgress("1.2.3", "", "CT", 1, 1),), verified=True
)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Site:
    """A service in memory: fails as it is told, counts what it was sent."""

    def __init__(self) -> None:
        self.failures: dict[str, list[ReaderError]] = {}
        self.stored: dict[str, bytes] = {}
        self.completed: list[CompletionRecord] = []
        self.state = ProcedureStepState.IN_PROGRESS

    def _maybe_fail(self, what: str) -> None:
        if self.failures.get(what):
            raise self.failures[what].pop(0)

    def store(self, study_uid: str, objects: Sequence[OutgoingObject]) -> None:
        self._maybe_fail("store")
        for each in objects:
            self.stored.setdefault(each.sop_instance_uid, each.content)
        self._maybe_fail("after store")

    def read_back(self, study_uid: str, item: OutgoingObject) -> bytes:
        self._maybe_fail("read back")
        return self.stored[item.sop_instance_uid]

    def complete(self, workitem_uid: str, transaction_uid: str, record: CompletionRecord) -> None:
        self._maybe_fail("complete")
        if self.state is ProcedureStepState.COMPLETED:
            raise LeaseLost("The task is completed already.")
        self.completed.append(record)
        self.state = ProcedureStepState.COMPLETED
        self._maybe_fail("after complete")

    def get(self, workitem_uid: str) -> ReadingTask:
        return replace(TASK, state=self.state, actual_performer=Performer(READER.code))


class Leases:
    def __init__(self) -> None:
        self.forgotten: list[str] = []

    def lease(self, workitem_uid: str) -> Lease:
        return Lease(workitem_uid, "a", "1.8", NOW - timedelta(minutes=9))

    def forget(self, workitem_uid: str) -> None:
        self.forgotten.append(workitem_uid)


class Office:
    """Outbox, site and pump of one test."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox, self.site, self.leases, self.clock = outbox, Site(), Leases(), Clock()
        self.pump = self.new_pump("a")

    def new_pump(self, *services: str) -> Delivering:
        def unhandled(error: BaseException) -> None:
            raise error

        return Delivering(
            self.outbox,
            dict.fromkeys(services, self.site),
            self.leases,
            reader=READER,
            clock=self.clock,
            same_content=lambda sent, received: sent == received,
            series_of=lambda _: "1.2.7",
            unhandled=unhandled,
        )

    def signed(
        self,
        *,
        preliminary: bool = False,
        number: int = 1,
        study: str = "1.2",
        version: Version = Version.ORIGINAL,
    ) -> OutboxEntry:
        state = ReportState.PRELIMINARY if preliminary else ReportState.FINAL
        report = Report(
            f"r{number}", study, "1.9", state=state, signed_at=NOW, signed_by=READER, revision=1,
            version=version, predecessor_sop_instance_uid="" if number == 1 else "1.5.1",
        )  # fmt: skip
        entry = OutboxEntry(
            f"e{number}", report.identifier, "a", "1.9", "1.8", study, "A, B", "4471", "CT", "Site",
            NOW, "Vidal", preliminary, DeliveryState.WAITING, DeliveryStep.STORE,
            (OutgoingObject(f"1.5.{number}", "1.2.840", "Report (SR)", b"bytes"),),
            version=version,
        )  # fmt: skip
        self.outbox.sign(report, entry)
        return entry

    @property
    def entry(self) -> OutboxEntry:
        return self.outbox.entries()[0]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    database = Database(tmp_path / "n.sqlite")
    yield Office(Outbox(database, OpenVault()))
    database.close()


def test_a_report_goes_through_all_steps_with_a_receipt_for_each(office: Office) -> None:
    office.signed()
    office.pump.pump()
    assert office.entry.state is DeliveryState.DELIVERED
    assert [receipt.step for receipt in office.entry.receipts] == list(DeliveryStep)
    (record,) = office.site.completed
    assert record.outputs[0].sop_instance_uid == "1.5.1"
    assert record.started_at == NOW - timedelta(minutes=9)
    assert office.leases.forgotten == ["1.9"]


@pytest.mark.parametrize("place", ["store", "after store", "read back", "complete"])
def test_a_lost_link_waits_and_goes_on_where_it_stood(office: Office, place: str) -> None:
    office.signed()
    office.site.failures[place] = [ServiceUnreachable("No answer.", remedy="It is tried again.")]
    office.pump.pump()
    assert office.entry.state is DeliveryState.WAITING
    assert office.entry.problem_happened == "No answer."
    assert office.pump.pump() == 0
    office.clock.now += timedelta(seconds=7)
    office.pump.pump()
    assert office.entry.state is DeliveryState.DELIVERED
    assert office.site.stored == {"1.5.1": b"bytes"}
    assert len(office.site.completed) == 1


def test_a_completion_whose_answer_was_lost_counts_as_done(office: Office) -> None:
    office.signed()
    office.site.failures["after complete"] = [ServiceUnreachable("The answer was lost.")]
    office.pump.pump()
    office.pump.send_all_now()
    office.pump.pump()
    assert office.entry.state is DeliveryState.DELIVERED
    assert len(office.site.completed) == 1


def test_waits_grow_and_end_at_five_minutes(office: Office) -> None:
    office.signed()
    waits = []
    for _ in range(12):
        office.site.failures["store"] = [ServiceUnreachable("No answer.")]
        office.pump.send_all_now()
        office.pump.pump()
        due = office.entry.next_attempt_at
        assert due is not None
        waits.append((due - office.clock.now).total_seconds())
    assert waits[0] <= 6
    assert waits[3] > waits[0]
    assert max(waits) <= 360


def test_a_lost_lease_is_refused_with_what_it_means_and_can_be_tried_again(office: Office) -> None:
    office.signed()
    office.site.failures["complete"] = [LeaseLost("Another transaction owns the task.")]
    office.pump.pump()
    assert office.entry.state is DeliveryState.REFUSED
    assert office.entry.next_step is DeliveryStep.COMPLETE_TASK
    assert "attached to no task" in office.entry.problem_means
    assert office.entry.problem_remedy
    office.pump.send_all_now()
    office.pump.pump()
    assert office.entry.state is DeliveryState.REFUSED
    office.pump.retry("e1")
    office.pump.pump()
    assert office.entry.state is DeliveryState.DELIVERED


def test_something_else_under_the_same_uid_is_refused(office: Office) -> None:
    office.signed()
    office.site.stored["1.5.1"] = b"what another program stored"
    office.pump.pump()
    assert office.entry.state is DeliveryState.REFUSED
    assert office.site.completed == []


def test_a_refused_login_keeps_the_report_waiting(office: Office) -> None:
    office.signed()
    office.site.failures["store"] = [LoginRefused("Wrong password.", remedy="Log in again.")]
    office.pump.pump()
    assert office.entry.state is DeliveryState.WAITING
    assert office.entry.problem_remedy == "Log in again."


@pytest.mark.parametrize("refusal", [LoginRefused, CertificateRefused])
def test_a_refused_login_is_not_tried_again_until_the_service_accepts_one(
    office: Office, refusal: type[ReaderError]
) -> None:
    office.signed()
    office.site.failures["store"] = [refusal("No.", remedy="Correct it.")]
    office.pump.pump()
    refused_at = office.clock.now
    office.clock.now += timedelta(hours=2)
    office.pump.answers("a", refused_at - timedelta(minutes=1))
    assert office.pump.pump() == 0
    office.pump.answers("a", office.clock.now)
    assert office.pump.pump() == 1
    assert office.entry.state is DeliveryState.DELIVERED


def test_a_refused_login_is_tried_at_once_when_the_reader_says_so(office: Office) -> None:
    office.signed()
    office.site.failures["store"] = [LoginRefused("No.", remedy="Correct it.")]
    office.pump.pump()
    office.pump.send_all_now()
    office.pump.pump()
    assert office.entry.state is DeliveryState.DELIVERED


def test_a_task_that_the_site_has_no_more_is_told_apart_from_one_that_was_taken(
    office: Office,
) -> None:
    office.signed()
    office.site.failures["complete"] = [NotFoundOnService("Site does not have this task any more.")]
    office.pump.pump()
    assert office.entry.state is DeliveryState.REFUSED
    assert "no such task" in office.entry.problem_happened
    assert "not ours" not in office.entry.problem_happened


def test_a_preliminary_report_leaves_the_task_open(office: Office) -> None:
    office.signed(preliminary=True)
    office.pump.pump()
    assert office.entry.state is DeliveryState.DELIVERED
    assert office.site.completed == []


def test_a_service_that_is_no_longer_configured_is_said(office: Office) -> None:
    office.signed()
    office.new_pump("another").pump()
    assert office.entry.state is DeliveryState.REFUSED
    assert "settings" in office.entry.problem_remedy


def test_what_was_being_sent_when_the_program_died_waits_again(office: Office) -> None:
    office.signed()
    office.outbox.move("e1", DeliveryState.SENDING)
    pump = office.new_pump("a")
    pump.recover()
    pump.pump()
    assert office.entry.state is DeliveryState.DELIVERED


def test_one_blocked_report_does_not_hold_up_the_next(office: Office) -> None:
    office.signed(number=1)
    office.signed(number=2, study="1.3")
    office.site.failures["store"] = [ServiceUnreachable("No answer.")]
    office.pump.pump()
    states = [entry.state for entry in office.outbox.entries()]
    assert states == [DeliveryState.WAITING, DeliveryState.DELIVERED]


def test_an_addendum_waits_for_the_report_that_it_adds_to(office: Office) -> None:
    office.signed(number=1)
    office.signed(number=2, version=Version.ADDENDUM)
    office.site.failures["store"] = [ServiceUnreachable("No answer.")]
    office.pump.pump()
    assert office.site.stored == {}
    office.clock.now += timedelta(seconds=7)
    office.pump.pump()
    assert list(office.site.stored) == ["1.5.1", "1.5.2"]


def test_an_addendum_is_stored_and_leaves_the_completed_task_alone(office: Office) -> None:
    office.signed(number=1)
    office.pump.pump()
    office.signed(number=2, version=Version.ADDENDUM)
    office.pump.pump()
    assert [each.state for each in office.outbox.entries()] == [DeliveryState.DELIVERED] * 2
    assert len(office.site.completed) == 1
    assert office.leases.forgotten == ["1.9"]


def test_a_final_report_is_never_signed_twice(office: Office) -> None:
    office.signed()
    with pytest.raises(StateRefused):
        office.signed()
    assert len(office.outbox.entries()) == 1


def test_bytes_come_back_as_they_were_signed(office: Office) -> None:
    office.signed()
    assert office.outbox.entries()[0].objects[0].content == b""
    assert office.outbox.entry("e1").objects[0].content == b"bytes"


# -- signing -------------------------------------------------------------------------------------


class Nothing:
    def measurements(self) -> tuple[()]:
        return ()

    def key_images(self) -> tuple[()]:
        return ()

    def uids(self, study_uid: str) -> dict[str, str]:
        return {}

    def read(self, sop_uid: str) -> bytes:
        raise AssertionError("nothing is read")

    def manifest(self, study_uid: str) -> tuple[()]:
        return ()

    def signed_with(self, document_uid: str) -> tuple[()]:
        return ()

    def sign(self, report: Report, entry: OutboxEntry) -> None:
        raise AssertionError("nothing may be signed")

    def flush(self, timeout: float = 10.0) -> None: ...

    def close_report(self, identifier: str) -> None: ...


def signing(progress: RetrievalProgress | None = WHOLE) -> Signing:
    nothing: Any = Nothing()
    return Signing(
        nothing,
        nothing,
        nothing,
        lease=lambda _: None,
        progress=lambda _: progress,
        required=lambda _: frozenset(),
        clock=lambda: NOW,
    )


def context(desk: Signing, study: Study | None) -> CheckContext:
    return desk.context(TASK, study, Nothing(), ())


def draft() -> Report:
    words = (Section(SectionKind.FINDINGS, "Clear."), Section(SectionKind.IMPRESSION, "Normal."))
    return Report("r", "1.2", "1.9", sections=words)


def test_a_study_that_was_never_counted_blocks_a_final_signature() -> None:
    desk = signing(None)
    held = context(desk, Study("1.2", TASK.patient))
    with pytest.raises(SigningRefused, match="Not all images"):
        desk.sign(draft(), held, preliminary=False, reader=READER)


def test_images_of_another_patient_are_never_signed() -> None:
    desk = signing()
    other = Study("1.2", Patient("9999", PersonName("C^D"), date(1990, 1, 1)))
    with pytest.raises(SigningRefused, match="another patient"):
        desk.sign(draft(), context(desk, other), preliminary=True, reader=READER)


def test_a_report_on_another_study_is_never_signed() -> None:
    desk = signing()
    held = context(desk, Study("1.2", TASK.patient))
    with pytest.raises(SigningRefused, match="another study"):
        desk.sign(replace(draft(), study_instance_uid="1.3"), held, preliminary=True, reader=READER)


def test_a_study_without_images_is_not_reported_on() -> None:
    desk = signing()
    held = context(desk, Study("1.2", TASK.patient))
    with pytest.raises(SigningRefused, match="No image"):
        desk.sign(draft(), held, preliminary=True, reader=READER)
