"""Segments cut by a plane: nearest voxel, never interpolated, since a label has no half."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, Vector, add, dot
from workstation.domain.overlays import Mask, MaskGrid

#: A slice ends where the next begins; a plane this near to the border belongs to both.
_BORDER_MM = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class PlaneMask:
    """What a segment fills of a plane: `values` (rows, columns) with their first pixel at
    (`row`, `column`) of the plane."""

    values: NDArray[np.uint8]
    row: int
    column: int
    maximum: int = 1


def _affine(grid: MaskGrid, plane: PlaneGeometry) -> NDArray[np.float64]:
    """(3, 3): column, row and millimetres along the normal of the grid as affine functions of
    (1, column, row) of the plane. Between slices it follows the step, also under tilt."""
    first, step = grid.plane, grid.step

    def solve(vector: Vector) -> tuple[float, float, float]:
        along = dot(vector, first.normal)
        aside = add(vector, step, -along)
        return (
            dot(aside, first.row_cosine) / first.spacing_mm[1],
            dot(aside, first.column_cosine) / first.spacing_mm[0],
            along,
        )

    wide, high = plane.spacing_mm[1], plane.spacing_mm[0]
    parts = (
        solve(add(plane.origin, first.origin, -1.0)),
        solve(add((0.0, 0.0, 0.0), plane.row_cosine, wide)),
        solve(add((0.0, 0.0, 0.0), plane.column_cosine, high)),
    )
    return np.asarray(parts, dtype=np.float64).T.copy()


def _corners(grid: MaskGrid) -> list[Vector]:
    """The outermost corners of the voxels, LPS mm."""
    plane, half = grid.plane, grid.thickness_mm / 2
    found = []
    for along in (grid.positions_mm[0] - half, grid.positions_mm[-1] + half):
        for column in (-0.5, plane.columns - 0.5):
            for row in (-0.5, plane.rows - 0.5):
                found.append(add(plane.to_patient((column, row)), grid.step, along))
    return found


def window_of(grid: MaskGrid, plane: PlaneGeometry) -> tuple[int, int, int, int] | None:
    """(row, column, rows, columns) of the plane that the grid may touch, None where it does not."""
    seen = np.asarray([plane.to_image(corner) for corner in _corners(grid)])
    low, high = seen.min(axis=0), seen.max(axis=0)
    if low[2] > _BORDER_MM or high[2] < -_BORDER_MM:
        return None
    left, top = max(0, math.floor(low[0])), max(0, math.floor(low[1]))
    right = min(plane.columns - 1, math.ceil(high[0]))
    bottom = min(plane.rows - 1, math.ceil(high[1]))
    if right < left or bottom < top:
        return None
    return top, left, bottom - top + 1, right - left + 1


def _slices(grid: MaskGrid, along: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index of the slice that a position along the normal lies in, -1 where none is held."""
    places = np.asarray(grid.positions_mm)
    after = np.clip(np.searchsorted(places, along), 0, len(places) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(
        np.abs(along - places[before]) <= np.abs(places[after] - along), before, after
    )
    far = np.abs(along - places[nearer]) > grid.thickness_mm / 2 + _BORDER_MM
    return np.where(far, -1, nearer)


def cut(mask: Mask, plane: PlaneGeometry) -> PlaneMask | None:
    """The values of the voxels in which the pixel centres of the plane lie; None where the segment
    does not touch it."""
    grid = mask.grid
    window = window_of(grid, plane)
    if window is None:
        return None
    top, left, rows, columns = window
    matrix = _affine(grid, plane)
    u = np.arange(left, left + columns, dtype=np.float64)[None, :]
    v = np.arange(top, top + rows, dtype=np.float64)[:, None]

    def place(axis: int) -> NDArray[np.float64]:
        constant, across, down = matrix[axis]
        # What does not change along a side of the plane stays one row or column of numbers.
        total = np.asarray(constant).reshape(1, 1)
        if abs(across) > 1e-9:
            total = total + across * u
        if abs(down) > 1e-9:
            total = total + down * v
        return total

    k = _slices(grid, place(2))
    j = np.floor(place(1) + 0.5).astype(np.int64)
    i = np.floor(place(0) + 0.5).astype(np.int64)
    _, high, wide = mask.voxels.shape
    valid = (k >= 0) & (j >= 0) & (j < high) & (i >= 0) & (i < wide)
    if not valid.any():
        return None
    taken = mask.voxels[np.maximum(k, 0), np.clip(j, 0, high - 1), np.clip(i, 0, wide - 1)]
    values = np.where(valid, taken, 0).astype(np.uint8)
    values = np.broadcast_to(values, (rows, columns))
    if not values.any():
        return None
    return PlaneMask(np.ascontiguousarray(values), top, left, mask.maximum)


def edges(inside: NDArray[np.bool_], row: int = 0, column: int = 0) -> NDArray[np.float64]:
    """The border of pixels as lines (n, 4): x0, y0, x1, y1 in (column, row), pixel centres whole.

    The lines run where pixels touch, so that nothing is drawn over what it encloses, and runs are
    joined.
    """
    held = np.pad(inside, 1)
    lines: list[NDArray[np.float64]] = []
    for turned in (False, True):
        field = held.T if turned else held
        change = field[1:] != field[:-1]
        flat = np.pad(change, ((0, 0), (1, 1))).astype(np.int8)
        moves = np.diff(flat, axis=1)
        starts, ends = np.argwhere(moves == 1), np.argwhere(moves == -1)
        if not len(starts):
            continue
        # One pixel of padding and the half pixel from a centre to its border.
        across = starts[:, 0] - 0.5
        low, high = starts[:, 1] - 1.5, ends[:, 1] - 1.5
        parts = (across, low, across, high) if turned else (low, across, high, across)
        lines.append(np.stack(parts, axis=1).astype(np.float64))
    if not lines:
        return np.empty((0, 4))
    found = np.concatenate(lines)
    found[:, [0, 2]] += column
    found[:, [1, 3]] += row
    return found


def boundary(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The outermost pixels of a region: those with a neighbour outside of it."""
    held = np.pad(inside, 1)
    kept = inside.copy()
    for axis, shift in itertools.product((0, 1), (-1, 1)):
        kept &= np.roll(held, shift, axis)[1:-1, 1:-1]
    return inside & ~kept
