"""Pixel data to stored values. imagecodecs decodes every compressed syntax.

Stored values are masked and sign-extended to Bits Stored; colour comes as RGB; palette images stay
indices (PS3.5 8, PS3.3 C.7.6.3).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom import attributes, codecs, colour, icc
from workstation.dicom.fragments import Encapsulation
from workstation.dicom.frames import pixel_format
from workstation.dicom.part10 import (
    BIG_ENDIAN,
    GE_IMPLICIT_BIG,
    Part10,
    open_object,
)
from workstation.dicom.transfer_syntaxes import SYNTAXES, Family
from workstation.dicom.video import Video
from workstation.domain.errors import NotDicom, UndecodablePixels
from workstation.domain.image import PixelFormat

_AGAIN = "Fetch it again, or ask the site to send it again."
#: All that decoding asks for, nothing of it a patient's: rows, columns and the rest of the Image
#: Pixel module (PS3.3 C.7.6.3) with its ICC profile and offset tables.
_PIXEL_MODULE = (
    *(0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011),
    *(0x00280100, 0x00280101, 0x00280102, 0x00280103),
    *(0x00282000, 0x00282002),
    *(0x7FE00001, 0x7FE00002),
)
_known: attributes.Known = {}


class PixelReader:
    """The frames of one object. Only the bytes of the asked frame are read.

    `form` is given by whom has read it already.
    """

    def __init__(self, part: Part10, form: PixelFormat | None = None) -> None:
        if part.pixels is None:
            words = "The object ends before its pixel data." if part.truncated else ""
            raise UndecodablePixels(words or "The object has no pixel data.", remedy=_AGAIN)
        self.format = form or pixel_format(
            part.dataset, part.transfer_syntax_uid, part.pixels.keyword
        )
        self._profile = icc.profile_of(part.dataset, self.format)
        self._body = part.body
        self._element = part.pixels
        syntax = part.transfer_syntax_uid
        self._big_endian = syntax in (BIG_ENDIAN, GE_IMPLICIT_BIG)
        known = SYNTAXES.get(syntax)
        family = Family.REFUSED if known is None else known.family
        self._native = family in (Family.NATIVE, Family.ENCAPSULATED_NATIVE)
        self._encapsulation: Encapsulation | None = None
        self._is_video = family is Family.VIDEO
        self._video: Video | None = None
        # What lies there counts more than what the syntax says about it.
        if part.pixels.length is None:
            # A clip is one stream, however many frames it has and fragments it lies in.
            frames = 1 if self._is_video else self.format.frames
            self._encapsulation = Encapsulation(
                part.body, part.pixels.offset, frames, _extended_table(part)
            )
        elif family is not Family.NATIVE:
            if part.pixels.length == 0:
                raise UndecodablePixels("The object has no pixel data.", remedy=_AGAIN)
            if part.pixels.length >= self._frame_bytes() * self.format.frames:
                self._native = True

    @property
    def is_plain(self) -> bool:
        """Whether a frame is grey values that lie in the object as they are: no codec, no colour
        transform, and no more memory than the object itself."""
        plain = self._native and self._encapsulation is None and not self._is_video
        return plain and not self.format.is_colour and self._profile is None

    def frame(self, number: int) -> NDArray[Any]:
        """Stored values of a frame counted from 1: (rows, columns) or (rows, columns, 3).

        UndecodablePixels names the reason where there is no such frame or it is broken.
        """
        if not 1 <= number <= self.format.frames:
            raise UndecodablePixels(f"There is no frame {number} of {self.format.frames}.")
        if self._is_video:
            return self._of_video(number - 1)
        if self._encapsulation is not None:
            held = self._encapsulation.frame(number - 1)
            return self._native_frame(held, 0) if self._native else self._compressed(held)
        if self._native:
            return self._native_from_body(number - 1)
        if self.format.frames > 1:
            raise UndecodablePixels("Broken pixel data: compressed frames without fragments.")
        length = self._element.length or 0
        return self._compressed(self._body.read(self._element.offset, length))

    def shown(self, number: int) -> NDArray[Any]:
        """`frame`, with the colours of an image that has an ICC profile as sRGB (C.11.15)."""
        made = self.frame(number)
        return made if self._profile is None else icc.to_srgb(made, self._profile)

    @property
    def is_native(self) -> bool:
        """Whether the samples lie there uncompressed."""
        return self._native

    def disagreements(self) -> list[str]:
        """What the pixels say of themselves otherwise than the header, in words."""
        if self._is_video and self.format.transfer_syntax_uid.removesuffix(".1").endswith(".106"):
            return ["The clip is stereoscopic: the view of one eye is shown."]
        if self._encapsulation is None or self._native or self._is_video:
            return []
        return codecs.disagreements(self._encapsulation.head(0, 4096), self.format)

    def check_extent(self) -> None:
        """UndecodablePixels where the object ends before its last frame."""
        if self._encapsulation is not None:
            self._encapsulation.check_extent()
        elif self._native:
            bits = self.format.rows * self.format.columns * self.format.frames
            if self.format.bits_allocated == 1:
                whole = (bits + 7) // 8
            else:
                whole = self._frame_bytes() * self.format.frames
            self._read(whole - 1, 1)

    # -- native ----------------------------------------------------------------------------

    def _frame_bytes(self) -> int:
        """Bytes of one native frame, rounded up for one-bit pixels."""
        form = self.format
        pixels = form.rows * form.columns
        if form.bits_allocated == 1:
            return (pixels + 7) // 8
        if self._subsampled():
            return pixels * 2
        return pixels * form.samples_per_pixel * (form.bits_allocated // 8)

    def _subsampled(self) -> bool:
        """Whether native YBR 4:2:2 really comes with half the chroma: some objects say so and
        write it in full."""
        form = self.format
        if form.photometric_interpretation not in ("YBR_FULL_422", "YBR_PARTIAL_422"):
            return False
        if form.bits_allocated != 8 or form.samples_per_pixel != 3:
            return False
        length = self._element.length
        return length is None or length < form.rows * form.columns * 3 * form.frames

    def _native_from_body(self, index: int) -> NDArray[Any]:
        form = self.format
        pixels = form.rows * form.columns
        if form.bits_allocated == 1:
            first, last = index * pixels // 8, ((index + 1) * pixels + 7) // 8
            held = self._read_in_order(first, last - first)
            return self._one_bit(held, index * pixels - first * 8)
        length = self._frame_bytes()
        held = self._read_in_order(index * length, length)
        made = self._native_frame(held, 0)
        if form.frames > 1 and np.may_share_memory(made, np.frombuffer(held, np.uint8)):
            # A view of one frame would keep the bytes of all.
            return made.copy()
        return made

    def _read_in_order(self, start: int, length: int) -> bytes | memoryview:
        """Bytes in the order of the pixels: big endian words of OW hold two 8-bit pixels, or
        sixteen of one bit, the later ones in the first byte (PS3.5 8.1.1, A.3)."""
        if not (self._big_endian and self._element.vr == "OW" and self.format.bits_allocated <= 8):
            return self._read(start, length)
        lead = start % 2
        words = self._read(start - lead, (lead + length + 1) // 2 * 2)
        return np.frombuffer(words, np.uint16).byteswap().tobytes()[lead : lead + length]

    def _read(self, start: int, length: int) -> bytes | memoryview:
        held = self._body.view(self._element.offset + start, length)
        whole = self._element.length
        if whole is not None and start + length > whole:
            held = held[: max(0, whole - start)]
        if len(held) < length:
            there = min(self._body.size - self._element.offset, whole or self._body.size)
            share = 100 * there // max(1, self._frame_bytes() * self.format.frames)
            raise UndecodablePixels(
                f"Broken pixel data: it ends after {min(share, 99)} %.", remedy=_AGAIN
            )
        return held

    def _one_bit(self, held: bytes | memoryview, skip: int) -> NDArray[np.uint8]:
        """Bits are packed across rows and frames, the first in the lowest bit (PS3.5 8.1.1)."""
        form = self.format
        bits = np.unpackbits(np.frombuffer(held, np.uint8), bitorder="little")
        return bits[skip : skip + form.rows * form.columns].reshape(form.rows, form.columns)

    def _native_frame(self, held: bytes | memoryview, skip: int) -> NDArray[Any]:
        form = self.format
        if form.bits_allocated == 1:
            return self._one_bit(held, skip)
        if len(held) < self._frame_bytes():
            share = 100 * len(held) // self._frame_bytes()
            raise UndecodablePixels(f"Broken pixel data: it ends after {share} %.", remedy=_AGAIN)
        held = held[: self._frame_bytes()]
        if self._subsampled():
            raw = np.frombuffer(held, np.uint8)
            return colour.to_rgb(colour.unpack_422(raw, form.rows, form.columns), form)
        size = form.bits_allocated // 8
        order, kind = (">" if self._big_endian else "<"), ("f" if form.float_bits else "u")
        raw = np.frombuffer(held, f"{order}{kind}{size}")
        if self._big_endian:
            raw = raw.astype(raw.dtype.newbyteorder("<"))
        return self._finish(raw, planar=form.planar_configuration == 1)

    # -- video -----------------------------------------------------------------------------

    def _of_video(self, index: int) -> NDArray[Any]:
        if self._video is None:
            if self._encapsulation is None:
                raise UndecodablePixels("Broken pixel data: a clip without fragments.")
            self._video = Video(self._encapsulation.frame(0), self.format.frames)
        made = self._video.frame(index)
        codecs.require_size(made.shape[:2], self.format)
        return made if self.format.samples_per_pixel == 3 else np.ascontiguousarray(made[..., 1])

    # -- compressed ------------------------------------------------------------------------

    def _compressed(self, fragment: bytes) -> NDArray[Any]:
        form = self.format
        raw, is_rgb = codecs.decode(fragment, form)
        codecs.require_size(raw.shape[:2], form)
        samples = raw.shape[2] if raw.ndim == 3 else 1
        if samples != form.samples_per_pixel:
            raise UndecodablePixels(
                f"The compressed image has {samples} samples per pixel, the header says"
                f" {form.samples_per_pixel}."
            )
        if is_rgb:
            return _narrow(raw, form)
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
        values = mask_and_extend(shaped, form)
        if samples == 3 and form.photometric_interpretation.startswith(("YBR_FULL", "YBR_PART")):
            return colour.to_rgb(np.ascontiguousarray(values), form)
        return np.ascontiguousarray(values)


def _narrow(raw: NDArray[Any], form: PixelFormat) -> NDArray[Any]:
    """Final RGB of 16-bit code streams, masked to Bits Stored."""
    if raw.dtype.itemsize == 1 or form.bits_stored >= 8 * raw.dtype.itemsize:
        return np.ascontiguousarray(raw)
    return np.ascontiguousarray(raw & raw.dtype.type((1 << form.bits_stored) - 1))


def _extended_table(part: Part10) -> tuple[list[int], list[int]] | None:
    """Extended Offset Table (7FE0,0001) and its lengths (PS3.3 C.7.6.3.1.8)."""
    tables = []
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        held = attributes.value(part.dataset, keyword)
        if not isinstance(held, bytes):
            return None
        tables.append([int(entry) for entry in np.frombuffer(held, "<u8", len(held) // 8)])
    return tables[0], tables[1]


def mask_and_extend(raw: NDArray[Any], form: PixelFormat) -> NDArray[Any]:
    """Take Bits Stored up to High Bit and extend the sign (PS3.5 8.1.1).

    A code stream that disagrees with Pixel Representation holds the same bits: they are read as
    the header says.
    """
    size = raw.dtype.itemsize
    bits: NDArray[Any] = raw.view(f"u{size}")
    stored = min(form.bits_stored, size * 8)
    if stored == size * 8:
        return bits.view(f"i{size}") if form.signed else bits
    # What a decoder has just made is changed in place: a new array costs as much as the work.
    if not bits.flags.writeable:
        bits = bits.copy()
    low = form.high_bit + 1 - form.bits_stored
    if low > 0:
        bits >>= bits.dtype.type(low)
    if not form.signed:
        bits &= bits.dtype.type((1 << stored) - 1)
        return bits
    bits <<= bits.dtype.type(size * 8 - stored)
    values = bits.view(f"i{size}")
    values >>= values.dtype.type(size * 8 - stored)
    return values


def foreseen_problem(part: Part10, form: PixelFormat, repairs: list[str]) -> str:
    """Why the pixels of a described object cannot be shown, as far as that shows without decoding
    them; empty where nothing speaks against it. What will be read otherwise than it is written is
    added to `repairs`."""
    try:
        reader = PixelReader(part, form)
        reader.check_extent()
        repairs += reader.disagreements()
        if not reader.is_native:
            codecs.require_codec(part.transfer_syntax_uid)
    except UndecodablePixels as error:
        return error.happened
    return ""


def open_pixels(source: bytes | Path) -> PixelReader:
    """Open the pixel data of a Part 10 object; UndecodablePixels says why it cannot be."""
    try:
        # Held once: for each attribute it takes longer than the attribute.
        with attributes.quiet(), attributes.alike(_known):
            return PixelReader(open_object(source, _PIXEL_MODULE))
    except NotDicom as error:
        raise UndecodablePixels(error.happened, means=error.means, remedy=error.remedy) from error
