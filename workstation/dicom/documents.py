"""Documents among the instances: encapsulated PDF and CDA, structured reports as text."""

from __future__ import annotations

import re
from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.dicom.part10 import open_object
from workstation.domain.errors import NotDicom
from workstation.domain.identity import PersonName
from workstation.domain.study import Document

ENCAPSULATED = {
    "1.2.840.10008.5.1.4.1.1.104.1": "application/pdf",
    "1.2.840.10008.5.1.4.1.1.104.2": "text/XML",
}
KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
_SR_ROOT = "1.2.840.10008.5.1.4.1.1.88."
#: Content trees are read to this depth; deeper ones are no reports.
_MAXIMUM_DEPTH = 16
_REFERENCES = {
    "IMAGE": "image",
    "COMPOSITE": "object",
    "WAVEFORM": "waveform",
    "SCOORD": "region on an image",
    "SCOORD3D": "region in space",
    "TCOORD": "time range",
}


def is_structured_report(sop_class_uid: str) -> bool:
    """Whether the SOP class is one of the SR family, the key object selection included."""
    return sop_class_uid.startswith(_SR_ROOT)


def describe(dataset: Dataset, sop_instance_uid: str, sop_class_uid: str) -> Document | None:
    """The document that an instance is, or None."""
    title = attributes.text(dataset, "DocumentTitle") or _concept(dataset)
    if sop_class_uid in ENCAPSULATED:
        mime = attributes.text(dataset, "MIMETypeOfEncapsulatedDocument")
        words = title or attributes.text(dataset, "SeriesDescription") or "Document"
        return Document(sop_instance_uid, words, mime or ENCAPSULATED[sop_class_uid])
    if is_structured_report(sop_class_uid):
        lines = [*_standing(dataset, sop_class_uid), *_lines(dataset, depth=0)]
        heading = _concept(dataset) or title or "Structured report"
        return Document(sop_instance_uid, heading, "text/plain", "\n".join(lines))
    return None


def _standing(dataset: Dataset, sop_class_uid: str) -> list[str]:
    """Whether the report is complete and who stands for it (PS3.3 C.17.2)."""
    if sop_class_uid == KEY_OBJECT_SELECTION:
        return []
    words = []
    if attributes.text(dataset, "PreliminaryFlag") == "PRELIMINARY":
        words.append("Preliminary")
    if attributes.text(dataset, "CompletionFlag") == "PARTIAL":
        words.append("Not complete")
    if attributes.text(dataset, "VerificationFlag") == "VERIFIED":
        observers = attributes.items(dataset, "VerifyingObserverSequence")
        names = [_name(attributes.text(each, "VerifyingObserverName")) for each in observers]
        words.append(" ".join(["Verified", *(["by " + ", ".join(names)] if names else [])]))
    else:
        words.append("Not verified")
    return [" · ".join(words)]


def _name(written: str) -> str:
    return PersonName.from_dicom(written).display


def _concept(item: Dataset) -> str:
    for held in attributes.items(item, "ConceptNameCodeSequence"):
        return attributes.text(held, "CodeMeaning")
    return ""


def _unit(ucum: str) -> str:
    """A UCUM code without its annotations in braces, or the annotation where it is all."""
    if ucum in ("1", "{no units}"):
        return ""
    return re.sub(r"\{[^}]*\}", "", ucum) or ucum.strip("{}")


def _number(item: Dataset) -> str:
    for held in attributes.items(item, "MeasuredValueSequence"):
        unit = ""
        for code in attributes.items(held, "MeasurementUnitsCodeSequence"):
            unit = _unit(attributes.text(code, "CodeValue"))
        return f"{attributes.text(held, 'NumericValue')} {unit}".strip()
    return "no value"


def _date(written: str) -> str:
    day = attributes.parse_date(written)
    return day.isoformat() if day is not None else written


def _time(written: str) -> str:
    clock = attributes.parse_time(written)
    return f"{clock:%H:%M:%S}" if clock is not None else written


def _moment(written: str) -> str:
    moment = attributes.parse_datetime(written)
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else written


def _value(item: Dataset) -> str:
    kind = attributes.text(item, "ValueType")
    if kind == "TEXT":
        return attributes.text(item, "TextValue").replace("\r\n", "\n").replace("\r", "\n")
    if kind == "CODE":
        for held in attributes.items(item, "ConceptCodeSequence"):
            return attributes.text(held, "CodeMeaning")
    if kind == "NUM":
        return _number(item)
    if kind == "PNAME":
        return _name(attributes.text(item, "PersonName"))
    if kind == "DATE":
        return _date(attributes.text(item, "Date"))
    if kind == "TIME":
        return _time(attributes.text(item, "Time"))
    if kind == "DATETIME":
        return _moment(attributes.text(item, "DateTime"))
    if kind == "UIDREF":
        return attributes.text(item, "UID")
    return ""


def _lines(item: Dataset, depth: int) -> list[str]:
    """Content items in their order (PS3.3 C.17.3), indented by level.

    References in a row become one line with their number.
    """
    found: list[str] = []
    if depth > _MAXIMUM_DEPTH:
        return ["  " * depth + "(nested deeper than a report can be read)"]
    waiting: tuple[str, str] | None = None
    count = 0

    def settle() -> None:
        if waiting is not None:
            what, concept = waiting
            words = f"({count} {what}{'s' if count > 1 else ''} referenced)"
            found.append("  " * depth + (f"{concept}: {words}" if concept else words))

    for child in attributes.items(item, "ContentSequence"):
        concept = _concept(child)
        reference = _REFERENCES.get(attributes.text(child, "ValueType"))
        if reference is not None:
            if waiting != (reference, concept):
                settle()
                waiting, count = (reference, concept), 0
            count += 1
            continue
        settle()
        waiting = None
        value = _value(child)
        if concept or value:
            words = f"{concept}: {value}" if concept and value else concept or value
            found.append("  " * depth + words)
        found.extend(_lines(child, depth + 1))
    settle()
    return found


def encapsulated_document(source: bytes | Path) -> tuple[str, bytes]:
    """(MIME type, bytes) of an Encapsulated Document (PS3.3 C.24.2); NotDicom where it has none."""
    dataset = open_object(source).dataset
    held = attributes.value(dataset, "EncapsulatedDocument")
    if not isinstance(held, bytes):
        raise NotDicom("The object holds no document.", remedy="Ask the site to send it again.")
    mime = attributes.text(dataset, "MIMETypeOfEncapsulatedDocument") or "application/pdf"
    length = attributes.integer(dataset, "EncapsulatedDocumentLength")
    if length and 0 < length <= len(held):
        held = held[:length]
    elif mime == "application/pdf":
        held = held.rstrip(b"\0")
    return mime, held
