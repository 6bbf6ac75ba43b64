"""Grey to colour through a palette (PS3.4 N.2.3, PS3.6 annex B)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import Palette


def colour_table(palette: Palette) -> NDArray[np.uint8]:
    """(256, 3): the RGB of each grey. The whole range of grey meets the whole palette."""
    channels = []
    for entries in (palette.red, palette.green, palette.blue):
        index = np.floor(np.arange(256) / 255 * (entries.size - 1) + 0.5).astype(np.int64)
        wide = entries[index]
        channels.append((wide if palette.bits == 8 else wide >> 8).astype(np.uint8))
    return np.stack(channels, axis=-1)


def coloured(grey: NDArray[np.uint8], palette: Palette) -> NDArray[np.uint8]:
    """A grey picture, (rows, columns), as RGB."""
    table = colour_table(palette)
    held = np.ascontiguousarray(grey)
    out = np.empty((*held.shape, 3), np.uint8)
    for channel in range(3):
        out[..., channel] = cv2.LUT(held, np.ascontiguousarray(table[:, channel]))
    return out
