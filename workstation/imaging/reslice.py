"""Planes and slabs of a volume, in modality values.

The kernel does the work where it was built. Without it SimpleITK samples uniform stacks, and numpy
irregular ones.
"""

from __future__ import annotations

import importlib
import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, Vector, VolumeGeometry, add, dot
from workstation.domain.view import SlabMode
from workstation.imaging.volume import Volume

_kernel: ModuleType | None
try:
    _kernel = importlib.import_module("workstation.imaging._reslice")
except ImportError:
    # Built where there is a compiler; `nocturne doctor` says which path is used.
    _kernel = None

_KINDS = {"u1": 0, "i2": 1, "u2": 2, "i4": 3, "f4": 4}
_MODES = {SlabMode.MEAN: 0, SlabMode.MIP: 1, SlabMode.MINIP: 2}
#: A gap wider than this many median gaps is blank: slices are missing there.
WIDEST_GAP = 1.5


def has_kernel() -> bool:
    """Whether the compiled kernel is used."""
    return _kernel is not None


def affines(geometry: VolumeGeometry, plane: PlaneGeometry) -> NDArray[np.float64]:
    """(3, 4): column and row in voxels and the position along the normal in mm, as affine
    functions of (1, u, v, w): output column, output row, mm along the output's normal.

    Between slices the sampling follows the vector from slice to slice, also under tilt.
    """
    first = geometry.first_plane
    normal, step = first.normal, geometry.slice_step
    unit_gap = dot(step, normal)

    def solve(vector: Vector) -> tuple[float, float, float]:
        along = dot(vector, normal)
        aside = add(vector, step, -along / unit_gap)
        return (
            dot(aside, first.row_cosine) / first.spacing_mm[1],
            dot(aside, first.column_cosine) / first.spacing_mm[0],
            along,
        )

    parts = (
        solve(add(plane.origin, first.origin, -1.0)),
        solve(_scaled(plane.row_cosine, plane.spacing_mm[1])),
        solve(_scaled(plane.column_cosine, plane.spacing_mm[0])),
        solve(plane.normal),
    )
    return np.asarray(parts, dtype=np.float64).T.copy()


def _scaled(vector: Vector, by: float) -> Vector:
    return (vector[0] * by, vector[1] * by, vector[2] * by)


def slab_depths(
    geometry: VolumeGeometry, plane: PlaneGeometry, slab_mm: float
) -> NDArray[np.float64]:
    """Sampling depths of a slab in mm, symmetric about the plane, at most one slice apart."""
    if slab_mm <= 0:
        return np.zeros(1)
    finest = min(geometry.spacing_mm)
    count = max(2, math.ceil(slab_mm / finest - 1e-6) + 1)
    return np.linspace(-slab_mm / 2, slab_mm / 2, count)


def reslice(
    volume: Volume,
    plane: PlaneGeometry,
    *,
    slab_mm: float = 0.0,
    mode: SlabMode = SlabMode.MEAN,
    threads: int = 2,
) -> NDArray[np.float32]:
    """Modality values (plane.rows, plane.columns) of float32; NaN outside the volume, where
    padding is touched, in the gap of missing slices, and where slices have not arrived."""
    depths = slab_depths(volume.geometry, plane, slab_mm)
    if _kernel is not None:
        return _by_kernel(volume, plane, depths, mode, threads)
    if volume.geometry.uniform:
        from workstation.imaging.reslice_itk import reslice_itk

        return reslice_itk(volume, plane, affines(volume.geometry, plane), depths, mode)
    return reslice_numpy(volume, plane, depths, mode)


def _widest(geometry: VolumeGeometry) -> float:
    return WIDEST_GAP * float(np.median(np.diff(geometry.slice_positions_mm)))


def _by_kernel(
    volume: Volume,
    plane: PlaneGeometry,
    depths: NDArray[np.float64],
    mode: SlabMode,
    threads: int,
) -> NDArray[np.float32]:
    geometry, padding = volume.geometry, volume.padding
    out = np.empty((plane.rows, plane.columns), np.float32)
    step = float(depths[1] - depths[0]) if depths.size > 1 else 0.0
    positions = np.asarray(geometry.slice_positions_mm, np.float64)
    numbers = np.concatenate(
        (
            affines(geometry, plane).ravel(),
            [
                float(depths[0]),
                step,
                float(positions[-1] / (positions.size - 1)) if geometry.uniform else 0.0,
                _widest(geometry),
                volume.slope,
                volume.intercept,
                padding.low if padding else 0.0,
                padding.high if padding else 0.0,
            ],
        )
    )
    slices, rows, columns = volume.voxels.shape
    kind = _KINDS[volume.voxels.dtype.str.lstrip("<|=")]
    present = volume.present.view(np.uint8)

    assert _kernel is not None
    fill = _kernel.reslice

    def part(bounds: tuple[int, int]) -> None:
        sizes = np.asarray(
            [
                kind,
                _MODES[mode],
                padding is not None,
                slices,
                rows,
                columns,
                plane.columns,
                *bounds,
                depths.size,
            ],
            np.int64,
        )
        fill(volume.voxels, present, positions, out, numbers, sizes)

    cuts = np.linspace(0, plane.rows, max(1, threads) + 1).astype(int)
    bounds = [(int(a), int(b)) for a, b in itertools.pairwise(cuts)]
    if len(bounds) == 1:
        part(bounds[0])
    else:
        with ThreadPoolExecutor(len(bounds), thread_name_prefix="reslice") as pool:
            list(pool.map(part, bounds))
    return out


def _split(coordinate: NDArray[np.float64], count: int) -> tuple[NDArray[Any], ...]:
    inside = (coordinate >= -1e-6) & (coordinate <= count - 1 + 1e-6)
    held = np.clip(np.where(inside, coordinate, 0.0), 0, count - 1)
    low = np.minimum(held.astype(np.int64), max(0, count - 2))
    return low, held - low, inside


def reslice_numpy(
    volume: Volume, plane: PlaneGeometry, depths: NDArray[np.float64], mode: SlabMode
) -> NDArray[np.float32]:
    """The same sampling in numpy, double precision: for irregular stacks without the kernel."""
    geometry = volume.geometry
    matrix = affines(geometry, plane)
    u, v = np.meshgrid(np.arange(plane.columns), np.arange(plane.rows))
    positions = np.asarray(geometry.slice_positions_mm)
    slices, rows, columns = volume.voxels.shape
    stack = []
    for depth in depths:
        column, row, along = (
            line[0] + line[1] * u + line[2] * v + line[3] * depth for line in matrix
        )
        x, fx, in_x = _split(column, columns)
        y, fy, in_y = _split(row, rows)
        index = np.interp(along, positions, np.arange(slices))
        z, fz, _ = _split(index, slices)
        in_z = (along >= positions[0] - 1e-6) & (along <= positions[-1] + 1e-6)
        gap = positions[z + 1] - positions[z]
        between = (fz > 1e-6) & (fz < 1 - 1e-6)
        valid = in_x & in_y & in_z & ~((gap > _widest(geometry)) & between)
        total = np.zeros(u.shape)
        for k, j, i in np.ndindex(2, 2, 2):
            weight = np.where(k, fz, 1 - fz) * np.where(j, fy, 1 - fy) * np.where(i, fx, 1 - fx)
            used = weight > 1e-9
            zz = np.minimum(z + k, slices - 1)
            yy, xx = np.minimum(y + j, rows - 1), np.minimum(x + i, columns - 1)
            held = volume.voxels[zz, yy, xx]
            void = ~volume.present[zz]
            if volume.padding is not None:
                void |= (held >= volume.padding.low) & (held <= volume.padding.high)
            valid &= ~(used & void)
            total += np.where(used, weight * held, 0.0)
        stack.append(np.where(valid, total, np.nan))
    combined = combine(np.stack(stack), mode)
    return (combined * volume.slope + volume.intercept).astype(np.float32)


def combine(samples: NDArray[np.float64], mode: SlabMode) -> NDArray[np.float64]:
    """Samples (depth, rows, columns) to one value, void ones left out; NaN where all are void."""
    void = np.isnan(samples)
    if mode is SlabMode.MIP:
        best = np.where(void, -np.inf, samples).max(axis=0)
    elif mode is SlabMode.MINIP:
        best = np.where(void, np.inf, samples).min(axis=0)
    else:
        count = (~void).sum(axis=0)
        best = np.where(void, 0.0, samples).sum(axis=0) / np.maximum(count, 1)
    return np.where(void.all(axis=0), np.nan, best)
