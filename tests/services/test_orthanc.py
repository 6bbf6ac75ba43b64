"""A real Orthanc of Debian's packages: search, retrieve and store real studies."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest

from tests.realdata import require
from tests.workflow.test_retrieving import MemoryStore
from tests.workflow.waiting import until
from workstation.domain.delivery import OutgoingObject
from workstation.domain.errors import LoginRefused, NotFoundOnService
from workstation.domain.identity import Patient
from workstation.domain.study import RetrievalState
from workstation.services.endpoint import BasicLogin, Endpoint
from workstation.services.part10 import file_meta
from workstation.services.service import ReadingService
from workstation.workflow.retrieving import Retrieving

pytestmark = pytest.mark.orthanc


@pytest.fixture
def service(orthanc: str) -> Iterator[ReadingService]:
    made = ReadingService(Endpoint("orthanc", "Orthanc", orthanc, BasicLogin("reader", "readerpw")))
    yield made
    made.close()


def outgoing(path: Path) -> OutgoingObject:
    content = path.read_bytes()
    meta = file_meta(content)
    return OutgoingObject(meta.sop_instance_uid, meta.sop_class_uid, path.name, content)


def send(service: ReadingService, paths: list[Path]) -> str:
    """Store files of one study; returns its UID."""
    data = pydicom.dcmread(paths[0], stop_before_pixels=True)
    for at in range(0, len(paths), 40):
        service.store(data.StudyInstanceUID, [outgoing(each) for each in paths[at : at + 40]])
    return str(data.StudyInstanceUID)


@pytest.mark.parametrize("name", ["ct-chest-lidc0314", "codec-wg04", "mr-brain-brainix"])
def test_a_real_study_arrives_as_it_was_sent(service: ReadingService, name: str) -> None:
    folder = require(name)
    by_study: dict[str, list[Path]] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        try:
            data = pydicom.dcmread(path, stop_before_pixels=True)
        except pydicom.errors.InvalidDicomError:
            continue
        by_study.setdefault(str(data.StudyInstanceUID), []).append(path)
    study, paths = max(by_study.items(), key=lambda each: len(each[1]))
    send(service, paths)
    store = MemoryStore()
    retrieving = Retrieving([service], store)
    try:
        retrieving.start("orthanc", study)
        until(lambda: retrieving.progress(study).state is RetrievalState.COMPLETE, 60)  # type: ignore[union-attr]
    finally:
        retrieving.stop()
    sent = {outgoing(path).sop_instance_uid: path for path in paths}
    assert set(store.uids(study)) == set(sent)
    for uid, path in sent.items():
        got = store.files[study][uid][1]
        assert (
            file_meta(got).transfer_syntax_uid == file_meta(path.read_bytes()).transfer_syntax_uid
        )
        assert got[-2000:] == path.read_bytes()[-2000:]


def test_the_priors_of_a_patient_are_found(service: ReadingService) -> None:
    folder = require("mr-brain-brainix")
    path = next(each for each in sorted(folder.rglob("*")) if each.is_file())
    study = send(service, [path])
    data = pydicom.dcmread(path)
    data.StudyInstanceUID = f"{study}.9"[-64:]
    data.SeriesInstanceUID = "2.25.77"
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = "2.25.78"
    data.StudyDate = "20010101"
    file = io.BytesIO()
    data.save_as(file)
    service.store(
        data.StudyInstanceUID,
        [OutgoingObject("2.25.78", str(data.SOPClassUID), "prior", file.getvalue())],
    )
    found = service.dicomweb.studies_of(Patient(str(data.PatientID)), study)
    assert [each.study_instance_uid for each in found.priors] == [data.StudyInstanceUID]
    assert found.priors[0].instances == 1
    assert found.instances_expected is not None


def test_what_was_stored_is_read_back(service: ReadingService) -> None:
    folder = require("sr-tid1500-petseg")
    reports = (each for each in sorted(folder.rglob("*")) if each.is_file())
    path = next(each for each in reports if pydicom.dcmread(each).Modality == "SR")
    study = send(service, [path])
    got = service.read_back(study, outgoing(path))
    assert pydicom.dcmread(io.BytesIO(got)).ContentSequence == pydicom.dcmread(path).ContentSequence


def test_a_missing_study_is_not_found(service: ReadingService) -> None:
    with pytest.raises(NotFoundOnService):
        service.manifest("1.2.3.4.5")


def test_orthanc_keeps_no_worklist_and_says_so(service: ReadingService) -> None:
    with pytest.raises(NotFoundOnService, match="no worklist"):
        service.search()


def test_a_wrong_password_is_refused(orthanc: str) -> None:
    service = ReadingService(Endpoint("orthanc", "Orthanc", orthanc, BasicLogin("reader", "no")))
    try:
        with pytest.raises(LoginRefused):
            service.manifest("1.2.3")
    finally:
        service.close()
