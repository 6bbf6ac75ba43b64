"""Which frames are subtracted from which (PS3.3 C.7.6.10, C.11.13)."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.domain.image import MaskFrames

_Pairs = tuple[tuple[int, int], ...]


def masks(dataset: Dataset, frames: int) -> tuple[tuple[MaskFrames, ...], tuple[str, ...]]:
    """(the masks of an image or a state for an image of so many frames, what of them cannot be
    applied)."""
    found: list[MaskFrames] = []
    left_out: list[str] = []
    recommended = attributes.text(dataset, "RecommendedViewingMode") == "SUB"
    for item in attributes.items(dataset, "MaskSubtractionSequence"):
        operation = attributes.text(item, "MaskOperation")
        if operation == "NONE":
            continue
        held = attributes.numbers(item, "MaskSubPixelShift")
        shift = (held[0], held[1]) if len(held) == 2 else (0.0, 0.0)
        pairs = _ranges(item)
        subtracted = tuple(int(number) for number in attributes.numbers(item, "MaskFrameNumbers"))
        offset = attributes.integer(item, "TIDOffset")
        if operation == "AVG_SUB" and subtracted and min(subtracted) >= 1:
            found.append(MaskFrames(subtracted, shift, pairs, recommended))
        elif operation == "TID" or (operation == "REV_TID" and len(pairs) == 1):
            # One frame is the mask of each, so each has a mask of its own.
            found += [
                MaskFrames((mask,), shift, ((contrast, contrast),), recommended)
                for contrast, mask in _differenced(
                    pairs or ((1, frames),), 1 if offset is None else offset, operation, frames
                )
            ]
        else:
            left_out.append(f"a mask by {operation or 'an operation without name'}")
            continue
        averaged = attributes.integer(item, "ContrastFrameAveraging") or 1
        if averaged > 1:
            left_out.append(f"the average of {averaged} frames before the mask is subtracted")
    return tuple(found), tuple(left_out)


def _ranges(item: Dataset) -> _Pairs:
    held = [int(number) for number in attributes.numbers(item, "ApplicableFrameRange")]
    pairs = zip(held[::2], held[1::2], strict=False)
    return tuple(pair for pair in pairs if pair[0] <= pair[1])


def _differenced(
    pairs: _Pairs, offset: int, operation: str, frames: int
) -> Iterator[tuple[int, int]]:
    """(frame, its mask): the offset before it (TID), or two frames further back from one frame to
    the next (REV_TID)."""
    for first, last in pairs:
        for contrast in range(max(1, first), min(last, frames) + 1):
            back = offset + 2 * (contrast - first) if operation == "REV_TID" else offset
            if 1 <= contrast - back <= frames:
                yield contrast, contrast - back
