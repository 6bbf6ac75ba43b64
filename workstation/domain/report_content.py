"""What is signed: one content, from which every form of the report is written.

The structured report, the PDF, the FHIR resource and the HL7 message are made of this and of
nothing else, so that they say the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from workstation.domain.critical import CriticalResult
from workstation.domain.identity import Patient, PersonName, Reader
from workstation.domain.report import ReportState, Section, Version


@dataclass(frozen=True, slots=True)
class Coded:
    """A code of a scheme: SCT, UCUM, LN, DCM."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Reference:
    """An instance that the report rests on."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measured number: what, how much, of which unit, on which frame (from 1)."""

    name: Coded
    value: float
    unit: Coded
    sop_instance_uid: str = ""
    frame: int = 1

    @property
    def number(self) -> str:
        """The value as every form of the report writes it, to a thousandth: `17.061`. What is below
        a tenth, as lengths and areas on slides of tissue are in mm, to a millionth."""
        plain = f"{self.value:.{6 if abs(self.value) < 0.1 else 3}f}".rstrip("0").rstrip(".")
        return "0" if plain == "-0" else plain


@dataclass(frozen=True, slots=True)
class ImagedStudy:
    """The study as its images name it."""

    study_instance_uid: str
    patient: Patient
    accession_number: str = ""
    study_date: date | None = None
    description: str = ""
    referrer: PersonName = field(default_factory=PersonName)


@dataclass(frozen=True, slots=True)
class ReportContent:
    """The content of one signed version.

    `sections` have their links replaced by words. `predecessor` is the document that it follows;
    `author` who wrote a preliminary report that `reader` signs as final. `site` names the facility
    as the worklist does, `key_frames` the frame of each key image (from 1).
    """

    document_uid: str
    study: ImagedStudy
    sections: tuple[Section, ...]
    quantities: tuple[Quantity, ...]
    key_images: tuple[Reference, ...]
    key_frames: tuple[int, ...]
    procedure: str
    reader: Reader
    signed_at: datetime
    state: ReportState
    version: Version = Version.ORIGINAL
    reason: str = ""
    predecessor: Reference | None = None
    author: PersonName | None = None
    critical: tuple[CriticalResult, ...] = ()
    modality: str = ""
    site: str = ""

    def __post_init__(self) -> None:
        if self.state is ReportState.DRAFT:
            raise ValueError("a draft is not signed")
        if self.signed_at.tzinfo is None or self.signed_at.microsecond:
            raise ValueError("the time of a signature is aware and in whole seconds")
        if len(self.key_images) != len(self.key_frames):
            raise ValueError("each key image has its frame")
        if self.version is not Version.ORIGINAL and self.predecessor is None:
            raise ValueError("an addendum or a correction names the document it follows")

    @property
    def preliminary(self) -> bool:
        """Whether a final report is still owed."""
        return self.state is ReportState.PRELIMINARY

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical content, in hexadecimal."""
        return hashlib.sha256(canonical(self)).hexdigest()


#: Page breaks, line tabulations and the line ends of Unicode, which pasted text holds.
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
#: What neither UT of DICOM (PS3.5 6.1.3) nor XML and HL7 may hold.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def clean(text: str) -> str:
    """Text as it is signed: lines end with LF, no blanks around (PS3.5 6.2 pads UT with them), and
    no sign in it that some form of the report could not hold."""
    return _NO_TEXT.sub("", _LINE_END.sub("\n", text)).strip()


def canonical(content: ReportContent) -> bytes:
    """What the signature covers, as JSON in UTF-8 with sorted keys and no spaces.

    It holds what a reader of the structured report finds there, so that anybody can compute it
    again: who and which study, what sort of document, each section that is not empty, each number
    to a thousandth, each critical result, who signed, as what, when.
    """
    study, reader = content.study, content.reader
    held = {
        "patient": [
            study.patient.patient_id,
            study.patient.issuer_of_patient_id,
            study.patient.name.to_dicom(),
        ],
        "study": [study.study_instance_uid, study.accession_number],
        "document": [
            content.document_uid,
            content.state.value,
            content.predecessor.sop_instance_uid if content.predecessor else "",
        ],
        "sections": [
            [each.kind.value, clean(each.text), each.by, _moment(each.at)]
            for each in content.sections
            if clean(each.text)
        ],
        "quantities": [
            [each.name.value, f"{each.value:.3f}", each.unit.value, each.sop_instance_uid]
            for each in content.quantities
        ],
        "key_images": [each.sop_instance_uid for each in content.key_images],
        "critical": [_critical(each) for each in content.critical],
        "signature": [
            reader.name.to_dicom(),
            reader.organization,
            reader.role.value,
            _moment(content.signed_at),
        ],
    }
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _critical(result: CriticalResult) -> list[object]:
    told = result.communication
    words: list[object] = [result.category.value, clean(result.finding), _moment(result.found_at)]
    if told is not None:
        words += [told.told_by, told.told_to, told.means.value, _moment(told.told_at)]
        words.append(told.read_back)
    return words
