"""PS3.3 C.9.2: a plane lies by its origin, against each of its bits placed alone."""

from __future__ import annotations

import numpy as np
import pytest

from tests.dicom import make
from workstation.dicom.overlays import overlay_mask

ROWS, COLUMNS = 6, 9


@pytest.mark.parametrize(
    "origin", [(1, 1), (-1, 3), (3, -4), (5, 8), (-9, 1), (1, -30), (40, 1), (1, 50)]
)
def test_a_plane_lies_at_its_origin_and_is_cut_at_the_edges(origin: tuple[int, int]) -> None:
    bits = np.arange(5 * 7).reshape(5, 7) % 3 == 0
    dataset = make.image(np.zeros((ROWS, COLUMNS), np.uint16))
    dataset.add_new((0x6000, 0x0010), "US", 5)
    dataset.add_new((0x6000, 0x0011), "US", 7)
    dataset.add_new((0x6000, 0x0050), "SS", list(origin))
    packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    dataset.add_new((0x6000, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))
    expected = np.zeros((ROWS, COLUMNS), bool)
    for row, column in np.argwhere(bits):
        y, x = row + origin[0] - 1, column + origin[1] - 1
        if 0 <= y < ROWS and 0 <= x < COLUMNS:
            expected[y, x] = True
    made = overlay_mask(make.to_bytes(dataset), 1, ROWS, COLUMNS)
    np.testing.assert_array_equal(made, expected)
