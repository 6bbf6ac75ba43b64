"""Greyscale softcopy presentation states to the grey pipeline of one image (PS3.3 A.33)."""

from __future__ import annotations

from pathlib import Path

from pydicom.dataset import Dataset

from workstation.dicom import attributes, lookup_tables
from workstation.dicom.part10 import open_object
from workstation.domain.errors import ReaderError
from workstation.domain.image import FrameDescription, LookupTable
from workstation.domain.presentation import Presentation

_GREYSCALE = "1.2.840.10008.5.1.4.1.1.11.1"

#: What a state may ask for beyond values, by the attribute that says so.
_BEYOND = {
    "MaskSubtractionSequence": "a mask is subtracted",
    "ShutterShape": "a shutter",
    "GraphicAnnotationSequence": "annotations",
    "OverlayActivationLayer": "overlays",
}


def presentation_of(source: bytes | Path, frame: FrameDescription) -> Presentation:
    """How the state shows a frame; ReaderError where it is none, or not one of this image."""
    dataset = open_object(source).dataset
    with attributes.quiet():
        if attributes.text(dataset, "SOPClassUID") != _GREYSCALE:
            raise ReaderError(
                "The file is no greyscale softcopy presentation state.",
                remedy="Other kinds are not applied yet.",
            )
        if not _refers(dataset, frame, within="ReferencedSeriesSequence"):
            raise ReaderError("The presentation state does not refer to this image.")
        return _presentation(dataset, frame)


def _names(item: Dataset, frame: FrameDescription) -> bool:
    if attributes.text(item, "ReferencedSOPInstanceUID") != frame.key.sop_instance_uid:
        return False
    numbers = attributes.numbers(item, "ReferencedFrameNumber")
    return not numbers or frame.key.frame_number in {int(number) for number in numbers}


def _refers(dataset: Dataset, frame: FrameDescription, *, within: str = "") -> bool:
    holders = attributes.items(dataset, within) if within else (dataset,)
    return any(
        _names(item, frame)
        for holder in holders
        for item in attributes.items(holder, "ReferencedImageSequence")
    )


def _presentation(dataset: Dataset, frame: FrameDescription) -> Presentation:
    signed = frame.pixel_format.signed
    transform = lookup_tables.modality_transform(
        dataset, None, signed=signed, modality="PR", implies_hounsfield=False
    )
    voi = None
    for item in attributes.items(dataset, "SoftcopyVOILUTSequence"):
        everywhere = not attributes.items(item, "ReferencedImageSequence")
        if everywhere or _refers(item, frame):
            found = lookup_tables.voi_alternatives(
                item, None, signed=signed or transform.intercept < 0, modality="PR"
            )
            voi = found[0] if found else None
            break
    tables = [
        lookup_tables.lookup_table(item, signed=False)
        for item in attributes.items(dataset, "PresentationLUTSequence")
    ]
    held: LookupTable | None = tables[0] if tables else None
    if tables and held is None:
        raise ReaderError("The Presentation LUT of the presentation state cannot be read.")
    left_out = [words for keyword, words in _BEYOND.items() if keyword in dataset]
    if attributes.number(dataset, "ImageRotation"):
        left_out.append("a rotation")
    if attributes.text(dataset, "ImageHorizontalFlip") == "Y":
        left_out.append("a flip")
    return Presentation(
        transform,
        voi,
        held,
        attributes.text(dataset, "PresentationLUTShape") == "INVERSE",
        attributes.text(dataset, "ContentLabel"),
        tuple(left_out),
    )
