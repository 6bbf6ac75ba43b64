"""A signed report read back from its structured document, and its signature checked.

What our own `dicom.sr` writes comes back as the content that it was made from. The report of
another program comes back as far as it follows TID 2000: its sections, its standing, who signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from workstation.dicom import attributes
from workstation.dicom import sr_concepts as concepts
from workstation.dicom.part10 import open_object
from workstation.dicom.report_objects import imaged_study, listed_evidence
from workstation.domain.critical import (
    CATEGORY_CODES,
    Communication,
    CriticalResult,
    Means,
)
from workstation.domain.errors import NotDicom
from workstation.domain.identity import PersonName, Reader, Role
from workstation.domain.report import LOINC, ReportState, Section, SectionKind, Version
from workstation.domain.report_content import (
    Coded,
    Quantity,
    Reference,
    ReportContent,
    clean,
)

_KINDS = {code: kind for kind, (code, _) in LOINC.items()} | {
    # Headings of other programs (PS3.16 CID 7001, and the DCM codes that it had before).
    "11329-0": SectionKind.CLINICAL_INFORMATION,
    "121060": SectionKind.CLINICAL_INFORMATION,
    "121062": SectionKind.CLINICAL_INFORMATION,
    "121064": SectionKind.TECHNIQUE,
    "121068": SectionKind.COMPARISON,
    "121070": SectionKind.FINDINGS,
    "121072": SectionKind.IMPRESSION,
    "121078": SectionKind.ADDENDUM,
}


@dataclass(frozen=True, slots=True)
class ReadReport:
    """The content, and whether the digest in the document fits it; None where it has none."""

    content: ReportContent
    digest: str
    agrees: bool | None


def _code(item: Dataset, keyword: str = "ConceptNameCodeSequence") -> str:
    for held in attributes.items(item, keyword):
        return attributes.text(held, "CodeValue") or attributes.text(held, "LongCodeValue")
    return ""


def _coded(item: Dataset, keyword: str) -> Coded:
    for held in attributes.items(item, keyword):
        return Coded(
            attributes.text(held, "CodeValue") or attributes.text(held, "LongCodeValue"),
            attributes.text(held, "CodingSchemeDesignator"),
            attributes.text(held, "CodeMeaning"),
        )
    return Coded("", "", "")


def _children(item: Dataset, name: Code | None = None) -> Iterator[Dataset]:
    for child in attributes.items(item, "ContentSequence"):
        if name is None or _code(child) == name.value:
            yield child


def _words(item: Dataset) -> str:
    return clean(attributes.text(item, "TextValue"))


def _text_of(item: Dataset, name: Code) -> str:
    return next((_words(child) for child in _children(item, name)), "")


def _moment(written: str, zone: str) -> datetime:
    """A DT as an aware time; without an offset of its own it has that of the object."""
    moment = attributes.parse_datetime(written)
    if moment is None:
        raise NotDicom("A time in the report cannot be read.")
    if moment.tzinfo is None:
        offset = datetime.strptime(zone, "%z").tzinfo if zone else UTC
        moment = moment.replace(tzinfo=offset)
    return moment.replace(microsecond=0)


def _moment_of(item: Dataset, name: Code, zone: str) -> datetime:
    written = next((attributes.text(c, "DateTime") for c in _children(item, name)), "")
    return _moment(written, zone)


def _section(item: Dataset, zone: str) -> Section | None:
    kind = _KINDS.get(_code(item))
    if kind is None or attributes.text(item, "ValueType") != "CONTAINER":
        return None
    texts = [_words(c) for c in _children(item) if attributes.text(c, "ValueType") == "TEXT"]
    if not texts:
        return None
    by = next(
        (attributes.text(c, "PersonName") for c in _children(item, concepts.OBSERVER_NAME)), ""
    )
    written = attributes.text(item, "ObservationDateTime")
    if not (by and written):
        return Section(kind, "\n".join(texts))
    return Section(kind, "\n".join(texts), by, _moment(written, zone))


def _image_of(item: Dataset) -> tuple[str, str, int]:
    """(SOP class, SOP instance, frame) of an image reference."""
    for held in attributes.items(item, "ReferencedSOPSequence"):
        frames = held.get("ReferencedFrameNumber")
        first = frames[0] if isinstance(frames, list) or hasattr(frames, "__getitem__") else frames
        return (
            attributes.text(held, "ReferencedSOPClassUID"),
            attributes.text(held, "ReferencedSOPInstanceUID"),
            int(first) if first else 1,
        )
    return "", "", 1


def _quantity(item: Dataset) -> Quantity | None:
    for held in attributes.items(item, "MeasuredValueSequence"):
        source = next(
            (_image_of(c) for c in _children(item) if attributes.text(c, "ValueType") == "IMAGE"),
            ("", "", 1),
        )
        return Quantity(
            _coded(item, "ConceptNameCodeSequence"),
            float(attributes.text(held, "NumericValue")),
            _coded(held, "MeasurementUnitsCodeSequence"),
            source[1],
            source[2],
        )
    return None


def _critical(item: Dataset, study_uid: str, zone: str) -> CriticalResult:
    category = next(
        (_code(c, "ConceptCodeSequence") for c in _children(item, concepts.CATEGORY)), ""
    )
    known = {code: each for each, (code, _) in CATEGORY_CODES.items()}
    if category not in known:
        raise NotDicom("A critical result of the report has a category that is not known.")
    told = None
    if _text_of(item, concepts.TOLD_TO):
        answer = next(
            (_code(c, "ConceptCodeSequence") for c in _children(item, concepts.READ_BACK)), ""
        )
        told = Communication(
            _text_of(item, concepts.TOLD_BY),
            _text_of(item, concepts.TOLD_TO),
            Means(_text_of(item, concepts.MEANS)),
            _moment_of(item, concepts.TOLD_AT, zone),
            answer == concepts.YES.value,
        )
    finding = _text_of(item, concepts.FINDING)
    found_at = _moment_of(item, concepts.FOUND_AT, zone)
    return CriticalResult(
        f"{study_uid}/{finding}", study_uid, known[category], finding, found_at, told
    )


def _predecessor(dataset: Dataset) -> Reference | None:
    for study in attributes.items(dataset, "PredecessorDocumentsSequence"):
        for series in attributes.items(study, "ReferencedSeriesSequence"):
            for sop in attributes.items(series, "ReferencedSOPSequence"):
                return Reference(
                    attributes.text(sop, "ReferencedSOPClassUID"),
                    attributes.text(sop, "ReferencedSOPInstanceUID"),
                    attributes.text(series, "SeriesInstanceUID"),
                )
    return None


def _signer(dataset: Dataset, zone: str) -> tuple[Reader, datetime]:
    """Who signed and when: the verifying observer, else the person who observed."""
    role = next(
        (_code(c, "ConceptCodeSequence") for c in _children(dataset, concepts.OBSERVER_ROLE)), ""
    )
    for held in attributes.items(dataset, "VerifyingObserverSequence"):
        code = _code(held, "VerifyingObserverIdentificationCodeSequence")
        # That of the observer is whole, this one holds no more than LO does.
        organization = _text_of(dataset, concepts.OBSERVER_ORGANIZATION) or attributes.text(
            held, "VerifyingOrganization"
        )
        name = attributes.text(held, "VerifyingObserverName")
        moment = _moment(attributes.text(held, "VerificationDateTime"), zone)
        break
    else:
        code = ""
        name = next(
            (attributes.text(c, "PersonName") for c in _children(dataset, concepts.OBSERVER_NAME)),
            "",
        )
        organization = _text_of(dataset, concepts.OBSERVER_ORGANIZATION)
        day, clock = (
            attributes.text(dataset, "ContentDate"),
            attributes.text(dataset, "ContentTime"),
        )
        moment = _moment(day + clock, zone)
    if organization == "unknown":
        organization = ""
    written = PersonName.from_dicom(name or "Unknown")
    return (
        Reader(
            code or "UNKNOWN",
            written,
            organization,
            role=Role.RESIDENT if role == concepts.RESIDENT.value else Role.RADIOLOGIST,
        ),
        moment,
    )


def _version(predecessor: Reference | None, sections: tuple[Section, ...]) -> Version:
    last = next((s for s in reversed(sections) if s.kind is SectionKind.ADDENDUM), None)
    if predecessor is None or last is None:
        return Version.ORIGINAL
    corrected = last.text.startswith(CORRECTED)
    return Version.CORRECTION if corrected else Version.ADDENDUM


#: How the note of a corrected report begins.
CORRECTED = "Corrected report."


def read_report(instance: bytes) -> ReadReport:
    """The content of an SR report; NotDicom where the object is none."""
    dataset = open_object(instance).dataset
    if not attributes.text(dataset, "SOPClassUID").startswith("1.2.840.10008.5.1.4.1.1.88."):
        raise NotDicom("The object is no structured report.")
    zone = attributes.text(dataset, "TimezoneOffsetFromUTC")
    study = imaged_study(dataset)
    made = [_section(item, zone) for item in _children(dataset)]
    sections = tuple(each for each in made if each is not None)
    listed = listed_evidence(dataset)
    quantities: list[Quantity] = []
    keys: list[tuple[Reference, int]] = []
    critical: list[CriticalResult] = []
    for heading in _children(dataset):
        for item in _children(heading):
            kind = attributes.text(item, "ValueType")
            if kind == "NUM":
                found = _quantity(item)
                quantities += [found] if found is not None else []
            elif kind == "IMAGE":
                sop_class, uid, frame = _image_of(item)
                series = listed[uid].series_instance_uid if uid in listed else ""
                keys.append((Reference(sop_class, uid, series), frame))
            elif _code(item) == concepts.RESULTS_COMMUNICATED.value and kind == "CONTAINER":
                critical.append(_critical(item, study.study_instance_uid, zone))
    reader, moment = _signer(dataset, zone)
    predecessor = _predecessor(dataset)
    author = next(
        (
            attributes.text(each, "PersonName")
            for each in attributes.items(dataset, "AuthorObserverSequence")
        ),
        "",
    )
    final = attributes.text(dataset, "PreliminaryFlag") != "PRELIMINARY"
    version = _version(predecessor, sections) if final else Version.ORIGINAL
    requests = attributes.items(dataset, "ReferencedRequestSequence")
    content = ReportContent(
        document_uid=attributes.text(dataset, "SOPInstanceUID"),
        study=study,
        sections=sections,
        quantities=tuple(quantities),
        key_images=tuple(each for each, _ in keys),
        key_frames=tuple(frame for _, frame in keys),
        procedure=next(
            (attributes.text(each, "RequestedProcedureDescription") for each in requests), ""
        ),
        reader=reader,
        signed_at=moment,
        state=ReportState.FINAL if final else ReportState.PRELIMINARY,
        version=version,
        predecessor=predecessor,
        author=PersonName.from_dicom(author) if author else None,
        critical=tuple(critical),
    )
    digest = _text_of(dataset, concepts.DIGEST)
    return ReadReport(content, digest, digest == content.digest if digest else None)
