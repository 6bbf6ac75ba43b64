"""Content trees of structured reports as readable pages (PS3.3 C.17.3)."""

from __future__ import annotations

import re

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.dicom.sr_classes import KEY_OBJECT_SELECTION
from workstation.domain.document_page import (
    Block,
    Heading,
    NamedValue,
    ObjectReference,
    Paragraph,
    ReadablePage,
)
from workstation.domain.identity import PersonName
from workstation.domain.image import FrameKey

#: Content trees are read to this depth; deeper ones are no reports.
_MAXIMUM_DEPTH = 16
#: Value types that point at something, in words.
_REFERENCES = {
    "IMAGE": "image",
    "COMPOSITE": "object",
    "WAVEFORM": "waveform",
    "SCOORD": "region on an image",
    "SCOORD3D": "region in space",
    "TCOORD": "time range",
}


def concept(item: Dataset) -> str:
    """The meaning of the concept name of an item."""
    return coded(item, "ConceptNameCodeSequence")


def coded(item: Dataset, keyword: str) -> str:
    """Code Meaning of the first item of a code sequence; its value where it has no meaning."""
    for held in attributes.items(item, keyword):
        return attributes.text(held, "CodeMeaning") or attributes.text(held, "CodeValue")
    return ""


def person(written: str) -> str:
    """A PN as it is read."""
    return PersonName.from_dicom(written).display


def unit(ucum: str) -> str:
    """A UCUM code without its annotations in braces, or the annotation where it is all."""
    if ucum in ("1", "{no units}"):
        return ""
    return re.sub(r"\{[^}]*\}", "", ucum) or ucum.strip("{}")


def number(item: Dataset) -> str:
    """Value and unit of a NUM item (C.18.1)."""
    for held in attributes.items(item, "MeasuredValueSequence"):
        words = ""
        for code in attributes.items(held, "MeasurementUnitsCodeSequence"):
            words = unit(attributes.text(code, "CodeValue"))
        return f"{attributes.text(held, 'NumericValue')} {words}".strip()
    why = coded(item, "NumericValueQualifierCodeSequence")
    return f"no value ({why.lower()})" if why else "no value"


def _date(written: str) -> str:
    day = attributes.parse_date(written)
    return day.isoformat() if day is not None else written


def _time(written: str) -> str:
    clock = attributes.parse_time(written)
    return f"{clock:%H:%M:%S}" if clock is not None else written


def _moment(written: str) -> str:
    moment = attributes.parse_datetime(written)
    return f"{moment:%Y-%m-%d %H:%M}" if moment is not None else written


def value(item: Dataset) -> str:
    """What an item says, as it is read; empty for containers and references."""
    kind = attributes.text(item, "ValueType")
    if kind == "TEXT":
        return attributes.text(item, "TextValue").replace("\r\n", "\n").replace("\r", "\n")
    if kind == "CODE":
        return coded(item, "ConceptCodeSequence")
    if kind == "NUM":
        return number(item)
    if kind == "PNAME":
        return person(attributes.text(item, "PersonName"))
    if kind == "DATE":
        return _date(attributes.text(item, "Date"))
    if kind == "TIME":
        return _time(attributes.text(item, "Time"))
    if kind == "DATETIME":
        return _moment(attributes.text(item, "DateTime"))
    if kind == "UIDREF":
        return attributes.text(item, "UID")
    return ""


def referenced(item: Dataset) -> tuple[FrameKey, ...]:
    """The frames that an IMAGE, COMPOSITE or WAVEFORM item names (C.18.3, C.18.4); for a region
    those of the images it was selected from."""
    found: list[FrameKey] = []
    for held in attributes.items(item, "ReferencedSOPSequence"):
        uid = attributes.text(held, "ReferencedSOPInstanceUID")
        if uid:
            numbers = attributes.numbers(held, "ReferencedFrameNumber")
            found += [FrameKey(uid, int(frame)) for frame in numbers or (1,) if frame >= 1]
    for child in attributes.items(item, "ContentSequence"):
        if attributes.text(child, "RelationshipType") == "SELECTED FROM":
            found += referenced(child)
    return tuple(found)


def standing(dataset: Dataset, sop_class_uid: str) -> str:
    """Whether the report is complete and who stands for it (C.17.2)."""
    if sop_class_uid == KEY_OBJECT_SELECTION:
        return ""
    words = []
    if attributes.text(dataset, "PreliminaryFlag") == "PRELIMINARY":
        words.append("Preliminary")
    if attributes.text(dataset, "CompletionFlag") == "PARTIAL":
        words.append("Not complete")
    if attributes.text(dataset, "VerificationFlag") == "VERIFIED":
        observers = attributes.items(dataset, "VerifyingObserverSequence")
        names = [person(attributes.text(each, "VerifyingObserverName")) for each in observers]
        words.append(" ".join(["Verified", *(["by " + ", ".join(names)] if names else [])]))
    else:
        words.append("Not verified")
    return " · ".join(words)


def page(dataset: Dataset, sop_class_uid: str) -> ReadablePage:
    """The whole report in its order."""
    title = concept(dataset) or attributes.text(dataset, "DocumentTitle") or "Structured report"
    apart = sop_class_uid == KEY_OBJECT_SELECTION
    return ReadablePage(
        title, tuple(blocks(dataset, 0, apart=apart)), standing(dataset, sop_class_uid)
    )


def blocks(item: Dataset, depth: int, *, apart: bool = False) -> list[Block]:
    """Content items below one, by level. References in a row become one with their number, or
    stay `apart` where each is to be gone to."""
    if depth > _MAXIMUM_DEPTH:
        return [Paragraph("(nested deeper than a report can be read)", depth)]
    found: list[Block] = []
    waiting: ObjectReference | None = None
    for child in attributes.items(item, "ContentSequence"):
        name = concept(child)
        kind = attributes.text(child, "ValueType")
        what = _REFERENCES.get(kind)
        if what is not None:
            frames = referenced(child)
            unnamed = 0 if frames else 1
            held = ObjectReference(name, what, frames, depth, unnamed)
            if waiting is not None and not apart and (waiting.name, waiting.what) == (name, what):
                every = (*waiting.frames, *frames)
                held = ObjectReference(name, what, every, depth, waiting.unnamed + unnamed)
                found.pop()
            found.append(held)
            waiting = held
            continue
        waiting = None
        words = value(child)
        if kind == "CONTAINER":
            if name:
                found.append(Heading(name, depth))
        elif attributes.numbers(child, "ReferencedContentItemIdentifier"):
            place = ".".join(
                str(int(part))
                for part in attributes.numbers(child, "ReferencedContentItemIdentifier")
            )
            found.append(NamedValue(name, f"see item {place} of this report", depth))
        elif name or words:
            found.append(NamedValue(name, words, depth) if name else Paragraph(words, depth))
        found += blocks(child, depth + 1, apart=apart)
    return found
