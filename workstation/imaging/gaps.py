"""Where a plane through a volume passes between slices that are missing (display rules, §8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, VolumeGeometry


def in_missing_slices(geometry: VolumeGeometry, plane: PlaneGeometry) -> NDArray[np.bool_] | None:
    """(rows, columns) of the plane: True where the slices on both sides are not neighbours.

    None where no slice is missing. Outside of the stack nothing is missing; under tilt the stack
    leans with its step.
    """
    holes = [index for index, count in enumerate(geometry.missing_in_gaps()) if count]
    if not holes:
        return None
    first = geometry.first_plane
    normal = np.asarray(first.normal)
    lean = np.asarray(geometry.slice_step) / geometry.slice_spacing_mm
    away = np.asarray(plane.origin) - np.asarray(first.origin)
    columns, rows = np.arange(plane.columns), np.arange(plane.rows)
    across = np.asarray(plane.row_cosine) * plane.spacing_mm[1]
    down = np.asarray(plane.column_cosine) * plane.spacing_mm[0]

    def along(axis: NDArray[np.float64]) -> NDArray[np.float64]:
        start = float(away @ axis)
        return start + rows[:, None] * float(down @ axis) + columns[None, :] * float(across @ axis)

    height = along(normal)
    between = np.zeros(height.shape, np.bool_)
    for index in holes:
        low, high = geometry.slice_positions_mm[index : index + 2]
        between |= (height > low + 1e-6) & (height < high - 1e-6)
    for cosine, spacing, count in (
        (first.row_cosine, first.spacing_mm[1], first.columns),
        (first.column_cosine, first.spacing_mm[0], first.rows),
    ):
        axis = np.asarray(cosine)
        place = (along(axis) - height * float(lean @ axis)) / spacing
        between &= (place >= -0.5) & (place <= count - 0.5)
    return between
