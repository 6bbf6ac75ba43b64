"""A Legacy Converted Enhanced PET read as the single images that it was made of (PS3.3 A.70).

Its conversion put the attributes that no functional group has into Unassigned Shared and Per-Frame
Converted Attributes (C.7.6.16.2.25, C.7.6.16.2.26): units, corrections, dose and times are there as
the PET Image module has them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from workstation.dicom import attributes, parametric_maps, pet_values
from workstation.domain.image import FrameDescription, ModalityTransform

LEGACY_PET = "1.2.840.10008.5.1.4.1.1.128.1"
#: What the values and SUV of a single PET image are made of.
_KEYWORDS = (
    "TimezoneOffsetFromUTC",
    "SeriesDate",
    "SeriesTime",
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "Modality",
    "PatientSex",
    "PatientSize",
    "PatientWeight",
    "ActualFrameDuration",
    "RescaleIntercept",
    "RescaleSlope",
    "CorrectedImage",
    "RadiopharmaceuticalInformationSequence",
    "Units",
    "SUVType",
    "DecayCorrection",
    "FrameReferenceTime",
)
_TAGS = tuple(tag for keyword in _KEYWORDS if (tag := tag_for_keyword(keyword)) is not None)
#: Groups of GE (scan start) and Philips (scales).
_PRIVATE = (0x0009, 0x7053)


class Groups(Protocol):
    """The functional groups of an object, by frame counted from 0."""

    def macro(self, keyword: str, frame: int) -> Dataset | None: ...
    def macros(self, keyword: str, frame: int) -> tuple[Dataset, ...]: ...


def single(dataset: Dataset, groups: Groups, index: int) -> Dataset:
    """What SUV and values of a frame need, as the single image had it. What was unassigned of the
    frame comes before what was of all frames, and that before the top level, where a converter
    may have written the time of its own series."""
    made = Dataset()
    sources = (
        dataset,
        groups.macro("UnassignedSharedConvertedAttributesSequence", index),
        groups.macro("UnassignedPerFrameConvertedAttributesSequence", index),
    )
    for source in sources:
        if source is None:
            continue
        for tag in _TAGS:
            if tag in source:
                made[tag] = source[tag]
        for tag in source.keys():  # noqa: SIM118 - values are not read here
            if tag.group in _PRIVATE:
                made[tag] = source[tag]
    content = groups.macro("FrameContentSequence", index)
    if content is not None:
        moment = attributes.text(content, "FrameAcquisitionDateTime")
        if moment:
            # Of the frame; the date and time of the top level are of the whole object.
            made.AcquisitionDateTime = moment
            made.AcquisitionDate = made.AcquisitionTime = None
        lasted = attributes.number(content, "FrameAcquisitionDuration")
        if lasted is not None and attributes.number(made, "ActualFrameDuration") is None:
            made.ActualFrameDuration = str(round(lasted))
    return made


def _mapping(groups: Groups, index: int) -> Dataset | None:
    """The Real World Value Mapping in Bq/ml or SUV, which counts where no Units came along."""
    found = pet_values.chosen(groups.macros("RealWorldValueMappingSequence", index))
    return found if pet_values.units(found)[0] in pet_values.KNOWN else None


def said_of(dataset: Dataset, groups: Groups, index: int) -> Dataset:
    """What a frame says of SUV, as the single image had it, with the units and the slope of its
    values."""
    made = single(dataset, groups, index)
    mapping = None if attributes.text(made, "Units") else _mapping(groups, index)
    slope = None
    if mapping is not None:
        made.Units, made.SUVType = pet_values.units(mapping)
        slope = attributes.number(mapping, "RealWorldValueSlope")
    elif (transformation := _rescale(groups, index)) is not None:
        slope = attributes.number(transformation, "RescaleSlope")
    if slope is not None:
        made.RescaleSlope = f"{slope:.10g}"
    return made


def _rescale(groups: Groups, index: int) -> Dataset | None:
    return groups.macro("PixelValueTransformationSequence", index)


def in_units(
    frame: FrameDescription, dataset: Dataset, groups: Groups, index: int
) -> FrameDescription:
    """A frame with its values in the units of its single image: by Pixel Value Transformation or
    the rescale that was left unassigned; by a Real World Value Mapping where no Units came along.
    Without any of them its values have no unit."""
    held = single(dataset, groups, index)
    unit, transform = attributes.text(held, "Units"), frame.modality_transform
    if not unit:
        mapping = _mapping(groups, index)
        return parametric_maps.mapped(frame, mapping, pet_values.units(mapping)[0])
    if _rescale(groups, index) is None:
        slope = attributes.number(held, "RescaleSlope")
        intercept = attributes.number(held, "RescaleIntercept") or 0.0
        transform = ModalityTransform(slope or 1.0, intercept)
        unit = unit if slope else ""
    return replace(frame, modality_transform=replace(transform, unit=unit))
