"""One received object: who, what, and how its frames are to be shown; no pixel bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.uid import UID

from workstation.dicom import (
    attributes,
    decoding,
    documents,
    overlay_objects,
    presentation,
    registration,
    summaries,
)
from workstation.dicom.frames import DescribedFrame, describe
from workstation.dicom.part10 import (
    MEDIA_STORAGE_DIRECTORY,
    MediaDirectory,
    Part10,
    open_object,
)
from workstation.dicom.suv import PetHeader, header_of
from workstation.dicom.tracers import tracer_of
from workstation.domain.errors import (
    NotDicom,
    ReaderError,
    RegistrationRefused,
    UndecodablePixels,
)
from workstation.domain.identity import Patient, PersonName, Sex, is_uid
from workstation.domain.image import FrameDescription
from workstation.domain.overlays import OverlayDescription
from workstation.domain.presentation import StateSummary
from workstation.domain.radiation import Tracer
from workstation.domain.registration import Registration
from workstation.domain.study import Document

_ATTRIBUTES = ("ProtocolName", "ContentLabel", "ContentDescription", "ConcatenationUID")


@dataclass(frozen=True, slots=True, eq=False)
class ReceivedObject:
    """The header of one composite instance. `image_problem` says why its pixels cannot be shown."""

    sop_instance_uid: str
    sop_class_uid: str
    series_instance_uid: str
    study_instance_uid: str
    transfer_syntax_uid: str
    patient: Patient
    modality: str
    series_number: int | None = None
    series_description: str = ""
    study_description: str = ""
    body_part: str = ""
    accession_number: str = ""
    study_datetime: datetime | None = None
    referring_physician: str = ""
    institution: str = ""
    instance_number: int | None = None
    frames: tuple[FrameDescription, ...] = ()
    #: for each frame, the values by which display sets are split (display rules, §8 and §9)
    groupings: tuple[Mapping[str, object], ...] = ()
    frame_time_ms: float | None = None
    image_problem: str = ""
    has_pixels: bool = False
    document: Document | None = None
    #: what an object that is no picture holds
    summary: str = ""
    #: what a presentation state is made for
    state: StateSummary | None = None
    #: what a registration links, or why it is not applied
    registration: Registration | RegistrationRefused | None = None
    #: what it draws over the images of others
    overlay: OverlayDescription | None = None
    #: what an image of PET says of SUV
    pet: PetHeader | None = None
    tracer: Tracer | None = None
    repairs: tuple[str, ...] = ()
    path: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def sop_class_name(self) -> str:
        """The name of the SOP class, or its UID where it is not a standard one."""
        return UID(self.sop_class_uid).name if self.sop_class_uid else "unknown SOP class"


def _person(dataset: Dataset, keyword: str) -> PersonName:
    held = attributes.value(dataset, keyword)
    if held is None:
        return PersonName()
    return PersonName.from_dicom(attributes.printable(str(held)))


def _patient(dataset: Dataset) -> Patient:
    return Patient(
        patient_id=attributes.text(dataset, "PatientID"),
        name=_person(dataset, "PatientName"),
        birth_date=attributes.parse_date(attributes.text(dataset, "PatientBirthDate")),
        sex=Sex.from_dicom(attributes.text(dataset, "PatientSex")),
        issuer_of_patient_id=attributes.text(dataset, "IssuerOfPatientID"),
    )


def _frame_time(dataset: Dataset) -> float | None:
    """Milliseconds from frame to frame (PS3.3 C.7.6.5)."""
    held = attributes.number(dataset, "FrameTime")
    if held and held > 0:
        return held
    vector = attributes.numbers(dataset, "FrameTimeVector")
    steps = [step for step in vector[1:] if step > 0]
    if steps:
        return sum(steps) / len(steps)
    for keyword in ("RecommendedDisplayFrameRate", "CineRate"):
        rate = attributes.number(dataset, keyword)
        if rate and rate > 0:
            return 1000.0 / rate
    return None


def read_object(source: bytes | Path) -> ReceivedObject:
    """Read the header of one object; NotDicom where it names no instance."""
    part = open_object(source)
    repairs = list(part.repairs)
    try:
        with attributes.quiet(repairs):
            made = _received(part, repairs, "" if isinstance(source, bytes) else str(source))
        # What the toolkit warned of is known only now.
        return replace(made, repairs=tuple(dict.fromkeys(repairs)))
    except (ReaderError, MemoryError):
        raise
    except Exception as error:
        # One odd file must not take the rest of its study with it.
        raise NotDicom(
            f"The header is broken: a value in it cannot be read ({type(error).__name__}).",
            remedy="Ask the site to send it again.",
        ) from error


def _names(part: Part10) -> tuple[str, str]:
    """(SOP Instance UID, SOP Class UID); NotDicom where the object cannot be told from others."""
    sop_class = attributes.text(part.dataset, "SOPClassUID") or part.media_sop_class_uid
    if sop_class == MEDIA_STORAGE_DIRECTORY:
        raise MediaDirectory("This is a DICOMDIR: a table of contents, not an image.")
    uid = attributes.text(part.dataset, "SOPInstanceUID") or part.media_sop_instance_uid
    if not uid:
        raise NotDicom(
            "The object names no SOP Instance UID, so it cannot be told from another.",
            remedy="Ask the site to send it again.",
        )
    if not is_uid(uid):
        raise NotDicom(
            "The object's SOP Instance UID is none: it holds other signs than digits and points.",
            remedy="Ask the site to send it again with UIDs of the standard (PS3.5 9.1).",
        )
    return uid, sop_class


def _received(part: Part10, repairs: list[str], path: str) -> ReceivedObject:
    uid, sop_class = _names(part)
    dataset, transfer_syntax_uid = part.dataset, part.transfer_syntax_uid
    described: tuple[DescribedFrame, ...] = ()
    problem = ""
    has_pixels = part.pixels is not None
    if part.pixels is not None:
        try:
            described = describe(dataset, transfer_syntax_uid, part.pixels.keyword, repairs)
            form = described[0].description.pixel_format
            problem = decoding.foreseen_problem(part, form, repairs)
        except UndecodablePixels as error:
            problem = error.happened
        except ValueError as error:
            problem = f"The header contradicts itself: {error}."
    elif "Rows" in dataset or "Columns" in dataset:
        problem = "The object has a matrix and no pixel data."
    if part.pixels is None and part.truncated:
        problem = "The header is broken: what follows it, pixels included, cannot be read."
    if problem:
        described = ()
    return ReceivedObject(
        sop_instance_uid=uid,
        sop_class_uid=sop_class,
        series_instance_uid=attributes.text(dataset, "SeriesInstanceUID"),
        study_instance_uid=attributes.text(dataset, "StudyInstanceUID"),
        transfer_syntax_uid=transfer_syntax_uid,
        patient=_patient(dataset),
        modality=attributes.text(dataset, "Modality"),
        series_number=attributes.integer(dataset, "SeriesNumber"),
        series_description=attributes.text(dataset, "SeriesDescription"),
        study_description=attributes.text(dataset, "StudyDescription"),
        body_part=attributes.text(dataset, "BodyPartExamined"),
        accession_number=attributes.text(dataset, "AccessionNumber"),
        study_datetime=attributes.moment(dataset, "StudyDate", "StudyTime"),
        referring_physician=_person(dataset, "ReferringPhysicianName").alphabetic,
        institution=attributes.text(dataset, "InstitutionName"),
        instance_number=attributes.integer(dataset, "InstanceNumber"),
        frames=tuple(each.description for each in described),
        groupings=tuple(each.grouping for each in described),
        frame_time_ms=_frame_time(dataset),
        image_problem=problem,
        has_pixels=has_pixels,
        document=documents.describe(dataset, uid, sop_class),
        summary=summaries.describe(dataset, sop_class),
        state=presentation.summary(dataset, sop_class, uid),
        registration=registration.describe(dataset, sop_class),
        overlay=overlay_objects.describe(dataset, sop_class),
        pet=header_of(dataset) if described else None,
        tracer=tracer_of(dataset) if described else None,
        path=path,
        attributes={
            keyword: attributes.text(dataset, keyword)
            for keyword in (
                "ProtocolName",
                "ContentLabel",
                "ContentDescription",
                "ConcatenationUID",
            )
        },
    )
