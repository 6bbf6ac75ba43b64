"""Analytic volumes with axes that cannot be mistaken."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, Vector, VolumeGeometry, unit

Field = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def linear_field(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A field that linear interpolation reproduces exactly: 2x - 3y + 5z + 7."""
    return points @ np.asarray([2.0, -3.0, 5.0]) + 7.0


def geometry(
    *,
    shape: tuple[int, int, int] = (6, 8, 10),
    spacing: tuple[float, float, float] = (2.0, 0.5, 1.0),
    origin: Vector = (100.0, 200.0, 300.0),
    row: Vector = (1.0, 0.0, 0.0),
    column: Vector = (0.0, 1.0, 0.0),
    tilt_degrees: float = 0.0,
    positions: tuple[float, ...] | None = None,
) -> VolumeGeometry:
    """A stack; `tilt_degrees` shears the step towards the rows."""
    first = PlaneGeometry(
        origin, unit(row), unit(column), (spacing[1], spacing[2]), shape[1], shape[2], "1.2.3"
    )
    normal = np.asarray(first.normal)
    step = spacing[0] * (
        normal + math.tan(math.radians(tilt_degrees)) * np.asarray(first.column_cosine)
    )
    return VolumeGeometry(
        first,
        (float(step[0]), float(step[1]), float(step[2])),
        positions or tuple(spacing[0] * index for index in range(shape[0])),
    )


def sampled(geometry: VolumeGeometry, field: Field) -> NDArray[np.float32]:
    """The field at every voxel centre."""
    slices = []
    for index in range(geometry.shape[0]):
        plane = geometry.slice_plane(index)
        slices.append(field(grid(plane)))
    return np.stack(slices).astype(np.float32)


def grid(plane: PlaneGeometry) -> NDArray[np.float64]:
    """LPS positions (rows, columns, 3) of a plane's pixels."""
    u, v = np.meshgrid(np.arange(plane.columns), np.arange(plane.rows))
    return (
        np.asarray(plane.origin)
        + u[..., None] * plane.spacing_mm[1] * np.asarray(plane.row_cosine)
        + v[..., None] * plane.spacing_mm[0] * np.asarray(plane.column_cosine)
    )
