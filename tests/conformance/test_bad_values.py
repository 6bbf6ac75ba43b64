"""PS3.3 C.11.1, C.11.2, C.7.9: what cannot be right is left out and said, or refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance.conforms import conforms
from tests.dicom import make, states
from workstation.dicom.reading import ReceivedObject, read_object
from workstation.domain.image import LookupTable, VoiFunction, Window
from workstation.imaging.picture import render

RAMP = np.arange(80, dtype=np.int16).reshape(8, 10)


def received(dataset: Dataset) -> ReceivedObject:
    return read_object(make.to_bytes(dataset))


def windowed(center: Any, width: Any, **values: Any) -> ReceivedObject:
    dataset = make.image(RAMP, **values)
    dataset.add_new(0x00281050, "DS", center)
    dataset.add_new(0x00281051, "DS", width)
    return received(dataset)


@pytest.mark.parametrize("width", ["0", "-40"])
def test_a_window_without_width_is_left_out_and_said(width: str) -> None:
    made = windowed(["40", "60"], [width, "80"])
    assert [(v.center, v.width) for v in made.frames[0].voi] == [(60, 80)]  # type: ignore[union-attr]
    assert f"A window of width {width} was left out." in made.repairs


@conforms("1 user", "PS3.3 C.11.2.1.3.2")
def test_a_window_narrower_than_one_is_exact() -> None:
    made = windowed("0.5", "0.25")
    (voi,) = made.frames[0].voi
    assert isinstance(voi, Window)
    assert voi.function is VoiFunction.LINEAR_EXACT
    assert any("LINEAR_EXACT" in note for note in made.repairs)


def test_a_window_that_is_no_number_is_left_out_and_said() -> None:
    content = make.to_bytes(make.image(RAMP, WindowCenter="40", WindowWidth="4000"))
    made = read_object(content.replace(b"4000", b"NaN ", 1))
    assert made.frames[0].voi == ()
    assert any("no number" in note for note in made.repairs)


@pytest.mark.parametrize("which", ["slope", "intercept"])
def test_a_rescale_that_is_no_number_is_left_out_and_the_values_are_no_hounsfield_units(
    which: str,
) -> None:
    values = {"slope": "1111", "intercept": "-1024"}
    broken = {"slope": b"1111", "intercept": b"-1024 "}[which]
    dataset = make.image(
        RAMP,
        RescaleSlope=values["slope"],
        RescaleIntercept=values["intercept"],
        RescaleType="HU",
    )
    content = make.to_bytes(dataset)
    assert content.count(broken) == 1
    made = read_object(content.replace(broken, b"NaN".ljust(len(broken))))
    transform = made.frames[0].modality_transform
    assert (transform.slope, transform.intercept, transform.unit) == (1.0, 0.0, "")
    assert any(f"Rescale{which.title()} holds what is no number" in note for note in made.repairs)


@pytest.mark.parametrize("there", [{"RescaleSlope": 1}, {"RescaleIntercept": -1024}])
def test_half_a_rescale_makes_no_hounsfield_units(there: dict[str, int]) -> None:
    """Both are needed (PS3.3 C.11.1): nobody knows what the other was."""
    made = received(make.image(RAMP, RescaleType="HU", **there))
    assert made.frames[0].modality_transform.unit == ""
    assert any("Only one of Rescale Slope" in note for note in made.repairs)


def test_a_rescale_slope_of_zero_is_left_out_and_said() -> None:
    made = received(make.image(RAMP, RescaleSlope=0, RescaleIntercept=0))
    transform = made.frames[0].modality_transform
    assert (transform.slope, transform.unit) == (1.0, "")
    assert any("Slope of 0" in note for note in made.repairs)


def lut(descriptor: list[int], entries: list[int] | None) -> Dataset:
    table = states.item(LUTDescriptor=descriptor)
    table["LUTDescriptor"].VR = "US"
    if entries is not None:
        table.LUTData = entries
        table["LUTData"].VR = "US"
    return table


def test_a_voi_lut_without_data_is_left_out_and_said() -> None:
    made = received(make.image(RAMP, VOILUTSequence=Sequence([lut([4, 0, 8], None)])))
    assert made.frames[0].voi == ()
    assert "A VOI LUT cannot be read and was left out." in made.repairs


@conforms("2 depth", "PS3.3 C.11.1.1.1")
def test_a_lut_that_says_too_few_bits_is_read_by_its_data_and_said() -> None:
    table = lut([4, 0, 8], [0, 1000, 2000, 4095])
    made = received(make.image(RAMP, VOILUTSequence=Sequence([table])))
    (voi,) = made.frames[0].voi
    assert isinstance(voi, LookupTable)
    assert voi.bits == 12
    assert any("8 bits for entries of 12" in note for note in made.repairs)


def test_a_modality_lut_that_cannot_be_read_refuses_the_image() -> None:
    made = received(make.image(RAMP, ModalityLUTSequence=Sequence([lut([4, 0, 16], None)])))
    assert not made.frames
    assert "Modality LUT" in made.image_problem


def test_a_palette_image_without_its_palette_is_refused() -> None:
    pixels = RAMP.astype(np.uint8)
    made = received(make.image(pixels, PhotometricInterpretation="PALETTE COLOR"))
    assert not made.frames
    assert "palette" in made.image_problem


def test_what_is_no_number_is_background_whatever_the_inversion() -> None:
    dataset = make.image(np.zeros((2, 2), np.uint16))
    del dataset.PixelData
    values = np.array([[np.nan, 1.0], [0.5, np.inf]], np.float32)
    dataset.FloatPixelData = values.tobytes()
    frame = received(dataset).frames[0]
    window = Window(0.5, 1.0, VoiFunction.LINEAR_EXACT)
    assert render(values, frame, window).tolist() == [[0, 255], [128, 255]]
    assert render(values, frame, window, inverted=True).tolist() == [[0, 0], [128, 0]]


@pytest.mark.parametrize(("model", "samples"), [("HSV", 3), ("ARGB", 4), ("CMYK", 4), ("RGB?", 3)])
def test_colours_of_no_defined_model_are_refused_by_name(model: str, samples: int) -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    made = received(
        make.image(
            pixels,
            PhotometricInterpretation=model,
            SamplesPerPixel=samples,
            PixelData=bytes(4 * samples),
        )
    )
    assert not made.frames
    assert (model if samples == 3 else "4 samples") in made.image_problem


def test_grey_of_an_unknown_kind_is_said() -> None:
    made = received(make.image(RAMP, PhotometricInterpretation="MONOCHROME9"))
    assert any("MONOCHROME9" in note for note in made.repairs)
