"""The journey on a real Orthanc: images into the study store, a signed report out and read back."""

from __future__ import annotations

import io
from pathlib import Path

import pydicom
import pytest

from tests.faults import cases
from tests.faults.home import home_at
from tests.realdata import require
from workstation.dicom.reading import read_object
from workstation.domain.delivery import DeliveryState, DeliveryStep, OutgoingObject
from workstation.domain.reading_task import ReadingTask
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.part10 import file_meta
from workstation.services.service import ReadingService

pytestmark = pytest.mark.orthanc

SLICES = 6


def objects_of(name: str, folder: Path) -> dict[str, bytes]:
    """SOP Instance UID -> file of one study, made here or real."""
    if name == "synthetic":
        cases.write_studies(folder, 1, SLICES)
    else:
        folder = require(name)
    found: dict[str, dict[str, bytes]] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        if content[128:132] != b"DICM":
            continue
        data = pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True)
        found.setdefault(str(data.StudyInstanceUID), {})[str(data.SOPInstanceUID)] = content
    return max(found.values(), key=len)


@pytest.mark.parametrize("preliminary", [True, False])
@pytest.mark.parametrize("name", ["synthetic", "mr-brain-brainix"])
def test_a_study_is_read_and_its_signed_report_is_stored_and_read_back(
    orthanc: str,
    fast_folder: Path,
    name: str,
    preliminary: bool,
) -> None:
    sent = objects_of(name, fast_folder / "source")
    first = pydicom.dcmread(io.BytesIO(next(iter(sent.values()))), stop_before_pixels=True)
    study = str(first.StudyInstanceUID)
    endpoint = Endpoint("orthanc", "Orthanc", orthanc, BasicLogin("reader", "readerpw"))
    service = ReadingService(endpoint)
    try:
        contents = list(sent.values())
        for at in range(0, len(contents), 40):
            service.store(study, [outgoing(each) for each in contents[at : at + 40]])
        task = ReadingTask("2.25.900", "orthanc", study, procedure="Test", modality="CT")
        with cases.workstation_on(fast_folder / "home", endpoint) as bench:
            cases.fetch(bench, task)
            # A second run finds the report of the first in the study: nothing else may be more.
            more = set(kept_uids(fast_folder, study)) - set(sent)
            assert {uid for uid in more if not uid.startswith("2.25.")} == set()
            assert set(sent) <= set(kept_uids(fast_folder, study))
            cases.write_on(bench, task, "No mass. Größe 4 mm.")
            entry = cases.sign_on(bench, task, preliminary=preliminary)
            bench.delivering.pump()
            (done,) = bench.delivering.entries()
            steps = [each.step for each in done.receipts]
            assert steps[:2] == [DeliveryStep.STORE, DeliveryStep.READ_BACK]
            if preliminary:
                assert done.state is DeliveryState.DELIVERED
            else:
                # Orthanc keeps no worklist, so the task cannot be completed, and that is said.
                assert done.state is DeliveryState.REFUSED
                assert done.next_step is DeliveryStep.COMPLETE_TASK
                assert done.problem_remedy
        report, pages = entry.objects
        assert pages.sop_class_uid == "1.2.840.10008.5.1.4.1.1.104.1"
        assert pydicom.dcmread(
            io.BytesIO(service.read_back(study, pages))
        ).EncapsulatedDocument.startswith(b"%PDF-")
        received = service.read_back(study, report)
        stored = pydicom.dcmread(io.BytesIO(received))
        assert stored == pydicom.dcmread(io.BytesIO(report.content))
        assert "Größe 4 mm" in str(read_object(received).document)
        assert stored.PatientID == first.PatientID
        # Sent again, as after a lost receipt: still one.
        service.store(study, [report])
        listed = [each for each in service.manifest(study) if each.sop_uid == stored.SOPInstanceUID]
        assert len(listed) == 1
    finally:
        service.close()


def outgoing(content: bytes) -> OutgoingObject:
    meta = file_meta(content)
    return OutgoingObject(meta.sop_instance_uid, meta.sop_class_uid, "image", content)


def kept_uids(folder: Path, study: str) -> dict[str, str]:
    """What the study store holds, each file read and checked."""
    with home_at(folder / "home", "nocturne.sqlite") as kept:
        uids = kept.store.uids(study)
        for uid in uids:
            assert file_meta(kept.store.read(uid)).sop_instance_uid == uid
        return uids
