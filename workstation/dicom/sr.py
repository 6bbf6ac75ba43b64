"""The report as a structured document: TID 2000 Basic Diagnostic Imaging Report (PS3.16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from highdicom import sr
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import DA, TM

from workstation import __version__
from workstation.dicom.report_objects import (
    REPORT_TITLE,
    Reference,
    derived_uid,
    evidence,
    finish,
    head_of,
    quiet,
)
from workstation.domain.delivery import OutgoingObject
from workstation.domain.identity import Reader
from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.report import LOINC, Section, SectionKind

ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"

#: Concept of the text below each heading (PS3.16 CID 7002).
_ELEMENTS = {
    SectionKind.CLINICAL_INFORMATION: Code("121060", "DCM", "History"),
    SectionKind.COMPARISON: Code("121068", "DCM", "Previous Findings"),
    SectionKind.TECHNIQUE: Code("121065", "DCM", "Procedure Description"),
    SectionKind.FINDINGS: Code("121071", "DCM", "Finding"),
    SectionKind.IMPRESSION: Code("121073", "DCM", "Impression"),
}
_QUANTITIES = {
    MeasurementKind.LENGTH: Code("410668003", "SCT", "Length"),
    MeasurementKind.ANGLE: Code("1483009", "SCT", "Angle"),
    MeasurementKind.ELLIPSE: Code("373098007", "SCT", "Mean"),
    MeasurementKind.RECTANGLE: Code("373098007", "SCT", "Mean"),
    MeasurementKind.POLYGON: Code("373098007", "SCT", "Mean"),
}
#: UCUM codes of our units; what has none is written in the text only.
_UNITS = {
    "mm": Code("mm", "UCUM", "millimeter"),
    "deg": Code("deg", "UCUM", "degree"),
    "HU": Code("[hnsf'U]", "UCUM", "Hounsfield unit"),
    "g/ml": Code("g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight"),
}


@dataclass(frozen=True, slots=True)
class ReportContent:
    """What is signed: sections with their links already replaced by words."""

    sections: tuple[Section, ...]
    measurements: tuple[Measurement, ...]
    key_images: tuple[Reference, ...]
    key_frames: tuple[int, ...]
    procedure: str
    accession_number: str
    reader: Reader
    signed_at: datetime
    preliminary: bool
    predecessor_sop_instance_uid: str = ""


def report_series_uid(study_instance_uid: str, reader: Reader) -> str:
    """The series of one reader's reports on one study: every version lies in the same."""
    return derived_uid("nocturne report", study_instance_uid, reader.code)


def _contains(name: Code, text: str) -> sr.TextContentItem:
    return sr.TextContentItem(
        name=name, value=text, relationship_type=sr.RelationshipTypeValues.CONTAINS
    )


def _numbers(measurements: Sequence[Measurement]) -> list[sr.NumContentItem]:
    found = []
    for held in measurements:
        concept, unit = _QUANTITIES.get(held.kind), _UNITS.get(held.result.unit)
        if concept is None or unit is None:
            continue
        found.append(
            sr.NumContentItem(
                name=concept,
                # DS holds sixteen characters (PS3.5 6.2); three decimals are a thousandth of a mm.
                value=round(held.result.value, 3),
                unit=unit,
                relationship_type=sr.RelationshipTypeValues.CONTAINS,
            )
        )
    return found


def _images(content: ReportContent) -> list[sr.ImageContentItem]:
    return [
        sr.ImageContentItem(
            name=Code("121180", "DCM", "Key Images"),
            referenced_sop_class_uid=each.sop_class_uid,
            referenced_sop_instance_uid=each.sop_instance_uid,
            referenced_frame_numbers=[frame] if frame > 1 else None,
            relationship_type=sr.RelationshipTypeValues.CONTAINS,
        )
        for each, frame in zip(content.key_images, content.key_frames, strict=True)
    ]


def observer(reader: Reader) -> sr.ObserverContext:
    """The reader as the person who observed (TID 1003)."""
    return sr.ObserverContext(
        observer_type=sr.CodedConcept("121006", "DCM", "Person"),
        observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(
            name=reader.name.to_dicom(), organization_name=reader.organization or None
        ),
    )


def _tree(content: ReportContent) -> Dataset:
    root = sr.ContainerContentItem(
        name=REPORT_TITLE, is_content_continuous=False, template_id="2000"
    )
    items = [
        sr.CodeContentItem(
            name=Code("121049", "DCM", "Language of Content Item and Descendants"),
            value=Code("en", "RFC5646", "English"),
            relationship_type=sr.RelationshipTypeValues.HAS_CONCEPT_MOD,
        ),
        *sr.ObservationContext(observer_person_context=observer(content.reader)),
    ]
    for section in content.sections:
        below: list[sr.ContentItem] = []
        if section.text.strip():
            below.append(_contains(_ELEMENTS[section.kind], section.text.strip()))
        if section.kind is SectionKind.FINDINGS:
            below += [*_numbers(content.measurements), *_images(content)]
        if not below:
            continue
        code, meaning = LOINC[section.kind]
        heading = sr.ContainerContentItem(
            name=Code(code, "LN", meaning),
            is_content_continuous=False,
            relationship_type=sr.RelationshipTypeValues.CONTAINS,
        )
        heading.ContentSequence = sr.ContentSequence(below)
        items.append(heading)
    root.ContentSequence = sr.ContentSequence(items)
    return root


def _request(head: Dataset, content: ReportContent) -> list[Dataset]:
    if not content.accession_number:
        return []
    item = Dataset()
    item.StudyInstanceUID = head.StudyInstanceUID
    item.ReferencedStudySequence = []
    item.AccessionNumber = content.accession_number
    item.PlacerOrderNumberImagingServiceRequest = ""
    item.FillerOrderNumberImagingServiceRequest = ""
    item.RequestedProcedureID = ""
    item.RequestedProcedureDescription = content.procedure
    item.RequestedProcedureCodeSequence = []
    return [item]


def _predecessor(head: Dataset, series_uid: str, sop_instance_uid: str) -> list[Dataset]:
    sop = Dataset()
    sop.ReferencedSOPClassUID = ENHANCED_SR
    sop.ReferencedSOPInstanceUID = sop_instance_uid
    series = Dataset()
    series.SeriesInstanceUID = series_uid
    series.ReferencedSOPSequence = [sop]
    study = Dataset()
    study.StudyInstanceUID = head.StudyInstanceUID
    study.ReferencedSeriesSequence = [series]
    return [study]


def build_report(
    sop_instance_uid: str,
    study_instance: bytes,
    references: Sequence[Reference],
    content: ReportContent,
) -> OutgoingObject:
    """The Enhanced SR of a signed report.

    `study_instance` is any instance of the study: patient and study are taken from it.
    `references` are the images that were read, at least one. A preliminary report is COMPLETE,
    UNVERIFIED and PRELIMINARY; a final one VERIFIED and FINAL (PS3.3 C.17.2).
    """
    head = head_of(study_instance)
    series_uid = report_series_uid(str(head.StudyInstanceUID), content.reader)
    final = not content.preliminary
    with quiet():
        document = sr.EnhancedSR(
            evidence=evidence(head, references),
            content=_tree(content),
            series_instance_uid=series_uid,
            series_number=9001,
            sop_instance_uid=sop_instance_uid,
            instance_number=1,
            manufacturer="Nocturne",
            is_complete=True,
            is_final=final,
            is_verified=final,
            verifying_observer_name=content.reader.name.to_dicom() if final else None,
            verifying_organization=(content.reader.organization or "unknown") if final else None,
            requested_procedures=_request(head, content) or None,
            transfer_syntax_uid=ExplicitVRLittleEndian,
            manufacturer_model_name="Nocturne",
            software_versions=__version__,
        )
    moment = content.signed_at
    document.ContentDate, document.ContentTime = DA(moment.date()), TM(moment.time())
    if final:
        document.VerifyingObserverSequence[0].VerificationDateTime = f"{moment:%Y%m%d%H%M%S%z}"
    document.SeriesDescription = "Reports"
    if content.predecessor_sop_instance_uid:
        document.PredecessorDocumentsSequence = _predecessor(
            head, series_uid, content.predecessor_sop_instance_uid
        )
    return OutgoingObject(
        sop_instance_uid,
        ENHANCED_SR,
        "Preliminary report (SR)" if content.preliminary else "Report (SR)",
        finish(document, head, content.signed_at),
    )
