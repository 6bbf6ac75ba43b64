"""Segments cut by planes: analytic bodies, every orientation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workstation.domain.geometry import PlaneGeometry, Vector, unit
from workstation.domain.overlays import Mask, MaskGrid
from workstation.imaging.mask_cut import boundary, cut, edges
from workstation.imaging.segment_volume import segment_volume_ml

SIDE, STEP = 61, 1.0
MIDDLE = (30.0, 30.0, 30.0)
RADIUS = 20.0


def ball(tilt: float = 0.0) -> Mask:
    """A ball around MIDDLE; with `tilt` degrees each slice is moved along the columns."""
    shift = math.tan(math.radians(tilt))
    z, y, x = np.mgrid[:SIDE, :SIDE, :SIDE].astype(np.float64)
    away = (x - MIDDLE[0]) ** 2 + (y + shift * z - MIDDLE[1]) ** 2 + (z - MIDDLE[2]) ** 2
    plane = PlaneGeometry((0, 0, 0), (1, 0, 0), (0, 1, 0), (STEP, STEP), SIDE, SIDE)
    grid = MaskGrid(plane, (0.0, shift, 1.0), tuple(float(k) for k in range(SIDE)), 1.0)
    return Mask(grid, (away <= RADIUS**2).astype(np.uint8))


def through(normal: Vector, distance: float) -> PlaneGeometry:
    """A plane across `normal`, `distance` mm from MIDDLE, its middle pixel on the normal."""
    start: Vector = (1.0, 0.0, 0.0) if abs(normal[0]) < 0.9 else (0.0, 1.0, 0.0)
    row = unit(tuple(np.cross(start, normal)))  # type: ignore[arg-type]
    column = tuple(float(v) for v in np.cross(normal, row))
    corner = np.asarray(MIDDLE) + distance * np.asarray(normal)
    corner = corner - 40 * 0.75 * (np.asarray(row) + np.asarray(column))
    origin = tuple(float(v) for v in corner)
    return PlaneGeometry(origin, row, column, (0.75, 0.75), 81, 81)  # type: ignore[arg-type]


@pytest.mark.parametrize("tilt", [0.0, 12.0])
@pytest.mark.parametrize("distance", [0.0, 7.0, -13.0])
@pytest.mark.parametrize("normal", [(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0), (1, -2, 2)])
def test_a_ball_is_cut_as_a_disk_of_the_right_size_and_place(
    normal: Vector, distance: float, tilt: float
) -> None:
    plane = through(unit(normal), distance)
    found = cut(ball(tilt), plane)
    assert found is not None
    area = float(found.values.sum()) * 0.75**2
    assert area == pytest.approx(math.pi * (RADIUS**2 - distance**2), rel=0.03)
    rows, columns = np.nonzero(found.values)
    assert (rows + found.row).mean() == pytest.approx(40, abs=0.6)
    assert (columns + found.column).mean() == pytest.approx(40, abs=0.6)


def test_a_plane_beside_the_segment_shows_nothing() -> None:
    assert cut(ball(), through((0.0, 0.0, 1.0), 21.0)) is None


def test_the_volume_of_a_ball_is_that_of_the_formula_under_tilt_too() -> None:
    for tilt in (0.0, 12.0):
        held = ball(tilt)
        volume = segment_volume_ml(held.inside(), held.grid.affine())
        assert volume == pytest.approx(4 / 3 * math.pi * RADIUS**3 / 1000, rel=0.005)


def test_a_slice_stands_for_its_thickness_and_a_left_out_one_for_nothing() -> None:
    plane = PlaneGeometry((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1), 4, 4)
    grid = MaskGrid(plane, (0.0, 0.0, 1.0), (0.0, 6.0), 2.0)
    held = Mask(grid, np.ones((2, 4, 4), np.uint8))
    heights = {z: cut(held, _axial(z)) is not None for z in (-1.1, -0.9, 0.9, 1.1, 4.9, 5.1, 7.1)}
    assert heights == {
        -1.1: False, -0.9: True, 0.9: True, 1.1: False, 4.9: False, 5.1: True, 7.1: False,
    }  # fmt: skip


def _axial(z: float) -> PlaneGeometry:
    return PlaneGeometry((0, 0, z), (1, 0, 0), (0, 1, 0), (1, 1), 4, 4)


def test_edges_run_where_pixels_touch_and_enclose_the_region() -> None:
    inside = np.zeros((5, 6), np.bool_)
    inside[1:3, 2:5] = True
    lines = {tuple(line) for line in edges(inside, 10, 20).tolist()}
    assert lines == {
        (21.5, 10.5, 24.5, 10.5),
        (21.5, 12.5, 24.5, 12.5),
        (21.5, 10.5, 21.5, 12.5),
        (24.5, 10.5, 24.5, 12.5),
    }


def test_the_length_of_the_edges_is_the_outline_of_the_pixels() -> None:
    rng = np.random.default_rng(3)
    inside = rng.random((17, 23)) > 0.5
    padded = np.pad(inside, 1).astype(int)
    outline = np.abs(np.diff(padded, axis=0)).sum() + np.abs(np.diff(padded, axis=1)).sum()
    lines = edges(inside)
    length = np.abs(lines[:, 2] - lines[:, 0]) + np.abs(lines[:, 3] - lines[:, 1])
    assert length.sum() == outline


def test_the_boundary_is_the_outermost_ring() -> None:
    inside = np.zeros((7, 7), np.bool_)
    inside[1:6, 1:6] = True
    assert int(boundary(inside).sum()) == 16
