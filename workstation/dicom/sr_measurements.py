"""Measurements in structured reports with the places that they were made at (PS3.16 TID 1500,
TID 1410, TID 1411; PS3.3 C.18.6, C.18.9)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import attributes, sr_page
from workstation.dicom.part10 import open_object
from workstation.domain.errors import OverlayRefused
from workstation.domain.geometry import Vector
from workstation.domain.image import FrameKey
from workstation.domain.overlays import (
    Colour,
    MarkShape,
    OverlayItem,
    SRMark,
    SRMeasurement,
    SRMeasurements,
)

_SR_ROOT = "1.2.840.10008.5.1.4.1.1.88."
_GROUP = ("125007", "DCM")
_TRACKING = "112039"
_FINDING = {("121071", "DCM"), ("121070", "DCM")}
_SITE = {("363698007", "SCT"), ("G-C0E3", "SRT")}
#: What the maker of a finding wants done with it (PS3.16 CID 6034, PS3.4 O.2.2.1).
_INTENT = ("111056", "DCM")
_OPTIONAL, _NOT_SHOWN = ("111151", "DCM"), ("111152", "DCM")
#: What tells of a value how it was derived: mean, maximum (TID 300).
_DERIVATION = ("121401", "DCM")
_COORDINATES = ("SCOORD", "SCOORD3D")
_MAXIMUM_DEPTH = 16
#: Reports with more are lists of something else.
_MAXIMUM_ITEMS = 500


def measured(dataset: Dataset, sop_class_uid: str, palette: tuple[Colour, ...]) -> SRMeasurements:
    """The measurement groups of a report, and single values and findings that have a place.

    OverlayRefused names a coordinate that cannot be right.
    """
    found: list[SRMeasurement] = []
    if sop_class_uid.startswith(_SR_ROOT):
        for held, optional in _groups(dataset, 0):
            number = len(found) + 1
            colour = palette[(number - 1) % len(palette)]
            made = _measurement(held, number, colour, dataset, optional)
            if made is not None:
                found.append(made)
            if len(found) == _MAXIMUM_ITEMS:
                break
    return SRMeasurements(tuple(found))


def read_measurements(source: bytes | Path, palette: tuple[Colour, ...]) -> SRMeasurements:
    """Those of an object; OverlayRefused where there are none or one is broken."""
    part = open_object(source)
    sop_class = attributes.text(part.dataset, "SOPClassUID") or part.media_sop_class_uid
    found = measured(part.dataset, sop_class, palette)
    if not found.measurements:
        raise OverlayRefused("The report holds no measurement that has a place.")
    return found


def _groups(item: Dataset, depth: int, optional: bool = False) -> Iterator[tuple[Dataset, bool]]:
    """Measurement groups, and other items that have a region of their own, each with whether it is
    to be shown at the reader's wish only. What is not for presentation is no finding: a detection
    program left it for the next one."""
    if depth > _MAXIMUM_DEPTH:
        return
    for child in attributes.items(item, "ContentSequence"):
        intent = _intent(child)
        if intent == _NOT_SHOWN:
            continue
        wish = optional or intent == _OPTIONAL
        whole = attributes.code(child, "ConceptNameCodeSequence") == _GROUP
        if whole or (not _is_coordinate(child) and _has_region(child)):
            yield child, wish
        else:
            yield from _groups(child, depth + 1, wish)


def _intent(item: Dataset) -> tuple[str, str]:
    for child in attributes.items(item, "ContentSequence"):
        if attributes.code(child, "ConceptNameCodeSequence") == _INTENT:
            return attributes.code(child, "ConceptCodeSequence")
    return "", ""


def _is_coordinate(item: Dataset) -> bool:
    return attributes.text(item, "ValueType") in _COORDINATES


def _has_region(item: Dataset) -> bool:
    return any(_is_coordinate(below) for below in attributes.items(item, "ContentSequence"))


def _named(item: Dataset, root: Dataset) -> tuple[FrameKey, ...]:
    """The images that a region was selected from, also where they stand elsewhere in the tree
    (by-reference relationship, C.17.3.2.5)."""
    found = sr_page.referenced(item)
    for child in attributes.items(item, "ContentSequence") if not found else ():
        path = attributes.numbers(child, "ReferencedContentItemIdentifier")[1:]
        held: Dataset | None = root if path else None
        for step in path:
            below = attributes.items(held, "ContentSequence") if held is not None else ()
            held = below[int(step) - 1] if 1 <= step <= len(below) else None
        if held is not None:
            found += sr_page.referenced(held)
    return found


def _below(item: Dataset, depth: int = 0) -> Iterator[Dataset]:
    if depth > _MAXIMUM_DEPTH:
        return
    for child in attributes.items(item, "ContentSequence"):
        if _intent(child) in (_OPTIONAL, _NOT_SHOWN):
            # What is shown is shown down to the first that need not be (PS3.4 O.2.2.1).
            continue
        yield child
        yield from _below(child, depth + 1)


def _measurement(
    group: Dataset, number: int, colour: Colour, root: Dataset, optional: bool
) -> SRMeasurement | None:
    values: list[tuple[str, str]] = []
    name = finding = site = ""
    marks: list[SRMark] = []
    sources: list[str] = []
    for item in (group, *_below(group)):
        kind = attributes.text(item, "ValueType")
        concept = attributes.code(item, "ConceptNameCodeSequence")
        if kind == "NUM":
            values.append((_value_name(item), sr_page.value(item)))
        elif kind == "TEXT" and concept[0] == _TRACKING:
            name = sr_page.value(item)
        elif kind == "CODE" and concept in _FINDING:
            finding = finding or sr_page.value(item)
        elif kind == "CODE" and concept in _SITE:
            site = site or sr_page.value(item)
        elif kind in _COORDINATES:
            marks.append(_mark(item, number, root))
        elif kind in ("IMAGE", "COMPOSITE"):
            sources += [frame.sop_instance_uid for frame in sr_page.referenced(item)]
    if not values and not marks:
        return None
    own = "" if attributes.code(group, "ConceptNameCodeSequence") == _GROUP else _own_name(group)
    title = name or finding or own or f"Measurement {number}"
    detail = ", ".join(part for part in (finding, site) if part and part != title)
    return SRMeasurement(
        OverlayItem(number, title, colour, detail, optional),
        tuple(values),
        tuple(marks),
        tuple(dict.fromkeys(sources)),
    )


def _own_name(item: Dataset) -> str:
    concept, value = sr_page.concept(item), sr_page.value(item)
    if attributes.text(item, "ValueType") == "NUM" or not value:
        return concept
    return f"{concept}: {value}" if concept else value


def _value_name(item: Dataset) -> str:
    derivation = next(
        (
            sr_page.value(child).lower()
            for child in attributes.items(item, "ContentSequence")
            if attributes.code(child, "ConceptNameCodeSequence") == _DERIVATION
        ),
        "",
    )
    return " ".join(part for part in (sr_page.concept(item), derivation) if part)


def _mark(item: Dataset, number: int, root: Dataset) -> SRMark:
    """One spatial coordinate; OverlayRefused where its numbers make no such shape."""
    written = attributes.text(item, "GraphicType")
    numbers = attributes.numbers(item, "GraphicData")
    in_space = attributes.text(item, "ValueType") == "SCOORD3D"
    size = 3 if in_space else 2
    broken = OverlayRefused(
        f"A coordinate of measurement {number} is no {written.lower() or 'shape'}.",
        means="The measurements of this report are not drawn.",
        remedy="Ask the site to send the report again.",
    )
    if not numbers or len(numbers) % size:
        raise broken
    rows = [numbers[at : at + size] for at in range(0, len(numbers), size)]
    shape, rows = _shape(written, rows, in_space, broken)
    try:
        if in_space:
            uid = attributes.text(item, "ReferencedFrameOfReferenceUID")
            positions: tuple[Vector, ...] = tuple((row[0], row[1], row[2]) for row in rows)
            return SRMark(shape, positions=positions, frame_of_reference_uid=uid)
        frames = _named(item, root)
        if not frames:
            raise OverlayRefused(f"A coordinate of measurement {number} names no image.")
        # Coordinates count from the corner of the first pixel, ours from its centre (C.18.6.1.1).
        points = tuple((row[0] - 0.5, row[1] - 0.5) for row in rows)
        frame = FrameKey(frames[0].sop_instance_uid, frames[0].frame_number)
        return SRMark(shape, points=points, frame=frame)
    except ValueError:
        raise broken from None


def _shape(
    written: str, rows: list[tuple[float, ...]], in_space: bool, broken: OverlayRefused
) -> tuple[MarkShape, list[tuple[float, ...]]]:
    """Graphic Type as one of ours; a circle becomes the ellipse that it is."""
    if written == "POINT":
        return MarkShape.POINT, rows[:1]
    if written == "MULTIPOINT":
        return MarkShape.POINTS, rows
    if written == "POLYGON":
        return MarkShape.POLYGON, rows[:-1] if len(rows) > 3 and rows[0] == rows[-1] else rows
    if written == "POLYLINE":
        closed = len(rows) > 3 and rows[0] == rows[-1]
        return (MarkShape.POLYGON, rows[:-1]) if closed else (MarkShape.LINE, rows)
    if written == "ELLIPSE" and len(rows) == 4:
        return MarkShape.ELLIPSE, rows
    if written == "CIRCLE" and len(rows) == 2 and not in_space:
        (x, y), (u, v) = rows
        radius = math.hypot(u - x, v - y)
        return MarkShape.ELLIPSE, [
            (x - radius, y),
            (x + radius, y),
            (x, y - radius),
            (x, y + radius),
        ]
    raise broken
