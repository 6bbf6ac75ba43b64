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
    voxels = volume.voxels
    void = ~np.broadcast_to(volume.present[:, None, None], voxels.shape)
    if volume.padding is not None:
        void = void | ((voxels >= volume.padding.low) & (voxels <= volume.padding.high))
    if voxels.dtype.kind == "f":
        # NaN times a weight of nothing is NaN: the mask alone says what is void.
        void = void | np.isnan(voxels)
        voxels = np.nan_to_num(voxels)
    image = sitk.GetImageFromArray(voxels)
    mask = sitk.GetImageFromArray(void.astype(np.uint8)) if void.any() else None

    def resample(source: sitk.Image, depth: float) -> NDArray[np.float32]:
        transform = sitk.AffineTransform(3)
        transform.SetMatrix(index[:, 1:4].ravel().tolist())
        transform.SetTranslation((index[:, 0] + index[:, 3] * depth).tolist())
        made = sitk.Resample(
            source,
            (plane.columns, plane.rows, 1),
            transform,
            sitk.sitkLinear,
            (0.0, 0.0, 0.0),
            (1.0, 1.0, 1.0),
            (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
            0.0,
            sitk.sitkFloat32,
        )
        return sitk.GetArrayFromImage(made)[0]

    u, v = np.meshgrid(np.arange(plane.columns), np.arange(plane.rows))
    shape = voxels.shape
    samples = np.empty((depths.size, plane.rows, plane.columns))
    for number, depth in enumerate(depths):
        samples[number] = resample(image, float(depth))
        # ITK extends an image by half a voxel: what is outside is told by the voxel centres here.
        inside = np.ones(u.shape, bool)
        for line, count in zip(index, (shape[2], shape[1], shape[0]), strict=True):
            coordinate = line[0] + line[1] * u + line[2] * v + line[3] * depth
            inside &= (coordinate >= -1e-6) & (coordinate <= count - 1 + 1e-6)
        samples[number][~inside] = np.nan
        if mask is not None:
            samples[number][resample(mask, float(depth)) > 1e-6] = np.nan
    combined = combine(samples, mode)
    return (combined * volume.slope + volume.intercept).astype(np.float32)
