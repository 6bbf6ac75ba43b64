"""What an object draws over the images, from its header: names, colours, where it belongs."""

from __future__ import annotations

from collections.abc import Iterable

from pydicom.dataset import Dataset

from workstation.dicom import attributes, sr_measurements, sr_page
from workstation.domain.errors import OverlayRefused
from workstation.domain.overlays import Colour, OverlayDescription, OverlayItem, OverlayKind
from workstation.imaging import cielab

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
LABELMAP = "1.2.840.10008.5.1.4.1.1.66.7"
#: listed with its reason: its meshes are not cut
SURFACES = "1.2.840.10008.5.1.4.1.1.66.5"
RT_STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"
RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"

#: Where the object recommends no colour: apart from one another, and from what the colours of the
#: theme mean (yellow is measured, amber and red want somebody).
PALETTE: tuple[Colour, ...] = (
    (79, 209, 139),
    (229, 122, 195),
    (95, 168, 255),
    (182, 224, 74),
    (159, 140, 255),
    (63, 211, 230),
    (217, 166, 121),
    (255, 160, 160),
)
#: Segmented property type "Background" (PS3.16 CID 7154).
_BACKGROUND = ("125040", "DCM")
#: A colour darker than this is not seen on the black of an image (sum of three parts).
_DARKEST = 150


def colour_of(number: int, own: Colour | None) -> Colour:
    """The recommended colour, or one of ours where there is none or it is too dark to see."""
    if own is not None and sum(own) >= _DARKEST:
        return own
    return PALETTE[(number - 1) % len(PALETTE)]


def meaning(item: Dataset, keyword: str) -> str:
    """Code Meaning of the first item of a code sequence."""
    held = attributes.items(item, keyword)
    return attributes.text(held[0], "CodeMeaning") if held else ""


def describe(dataset: Dataset, sop_class_uid: str) -> OverlayDescription | None:
    """What the object draws; None where it is no such object, or lists nothing."""
    if sop_class_uid in (SEGMENTATION, LABELMAP, SURFACES):
        kind, items = OverlayKind.SEGMENTATION, _segments(dataset)
    elif sop_class_uid == RT_STRUCTURE_SET:
        kind, items = OverlayKind.STRUCTURES, structures(dataset)
    elif sop_class_uid == RT_DOSE:
        kind, items = OverlayKind.DOSE, (dose_item(dataset),)
    else:
        return _report(dataset, sop_class_uid)
    if not items:
        return None
    words = (
        attributes.text(dataset, "SeriesDescription")
        or attributes.text(dataset, "StructureSetLabel")
        or attributes.text(dataset, "ContentDescription")
        or attributes.text(dataset, "ContentLabel")
    )
    return OverlayDescription(
        attributes.text(dataset, "SOPInstanceUID"),
        kind,
        words or {OverlayKind.DOSE: "Dose"}.get(kind, kind.value.capitalize()),
        items,
        tuple(dict.fromkeys(_frames_of_reference(dataset))),
        frozenset(_references(dataset)),
    )


def _report(dataset: Dataset, sop_class_uid: str) -> OverlayDescription | None:
    """The measurements of a structured report, where it has any."""
    try:
        found = sr_measurements.measured(dataset, sop_class_uid, PALETTE).measurements
    except OverlayRefused:
        # It is read as text; that its coordinates are broken is said when they are asked for.
        return _broken_report(dataset)
    if not found:
        return None
    marks = [mark for each in found for mark in each.marks]
    frames = {mark.frame.sop_instance_uid for mark in marks if mark.frame is not None}
    spaces = (mark.frame_of_reference_uid for mark in marks if mark.frame_of_reference_uid)
    return OverlayDescription(
        attributes.text(dataset, "SOPInstanceUID"),
        OverlayKind.MEASUREMENTS,
        _report_title(dataset),
        tuple(each.item for each in found),
        tuple(dict.fromkeys(spaces)),
        frozenset(frames),
    )


def _report_title(dataset: Dataset) -> str:
    return attributes.text(dataset, "SeriesDescription") or sr_page.concept(dataset) or "Report"


def _broken_report(dataset: Dataset) -> OverlayDescription:
    return OverlayDescription(
        attributes.text(dataset, "SOPInstanceUID"),
        OverlayKind.MEASUREMENTS,
        _report_title(dataset),
        (OverlayItem(1, "Measurements", PALETTE[0]),),
    )


def _unique(items: Iterable[OverlayItem]) -> tuple[OverlayItem, ...]:
    found: dict[int, OverlayItem] = {}
    for item in items:
        found.setdefault(item.number, item)
    return tuple(found.values())


def _segments(dataset: Dataset) -> tuple[OverlayItem, ...]:
    """Segment Sequence (C.8.20.2). What a label map calls background is no segment to look at:
    its number is the padding of the map, or its code says so."""
    background = attributes.integer(dataset, "PixelPaddingValue")
    found = []
    for held in attributes.items(dataset, "SegmentSequence"):
        number = attributes.integer(held, "SegmentNumber")
        if number is None or number == background:
            continue
        if attributes.code(held, "SegmentedPropertyTypeCodeSequence") == _BACKGROUND:
            continue
        kind = meaning(held, "SegmentedPropertyTypeCodeSequence")
        name = attributes.text(held, "SegmentLabel") or kind or f"Segment {number}"
        own = cielab.to_srgb(attributes.numbers(held, "RecommendedDisplayCIELabValue"))
        detail = kind if kind.lower() != name.lower() else ""
        found.append(OverlayItem(number, name, colour_of(number, own), detail))
    return _unique(found)


def structures(dataset: Dataset) -> tuple[OverlayItem, ...]:
    """Structure Set ROI Sequence with colours and interpreted types (C.8.8.5, C.8.8.6, C.8.8.8)."""
    colours: dict[int, Colour] = {}
    for held in attributes.items(dataset, "ROIContourSequence"):
        number = attributes.integer(held, "ReferencedROINumber")
        own = attributes.numbers(held, "ROIDisplayColor")
        if number is not None and len(own) == 3 and all(0 <= part <= 255 for part in own):
            colours[number] = (int(own[0]), int(own[1]), int(own[2]))
    kinds = {
        attributes.integer(held, "ReferencedROINumber"): attributes.text(
            held, "RTROIInterpretedType"
        )
        for held in attributes.items(dataset, "RTROIObservationsSequence")
    }
    found = []
    for index, held in enumerate(attributes.items(dataset, "StructureSetROISequence"), start=1):
        number = attributes.integer(held, "ROINumber")
        if number is None:
            continue
        name = attributes.text(held, "ROIName") or f"Structure {number}"
        detail = kinds.get(number, "").replace("_", " ").lower()
        colour = colour_of(index, colours.get(number))
        found.append(OverlayItem(number, name, colour, "" if detail == name.lower() else detail))
    return _unique(found)


def dose_item(dataset: Dataset) -> OverlayItem:
    """An RT Dose as one thing to show."""
    summation = attributes.text(dataset, "DoseSummationType").replace("_", " ").lower()
    kind = attributes.text(dataset, "DoseType").lower()
    detail = ", ".join(part for part in (kind, summation) if part)
    return OverlayItem(1, "Dose", PALETTE[2], detail)


def _frames_of_reference(dataset: Dataset) -> Iterable[str]:
    own = attributes.text(dataset, "FrameOfReferenceUID")
    if own:
        yield own
    for held in attributes.items(dataset, "ReferencedFrameOfReferenceSequence"):
        uid = attributes.text(held, "FrameOfReferenceUID")
        if uid:
            yield uid
    for held in attributes.items(dataset, "StructureSetROISequence"):
        uid = attributes.text(held, "ReferencedFrameOfReferenceUID")
        if uid:
            yield uid


def _references(dataset: Dataset) -> Iterable[str]:
    """Images that the object (C.12.2), its frames (C.7.6.16.2.6) or contours (C.8.8.5) name."""
    if "ReferencedSeriesSequence" not in dataset:
        for frame in attributes.items(dataset, "PerFrameFunctionalGroupsSequence"):
            for derived in attributes.items(frame, "DerivationImageSequence"):
                for held in attributes.items(derived, "SourceImageSequence"):
                    yield attributes.text(held, "ReferencedSOPInstanceUID")
    for series in attributes.items(dataset, "ReferencedSeriesSequence"):
        for held in attributes.items(series, "ReferencedInstanceSequence"):
            yield attributes.text(held, "ReferencedSOPInstanceUID")
    for frame in attributes.items(dataset, "ReferencedFrameOfReferenceSequence"):
        for study in attributes.items(frame, "RTReferencedStudySequence"):
            for series in attributes.items(study, "RTReferencedSeriesSequence"):
                for held in attributes.items(series, "ContourImageSequence"):
                    yield attributes.text(held, "ReferencedSOPInstanceUID")
