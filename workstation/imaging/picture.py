"""Stored values to the picture at native size (PS3.4 N.2.1): exactly what the viewer shows."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import FrameDescription, Palette, Voi
from workstation.imaging.modality import modality_values, padding_mask, through_table
from workstation.imaging.voi import apply_voi, opening_voi


def _to_bytes(unit_values: NDArray[np.float64], inverted: bool) -> NDArray[np.uint8]:
    """0..1 to 0..255, rounded half up as the output of the VOI LUT is."""
    shown = 1.0 - unit_values if inverted else unit_values
    return np.floor(shown * 255.0 + 0.5).astype(np.uint8)


def grey_table(
    description: FrameDescription, voi: Voi, *, inverted: bool = False, signed: bool
) -> NDArray[np.uint8]:
    """The whole grey pipeline of a 16-bit image as a table of 65,536 bytes.

    Entry i is for the stored value i, or i - 65536 from 32768 on where `signed`: the order of the
    bit patterns. Padding is background and is not inverted (C.7.5.1.1.2).
    """
    stored = np.arange(65536, dtype=np.int64)
    if signed:
        stored[32768:] -= 65536
    transform = description.modality_transform
    if transform.lut is not None:
        values: NDArray[Any] = through_table(stored, transform.lut)
    else:
        values = stored * transform.slope + transform.intercept
    invert = inverted != description.inverted_photometric
    table = _to_bytes(apply_voi(values, voi), invert)
    padding = description.padding
    if padding is not None:
        table[(stored >= padding.low) & (stored <= padding.high)] = 0
    return table


def apply_table(stored: NDArray[Any], table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A table of `grey_table` on 16-bit values of either sign."""
    flat = np.ascontiguousarray(stored).view(np.uint16)
    return np.asarray(cv2.LUT(flat, table), np.uint8).reshape(stored.shape)


def through_palette(stored: NDArray[Any], palette: Palette) -> NDArray[np.uint8]:
    """Palette indices to RGB, 8 bits a channel (C.7.9)."""
    channels = []
    for entries in (palette.red, palette.green, palette.blue):
        index = np.clip(np.asarray(stored, np.int64) - palette.first_mapped, 0, entries.size - 1)
        wide = entries if palette.bits == 8 else entries >> 8
        channels.append(wide.astype(np.uint8)[index])
    return np.stack(channels, axis=-1)


def is_grey(description: FrameDescription) -> bool:
    """Whether the frame goes through the grey pipeline."""
    return not description.pixel_format.is_colour


def render(
    stored: NDArray[Any],
    description: FrameDescription,
    voi: Voi | None = None,
    *,
    inverted: bool = False,
) -> NDArray[np.uint8]:
    """The picture of one frame: (rows, columns) grey or (rows, columns, 3) RGB.

    `voi` None is the view the viewer opens with; `inverted` is the reader's own inversion, on top
    of that of MONOCHROME1. Colour images know no VOI (C.11.2 applies to grey).
    """
    if stored.ndim == 3:
        eight = stored if stored.dtype == np.uint8 else (stored >> 8).astype(np.uint8)
        return 255 - eight if inverted else np.ascontiguousarray(eight)
    if description.palette is not None:
        rgb = through_palette(stored, description.palette)
        return 255 - rgb if inverted else rgb
    chosen = opening_voi(stored, description) if voi is None else voi
    if stored.dtype.itemsize == 2 and stored.dtype.kind in "iu":
        table = grey_table(description, chosen, inverted=inverted, signed=stored.dtype.kind == "i")
        return apply_table(stored, table)
    if stored.dtype.itemsize == 1 and stored.dtype.kind in "iu":
        wide = stored.astype(np.int16)
        table = grey_table(description, chosen, inverted=inverted, signed=True)
        return apply_table(wide, table)
    values = modality_values(stored, description)
    invert = inverted != description.inverted_photometric
    picture = _to_bytes(apply_voi(np.nan_to_num(values), chosen), invert)
    mask = padding_mask(stored, description)
    if mask is not None:
        picture[mask] = 0
    return picture


def render_values(
    values: NDArray[np.float32], voi: Voi, *, inverted: bool = False
) -> NDArray[np.uint8]:
    """A resliced plane of modality values; what is NaN is background."""
    absent = np.isnan(values)
    picture = _to_bytes(apply_voi(np.where(absent, 0.0, values), voi), inverted)
    picture[absent] = 0
    return picture
