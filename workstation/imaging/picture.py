"""Stored values to the picture at native size (PS3.4 N.2.1): exactly what the viewer shows."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import ReaderError
from workstation.domain.image import (
    FrameDescription,
    LookupTable,
    ModalityTransform,
    Palette,
    PixelFormat,
    Voi,
    VoiFunction,
    Window,
)
from workstation.domain.presentation import Presentation, StateKind
from workstation.imaging import lut
from workstation.imaging.colour_map import coloured
from workstation.imaging.modality import modality_values, padding_mask, through_table
from workstation.imaging.voi import apply_voi, full_range, opening_voi


def _to_bytes(
    unit_values: NDArray[np.float64], inverted: bool, lut: LookupTable | None = None
) -> NDArray[np.uint8]:
    """0..1 to 0..255, rounded half up as the output of the VOI LUT is.

    The whole range of the VOI's output meets the whole range of a Presentation LUT (C.11.6.1).
    """
    if lut is not None:
        index = np.floor(unit_values * (lut.entries.size - 1) + 0.5).astype(np.int64)
        unit_values = lut.entries[index] / float((1 << lut.bits) - 1)
    shown = 1.0 - unit_values if inverted else unit_values
    return np.floor(shown * 255.0 + 0.5).astype(np.uint8)


def _reach(description: FrameDescription, signed: bool) -> tuple[int, int]:
    """The lowest and highest stored value that may come."""
    bits = min(16, max(1, description.pixel_format.bits_stored))
    if signed and not description.pixel_format.signed:
        # 8-bit values that were widened: the whole range of the type may come.
        return -32768, 32767
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)


def _pads(description: FrameDescription, reach: tuple[int, int]) -> tuple[int, int]:
    """The first and last stored value that is padding; (1, 0) where none is."""
    held = description.padding
    if held is None:
        return 1, 0
    first, last = max(math.ceil(held.low), reach[0]), min(math.floor(held.high), reach[1])
    return (first, last) if first <= last else (1, 0)


def grey_table(
    description: FrameDescription, voi: Voi, *, inverted: bool = False, signed: bool
) -> NDArray[np.uint8]:
    """The whole grey pipeline of a 16-bit image as a table of 65,536 bytes.

    Entry i is for the stored value i, or i - 65536 from 32768 on where `signed`: the order of the
    bit patterns. Padding is background and is not inverted (C.7.5.1.1.2).
    """
    low, high = _reach(description, signed)
    stored = np.arange(low, high + 1, dtype=np.int64)
    transform = description.modality_transform
    if transform.lut is not None:
        values: NDArray[Any] = through_table(stored, transform.lut)
    else:
        values = stored * transform.slope + transform.intercept
    invert = inverted != description.inverted_photometric
    shown = _to_bytes(apply_voi(values, voi), invert, description.presentation_lut)
    first, last = _pads(description, (low, high))
    shown[first - low : last + 1 - low] = 0
    # Stored values are masked to Bits Stored: what lies beyond is never asked for.
    table = np.empty(65536, np.uint8)
    if signed:
        table[: high + 1], table[high + 1 : 32768] = shown[-low:], shown[-1]
        table[32768 : 65536 + low], table[65536 + low :] = shown[0], shown[:-low]
    else:
        table[: high + 1], table[high + 1 :] = shown, shown[-1]
    return table


def grey(
    description: FrameDescription, voi: Voi, *, inverted: bool = False, signed: bool
) -> lut.Grey:
    """`grey_table`, with the line that it is where it is one: for a table that is used often."""
    table = grey_table(description, voi, inverted=inverted, signed=signed)
    transform = description.modality_transform
    plain = transform.lut is None and description.presentation_lut is None
    if not plain or not isinstance(voi, Window) or voi.function is VoiFunction.SIGMOID:
        return lut.Grey(table, signed)
    width = voi.width if voi.function is VoiFunction.LINEAR_EXACT else voi.width - 1
    if width <= 0:
        return lut.Grey(table, signed)
    invert = inverted != description.inverted_photometric
    slope = 255.0 * transform.slope / width * (-1 if invert else 1)
    reach = _reach(description, signed)
    return lut.Grey(
        table, signed, lut.straight(table, signed, slope, reach, _pads(description, reach))
    )


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
    colour_map: Palette | None = None,
) -> NDArray[np.uint8]:
    """The picture of one frame: (rows, columns) grey or (rows, columns, 3) RGB.

    `voi` None is the view the viewer opens with; `inverted` is the reader's own inversion, on top
    of that of MONOCHROME1. Colour images know no VOI (C.11.2 applies to grey). A `colour_map`
    comes after all of the grey pipeline (PS3.4 N.2.3).
    """
    if colour_map is not None and is_grey(description):
        return coloured(render(stored, description, voi, inverted=inverted), colour_map)
    if stored.ndim == 3:
        eight = stored
        if stored.dtype != np.uint8:
            # The most significant eight of Bits Stored.
            spare = max(0, description.pixel_format.bits_stored - 8)
            eight = (stored >> spare).astype(np.uint8)
        return 255 - eight if inverted else np.ascontiguousarray(eight)
    if description.palette is not None:
        rgb = through_palette(stored, description.palette)
        return 255 - rgb if inverted else rgb
    chosen = opening_voi(stored, description) if voi is None else voi
    if stored.dtype.itemsize <= 2 and stored.dtype.kind in "iu":
        signed = stored.dtype.kind == "i"
        table = grey_table(description, chosen, inverted=inverted, signed=signed)
        return lut.apply(stored, lut.Grey(table, signed))
    values = modality_values(stored, description)
    invert = inverted != description.inverted_photometric
    picture = _to_bytes(
        apply_voi(np.nan_to_num(values), chosen), invert, description.presentation_lut
    )
    mask = padding_mask(stored, description)
    if mask is not None:
        picture[mask] = 0
    if values.dtype.kind == "f":
        # What is no number is no image: background, never inverted.
        picture[np.isnan(values)] = 0
    return picture


def presented(
    description: FrameDescription, presentation: Presentation
) -> tuple[FrameDescription, Voi | None]:
    """The frame as a presentation state shows it, and its VOI; None for a colour image.

    The image's own modality and VOI transforms, its Photometric Interpretation and its shutter do
    not count (PS3.4 N.2.1); its padding does.
    """
    colour = description.pixel_format.is_colour
    if colour != (presentation.kind is StateKind.COLOUR):
        raise ReaderError(
            f"A {presentation.kind.value} presentation state does not apply to a"
            f" {'colour' if colour else 'grey'} image."
        )
    if colour:
        return replace(description, shutter=presentation.shutter), None
    form = replace(description.pixel_format, photometric_interpretation="MONOCHROME2")
    shown = replace(
        description,
        pixel_format=form,
        modality_transform=presentation.modality_transform,
        presentation_inverse=presentation.inverse,
        presentation_lut=presentation.lut,
        shutter=presentation.shutter,
        voi=(),
    )
    return shown, presentation.voi or identity_of(form, presentation.modality_transform)


def identity_of(form: PixelFormat, transform: ModalityTransform) -> Window:
    """The whole range of the modality values to the whole range of grey."""
    if transform.lut is not None:
        return full_range(0, (1 << transform.lut.bits) - 1)
    half = 1 << (form.bits_stored - 1)
    low, high = (-half, half - 1) if form.signed else (0, 2 * half - 1)
    ends = sorted(value * transform.slope + transform.intercept for value in (low, high))
    center, width = (ends[0] + ends[1]) / 2, ends[1] - ends[0]
    return Window(center, width, VoiFunction.LINEAR_EXACT, "identity")


def render_values(
    values: NDArray[np.float32], voi: Voi, *, inverted: bool = False
) -> NDArray[np.uint8]:
    """A resliced plane of modality values; what is NaN is background."""
    if isinstance(voi, Window) and voi.function is not VoiFunction.SIGMOID and voi.width > 1:
        # The same line as `apply_window` in single precision, in place: this runs at every step.
        exact = voi.function is VoiFunction.LINEAR_EXACT
        center, width = (voi.center, voi.width) if exact else (voi.center - 0.5, voi.width - 1.0)
        slope = 255.0 / width
        shown = values * np.float32(-slope if inverted else slope)
        shown += np.float32((center if inverted else -center) * slope + 127.5)
        cv2.patchNaNs(shown, 0.0)
        np.clip(shown, 0.0, 255.0, out=shown)
        shown += np.float32(0.5)
        return shown.astype(np.uint8)
    absent = np.isnan(values)
    picture = _to_bytes(apply_voi(np.where(absent, 0.0, values), voi), inverted)
    picture[absent] = 0
    return picture
