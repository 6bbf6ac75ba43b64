"""One set of images over another (PS3.4 N.2.4, PS3.3 C.11.14)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import ModalityTransform, Palette, Voi
from workstation.imaging.colour_map import coloured
from workstation.imaging.picture import render_values


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
    top = coloured(render_values(over, voi), palette).astype(np.float32)
    below = np.repeat(under[..., None], 3, axis=2).astype(np.float32)
    share = np.where(np.isnan(over), 0.0, opacity).astype(np.float32)[..., None]
    return np.asarray(np.floor(below * (1 - share) + top * share + 0.5), np.uint8)
