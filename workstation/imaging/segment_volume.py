"""Volume of a segmentation in millilitres: counted voxels times the volume of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import MeasurementRefused


def voxel_volume_mm3(affine: NDArray[np.float64]) -> float:
    """Volume of one voxel: |det| of the 3x3 part of an affine to LPS mm, right under tilt too.

    `affine` is 4x4 (`VolumeGeometry.affine`). MeasurementRefused where it spans no volume.
    """
    held = np.asarray(affine, np.float64)
    if held.shape != (4, 4) or not np.isfinite(held).all():
        raise MeasurementRefused("The geometry of the segmentation is not known.")
    size = abs(float(np.linalg.det(held[:3, :3])))
    if size <= 1e-12:
        raise MeasurementRefused("The voxels of the segmentation have no volume.")
    return size


def segment_volume_ml(mask: NDArray[np.bool_], affine: NDArray[np.float64]) -> float:
    """Volume of the marked voxels in ml.

    `mask` is (slices, rows, columns) of bool; `affine` maps (column, row, slice index) to LPS mm.
    A voxel counts whole: no surface is fitted. True for evenly spaced slices only.
    """
    if mask.ndim != 3 or mask.dtype != np.bool_:
        raise ValueError("a segment is a mask of (slices, rows, columns)")
    return int(np.count_nonzero(mask)) * voxel_volume_mm3(affine) / 1000.0
