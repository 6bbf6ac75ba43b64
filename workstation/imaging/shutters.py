"""What a display shutter hides of an image (PS3.3 C.7.6.11)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import Point
from workstation.domain.image import Shutter


def hidden(shutter: Shutter, rows: int, columns: int) -> NDArray[np.bool_]:
    """True where a pixel of (rows, columns) is hidden. A pixel is seen where its centre lies
    inside of all shapes, or on their edges."""
    y, x = np.ogrid[:rows, :columns]
    mask = np.zeros((rows, columns), bool)
    if shutter.rectangle is not None:
        left, top, right, bottom = shutter.rectangle
        mask |= (x < left) | (x > right) | (y < top) | (y > bottom)
    if shutter.circle is not None:
        column, row, radius = shutter.circle
        mask |= (x - column) ** 2 + (y - row) ** 2 > radius**2
    if shutter.polygon:
        mask |= ~_within(shutter.polygon, rows, columns)
    if shutter.bitmap is not None:
        held = shutter.bitmap[:rows, :columns]
        mask[: held.shape[0], : held.shape[1]] |= held
    return mask


def _within(corners: Sequence[Point], rows: int, columns: int) -> NDArray[np.bool_]:
    """True where a pixel's centre lies in a polygon, by the parity of crossings, or on its edge."""
    y, x = np.ogrid[:rows, :columns]
    inside = np.zeros((rows, columns), bool)
    on_edge = np.zeros((rows, columns), bool)
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if y0 != y1:
            crossing = (x1 - x0) * (y - y0) / (y1 - y0) + x0
            inside ^= ((y0 > y) != (y1 > y)) & (x < crossing)
        cross = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
        between = (x >= min(x0, x1)) & (x <= max(x0, x1)) & (y >= min(y0, y1)) & (y <= max(y0, y1))
        on_edge |= (np.abs(cross) < 1e-9) & between
    return inside | on_edge


def shut(
    picture: NDArray[np.uint8], mask: NDArray[np.bool_], shutter: Shutter
) -> NDArray[np.uint8]:
    """The picture, (rows, columns) or (rows, columns, 3), with the shutter's grey over the mask."""
    out = picture.copy()
    if picture.ndim == 3:
        out[mask] = shutter.rgb or (shutter.grey,) * 3
    else:
        out[mask] = shutter.grey
    return out
