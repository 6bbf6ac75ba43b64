"""One set of images over another (PS3.4 N.2.4, PS3.3 C.11.14)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, VolumeGeometry
from workstation.domain.image import ModalityTransform, Palette, Voi
from workstation.imaging.colour_map import coloured
from workstation.imaging.picture import render_values
from workstation.imaging.reslice import affines

#: Pixels that are blended at a time.
_BLOCK = 1 << 15


def rescaled(
    values: NDArray[np.float32], own: ModalityTransform, wanted: ModalityTransform
) -> NDArray[np.float32]:
    """Modality values of one linear transform as those of another; ValueError for tables."""
    if own.lut is not None or wanted.lut is not None:
        raise ValueError("a table cannot be undone")
    factor = wanted.slope / own.slope
    return values * np.float32(factor) + np.float32(wanted.intercept - own.intercept * factor)


def blended(
    under: NDArray[np.uint8],
    over: NDArray[np.float32],
    voi: Voi,
    palette: Palette,
    opacity: float,
) -> NDArray[np.uint8]:
    """RGB of a grey picture, (rows, columns), under values on the same grid.

    `opacity` is that of what lies over it, 0 to 1; where there is none, NaN, the picture below is
    seen alone.
    """
    # Shares in 65536ths: sums of integers, which a picture at every step of the wheel can afford.
    share = round(opacity * 65536)
    made = np.empty((*under.shape, 3), np.uint8)
    # By rows that stay in the cache of the processor.
    step = max(1, _BLOCK // max(1, under.shape[1]))
    for first in range(0, under.shape[0], step):
        rows = slice(first, first + step)
        below, values = under[rows], over[rows]
        held = coloured(render_values(values, voi), palette).astype(np.uint32)
        held *= np.uint32(share)
        held += (below.astype(np.uint32) * np.uint32(65536 - share) + np.uint32(32768))[..., None]
        held >>= np.uint32(16)
        made[rows] = held
        alone = np.isnan(values)
        if alone.any():
            made[rows][alone] = below[alone][:, None]
    return made


def on_one_grid(
    geometry: VolumeGeometry, plane: PlaneGeometry, via: NDArray[np.float64] | None = None
) -> bool:
    """Whether the pixels of a plane are voxels of a volume, so that nothing is interpolated;
    within a hundredth of a voxel. `via` as in `affines`."""
    matrix = affines(geometry, plane, via)
    columns, rows, depth = matrix[:, 0]
    far = max(plane.rows, plane.columns)
    moves = np.abs(matrix[:, 1:3] - ((1, 0), (0, 1), (0, 0))).max() * far
    near = float(np.abs(np.asarray(geometry.slice_positions_mm) - depth).min())
    off = max(abs(columns - round(columns)), abs(rows - round(rows)), moves)
    return off < 0.01 and near < 0.01 * geometry.slice_spacing_mm
