"""PS3.3 C.7.6.10: which frame is the mask of which, by the words of the standard."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.dicom import states
from workstation.dicom.masks import masks


def held(frames: int = 9, **values: Any) -> tuple[dict[int, tuple[int, ...]], tuple[str, ...]]:
    """Masks by the frame that they are subtracted from, and what was left out."""
    dataset = Dataset()
    dataset.MaskSubtractionSequence = Sequence([states.item(**values)])
    found, left_out = masks(dataset, frames)
    by_frame = {
        number: next((each.frames for each in found if each.covers(number)), ())
        for number in range(1, frames + 1)
    }
    return {number: mask for number, mask in by_frame.items() if mask}, left_out


def test_an_average_counts_for_its_range() -> None:
    made, _ = held(
        MaskOperation="AVG_SUB", MaskFrameNumbers=[1, 2], ApplicableFrameRange=[3, 4, 8, 9]
    )
    assert made == dict.fromkeys((3, 4, 8, 9), (1, 2))


def test_the_interval_is_subtracted_from_the_number_of_the_frame() -> None:
    made, left_out = held(MaskOperation="TID", TIDOffset=2, ApplicableFrameRange=[4, 6])
    assert made == {4: (2,), 5: (3,), 6: (4,)}
    assert not left_out


def test_without_a_range_it_is_every_frame_whose_mask_there_is() -> None:
    made, _ = held(5, MaskOperation="TID", TIDOffset=-3)
    assert made == {1: (4,), 2: (5,)}


def test_without_an_offset_the_mask_is_the_frame_before() -> None:
    made, _ = held(3, MaskOperation="TID", TIDOffset=None)
    assert made == {2: (1,), 3: (2,)}


def test_reversed_the_mask_goes_back_as_the_frame_goes_on() -> None:
    made, _ = held(MaskOperation="REV_TID", TIDOffset=1, ApplicableFrameRange=[6, 9])
    assert made == {6: (5,), 7: (4,), 8: (3,), 9: (2,)}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"MaskOperation": "REV_TID", "TIDOffset": 1}, "REV_TID"),
        ({"MaskOperation": "XYZ", "MaskFrameNumbers": [1]}, "XYZ"),
        (
            {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": 1, "ContrastFrameAveraging": 3},
            "average of 3",
        ),
    ],
)
def test_what_is_not_done_is_said(values: dict[str, Any], said: str) -> None:
    _, left_out = held(**values)
    assert any(said in words for words in left_out)
