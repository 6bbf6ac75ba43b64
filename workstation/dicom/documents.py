"""Documents among the instances: encapsulated PDF and CDA, structured reports as text."""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.dicom.part10 import open_object
from workstation.domain.errors import NotDicom
from workstation.domain.study import Document

ENCAPSULATED = {
    "1.2.840.10008.5.1.4.1.1.104.1": "application/pdf",
    "1.2.840.10008.5.1.4.1.1.104.2": "text/XML",
}
KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
_SR_ROOT = "1.2.840.10008.5.1.4.1.1.88."


def is_structured_report(sop_class_uid: str) -> bool:
    """Whether the SOP class is one of the SR family, the key object selection included."""
    return sop_class_uid.startswith(_SR_ROOT)


def describe(dataset: Dataset, sop_instance_uid: str, sop_class_uid: str) -> Document | None:
    """The document that an instance is, or None."""
    title = attributes.text(dataset, "DocumentTitle")
    if sop_class_uid in ENCAPSULATED:
        mime = attributes.text(dataset, "MIMETypeOfEncapsulatedDocument")
        return Document(sop_instance_uid, title or "Document", mime or ENCAPSULATED[sop_class_uid])
    if is_structured_report(sop_class_uid):
        heading = _concept(dataset) or title or "Structured report"
        return Document(
            sop_instance_uid, heading, "text/plain", "\n".join(_lines(dataset, depth=0))
        )
    return None


def _concept(item: Dataset) -> str:
    for held in attributes.items(item, "ConceptNameCodeSequence"):
        return attributes.text(held, "CodeMeaning")
    return ""


def _value(item: Dataset) -> str:
    kind = attributes.text(item, "ValueType")
    if kind == "TEXT":
        return attributes.text(item, "TextValue").replace("\r\n", "\n").replace("\r", "\n")
    if kind == "CODE":
        for held in attributes.items(item, "ConceptCodeSequence"):
            return attributes.text(held, "CodeMeaning")
    if kind == "NUM":
        for held in attributes.items(item, "MeasuredValueSequence"):
            unit = ""
            for code in attributes.items(held, "MeasurementUnitsCodeSequence"):
                unit = attributes.text(code, "CodeValue")
            return f"{attributes.text(held, 'NumericValue')} {unit}".strip()
    if kind == "PNAME":
        return attributes.text(item, "PersonName").replace("^", " ").strip()
    simple = {"DATETIME": "DateTime", "DATE": "Date", "TIME": "Time", "UIDREF": "UID"}
    if kind in simple:
        return attributes.text(item, simple[kind])
    if kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        return "(reference)"
    return ""


def _lines(item: Dataset, depth: int) -> list[str]:
    """Content items in their order (PS3.3 C.17.3), indented by level; nesting is bounded."""
    found: list[str] = []
    if depth > 12:
        return found
    for child in attributes.items(item, "ContentSequence"):
        concept, value = _concept(child), _value(child)
        if concept or value:
            words = f"{concept}: {value}" if concept and value else concept or value
            found.append("  " * depth + words)
        found.extend(_lines(child, depth + 1))
    return found


def encapsulated_document(source: bytes | Path) -> tuple[str, bytes]:
    """(MIME type, bytes) of an Encapsulated Document (PS3.3 C.24.2)."""
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
