"""One set of images over another (PS3.4 N.2.4, PS3.3 C.11.14)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, VolumeGeometry
from workstation.domain.image import ModalityTransform, Palette, Voi
from workstation.imaging.colour_map import coloured
from workstation.imaging.picture import render_values
from workstation.imaging.reslice import affines


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
    top = coloured(render_values(over, voi), palette)
    # Shares in 65536ths: sums of integers, which a picture at every step of the wheel can afford.
    share = round(opacity * 65536)
    held = top.astype(np.uint32)
    held *= np.uint32(share)
    held += (under.astype(np.uint32) * np.uint32(65536 - share) + np.uint32(32768))[..., None]
    held >>= np.uint32(16)
    made = held.astype(np.uint8)
    alone = np.isnan(over)
    made[alone] = under[alone][:, None]
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
