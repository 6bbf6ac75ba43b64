"""Which frames are subtracted from which (PS3.3 C.7.6.10, C.11.13)."""

from __future__ import annotations

import itertools

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.domain.image import MaskFrames


def masks(dataset: Dataset) -> tuple[tuple[MaskFrames, ...], tuple[str, ...]]:
    """(the masks of an image or a state, what of them cannot be applied)."""
    found, left_out = [], []
    recommended = attributes.text(dataset, "RecommendedViewingMode") == "SUB"
    for item in attributes.items(dataset, "MaskSubtractionSequence"):
        operation = attributes.text(item, "MaskOperation")
        frames = tuple(int(number) for number in attributes.numbers(item, "MaskFrameNumbers"))
        if operation == "NONE":
            continue
        if operation != "AVG_SUB" or not frames or min(frames) < 1:
            left_out.append(f"a mask by {operation or 'an operation without name'}")
            continue
        shift = attributes.numbers(item, "MaskSubPixelShift")
        ranges = [int(number) for number in attributes.numbers(item, "ApplicableFrameRange")]
        pairs = tuple(zip(ranges[::2], ranges[1::2], strict=False))
        found.append(
            MaskFrames(
                frames,
                (shift[0], shift[1]) if len(shift) == 2 else (0.0, 0.0),
                tuple(itertools.filterfalse(lambda pair: pair[0] > pair[1], pairs)),
                recommended,
            )
        )
    return tuple(found), tuple(left_out)
