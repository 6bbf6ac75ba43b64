"""Dose on a plane: linear between grid points, lines where the value is, colours by level."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.domain.geometry import PlaneGeometry, VolumeGeometry, unit
from workstation.domain.overlays import DoseGrid, OverlayItem
from workstation.imaging import isodose
from workstation.imaging.overlay_layers import blended, dose_layer


def field() -> DoseGrid:
    """Dose = 0.1 x + 0.2 y + 0.4 z Gy with x, y, z in mm from the corner of the grid."""
    z, y, x = np.mgrid[:9, :12, :15].astype(np.float64)
    plane = PlaneGeometry((10, 20, 30), (1, 0, 0), (0, 1, 0), (2.5, 2.5), 12, 15)
    geometry = VolumeGeometry(plane, (0.0, 0.0, 3.0), tuple(3.0 * k for k in range(9)))
    values = 0.1 * 2.5 * x + 0.2 * 2.5 * y + 0.4 * 3.0 * z
    return DoseGrid(OverlayItem(1, "Dose", (0, 0, 0)), geometry, values.astype(np.float32), "Gy")


def test_a_linear_dose_is_met_exactly_on_an_oblique_plane() -> None:
    row, column = unit((1.0, 1.0, 0.0)), unit((-1.0, 1.0, 1.0))
    plane = PlaneGeometry((18, 26, 36), row, column, (0.7, 0.7), 12, 12)
    values = isodose.cut(field(), plane)
    for point in ((0, 0), (5, 3), (11, 11)):
        x, y, z = plane.to_patient(point)
        wanted = 0.1 * (x - 10) + 0.2 * (y - 20) + 0.4 * (z - 30)
        assert values[point[1], point[0]] == pytest.approx(wanted, abs=1e-4)


def test_there_is_no_dose_outside_of_the_grid() -> None:
    plane = PlaneGeometry((0, 20, 33), (1, 0, 0), (0, 1, 0), (1, 1), 4, 4)
    assert np.isnan(isodose.cut(field(), plane)).all()


def test_a_line_of_equal_dose_runs_where_the_value_is() -> None:
    y, x = np.mgrid[:40, :50].astype(np.float32)
    values = np.hypot(x - 24.3, y - 19.6).astype(np.float32)
    lines = isodose.isolines(values, 12.0)
    radius = np.hypot(lines[:, [0, 2]] - 24.3, lines[:, [1, 3]] - 19.6)
    assert radius == pytest.approx(12.0, abs=0.02)
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum()
    assert length == pytest.approx(2 * np.pi * 12, rel=2e-3)


def test_a_line_is_closed_also_through_saddles() -> None:
    rng = np.random.default_rng(5)
    values = np.pad(rng.random((14, 17)), 1).astype(np.float32)
    ends = isodose.isolines(values, 0.5).reshape(-1, 2).round(5)
    _, counts = np.unique(ends, axis=0, return_counts=True)
    assert (counts % 2 == 0).all()


def test_a_void_draws_no_line() -> None:
    values = np.full((6, 6), np.nan, np.float32)
    values[:, :3] = 0.0
    assert len(isodose.isolines(values, 0.5)) == 0


def test_the_wash_shows_the_highest_level_that_is_reached() -> None:
    dose = field()
    drawn = isodose.levels(dose)
    assert [level.part for level in drawn] == [0.95, 0.80, 0.65, 0.50, 0.35, 0.20]
    assert drawn[0].value == pytest.approx(0.95 * dose.maximum)
    top = dose.maximum
    values = np.asarray([[0.1 * top, 0.21 * top, 0.64 * top, top, np.nan]], np.float32)
    picture = isodose.wash(values, drawn, 0.5)
    assert picture[0, :, 3].tolist() == [0, 128, 128, 128, 0]
    assert tuple(picture[0, 2, :3]) == drawn[3].colour
    assert tuple(picture[0, 3, :3]) == drawn[0].colour


def test_a_dose_that_does_not_reach_the_plane_gives_no_layer() -> None:
    plane = PlaneGeometry((10, 20, 90), (1, 0, 0), (0, 1, 0), (1, 1), 4, 4)
    assert dose_layer(field(), plane, 0.5) is None


def test_blending_is_the_weighted_mean() -> None:
    below = np.full((1, 2), 100, np.uint8)
    above = np.zeros((1, 2, 4), np.uint8)
    above[0, 0] = (200, 0, 50, 51)
    assert blended(below, above).tolist() == [[[120, 80, 90], [100, 100, 100]]]
