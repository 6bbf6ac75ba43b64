"""Colour spaces of stored pixels to RGB (PS3.3 C.7.6.3.1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import UndecodablePixels
from workstation.domain.image import PixelFormat


def to_rgb(ybr: NDArray[Any], form: PixelFormat) -> NDArray[Any]:
    """The inverse of YBR_FULL, or of YBR_PARTIAL with its narrow range, at Bits Stored."""
    if ybr.dtype.kind != "u":
        raise UndecodablePixels("A colour image with signed samples is not defined.")
    top = (1 << min(form.bits_stored, 8 * ybr.dtype.itemsize)) - 1
    middle = (top + 1) / 2
    values = ybr.astype(np.float32)
    y, cb, cr = values[..., 0], values[..., 1] - middle, values[..., 2] - middle
    if form.photometric_interpretation.startswith("YBR_PARTIAL"):
        scale = (top + 1) / 256
        y = (y - 16 * scale) * (255 / 219)
        cb, cr = cb * (255 / 224), cr * (255 / 224)
    rgb = np.stack((y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb), axis=-1)
    return np.clip(np.rint(rgb), 0, top).astype(ybr.dtype)


def unpack_422(raw: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Native YBR_FULL_422: Y Y Cb Cr for each two pixels of a row."""
    if columns % 2:
        raise UndecodablePixels("Half the chroma in an odd number of columns is not defined.")
    pairs = raw.reshape(rows, columns // 2, 4)
    full = np.empty((rows, columns, 3), np.uint8)
    full[:, 0::2, 0] = pairs[..., 0]
    full[:, 1::2, 0] = pairs[..., 1]
    full[..., 1] = np.repeat(pairs[..., 2], 2, axis=1)
    full[..., 2] = np.repeat(pairs[..., 3], 2, axis=1)
    return full


#: XYZ of D50 to linear sRGB, adapted to D65 by Bradford (ICC.1, annex E; IEC 61966-2-1).
_D50_TO_SRGB = np.array(
    (
        (3.1338561, -1.6168667, -0.4906146),
        (-0.9787684, 1.9161415, 0.0334540),
        (0.0719453, -0.2289914, 1.4052427),
    )
)


def of_cielab(encoded: Sequence[float]) -> tuple[int, int, int]:
    """sRGB of a PCS value as DICOM writes it: 0 to 65535 for L* 0 to 100 and for a*, b* -128 to
    127 (PS3.3 C.10.7.1.1), by the formulas of CIE 1976 with the white of D50."""
    lightness = encoded[0] / 65535 * 100
    a, b = (value / 65535 * 255 - 128 for value in encoded[1:3])
    fy = (lightness + 16) / 116
    held = np.array((fy + a / 500, fy, fy - b / 200))
    xyz = np.where(held > 6 / 29, held**3, 3 * (6 / 29) ** 2 * (held - 4 / 29))
    linear = _D50_TO_SRGB @ (xyz * np.array((0.9642, 1.0, 0.8249)))
    linear = np.clip(linear, 0.0, 1.0)
    shown = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (int(value) for value in np.rint(shown * 255))
    return red, green, blue
