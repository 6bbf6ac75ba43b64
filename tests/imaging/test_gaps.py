"""Hatching of missing slices: where a plane passes between slices that are no neighbours."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workstation.domain.geometry import PlaneGeometry, VolumeGeometry
from workstation.imaging.gaps import in_missing_slices

#: 8 columns of 2 mm, 6 rows of 3 mm; slices at 0, 5, 20, 25 mm: those at 10 and 15 are missing
AXIAL = PlaneGeometry(
    origin=(-7.0, -9.0, 0.0),
    row_cosine=(1.0, 0.0, 0.0),
    column_cosine=(0.0, 1.0, 0.0),
    spacing_mm=(3.0, 2.0),
    rows=6,
    columns=8,
    frame_of_reference_uid="1.2",
)
POSITIONS = (0.0, 5.0, 20.0, 25.0)


def stack(lean_mm_a_slice: float = 0.0) -> VolumeGeometry:
    return VolumeGeometry(AXIAL, (0.0, lean_mm_a_slice, 5.0), POSITIONS)


def sagittal(x: float) -> PlaneGeometry:
    """Rows go head to foot in steps of 1 mm from z = 30, columns back in steps of 1 mm."""
    return PlaneGeometry(
        origin=(x, -15.0, 30.0),
        row_cosine=(0.0, 1.0, 0.0),
        column_cosine=(0.0, 0.0, -1.0),
        spacing_mm=(1.0, 1.0),
        rows=40,
        columns=40,
        frame_of_reference_uid="1.2",
    )


@pytest.mark.parametrize("lean", [0.0, 2.0, -1.0])
def test_a_pixel_is_missing_between_slices_that_are_no_neighbours(lean: float) -> None:
    found = in_missing_slices(stack(lean), sagittal(1.0))
    assert found is not None
    for row in range(40):
        for column in range(40):
            y, z = -15.0 + column, 30.0 - row
            # Where the stack leans, its rows at height z begin so much further on.
            first = -9.0 + lean * z / 5.0
            in_rows = first - 1.5 <= y <= first + 5 * 3.0 + 1.5
            assert found[row, column] == (5.0 < z < 20.0 and in_rows), (y, z)


def test_a_plane_beside_the_stack_misses_nothing() -> None:
    found = in_missing_slices(stack(), sagittal(8.5))
    assert found is not None
    assert not found.any()
    edge = in_missing_slices(stack(), sagittal(7.9))
    assert edge is not None
    assert edge.any()


def test_a_whole_stack_has_no_gap() -> None:
    assert in_missing_slices(VolumeGeometry(AXIAL, (0, 0, 5.0), (0, 5.0, 10.0)), AXIAL) is None


def test_an_oblique_plane_is_hatched_by_its_height_in_the_stack() -> None:
    half = math.sqrt(0.5)
    plane = PlaneGeometry((0.0, -9.0, 0.0), (1.0, 0.0, 0.0), (0.0, half, half), (1.0, 1.0), 30, 1)
    found = in_missing_slices(stack(), plane)
    assert found is not None
    heights = np.arange(30) * half
    inside = (heights > 5.0) & (heights < 20.0) & (heights - 9.0 <= 7.5)
    assert found[:, 0].tolist() == inside.tolist()
