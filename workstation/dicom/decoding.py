"""Pixel data to stored values. imagecodecs decodes every compressed syntax.

Stored values are masked and sign-extended to Bits Stored; colour comes as RGB; palette images stay
indices (PS3.5 8, PS3.3 C.7.6.3).
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame

from workstation.dicom import attributes, codecs
from workstation.dicom.frames import pixel_format
from workstation.dicom.part10 import load
from workstation.domain.errors import UndecodablePixels
from workstation.domain.image import PixelFormat

BIG_ENDIAN = "1.2.840.10008.1.2.2"
NATIVE = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", BIG_ENDIAN}
ENCAPSULATED_NATIVE = "1.2.840.10008.1.2.1.98"


class PixelReader:
    """The frames of one object."""

    def __init__(self, dataset: Dataset, transfer_syntax_uid: str) -> None:
        self._dataset = dataset
        self.format = pixel_format(dataset, transfer_syntax_uid)
        self._native = transfer_syntax_uid in NATIVE
        keyword = next(
            (
                name
                for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
                if name in dataset
            ),
            None,
        )
        held: Any = None if keyword is None else attributes.value(dataset, keyword)
        if not isinstance(held, bytes) or not held:
            raise UndecodablePixels(
                "The object has no pixel data.", remedy="Ask the site to send it again."
            )
        self._data = held

    def frame(self, number: int) -> NDArray[Any]:
        """Stored values of a frame counted from 1: (rows, columns) or (rows, columns, 3)."""
        if not 1 <= number <= self.format.frames:
            raise UndecodablePixels(f"There is no frame {number} of {self.format.frames}.")
        if self._native:
            return self._native_frame(self._data, number - 1)
        fragment = self._fragment(number - 1)
        if self.format.transfer_syntax_uid == ENCAPSULATED_NATIVE:
            return self._native_frame(fragment, 0)
        return self._compressed(fragment)

    # -- native ----------------------------------------------------------------------------

    def _native_frame(self, data: bytes, index: int) -> NDArray[Any]:
        form = self.format
        pixels = form.rows * form.columns
        if form.bits_allocated == 1:
            return self._one_bit(data, index * pixels, pixels)
        if form.photometric_interpretation == "YBR_FULL_422" and form.bits_allocated == 8:
            length = pixels * 2
            raw = np.frombuffer(self._slice(data, index * length, length), np.uint8)
            return codecs.ybr_full_to_rgb(_unpack_422(raw, form.rows, form.columns))
        size = form.bits_allocated // 8
        length = pixels * form.samples_per_pixel * size
        kind = "f" if form.float_bits else "u"
        order = ">" if form.transfer_syntax_uid == BIG_ENDIAN else "<"
        raw = np.frombuffer(self._slice(data, index * length, length), f"{order}{kind}{size}")
        if order == ">":
            raw = raw.astype(raw.dtype.newbyteorder("<"))
        return self._finish(raw, planar=form.planar_configuration == 1)

    def _slice(self, data: bytes, start: int, length: int) -> bytes:
        held = data[start : start + length]
        if len(held) < length:
            share = 100 * len(data) // max(1, length * self.format.frames)
            raise UndecodablePixels(
                f"Broken pixel data: it ends after {min(share, 99)} %.",
                remedy="Fetch it again, or ask the site to send it again.",
            )
        return held

    def _one_bit(self, data: bytes, start: int, pixels: int) -> NDArray[np.uint8]:
        """Bits are packed across rows and frames, the first in the lowest bit (PS3.5 8.1.1)."""
        first, last = start // 8, (start + pixels + 7) // 8
        held = np.frombuffer(self._slice(data, first, last - first), np.uint8)
        bits = np.unpackbits(held, bitorder="little")[start - first * 8 :][:pixels]
        return bits.reshape(self.format.rows, self.format.columns)

    # -- compressed ------------------------------------------------------------------------

    def _fragment(self, index: int) -> bytes:
        offsets = attributes.value(self._dataset, "ExtendedOffsetTable")
        lengths = attributes.value(self._dataset, "ExtendedOffsetTableLengths")
        extended = (offsets, lengths) if offsets and lengths else None
        try:
            with attributes.quiet():
                return get_frame(
                    self._data,
                    index,
                    extended_offsets=extended,
                    number_of_frames=self.format.frames,
                )
        except Exception as error:
            raise UndecodablePixels(
                f"Broken pixel data: frame {index + 1} cannot be found in it.",
                remedy="Fetch it again, or ask the site to send it again.",
            ) from error

    def _compressed(self, fragment: bytes) -> NDArray[Any]:
        form = self.format
        raw, is_rgb = codecs.decode(fragment, form)
        wanted = (form.rows, form.columns)
        if raw.shape[:2] != wanted:
            raise UndecodablePixels(
                f"The compressed image is {raw.shape[0]} x {raw.shape[1]}, the header says"
                f" {form.rows} x {form.columns}.",
                remedy="Ask the site to send it again.",
            )
        samples = raw.shape[2] if raw.ndim == 3 else 1
        if samples != form.samples_per_pixel:
            raise UndecodablePixels(
                f"The compressed image has {samples} samples per pixel, the header says"
                f" {form.samples_per_pixel}."
            )
        if is_rgb:
            return raw
        return self._finish(raw.reshape(-1), planar=False)

    # -- common ----------------------------------------------------------------------------

    def _finish(self, raw: NDArray[Any], *, planar: bool) -> NDArray[Any]:
        form = self.format
        samples = form.samples_per_pixel
        shaped: NDArray[Any]
        if samples == 1:
            shaped = raw.reshape(form.rows, form.columns)
        elif planar:
            shaped = raw.reshape(samples, form.rows, form.columns).transpose(1, 2, 0)
        else:
            shaped = raw.reshape(form.rows, form.columns, samples)
        if form.float_bits:
            return shaped
        values = _mask_and_extend(shaped, form)
        if samples == 3 and form.photometric_interpretation.startswith("YBR_FULL"):
            return codecs.ybr_full_to_rgb(np.ascontiguousarray(values))
        return np.ascontiguousarray(values[..., :3] if samples == 4 else values)


def _mask_and_extend(raw: NDArray[Any], form: PixelFormat) -> NDArray[Any]:
    """Take Bits Stored up to High Bit and extend the sign (PS3.5 8.1.1)."""
    size = raw.dtype.itemsize
    unsigned = raw.view(f"u{size}")
    stored = min(form.bits_stored, size * 8)
    low = form.high_bit + 1 - form.bits_stored
    if stored == size * 8 and low <= 0:
        return unsigned.view(f"i{size}") if form.signed else unsigned
    shifted = unsigned >> np.array(max(low, 0), unsigned.dtype) if low > 0 else unsigned
    if not form.signed:
        return shifted & np.array((1 << stored) - 1, unsigned.dtype)
    up = np.array(size * 8 - stored, f"i{size}")
    moved = (shifted << up.astype(unsigned.dtype)).view(f"i{size}")
    return moved >> up


def _unpack_422(raw: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    """Native YBR_FULL_422: Y Y Cb Cr for each two pixels of a row (C.7.6.3.1.2)."""
    pairs = raw.reshape(rows, columns // 2, 4)
    full = np.empty((rows, columns, 3), np.uint8)
    full[:, 0::2, 0] = pairs[..., 0]
    full[:, 1::2, 0] = pairs[..., 1]
    full[..., 1] = np.repeat(pairs[..., 2], 2, axis=1)
    full[..., 2] = np.repeat(pairs[..., 3], 2, axis=1)
    return full


def open_pixels(source: bytes | Path) -> PixelReader:
    """Open the pixel data of a Part 10 object; UndecodablePixels says why it cannot be."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    dataset, transfer_syntax_uid = load(stream)
    return PixelReader(dataset, transfer_syntax_uid)
