"""What the kinds of presentation states have in common: images that they name, windows for them."""

from __future__ import annotations

from collections.abc import Callable

from pydicom.dataset import Dataset

from workstation.dicom import attributes, lookup_tables
from workstation.domain.image import FrameDescription, ModalityTransform, Voi
from workstation.domain.presentation import StateReference


def references(holder: Dataset) -> tuple[StateReference, ...]:
    """The images of Referenced Series Sequence (PS3.3 C.11.11)."""
    found = []
    for series in attributes.items(holder, "ReferencedSeriesSequence"):
        for item in attributes.items(series, "ReferencedImageSequence"):
            frames = attributes.numbers(item, "ReferencedFrameNumber")
            found.append(
                StateReference(
                    attributes.text(item, "ReferencedSOPInstanceUID"),
                    frozenset(int(frame) for frame in frames),
                )
            )
    return tuple(found)


def applies_to(frame: FrameDescription) -> Callable[[Dataset], bool]:
    """Tells of an item whether it is for the frame. One without images of its own is for all of
    the state."""

    def applies(item: Dataset) -> bool:
        held = attributes.items(item, "ReferencedImageSequence")
        return not held or any(_names(each, frame) for each in held)

    return applies


def _names(item: Dataset, frame: FrameDescription) -> bool:
    if attributes.text(item, "ReferencedSOPInstanceUID") != frame.key.sop_instance_uid:
        return False
    numbers = attributes.numbers(item, "ReferencedFrameNumber")
    return not numbers or frame.key.frame_number in {int(number) for number in numbers}


def window_index(dataset: Dataset, applies: Callable[[Dataset], bool]) -> int | None:
    """Which item of Softcopy VOI LUT Sequence counts; None where none does (PS3.3 C.11.8)."""
    held = attributes.items(dataset, "SoftcopyVOILUTSequence")
    return next((index for index, item in enumerate(held) if applies(item)), None)


def values(
    dataset: Dataset, frame: FrameDescription, applies: Callable[[Dataset], bool]
) -> tuple[ModalityTransform, Voi | None]:
    """The state's own Modality LUT, and the window of the first item that applies; None is the
    identity."""
    signed = frame.pixel_format.signed
    transform = lookup_tables.modality_transform(
        dataset, None, signed=signed, modality="PR", implies_hounsfield=False
    )
    index = window_index(dataset, applies)
    if index is None:
        return transform, None
    found = lookup_tables.voi_alternatives(
        attributes.items(dataset, "SoftcopyVOILUTSequence")[index],
        None,
        signed=transform.lut is None and (signed or transform.intercept < 0),
        modality="PR",
    )
    return transform, found[0] if found else None
