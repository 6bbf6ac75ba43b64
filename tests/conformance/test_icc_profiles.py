"""PS3.3 C.11.15: the colours of an image with an ICC profile are shown as sRGB."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest

from tests.dicom import make
from workstation.dicom.decoding import open_pixels
from workstation.dicom.reading import read_object
from workstation.dicom.sandbox import Sandbox
from workstation.domain.errors import UndecodablePixels

#: The primaries and white of sRGB with a response of 1: only the curve differs.
LINEAR = imagecodecs.cms_profile(
    "rgb",
    gamma=1.0,
    whitepoint=[0.3127, 0.3290, 1],
    primaries=[0.64, 0.33, 1, 0.3, 0.6, 1, 0.15, 0.06, 1],
)
GREY = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)


def curve(value: np.ndarray) -> np.ndarray:
    """IEC 61966-2-1, from linear light to sRGB."""
    unit = value / 255.0
    made = np.where(unit <= 0.0031308, 12.92 * unit, 1.055 * unit ** (1 / 2.4) - 0.055)
    return np.asarray(made * 255.0)


def test_a_linear_profile_is_shown_by_the_curve_of_srgb() -> None:
    content = make.to_bytes(make.image(GREY, ICCProfile=LINEAR))
    reader = open_pixels(content)
    np.testing.assert_array_equal(reader.frame(1), GREY)
    wanted = curve(GREY.astype(np.float64))
    assert np.abs(reader.shown(1) - wanted).max() <= 1.5
    assert read_object(content).frames[0].colour_note == "colours by its ICC profile"
    with Sandbox(workers=1) as sandbox:
        np.testing.assert_array_equal(sandbox.decode(content, 1), reader.shown(1))


@pytest.mark.parametrize("bits", [8, 16])
def test_the_profile_of_srgb_changes_nothing(bits: int) -> None:
    pixels = GREY if bits == 8 else GREY.astype(np.uint16) * 257
    content = make.to_bytes(make.image(pixels, ICCProfile=imagecodecs.cms_profile("srgb")))
    assert np.abs(open_pixels(content).shown(1).astype(int) - pixels).max() <= (bits == 16) * 64


def test_an_image_that_says_srgb_is_left_alone() -> None:
    content = make.to_bytes(make.image(GREY, ICCProfile=LINEAR, ColorSpace="SRGB"))
    np.testing.assert_array_equal(open_pixels(content).shown(1), GREY)
    assert read_object(content).frames[0].colour_note == ""


def test_a_profile_that_is_none_is_not_applied_and_that_is_said() -> None:
    content = make.to_bytes(make.image(GREY, ICCProfile=b"none of it" * 20))
    np.testing.assert_array_equal(open_pixels(content).shown(1), GREY)
    assert "not applied" in read_object(content).frames[0].colour_note


def test_a_profile_that_is_broken_further_on_refuses_by_name() -> None:
    content = make.to_bytes(make.image(GREY, ICCProfile=LINEAR[:132]))
    with pytest.raises(UndecodablePixels, match="ICC profile"):
        open_pixels(content).shown(1)
