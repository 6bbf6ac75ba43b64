"""What the objects of a report have in common: the study they belong to, names in UTF-8."""

from __future__ import annotations

import io
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pydicom
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from workstation.dicom import attributes
from workstation.dicom.part10 import open_object
from workstation.domain.identity import Patient, PersonName, Sex
from workstation.domain.report_content import ImagedStudy, Reference

__all__ = ["Reference", "derived_uid", "evidence", "finish", "head_of", "imaged_study", "quiet"]

#: Headings of the study and the patient that a new object takes over (PS3.3 C.7.1, C.7.2).
_TAKEN_OVER = (
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "StudyID",
    "ReferringPhysicianName",
    "StudyDescription",
)


def derived_uid(*parts: str) -> str:
    """A UID that is always the same for the same words (PS3.5 B.2, from a name-based UUID)."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, '/'.join(parts)).int}"


@contextmanager
def quiet() -> Iterator[None]:
    """highdicom warns of character sets and quotes values; UTF-8 is set here instead."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def head_of(instance: bytes) -> Dataset:
    """Patient and study of an instance, as text in ISO_IR 192."""
    source = open_object(instance).dataset
    head = Dataset()
    head.SpecificCharacterSet = "ISO_IR 192"
    for keyword in _TAKEN_OVER:
        held = source.get(keyword)
        setattr(head, keyword, "" if held is None else str(held))
    # What a device wrote wrong is unknown in the new object, not copied on.
    if head.PatientSex not in ("M", "F", "O"):
        head.PatientSex = ""
    for keyword in ("PatientBirthDate", "StudyDate"):
        if attributes.parse_date(head.get(keyword)) is None:
            setattr(head, keyword, "")
    if attributes.parse_time(head.StudyTime) is None:
        head.StudyTime = ""
    return head


def imaged_study(head: Dataset) -> ImagedStudy:
    """Patient and study as any object of the study names them (PS3.3 C.7.1.1, C.7.2.1)."""
    return ImagedStudy(
        study_instance_uid=str(head.StudyInstanceUID),
        patient=Patient(
            patient_id=attributes.text(head, "PatientID"),
            name=PersonName.from_dicom(attributes.text(head, "PatientName")),
            birth_date=attributes.parse_date(attributes.text(head, "PatientBirthDate")),
            sex=Sex.from_dicom(attributes.text(head, "PatientSex")),
            issuer_of_patient_id=attributes.text(head, "IssuerOfPatientID"),
        ),
        accession_number=attributes.text(head, "AccessionNumber"),
        study_date=attributes.parse_date(attributes.text(head, "StudyDate")),
        description=attributes.text(head, "StudyDescription"),
        referrer=PersonName.from_dicom(attributes.text(head, "ReferringPhysicianName")),
    )


def evidence(head: Dataset, references: Sequence[Reference]) -> list[Dataset]:
    """References as the data sets that highdicom lists them from."""
    found = []
    for each in references:
        item = Dataset()
        item.update(head)
        item.SOPClassUID = each.sop_class_uid
        item.SOPInstanceUID = each.sop_instance_uid
        item.SeriesInstanceUID = each.series_instance_uid
        # highdicom wants to know whether an image has rows before it refers to it.
        item.Modality = "OT"
        item.Rows = item.Columns = 1
        found.append(item)
    return found


def finish(dataset: Dataset, head: Dataset, moment: datetime) -> bytes:
    """The Part 10 bytes: UTF-8, names as they are, the time with its offset."""
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword in ("PatientName", "ReferringPhysicianName"):
        setattr(dataset, keyword, str(head.get(keyword, "")))
    for keyword in ("IssuerOfPatientID", "StudyDescription"):
        if head.get(keyword):
            setattr(dataset, keyword, head.get(keyword))
    dataset.TimezoneOffsetFromUTC = moment.strftime("%z") or "+0000"
    stream = io.BytesIO()
    with quiet():
        pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


#: Code of the document title (PS3.16 CID 7000).
REPORT_TITLE = Code("18748-4", "LN", "Diagnostic imaging report")
