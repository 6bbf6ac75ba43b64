"""Which planes belong to one stack (display rules, §8)."""

from __future__ import annotations

import math

import pytest

from workstation.dicom.stacks import same_grid, same_orientation
from workstation.domain.geometry import PlaneGeometry


def turned(
    degrees: float, spacing: tuple[float, float] = (1.0, 1.0), rows: int = 4
) -> PlaneGeometry:
    """An axial plane turned about its rows."""
    angle = math.radians(degrees)
    column = (0.0, math.cos(angle), math.sin(angle))
    return PlaneGeometry((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), column, spacing, rows, 4)


@pytest.mark.parametrize(
    ("degrees", "same"), [(0.0, True), (0.4, True), (0.6, False), (180, False)]
)
def test_planes_within_half_a_degree_are_of_one_orientation(degrees: float, same: bool) -> None:
    assert same_orientation(turned(0), turned(degrees)) is same


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (turned(0, (1.0005, 1.0)), True),
        (turned(0, (1.002, 1.0)), False),
        (turned(0, (1.0, 0.998)), False),
        (turned(0, rows=5), False),
    ],
)
def test_spacings_within_a_thousandth_are_of_one_grid(other: PlaneGeometry, same: bool) -> None:
    assert same_grid(turned(0), other) is same
