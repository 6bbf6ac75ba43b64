"""Reslicing by SimpleITK, where the kernel was not built.

SimpleITK asks for orthonormal directions, which a tilted stack has not: the resampling runs in
voxel coordinates, with the whole geometry in the transform.
"""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry
from workstation.domain.view import SlabMode
from workstation.imaging.volume import Volume


def reslice_itk(
    volume: Volume,
    plane: PlaneGeometry,
    matrix: NDArray[np.float64],
    depths: NDArray[np.float64],
    mode: SlabMode,
) -> NDArray[np.float32]:
    """A plane or slab of a uniform stack; `matrix` is that of `affines`, `depths` in mm."""
    from workstation.imaging.reslice import combine

    spacing = volume.geometry.slice_positions_mm[-1] / (volume.voxels.shape[0] - 1)
    index = matrix.copy()
    index[2] /= spacing
    image = sitk.GetImageFromArray(volume.voxels)
    void = ~np.broadcast_to(volume.present[:, None, None], volume.voxels.shape)
    if volume.padding is not None:
        void = void | (
            (volume.voxels >= volume.padding.low) & (volume.voxels <= volume.padding.high)
        )
    mask = sitk.GetImageFromArray(void.astype(np.uint8)) if void.any() else None
    step = float(depths[1] - depths[0]) if depths.size > 1 else 1.0
    transform = sitk.AffineTransform(3)
    columns = np.stack((index[:, 1], index[:, 2], index[:, 3] * step), axis=1)
    transform.SetMatrix(columns.ravel().tolist())
    start = index[:, 0] + index[:, 3] * float(depths[0])
    transform.SetTranslation(start.tolist())
    size = (plane.columns, plane.rows, int(depths.size))

    def resample(source: sitk.Image, outside: float) -> NDArray[np.float32]:
        made = sitk.Resample(
            source,
            size,
            transform,
            sitk.sitkLinear,
            (0.0, 0.0, 0.0),
            (1.0, 1.0, 1.0),
            (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
            outside,
            sitk.sitkFloat32,
        )
        return sitk.GetArrayFromImage(made)

    # ITK extends an image by half a voxel at each end: outside is told by the voxel centres here.
    samples = resample(image, 0.0).astype(np.float64)
    u, v = np.meshgrid(np.arange(plane.columns), np.arange(plane.rows))
    shape = volume.voxels.shape
    for number, depth in enumerate(depths):
        inside = np.ones(u.shape, bool)
        for line, count in zip(index, (shape[2], shape[1], shape[0]), strict=True):
            coordinate = line[0] + line[1] * u + line[2] * v + line[3] * depth
            inside &= (coordinate >= -1e-6) & (coordinate <= count - 1 + 1e-6)
        samples[number][~inside] = np.nan
    if mask is not None:
        samples[resample(mask, 0.0) > 1e-6] = np.nan
    combined = combine(samples, mode)
    return (combined * volume.slope + volume.intercept).astype(np.float32)
