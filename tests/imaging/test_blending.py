"""One set of images over another, against the sum worked out by hand (PS3.4 N.2.4)."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.domain.image import LookupTable, ModalityTransform, Palette, VoiFunction, Window
from workstation.imaging.blending import blended, rescaled

RED = Palette(
    0, 8, np.arange(256, dtype=np.uint16), np.zeros(256, np.uint16), np.zeros(256, np.uint16)
)
WINDOW = Window(50.0, 100.0, VoiFunction.LINEAR_EXACT)


def test_the_share_of_each_is_the_opacity_and_nothing_lies_over_where_there_is_nothing() -> None:
    under = np.full((1, 3), 200, np.uint8)
    over = np.array([[100.0, 0.0, np.nan]], np.float32)
    made = blended(under, over, WINDOW, RED, 0.25)
    assert made[0, 0].tolist() == [round(200 * 0.75 + 255 * 0.25), 150, 150]
    assert made[0, 1].tolist() == [150, 150, 150]
    assert made[0, 2].tolist() == [200, 200, 200]


def test_values_of_one_rescale_become_those_of_another() -> None:
    own, wanted = ModalityTransform(2.0, -10.0), ModalityTransform(0.5, 3.0)
    stored = np.array([[0.0, 7.0]], np.float32)
    made = rescaled(stored * 2 - 10, own, wanted)
    np.testing.assert_allclose(made, stored * 0.5 + 3)
    table = ModalityTransform(lut=LookupTable(0, 8, np.zeros(4, np.uint16)))
    with pytest.raises(ValueError, match="table"):
        rescaled(stored, table, wanted)
