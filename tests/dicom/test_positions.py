"""Planes of objects without functional groups: PS3.3 C.7.6.2.1.1, C.8.4.8, C.8.4.11, C.8.8.3.2."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from workstation.dicom import positions
from workstation.domain.image import PixelFormat

AXIAL = [1, 0, 0, 0, 1, 0]


def pixels(frames: int = 1) -> PixelFormat:
    return PixelFormat(
        rows=4,
        columns=5,
        frames=frames,
        samples_per_pixel=1,
        photometric_interpretation="MONOCHROME2",
        bits_allocated=16,
        bits_stored=16,
        high_bit=15,
        signed=False,
        planar_configuration=0,
        transfer_syntax_uid="1.2.840.10008.1.2.1",
    )


def detector(position: list[float]) -> Dataset:
    item = Dataset()
    item.ImageOrientationPatient, item.ImagePositionPatient = AXIAL, position
    return item


def header(**held: object) -> Dataset:
    made = Dataset()
    made.PixelSpacing = [2.0, 3.0]
    made.FrameOfReferenceUID = "1.2.3"
    for keyword, value in held.items():
        setattr(made, keyword, value)
    return made


def test_reconstructed_nm_takes_its_place_from_its_one_detector() -> None:
    dataset = header(
        DetectorInformationSequence=Sequence([detector([-10, -20, 30])]),
        SliceVector=[1, 2, 4],
        SpacingBetweenSlices=4.0,
    )
    found = positions.classic(dataset, pixels(3), [])
    assert [plane.origin for plane in found if plane] == [
        (-10, -20, 30),
        (-10, -20, 34),
        (-10, -20, 42),
    ]
    assert [plane.spacing_mm for plane in found if plane] == [(2.0, 3.0)] * 3


def test_of_several_detectors_none_speaks_for_a_frame() -> None:
    both = Sequence([detector([0, 0, 0]), detector([0, 0, 50])])
    dataset = header(DetectorInformationSequence=both)
    assert positions.classic(dataset, pixels(), []) == (None,)


@pytest.mark.parametrize("offsets", [[0, 3, 5], [30, 33, 35]])
def test_a_dose_grid_counts_its_offsets_from_the_first(offsets: list[float]) -> None:
    dataset = header(
        ImageOrientationPatient=AXIAL,
        ImagePositionPatient=[0, 0, 30],
        GridFrameOffsetVector=offsets,
    )
    found = positions.classic(dataset, pixels(3), [])
    assert [plane.origin[2] for plane in found if plane] == [30, 33, 35]


def test_one_position_is_not_that_of_many_frames() -> None:
    dataset = header(ImageOrientationPatient=AXIAL, ImagePositionPatient=[0, 0, 30])
    assert positions.classic(dataset, pixels(3), []) == (None,) * 3


@pytest.mark.parametrize(
    ("orientation", "words"),
    [
        ([0, 0, 0, 0, 1, 0], "The orientation has no direction and is not used."),
        (
            [1, 0, 0, 0.2, 0.98, 0],
            "Rows and columns are not at right angles: the position is not used.",
        ),
    ],
)
def test_an_orientation_that_cannot_be_is_said_and_not_used(
    orientation: list[float], words: str
) -> None:
    repairs: list[str] = []
    dataset = header(ImageOrientationPatient=orientation, ImagePositionPatient=[0, 0, 0])
    assert positions.classic(dataset, pixels(), repairs) == (None,)
    assert repairs == [words]


@pytest.mark.parametrize("spacing", [[0, 1], [1, 0], [-1, 1]])
def test_a_spacing_that_is_not_positive_gives_no_plane(spacing: list[float]) -> None:
    dataset = header(ImageOrientationPatient=AXIAL, ImagePositionPatient=[0, 0, 0])
    dataset.PixelSpacing = spacing
    assert positions.classic(dataset, pixels(), []) == (None,)


@pytest.mark.parametrize(
    ("written", "used"),
    [
        (["0.5", "0.25"], (0.5, 0.25)),
        (["0.000025", "0.000025"], (0.000025, 0.000025)),
        (["0", "0.5"], None),
        (["-1", "2"], None),
        (["1e300", "1e300"], None),
        (["1e-300", "1e-300"], None),
        (["1000", "0.01"], None),
    ],
)
def test_a_spacing_that_no_pixel_has_is_not_used(
    written: list[str], used: tuple[float, float] | None
) -> None:
    held = Dataset()
    held.PixelSpacing = written
    assert positions.spacing(held) == used


def test_a_spacing_and_a_position_that_are_not_used_are_said() -> None:
    repairs: list[str] = []
    held = header(ImageOrientationPatient=AXIAL, ImagePositionPatient=[0, 0, 1])
    held.PixelSpacing = ["1e300", "1e300"]
    assert positions.classic(held, pixels(), repairs) == (None,)
    assert repairs == ["A pixel spacing of 1e+300 x 1e+300 mm is not possible and is not used."]
