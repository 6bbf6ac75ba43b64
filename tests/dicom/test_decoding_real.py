"""Every lossless syntax of one picture gives the same stored values."""

from __future__ import annotations

import numpy as np
import pytest

from tests.realdata import require
from workstation.dicom.decoding import open_pixels
from workstation.dicom.reading import read_object

LOSSLESS = ("BigEndian", "Deflated", "4.90", "4.80", "4.70", "4.57", "Implicit", "RLE")


@pytest.mark.parametrize("part", LOSSLESS)
def test_lossless_syntaxes_agree_with_the_native_picture(part: str) -> None:
    folder = require("codec-ct-syntaxes")
    native = next(folder.glob("*LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm"))
    other = next(path for path in folder.iterdir() if part in path.name)
    expected = open_pixels(native).frame(1)
    np.testing.assert_array_equal(open_pixels(other).frame(1), expected)
    assert expected.dtype == np.int16


@pytest.mark.parametrize("stem", ["CT1", "MR4", "NM1"])
@pytest.mark.parametrize("syntax", ["RLE", "JLSL", "JPLL", "J2KR"])
def test_wg04_pictures_agree_with_their_uncompressed_form(stem: str, syntax: str) -> None:
    folder = require("codec-wg04")
    expected = open_pixels(folder / f"{stem}_UNC.dcm").frame(1)
    actual = open_pixels(folder / f"{stem}_{syntax}.dcm").frame(1)
    np.testing.assert_array_equal(actual, expected)


def test_a_chest_ct_slice_is_described_in_patient_space() -> None:
    received = read_object(require("ct-chest-lidc0314/000001.dcm"))
    assert received.image_problem == ""
    (frame,) = received.frames
    assert frame.plane is not None
    assert frame.plane.spacing_mm == (0.78125, 0.78125)
    assert frame.modality_transform.unit == "HU"
