"""Planes and slabs of a volume, in modality values.

The kernel does the work where it was built. Without it SimpleITK samples uniform stacks, and numpy
irregular ones.
"""

from __future__ import annotations

import importlib
import itertools
import math
import os
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

#: The memory is the limit beyond these.
THREADS = min(4, os.cpu_count() or 1)


def has_kernel() -> bool:
    """Whether the compiled kernel is used."""
    return _kernel is not None


def affines(
    geometry: VolumeGeometry, plane: PlaneGeometry, via: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """(3, 4): column and row in voxels and the position along the normal in mm, as affine
    functions of (1, u, v, w): output column, output row, mm along the output's normal.

    Between slices the sampling follows the vector from slice to slice, also under tilt. `via`,
    (4, 4), takes points of the plane's space to the volume's, LPS mm.
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

    def there(vector: Vector, place: float = 0.0) -> Vector:
        if via is None:
            return vector
        x, y, z, _ = via @ (*vector, place)
        return (float(x), float(y), float(z))

    parts = (
        solve(add(there(plane.origin, 1.0), first.origin, -1.0)),
        solve(there(_scaled(plane.row_cosine, plane.spacing_mm[1]))),
        solve(there(_scaled(plane.column_cosine, plane.spacing_mm[0]))),
        solve(there(plane.normal)),
    )
    return np.asarray(parts, dtype=np.float64).T.copy()


def _scaled(vector: Vector, by: float) -> Vector:
    return (vector[0] * by, vector[1] * by, vector[2] * by)


def _levels(
    geometry: VolumeGeometry, plane: PlaneGeometry, half: float
) -> NDArray[np.float64] | None:
    """Depths at which a slab meets voxel centres all over the plane, or None where it is
    oblique: between them the sampled values run straight, so no maximum lies elsewhere."""
    matrix = affines(geometry, plane)
    scale = np.asarray([1.0, 1.0, geometry.slice_spacing_mm])[:, None]
    moves = np.abs(matrix / scale)
    across = [axis for axis in range(3) if moves[axis, 3] > 1e-9]
    if len(across) != 1:
        return None
    axis = across[0]
    side = max(plane.rows, plane.columns)
    if (moves[axis, 1:3] * side).max() > 1e-6:
        return None
    _, rows, columns = geometry.shape
    grids = (np.arange(columns), np.arange(rows), np.asarray(geometry.slice_positions_mm))
    at: NDArray[np.float64] = (grids[axis] - matrix[axis, 0]) / matrix[axis, 3]
    return np.sort(at[np.abs(at) < half - 1e-6])


def slab_depths(
    geometry: VolumeGeometry,
    plane: PlaneGeometry,
    slab_mm: float,
    mode: SlabMode = SlabMode.MEAN,
) -> NDArray[np.float64]:
    """Sampling depths of a slab in mm, from face to face, at most one voxel apart, the plane
    itself among them. A maximum or minimum also meets every voxel centre of a plane that lies
    along the volume's axes: what is one slice thin must not be missed."""
    if slab_mm <= 0:
        return np.zeros(1)
    normal, first = plane.normal, geometry.first_plane
    extents = (
        (geometry.slice_step, 1.0),
        (first.row_cosine, first.spacing_mm[1]),
        (first.column_cosine, first.spacing_mm[0]),
    )
    step = max(abs(dot(direction, normal)) * length for direction, length in extents)
    step = min(step, geometry.slice_spacing_mm)
    half = slab_mm / 2
    even = np.linspace(-half, half, 2 * max(1, math.ceil(half / step - 1e-6)) + 1)
    if mode is SlabMode.MEAN:
        return even
    levels = _levels(geometry, plane, half)
    if levels is None:
        return even
    return np.unique(np.concatenate(([-half, half], levels)))


def reslice(
    volume: Volume,
    plane: PlaneGeometry,
    *,
    slab_mm: float = 0.0,
    mode: SlabMode = SlabMode.MEAN,
    threads: int = THREADS,
    via: NDArray[np.float64] | None = None,
) -> NDArray[np.float32]:
    """Modality values (plane.rows, plane.columns) of float32; NaN outside the volume, where
    padding is touched, in the gap of missing slices, and where slices have not arrived. `via` as
    in `affines`, for planes without a slab."""
    if via is not None and slab_mm > 0:
        raise ValueError("a slab is cut in the space of its volume")
    depths = slab_depths(volume.geometry, plane, slab_mm, mode)
    matrix = affines(volume.geometry, plane, via)
    whole = _of_one_slice(volume, plane, matrix) if depths.size == 1 else None
    if whole is not None:
        return whole
    if _kernel is not None:
        return _by_kernel(volume, plane, matrix, depths, mode, threads)
    if volume.geometry.uniform:
        from workstation.imaging.reslice_itk import reslice_itk

        return reslice_itk(volume, plane, matrix, depths, mode)
    return reslice_numpy(volume, plane, depths, mode, via)


def _of_one_slice(
    volume: Volume, plane: PlaneGeometry, matrix: NDArray[np.float64]
) -> NDArray[np.float32] | None:
    """The plane where its pixels are voxels of one slice and nothing is between them; else None.

    Within a millionth of a voxel, as the kernel takes a weight for none.
    """
    rows, columns = plane.rows, plane.columns
    positions = np.asarray(volume.geometry.slice_positions_mm)
    at = int(np.abs(positions - matrix[2, 0]).argmin())
    left, top = round(float(matrix[0, 0])), round(float(matrix[1, 0]))
    moves = np.abs(matrix[:, :3] - [[left, 1, 0], [top, 0, 1], [positions[at], 0, 0]])
    if (moves * [1, columns, rows]).max() > 1e-6:
        return None
    made = np.full((rows, columns), np.nan, np.float32)
    if not volume.present[at]:
        return made
    _, most_rows, most_columns = volume.geometry.shape
    high, low = max(0, top), max(0, min(most_rows, top + rows))
    near, far = max(0, left), max(0, min(most_columns, left + columns))
    if high < low and near < far:
        stored = volume.voxels[at, high:low, near:far]
        into = made[high - top : low - top, near - left : far - left]
        whole = volume.intercept % 1 == 0 and abs(volume.intercept) < 1 << 23
        if whole and volume.slope == 1 and stored.dtype.itemsize <= 2:
            # Whole numbers below 2 to the 24: exact in single precision.
            np.add(stored, np.float32(volume.intercept), out=into, dtype=np.float32)
        else:
            into[...] = stored * np.float64(volume.slope) + volume.intercept
        if volume.padding is not None:
            into[(stored >= volume.padding.low) & (stored <= volume.padding.high)] = np.nan
    return made


def _whole(geometry: VolumeGeometry) -> NDArray[np.bool_]:
    """Which gaps may be interpolated over: those in which no slice is missing."""
    return np.asarray(geometry.missing_in_gaps()) == 0


def _by_kernel(
    volume: Volume,
    plane: PlaneGeometry,
    matrix: NDArray[np.float64],
    depths: NDArray[np.float64],
    mode: SlabMode,
    threads: int,
) -> NDArray[np.float32]:
    geometry, padding, uniform = volume.geometry, volume.padding, volume.geometry.uniform
    out = np.empty((plane.rows, plane.columns), np.float32)
    positions = np.asarray(geometry.slice_positions_mm, np.float64)
    numbers = np.concatenate(
        (
            matrix.ravel(),
            [
                float(positions[-1] / (positions.size - 1)) if uniform else 0.0,
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
    whole = _whole(geometry).view(np.uint8)
    depths = np.ascontiguousarray(depths, np.float64)

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
        fill(volume.voxels, present, whole, positions, depths, out, numbers, sizes)

    # Parts smaller than a thread's share: a plane may lie outside the volume on one side.
    cuts = np.linspace(0, plane.rows, 4 * threads + 1 if threads > 1 else 2).astype(int)
    bounds = iter([(int(a), int(b)) for a, b in itertools.pairwise(cuts) if a < b])

    def work() -> None:
        for rows_of_part in bounds:
            part(rows_of_part)

    if threads <= 1:
        work()
    else:
        with ThreadPoolExecutor(threads - 1, thread_name_prefix="reslice") as pool:
            others = [pool.submit(work) for _ in range(threads - 1)]
            work()
            for other in others:
                other.result()
    return out


def _split(coordinate: NDArray[np.float64], count: int) -> tuple[NDArray[Any], ...]:
    inside = (coordinate >= -1e-6) & (coordinate <= count - 1 + 1e-6)
    held = np.clip(np.where(inside, coordinate, 0.0), 0, count - 1)
    low = np.minimum(held.astype(np.int64), max(0, count - 2))
    return low, held - low, inside


def reslice_numpy(
    volume: Volume,
    plane: PlaneGeometry,
    depths: NDArray[np.float64],
    mode: SlabMode,
    via: NDArray[np.float64] | None = None,
) -> NDArray[np.float32]:
    """The same sampling in numpy, double precision: for irregular stacks without the kernel."""
    geometry = volume.geometry
    matrix = affines(geometry, plane, via)
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
        between = (fz > 1e-6) & (fz < 1 - 1e-6)
        valid = in_x & in_y & in_z & ~(~_whole(geometry)[z] & between)
        total = np.zeros(u.shape)
        for k, j, i in np.ndindex(2, 2, 2):
            weight = np.where(k, fz, 1 - fz) * np.where(j, fy, 1 - fy) * np.where(i, fx, 1 - fx)
            used = weight > 1e-9
            zz = np.minimum(z + k, slices - 1)
            yy, xx = np.minimum(y + j, rows - 1), np.minimum(x + i, columns - 1)
            held = volume.voxels[zz, yy, xx]
            void = ~volume.present[zz] | np.isnan(held)
            if volume.padding is not None:
                void |= (held >= volume.padding.low) & (held <= volume.padding.high)
            valid &= ~(used & void)
            total += np.where(used & ~void, weight * held, 0.0)
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
