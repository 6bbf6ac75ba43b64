"""The client against the embedded service: two implementations of PS3.18 that must agree."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from tests.services.scripted import STUDY, WORKITEM, workitem
from tests.workflow.test_claiming import MemoryLeases
from tests.workflow.test_retrieving import MemoryStore
from tests.workflow.test_worklist import Disk
from tests.workflow.waiting import until
from workstation.domain.delivery import CompletionRecord, OutgoingObject, OutputReference
from workstation.domain.errors import LeaseLost, LoginRefused, TaskTaken
from workstation.domain.identity import PersonName, Reader
from workstation.domain.reading_task import ProcedureStepState
from workstation.domain.study import RetrievalState
from workstation.local_service.running import RunningService
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.service import ReadingService
from workstation.workflow.claiming import Claiming
from workstation.workflow.retrieving import Retrieving
from workstation.workflow.worklist import RowState, Worklist

READER = Reader("VIDAL", PersonName("Vidal^A"))
OTHER = Reader("OSEI", PersonName("Osei^B"))
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def image(number: int, description: str = "first") -> OutgoingObject:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", Dataset(), file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID = meta.MediaStorageSOPClassUID = CTImageStorage
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = f"1.5.{number}"
    data.StudyInstanceUID, data.SeriesInstanceUID = STUDY, "1.5"
    data.PatientID, data.PatientName, data.IssuerOfPatientID = "4471", "Test^One", "BRENNAN"
    data.StudyDate, data.StudyTime, data.Modality = "20261124", "025100", "CT"
    data.SeriesNumber, data.InstanceNumber, data.SeriesDescription = 3, number, description
    file = io.BytesIO()
    data.save_as(file, enforce_file_format=True)
    return OutgoingObject(f"1.5.{number}", CTImageStorage, f"image {number}", file.getvalue())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[RunningService]:
    with RunningService(tmp_path / "site", user="reader", password="pw") as running:
        running.store.workitems.create(workitem(), WORKITEM)
        yield running


def connect(site: RunningService, password: str = "pw") -> ReadingService:
    return ReadingService(Endpoint("a", "Site A", site.url, BasicLogin("reader", password)))


@pytest.fixture
def service(site: RunningService) -> Iterator[ReadingService]:
    made = connect(site)
    made.store(STUDY, [image(number) for number in range(1, 8)])
    yield made
    made.close()


def test_a_task_is_claimed_reported_and_completed(service: ReadingService) -> None:
    claiming = Claiming([service], MemoryLeases(), READER, lambda: NOW)
    (task,) = service.search()
    lease = claiming.claim(task)
    with pytest.raises(TaskTaken) as taken:
        service.claim(task, OTHER, "2.25.99")
    assert taken.value.owner == READER.name.display
    service.progress(WORKITEM, lease.transaction_uid, 50, "half way")
    record = CompletionRecord(
        READER, NOW, NOW, (OutputReference(STUDY, "1.5", CTImageStorage, "1.5.1"),)
    )
    with pytest.raises(LeaseLost):
        service.complete(WORKITEM, "2.25.99", record)
    service.complete(WORKITEM, lease.transaction_uid, record)
    service.complete(WORKITEM, lease.transaction_uid, record)
    assert service.get(WORKITEM).state is ProcedureStepState.COMPLETED


def test_a_task_is_handed_back(service: ReadingService) -> None:
    claiming = Claiming([service], MemoryLeases(), READER, lambda: NOW)
    claiming.claim(service.get(WORKITEM))
    claiming.hand_back(WORKITEM, "not my field", "wrong")
    assert service.get(WORKITEM).state is ProcedureStepState.CANCELED


def test_a_study_is_retrieved_verified_and_its_series_named(service: ReadingService) -> None:
    store = MemoryStore()
    retrieving = Retrieving([service], store)
    try:
        retrieving.start("a", STUDY)
        until(lambda: retrieving.progress(STUDY).state is RetrievalState.COMPLETE)  # type: ignore[union-attr]
        progress = retrieving.progress(STUDY)
    finally:
        retrieving.stop()
    assert progress is not None
    assert progress.verified
    assert [(each.description, each.received) for each in progress.series] == [("first", 7)]
    assert store.files[STUDY]["1.5.3"][1] == image(3).content


def test_the_worklist_is_live_by_events_and_counts_images(
    site: RunningService, service: ReadingService
) -> None:
    disk = Disk()
    site.store.workitems.create(
        workitem(
            "1.2.3.901",
            **{
                "00100020": {"vr": "LO", "Value": ["4471"]},
                "00100021": {"vr": "LO", "Value": ["BRENNAN"]},
            },
        ),
        "1.2.3.901",
    )
    worklist = Worklist(
        [service],
        seen=disk,
        images=disk,
        drafts=disk,
        deliveries=disk,
        leases=disk,
        reader=READER,
        clock=lambda: NOW,
        poll_seconds=600,
    )
    worklist.start()
    try:
        until(lambda: len(worklist.rows()) == 2)
        until(lambda: any(row.expected == 7 for row in worklist.rows()))
        # Nothing polls within this test: what comes now comes by the channel.
        until(lambda: site.store.workitems.subscriptions.watchers())
        site.store.workitems.create(workitem("1.2.3.902"), "1.2.3.902")
        until(
            lambda: [row.task.workitem_uid for row in worklist.rows() if row.new] == ["1.2.3.902"]
        )
        other = connect(site)
        try:
            other.claim(other.get("1.2.3.902"), OTHER, "2.25.50")
        finally:
            other.close()
        until(
            lambda: any(
                row.state is RowState.TAKEN and row.owner == OTHER.name.display
                for row in worklist.rows()
            )
        )
    finally:
        worklist.stop()


def test_a_report_is_stored_once_and_a_changed_one_shows_when_it_is_read_back(
    service: ReadingService,
) -> None:
    service.store(STUDY, [image(1)])
    service.store(STUDY, [image(1, "changed"), image(8)])
    assert service.read_back(STUDY, image(8)) == image(8).content
    assert service.read_back(STUDY, image(1)) == image(1).content


def test_a_wrong_password_is_refused(site: RunningService) -> None:
    wrong = connect(site, "no")
    try:
        with pytest.raises(LoginRefused):
            wrong.search()
    finally:
        wrong.close()
