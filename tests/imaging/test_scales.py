"""Ultrasound regions: physical values worked by hand from PS3.3 C.8.5.5.1."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.domain.image import UltrasoundRegion
from workstation.imaging.scales import physical_value

#: Both axes in centimetres, 0.02 cm a column and 0.03 cm a row; its reference pixel is its fifth
#: column and first row, where the values are 0 and 1 cm.
TISSUE = UltrasoundRegion(100, 50, 500, 400, 1, 1, 3, 3, 0.02, 0.03, 0, 5, 0, 0.0, 1.0)


def test_centimetres_of_a_region_are_told_in_millimetres() -> None:
    # 100 columns right of the reference pixel: 2 cm; 20 rows below it: 1 cm + 0.6 cm.
    assert physical_value(TISSUE, (205, 70)) == pytest.approx((20.0, 16.0))


def test_an_axis_without_a_unit_without_a_step_or_without_a_reference_has_no_value() -> None:
    assert physical_value(replace(TISSUE, units_x=0), (205, 70))[0] is None
    assert physical_value(replace(TISSUE, delta_y=0.0), (205, 70))[1] is None
    assert physical_value(replace(TISSUE, reference_x=None), (205, 70))[0] is None
