"""PS3.3 C.7.9 and C.7.6.3.1.5: palettes of every form, against pydicom's own reading of them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pydicom.data
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut

from tests.dicom import make
from tests.realdata import require
from workstation.dicom.decoding import open_pixels
from workstation.dicom.palettes import WELL_KNOWN, well_known
from workstation.dicom.reading import read_object
from workstation.imaging.picture import render

INDICES = np.arange(256, dtype=np.uint8).reshape(16, 16)


def ours(content: bytes) -> NDArray[Any]:
    frame = read_object(content).frames[0]
    return render(open_pixels(content).frame(1), frame)


def theirs(content: bytes) -> NDArray[Any]:
    dataset = pydicom.dcmread(io.BytesIO(content))
    made = apply_color_lut(dataset.pixel_array, dataset)
    return np.asarray(made >> 8 if made.dtype == np.uint16 else made)


def indexed(
    first: int,
    bits: int,
    tables: list[NDArray[Any]],
    pixels: NDArray[Any] = INDICES,
) -> Dataset:
    dataset = make.image(pixels, PhotometricInterpretation="PALETTE COLOR")
    for colour, table in zip(("Red", "Green", "Blue"), tables, strict=True):
        stem = f"{colour}PaletteColorLookupTable"
        dataset.add_new(f"{stem}Descriptor", "US", [table.size % 65536, first, bits])
        dataset.add_new(f"{stem}Data", "OW", table.tobytes())
    return dataset


def curves(kind: str) -> list[NDArray[Any]]:
    top = np.iinfo(kind).max
    line = np.arange(256) / 255
    return [(np.asarray(each) * top).astype(kind) for each in (line, line**2, 1 - line)]


def test_a_channel_that_stays_dark_is_not_made_bright() -> None:
    red, green, _ = curves("u2")
    content = make.to_bytes(indexed(0, 16, [red, green, np.arange(256, dtype=np.uint16)]))
    np.testing.assert_allclose(ours(content).astype(int), theirs(content).astype(int), atol=1)


@pytest.mark.parametrize(("bits", "kind"), [(8, "u1"), (16, "u2")])
def test_tables_of_eight_and_sixteen_bits(bits: int, kind: str) -> None:
    content = make.to_bytes(indexed(0, bits, curves(kind)))
    np.testing.assert_array_equal(ours(content), theirs(content))


def test_indices_beyond_the_table_take_its_ends() -> None:
    tables = [table[:100] for table in curves("u2")]
    content = make.to_bytes(indexed(60, 16, tables))
    made = ours(content)
    np.testing.assert_array_equal(made, theirs(content))
    assert (made[0, 0] == made[3, 0]).all()
    assert (made[15, 15] == made[10, 0]).all()


#: discrete 0 and 65535, ten steps down to 0, then the discrete segment at byte 0 once more
SEGMENTS = [0, 2, 0, 65535, 1, 10, 0, 2, 1, 0, 0]


def test_segments_discrete_linear_and_indirect() -> None:
    dataset = make.image(INDICES, PhotometricInterpretation="PALETTE COLOR")
    for colour in ("Red", "Green", "Blue"):
        stem = "PaletteColorLookupTable"
        dataset.add_new(f"{colour}{stem}Descriptor", "US", [14, 0, 16])
        held = np.array(SEGMENTS, "<u2").tobytes()
        dataset.add_new(f"Segmented{colour}{stem}Data", "OW", held)
    made = ours(make.to_bytes(dataset))[0, :, 0]
    # By hand: 65535 falls to 0 in ten equal steps, of which the highest eight bits are kept.
    falls = [round(65535 * (10 - step) / 10) >> 8 for step in range(1, 11)]
    assert made[:14].tolist() == [0, 255, *falls, 0, 255]


@pytest.mark.parametrize("name", [name for name, _ in WELL_KNOWN])
def test_the_well_known_palettes_of_ps3_6_annex_b(name: str) -> None:
    dataset = pydicom.dcmread(Path(pydicom.data.__file__).parent / "palettes" / f"{name}.dcm")
    made = well_known(name)
    for table, colour in ((made.red, "Red"), (made.green, "Green"), (made.blue, "Blue")):
        count, _, bits = dataset[f"{colour}PaletteColorLookupTableDescriptor"].value
        if f"{colour}PaletteColorLookupTableData" not in dataset:
            # Written in segments: pydicom expands them in its own way.
            index = np.arange(count or 65536)
            wide = apply_color_lut(index.astype(np.uint16), dataset)
            np.testing.assert_array_equal(table, wide[:, "RGB".index(colour[0])])
            continue
        held = dataset[f"{colour}PaletteColorLookupTableData"].value
        wanted = np.frombuffer(held, np.uint8 if bits == 8 else "<u2")[: count or 65536]
        np.testing.assert_array_equal(table, wanted)


@pytest.mark.parametrize("name", ["examples_palette.dcm", "US-PAL-8-10x-echo.dcm"])
def test_real_palette_images_are_shown_as_pydicom_shows_them(name: str) -> None:
    path = require(f"us-mixed/{name}")
    dataset = pydicom.dcmread(path)
    array = dataset.pixel_array
    wanted = apply_color_lut(array[0] if array.ndim == 3 else array, dataset)
    frame = read_object(path).frames[0]
    made = render(open_pixels(path).frame(1), frame)
    np.testing.assert_array_equal(made, wanted >> 8 if wanted.dtype == np.uint16 else wanted)
