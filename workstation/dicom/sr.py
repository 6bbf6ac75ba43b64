"""The report as a structured document: TID 2000 Basic Diagnostic Imaging Report (PS3.16)."""

from __future__ import annotations

from collections.abc import Sequence

from highdicom import sr
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import DA, TM

from workstation import __version__
from workstation.dicom import sr_concepts as concepts
from workstation.dicom.report_objects import (
    REPORT_TITLE,
    Reference,
    derived_uid,
    evidence,
    finish,
    frame_numbers,
    head_of,
    in_zone_of,
    long_string,
    predecessor,
    quiet,
)
from workstation.dicom.sr_classes import ENHANCED_SR as ENHANCED_SR
from workstation.domain.critical import CATEGORY_CODES, CriticalResult
from workstation.domain.delivery import OutgoingObject
from workstation.domain.identity import Reader, Role
from workstation.domain.report import LOINC, Section, SectionKind, Version
from workstation.domain.report_content import ReportContent, clean

_CONTAINS = sr.RelationshipTypeValues.CONTAINS


def report_series_uid(study_instance_uid: str, reader: Reader) -> str:
    """The series of one reader's reports on one study: every version lies in the same."""
    return derived_uid("nocturne report", study_instance_uid, reader.code)


def _text(name: Code, text: str) -> sr.TextContentItem:
    return sr.TextContentItem(name=name, value=text, relationship_type=_CONTAINS)


def _container(name: Code, items: Sequence[sr.ContentItem]) -> sr.ContainerContentItem:
    made = sr.ContainerContentItem(
        name=name, is_content_continuous=False, relationship_type=_CONTAINS
    )
    made.ContentSequence = sr.ContentSequence(items)
    return made


def _image(
    name: Code, image: Reference, frame: int, relationship: sr.RelationshipTypeValues
) -> sr.ImageContentItem:
    return sr.ImageContentItem(
        name=name,
        referenced_sop_class_uid=image.sop_class_uid,
        referenced_sop_instance_uid=image.sop_instance_uid,
        referenced_frame_numbers=frame_numbers(image, frame),
        relationship_type=relationship,
    )


def _numbers(content: ReportContent, images: Sequence[Reference]) -> list[sr.NumContentItem]:
    """The measured numbers, each with the image that it was measured on (PS3.16 TID 300)."""
    classes = {each.sop_instance_uid: each for each in images}
    found = []
    for held in content.quantities:
        item = sr.NumContentItem(
            name=Code(held.name.value, held.name.scheme, held.name.meaning),
            # Rounded: DS holds sixteen characters (PS3.5 6.2).
            value=float(held.number),
            unit=Code(held.unit.value, held.unit.scheme, held.unit.meaning),
            relationship_type=_CONTAINS,
        )
        image = classes.get(held.sop_instance_uid)
        if image is not None:
            inferred = sr.RelationshipTypeValues.INFERRED_FROM
            item.ContentSequence = sr.ContentSequence(
                [_image(concepts.SOURCE_OF_MEASUREMENT, image, held.frame, inferred)]
            )
        found.append(item)
    return found


def _critical(result: CriticalResult) -> sr.ContainerContentItem:
    """One critical result: what, when found, who told whom, when, how, whether read back."""
    value, meaning = CATEGORY_CODES[result.category]
    items: list[sr.ContentItem] = [
        sr.CodeContentItem(
            name=concepts.CATEGORY,
            value=Code(value, "RADLEX", meaning),
            relationship_type=_CONTAINS,
        ),
        _text(concepts.FINDING, clean(result.finding)),
        sr.DateTimeContentItem(
            name=concepts.FOUND_AT, value=result.found_at, relationship_type=_CONTAINS
        ),
    ]
    told = result.communication
    if told is not None:
        items += [
            _text(concepts.TOLD_BY, told.told_by),
            _text(concepts.TOLD_TO, told.told_to),
            _text(concepts.MEANS, told.means.value),
            sr.DateTimeContentItem(
                name=concepts.TOLD_AT, value=told.told_at, relationship_type=_CONTAINS
            ),
            sr.CodeContentItem(
                name=concepts.READ_BACK,
                value=concepts.YES if told.read_back else concepts.NO,
                relationship_type=_CONTAINS,
            ),
        ]
    return _container(concepts.RESULTS_COMMUNICATED, items)


def observer(reader: Reader) -> sr.ObserverContext:
    """The reader as the person who observed (TID 1003)."""
    return sr.ObserverContext(
        observer_type=sr.CodedConcept("121006", "DCM", "Person"),
        observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(
            name=reader.name.to_dicom(),
            organization_name=reader.organization or None,
            role_in_organization=concepts.RESIDENT if reader.role is Role.RESIDENT else None,
        ),
    )


def _section(
    section: Section, content: ReportContent, images: Sequence[Reference]
) -> sr.ContainerContentItem | None:
    below: list[sr.ContentItem] = []
    if clean(section.text):
        below.append(_text(concepts.ELEMENTS[section.kind], clean(section.text)))
    if section.kind is SectionKind.FINDINGS:
        below += _numbers(content, images)
        below += [
            _image(concepts.KEY_IMAGES, each, frame, _CONTAINS)
            for each, frame in zip(content.key_images, content.key_frames, strict=True)
        ]
    if section.kind is SectionKind.COMMUNICATION:
        below += [_critical(each) for each in content.critical]
    if not below:
        return None
    if section.by and section.at is not None:
        # Who wrote it and when, where that is not the observer of the whole document (TID 2000).
        who = sr.PnameContentItem(
            name=concepts.OBSERVER_NAME,
            value=section.by,
            relationship_type=sr.RelationshipTypeValues.HAS_OBS_CONTEXT,
        )
        below.insert(0, who)
    code, meaning = LOINC[section.kind]
    made = _container(Code(code, "LN", meaning), below)
    if section.at is not None:
        setattr(made, "ObservationDateTime", f"{section.at:%Y%m%d%H%M%S%z}")  # noqa: B010
    return made


def _with_places(content: ReportContent) -> tuple[Section, ...]:
    """The sections, and those that numbers, key images and critical results need to stand in."""
    kinds = {each.kind for each in content.sections}
    lacking = []
    if SectionKind.FINDINGS not in kinds and (content.quantities or content.key_images):
        lacking.append(Section(SectionKind.FINDINGS, ""))
    if SectionKind.COMMUNICATION not in kinds and content.critical:
        lacking.append(Section(SectionKind.COMMUNICATION, ""))
    return (*content.sections, *lacking)


def _tree(content: ReportContent, images: Sequence[Reference]) -> Dataset:
    root = sr.ContainerContentItem(
        name=REPORT_TITLE, is_content_continuous=False, template_id="2000"
    )
    items: list[sr.ContentItem] = [
        # No language: nobody said in which one the reader writes (optional in TID 2000).
        *sr.ObservationContext(observer_person_context=observer(content.reader)),
    ]
    made = [_section(each, content, images) for each in _with_places(content)]
    items += [each for each in made if each is not None]
    items.append(_text(concepts.DIGEST, content.digest))
    root.ContentSequence = sr.ContentSequence(items)
    return root


def _request(head: Dataset, content: ReportContent) -> list[Dataset]:
    accession = content.study.accession_number
    if not accession and not content.procedure:
        return []
    item = Dataset()
    item.StudyInstanceUID = head.StudyInstanceUID
    item.ReferencedStudySequence = []
    item.AccessionNumber = accession
    item.PlacerOrderNumberImagingServiceRequest = ""
    item.FillerOrderNumberImagingServiceRequest = ""
    item.RequestedProcedureID = ""
    item.RequestedProcedureDescription = long_string(content.procedure)
    item.RequestedProcedureCodeSequence = []
    return [item]


def _person_code(reader: Reader) -> list[Dataset]:
    """The reader's own code as a person (PS3.3 Table 10-1)."""
    code = Dataset()
    # Code Value holds sixteen characters; Long Code Value what is longer (PS3.3 8.1).
    setattr(code, "CodeValue" if len(reader.code) <= 16 else "LongCodeValue", reader.code)
    code.CodingSchemeDesignator = "99NOCTURNE"
    code.CodeMeaning = reader.name.display[:64]
    return [code]


def _author(content: ReportContent) -> list[Dataset]:
    """Who wrote the preliminary report that the verifying observer answers for (C.17.2)."""
    assert content.author is not None
    item = Dataset()
    item.ObserverType = "PSN"
    item.PersonName = content.author.to_dicom()
    item.PersonIdentificationCodeSequence = []
    item.InstitutionName = ""
    item.InstitutionCodeSequence = []
    return [item]


def _title(content: ReportContent) -> str:
    if content.preliminary:
        return "Preliminary report (SR)"
    return {Version.ADDENDUM: "Addendum (SR)", Version.CORRECTION: "Corrected report (SR)"}.get(
        content.version, "Report (SR)"
    )


def build_report(
    study_instance: bytes, references: Sequence[Reference], content: ReportContent
) -> OutgoingObject:
    """The Enhanced SR of a signed report, under the UID that the content names.

    `study_instance` is any instance of the study: patient and study are taken from it.
    `references` are the images that were read, at least one: with the key images they are the
    Current Requested Procedure Evidence (C.17.2.3). A preliminary report is COMPLETE, UNVERIFIED
    and PRELIMINARY; a final one VERIFIED and FINAL (PS3.3 C.17.2). An addendum or a correction is
    a whole document that names the one before it in Predecessor Documents Sequence.
    """
    head = head_of(study_instance)
    head.AccessionNumber = content.study.accession_number
    reader, final = content.reader, not content.preliminary
    with quiet():
        document = sr.EnhancedSR(
            evidence=evidence(head, references),
            content=_tree(content, references),
            series_instance_uid=report_series_uid(str(head.StudyInstanceUID), reader),
            series_number=9001,
            sop_instance_uid=content.document_uid,
            instance_number=1,
            manufacturer="Nocturne",
            is_complete=True,
            is_final=final,
            is_verified=final,
            verifying_observer_name=reader.name.to_dicom() if final else None,
            verifying_organization=long_string(reader.organization or "unknown") if final else None,
            requested_procedures=_request(head, content) or None,
            transfer_syntax_uid=ExplicitVRLittleEndian,
            manufacturer_model_name="Nocturne",
            software_versions=__version__,
        )
    moment = in_zone_of(head, content.signed_at)
    document.ContentDate, document.ContentTime = DA(moment.date()), TM(moment.time())
    if final:
        verifier = document.VerifyingObserverSequence[0]
        verifier.VerificationDateTime = f"{moment:%Y%m%d%H%M%S%z}"
        verifier.VerifyingObserverIdentificationCodeSequence = _person_code(reader)
    if content.author is not None:
        document.AuthorObserverSequence = _author(content)
    document.SeriesDescription = "Reports"
    if content.predecessor is not None:
        document.PredecessorDocumentsSequence = predecessor(head, content.predecessor)
    return OutgoingObject(
        content.document_uid,
        ENHANCED_SR,
        _title(content),
        finish(document, head, content.signed_at),
    )
