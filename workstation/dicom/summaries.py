"""What an object that is no picture holds, in a few words."""

from __future__ import annotations

from pydicom.dataset import Dataset

from workstation.dicom import attributes, overlay_objects, presentation, registration
from workstation.domain.presentation import StateKind
from workstation.domain.study import DisplaySetKind

_KINDS = {
    "1.2.840.10008.5.1.4.1.1.66.4": DisplaySetKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.66.5": DisplaySetKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.66.7": DisplaySetKind.SEGMENTATION,
    "1.2.840.10008.5.1.4.1.1.481.3": DisplaySetKind.STRUCTURES,
}
_PRESENTATION_ROOT = "1.2.840.10008.5.1.4.1.1.11."
_WAVEFORM_ROOT = "1.2.840.10008.5.1.4.1.1.9."
_MAXIMUM_NAMES = 8


def kind_of(sop_class_uid: str) -> DisplaySetKind | None:
    """The kind of an object that is looked at otherwise than an image, or None."""
    if sop_class_uid.startswith(_PRESENTATION_ROOT):
        return DisplaySetKind.PRESENTATION
    if sop_class_uid.startswith(_WAVEFORM_ROOT):
        return DisplaySetKind.WAVEFORM
    return _KINDS.get(sop_class_uid)


def _names(names: list[str]) -> str:
    told = ", ".join(name for name in names[:_MAXIMUM_NAMES] if name)
    more = len(names) - _MAXIMUM_NAMES
    return f" ({told}{f' and {more} more' if more > 0 else ''})" if told else ""


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def describe(dataset: Dataset, sop_class_uid: str) -> str:
    """A sentence for the list of what is not drawn; empty for images and documents."""
    if sop_class_uid == registration.SPATIAL_REGISTRATION:
        return "A registration of images to one another, applied where a blending state names it."
    if sop_class_uid == registration.DEFORMABLE:
        return "A deformable registration, which is not applied."
    kind = kind_of(sop_class_uid)
    if kind is DisplaySetKind.SEGMENTATION:
        held = attributes.items(dataset, "SegmentSequence")
        names = [attributes.text(each, "SegmentLabel") for each in held]
        what = _count(len(held), "segment", "segments")
        if sop_class_uid not in (overlay_objects.SEGMENTATION, overlay_objects.LABELMAP):
            return f"A segmentation with {what}{_names(names)} as surfaces, listed and not drawn."
        return f"A segmentation with {what}{_names(names)}, drawn over the images it belongs to."
    if kind is DisplaySetKind.STRUCTURES:
        held = attributes.items(dataset, "StructureSetROISequence")
        names = [attributes.text(each, "ROIName") for each in held]
        what = _count(len(held), "structure", "structures")
        return f"Contours of {what}{_names(names)}, drawn over the images they belong to."
    if kind is DisplaySetKind.PRESENTATION:
        series = attributes.items(dataset, "ReferencedSeriesSequence")
        images = sum(len(attributes.items(each, "ReferencedImageSequence")) for each in series)
        label = attributes.text(dataset, "ContentLabel")
        told = presentation.summary(dataset, sop_class_uid, "1")
        if told is not None and told.kind is StateKind.OTHER:
            return f"A presentation state{_names([label])} for {told.what}, which is not applied."
        return (
            f"A presentation state{_names([label])} for {_count(images, 'image', 'images')}:"
            " it is chosen on the image that it is made for."
        )
    if kind is DisplaySetKind.WAVEFORM:
        groups = attributes.items(dataset, "WaveformSequence")
        channels = sum(attributes.integer(each, "NumberOfWaveformChannels") or 0 for each in groups)
        return f"A waveform of {_count(channels, 'channel', 'channels')}."
    return ""
