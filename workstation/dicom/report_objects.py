"""What the objects of a report have in common: the study they belong to, names in UTF-8."""

from __future__ import annotations

import io
import re
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

__all__ = [
    "Reference",
    "derived_uid",
    "evidence",
    "finish",
    "frame_numbers",
    "head_of",
    "imaged_study",
    "in_zone_of",
    "listed_evidence",
    "long_string",
    "predecessor",
    "quiet",
]

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


#: Storage of images with several frames in one object (PS3.4 B.5; PS3.6 table A-1).
_FRAMES = re.compile(
    r"1\.2\.840\.10008\.5\.1\.4\.1\.1\.(?:2\.[12]|3\.1|4\.[134]|6\.2|7\.[1-4]|12\.[12](?:\.1)?"
    r"|13\.1\.[1-5]|14\.[12]|20|30|66\.4|77\.1\.[124]\.1|77\.1\.5\.[1-8]|77\.1\.6|128\.1|130|481\.1)"
)
#: Longest value of LO, in characters (PS3.5 6.2).
_LONG = 64


def frame_numbers(image: Reference, frame: int) -> list[int] | None:
    """What a reference to one frame names: of an object with several frames also the first, as none
    named means all (PS3.3 Table 10-3)."""
    return [frame] if frame > 1 or _FRAMES.fullmatch(image.sop_class_uid) else None


def long_string(text: str) -> str:
    """Text as LO holds it: 64 characters, no backslash (PS3.5 6.2)."""
    plain = " ".join(text.replace("\\", "/").split())
    return plain if len(plain) <= _LONG else f"{plain[: _LONG - 3].rstrip()}..."


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
    offset = attributes.text(source, "TimezoneOffsetFromUTC")
    if _OFFSET.fullmatch(offset):
        head.TimezoneOffsetFromUTC = offset
    return head


_OFFSET = re.compile(r"[+-](?:0[0-9]|1[0-4])[0-5][0-9]")


def in_zone_of(head: Dataset, moment: datetime) -> datetime:
    """The same moment in the zone of the study, where its images name one.

    One offset counts for every date and time of an object (PS3.3 C.12.1.1.8), also for the time of
    the study that the new object takes over.
    """
    offset = head.get("TimezoneOffsetFromUTC")
    zone = datetime.strptime(offset, "%z").tzinfo if offset else None
    return moment if zone is None else moment.astimezone(zone)


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


def listed_evidence(document: Dataset) -> dict[str, Reference]:
    """The Current Requested Procedure Evidence of a document, by SOP Instance UID (C.17.2.3)."""
    found = {}
    for study in attributes.items(document, "CurrentRequestedProcedureEvidenceSequence"):
        for series in attributes.items(study, "ReferencedSeriesSequence"):
            for sop in attributes.items(series, "ReferencedSOPSequence"):
                uid = attributes.text(sop, "ReferencedSOPInstanceUID")
                found[uid] = Reference(
                    attributes.text(sop, "ReferencedSOPClassUID"),
                    uid,
                    attributes.text(series, "SeriesInstanceUID"),
                )
    return found


def predecessor(head: Dataset, before: Reference) -> list[Dataset]:
    """Predecessor Documents Sequence of one document of the study (PS3.3 C.17.2, table C.17-3)."""
    sop = Dataset()
    sop.ReferencedSOPClassUID = before.sop_class_uid
    sop.ReferencedSOPInstanceUID = before.sop_instance_uid
    series = Dataset()
    series.SeriesInstanceUID = before.series_instance_uid
    series.ReferencedSOPSequence = [sop]
    study = Dataset()
    study.StudyInstanceUID = head.StudyInstanceUID
    study.ReferencedSeriesSequence = [series]
    return [study]


def finish(dataset: Dataset, head: Dataset, moment: datetime) -> bytes:
    """The Part 10 bytes: UTF-8, names as they are; `moment` gives the offset of all times."""
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword in ("PatientName", "ReferringPhysicianName"):
        setattr(dataset, keyword, str(head.get(keyword, "")))
    for keyword in ("IssuerOfPatientID", "StudyDescription"):
        if head.get(keyword):
            setattr(dataset, keyword, head.get(keyword))
    moment = in_zone_of(head, moment)
    dataset.TimezoneOffsetFromUTC = moment.strftime("%z") or "+0000"
    stream = io.BytesIO()
    with quiet():
        pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


#: Code of the document title (PS3.16 CID 7000).
REPORT_TITLE = Code("18748-4", "LN", "Diagnostic imaging report")
