"""RLE Lossless as pydicom's own decoder reads it back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import RLELossless

from workstation.phantoms.objects import set_pixels
from workstation.phantoms.rle import encode_frame


def decoded(pixels: np.ndarray) -> np.ndarray:
    held = Dataset()
    held.file_meta = FileMetaDataset()
    held.file_meta.TransferSyntaxUID = RLELossless
    assert set_pixels(held, pixels, bits=16, compress=True) == RLELossless
    return held.pixel_array


@settings(deadline=None, max_examples=60)
@given(
    rows=st.integers(1, 6),
    columns=st.integers(1, 300),
    levels=st.sampled_from([1, 2, 40, 65536]),
    seed=st.integers(0, 2**32 - 1),
)
def test_what_is_encoded_is_decoded(rows: int, columns: int, levels: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, levels, (rows, columns)).astype(np.uint16)
    assert np.array_equal(decoded(pixels).reshape(rows, columns), pixels)


def test_only_16_bit_grey_is_encoded() -> None:
    with pytest.raises(ValueError, match="16-bit"):
        encode_frame(np.zeros((4, 4), np.uint8))
