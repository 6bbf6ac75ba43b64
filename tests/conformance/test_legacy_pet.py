"""SUV of a Legacy Converted Enhanced PET that highdicom converted (PS3.3 A.70, rules §10)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pydicom
import pytest
from highdicom.legacy import LegacyConvertedEnhancedPETImage
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance import pet
from tests.conformance.conforms import conforms
from tests.conformance.test_enhanced_pet import mapping
from tests.dicom import make
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.study import DisplaySet
from workstation.domain.suv import SuvKind
from workstation.imaging.modality import modality_values
from workstation.workflow.uptake import in_uptake

LEVELS = (0.2, 1.0, 4.0)


def singles(**values: Any) -> list[Dataset]:
    """Five slices with a slope of their own each, as a converter wants them."""
    made = []
    for index, each in enumerate(pet.slices(**values)):
        one = pydicom.dcmread(io.BytesIO(make.to_bytes(each)))
        for keyword in ("PatientBirthDate", "AccessionNumber", "ReferringPhysicianName"):
            setattr(one, keyword, "")
        one.StudyID, one.StudyDate, one.StudyTime = "1", "20250101", "100000"
        one.Manufacturer, one.SeriesNumber, one.PositionReferenceIndicator = "Maker", 2, ""
        one.ContentDate, one.ContentTime = "20250101", "110000"
        one.SeriesType, one.SliceThickness = ["STATIC", "IMAGE"], 3
        if "RescaleSlope" in one:
            slope = float(one.RescaleSlope)
            one.RescaleSlope = f"{slope * (index + 1):.10g}"
            stored = np.frombuffer(one.PixelData, np.int16) / (index + 1)
            one.PixelData = np.round(stored).astype(np.int16).tobytes()
        made.append(one)
    return made


def converted(**values: Any) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return LegacyConvertedEnhancedPETImage(
            singles(**values),
            series_instance_uid=f"{make.ROOT}.33",
            series_number=3,
            sop_instance_uid=f"{make.ROOT}.34",
            instance_number=1,
        )


def unassigned(dataset: Dataset) -> Dataset:
    held: Dataset = dataset.SharedFunctionalGroupsSequence[
        0
    ].UnassignedSharedConvertedAttributesSequence[0]
    return held


def opened(dataset: Dataset, kind: SuvKind = SuvKind.BW) -> DisplaySet:
    (study,) = build_studies([read_object(make.to_bytes(dataset))])
    (shown,) = in_uptake(study, kind).display_sets
    return shown


def levels(dataset: Dataset) -> list[list[float]]:
    """Those of each frame of the display set, in what the viewer shows."""
    shown, pixels = opened(dataset), open_pixels(make.to_bytes(dataset))
    assert shown.suv is not None, shown.suv_refused
    found = []
    for frame in shown.frames:
        values = modality_values(pixels.frame(frame.key.frame_number), frame)
        found.append([float(values[30, column]) for column in (8, 24, 40)])
    return found


@conforms("10 converted", "highdicom's conversion of images of known SUV")
def test_every_frame_of_a_converted_pet_has_the_suv_of_its_image() -> None:
    found = levels(converted())
    assert len(found) == 5
    for each in found:
        assert each == pytest.approx(LEVELS, rel=1e-2)


def test_it_is_a_volume_with_its_tracer() -> None:
    shown = opened(converted())
    assert shown.volume is not None
    assert shown.tracer is not None
    assert shown.tracer.activity_bq == pet.DOSE_BQ
    assert shown.tracer.imaged_at is not None
    assert f"{shown.tracer.imaged_at:%H%M%S}" == "110000"


def test_the_time_of_the_conversion_is_not_that_of_the_scan() -> None:
    """A converter may give its series a time of its own: then the earliest frame counts."""
    made = converted()
    made.SeriesDate, made.SeriesTime = "20250701", "080000"
    for each in levels(made):
        assert each == pytest.approx(LEVELS, rel=1e-2)


def test_a_converted_pet_with_a_mapping_and_no_units_is_read_by_the_mapping() -> None:
    made = converted()
    del unassigned(made).Units
    for frame in made.PerFrameFunctionalGroupsSequence:
        slope = float(frame.PixelValueTransformationSequence[0].RescaleSlope)
        frame.RealWorldValueMappingSequence = Sequence([mapping(slope)])
        frame.PixelValueTransformationSequence[0].RescaleSlope = 1
    for each in levels(made):
        assert each == pytest.approx(LEVELS, rel=1e-2)


def test_a_rescale_that_was_left_unassigned_counts() -> None:
    made = converted()
    for frame in made.PerFrameFunctionalGroupsSequence:
        held = frame.PixelValueTransformationSequence[0]
        frame.UnassignedPerFrameConvertedAttributesSequence[0].RescaleSlope = held.RescaleSlope
        del frame.PixelValueTransformationSequence
    for each in levels(made):
        assert each == pytest.approx(LEVELS, rel=1e-2)


def no(keyword: str) -> Callable[[Dataset], None]:
    return lambda made: delattr(unassigned(made), keyword)


def no_tracer(keyword: str) -> Callable[[Dataset], None]:
    return lambda made: delattr(unassigned(made).RadiopharmaceuticalInformationSequence[0], keyword)


def bare(made: Dataset) -> None:
    for frame in made.PerFrameFunctionalGroupsSequence:
        del frame.PixelValueTransformationSequence


def another(made: Dataset) -> None:
    frame = made.PerFrameFunctionalGroupsSequence[2]
    frame.UnassignedPerFrameConvertedAttributesSequence[0].DecayCorrection = "ADMIN"


LACKS: dict[str, tuple[Callable[[Dataset], None], str]] = {
    "units": (no("Units"), "Units (0054,1001) is missing"),
    "corrections": (no("CorrectedImage"), "CorrectedImage (0028,0051) lacks ATTN and DECY"),
    "decay": (no("DecayCorrection"), "DecayCorrection (0054,1102) is missing"),
    "dose": (no_tracer("RadionuclideTotalDose"), "RadionuclideTotalDose (0018,1074) is missing"),
    "half life": (no_tracer("RadionuclideHalfLife"), "RadionuclideHalfLife (0018,1075) is missing"),
    "weight": (lambda made: delattr(made, "PatientWeight"), "PatientWeight (0010,1030) is missing"),
    "slope": (bare, "RescaleSlope (0028,1053) is missing"),
    "one frame of another kind": (another, "DecayCorrection (0054,1102) differs"),
    "all of it": (
        lambda made: delattr(
            made.SharedFunctionalGroupsSequence[0], "UnassignedSharedConvertedAttributesSequence"
        ),
        "(0028,0051) lacks",
    ),
}


@pytest.mark.parametrize("name", list(LACKS))
@conforms("10 refusal", "the attribute that was taken away")
def test_what_a_converted_pet_lacks_is_named_and_the_values_stay(name: str) -> None:
    change, words = LACKS[name]
    made = converted()
    change(made)
    shown = opened(made)
    assert shown.suv is None
    assert words in shown.suv_refused
    unit = "" if name in ("units", "slope", "all of it") else "BQML"
    assert {frame.modality_transform.unit for frame in shown.frames} == {unit}


def test_a_single_pet_image_without_a_slope_has_no_suv() -> None:
    made = pet.slices(RescaleSlope=None)
    (study,) = build_studies([read_object(make.to_bytes(each)) for each in made])
    (shown,) = in_uptake(study, SuvKind.BW).display_sets
    assert "RescaleSlope (0028,1053) is missing" in shown.suv_refused
