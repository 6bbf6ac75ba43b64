"""One frame's compressed bytes to raw samples. Every decoder is named, none is guessed."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from workstation.dicom import jpeg_xl
from workstation.dicom.colour import to_rgb
from workstation.dicom.transfer_syntaxes import SYNTAXES, Family, is_video
from workstation.domain.errors import UndecodablePixels
from workstation.domain.image import PixelFormat


def _coded_as_ybr(data: bytes) -> bool | None:
    """Whether the segments before the first scan say that three components are YCbCr: the colour
    transform of an Adobe APP14, else a JFIF APP0, which has no other colours (ITU-T T.871 6.2);
    None where they say nothing."""
    position, jfif = 2, False
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xDA:
            break
        if marker in (0xFF, 0x01) or 0xD0 <= marker <= 0xD8:
            position += 1 if marker == 0xFF else 2
            continue
        length = struct.unpack(">H", data[position + 2 : position + 4])[0]
        if marker == 0xEE and data[position + 4 : position + 9] == b"Adobe" and length >= 14:
            return data[position + 15] != 0
        jfif = jfif or (marker == 0xE0 and data[position + 4 : position + 9] == b"JFIF\0")
        position += 2 + length
    return True if jfif else None


def _require_end(data: bytes) -> None:
    """libjpeg fills what is missing with grey and says nothing: a cut image must have no end."""
    if data.rfind(b"\xff\xd9") <= data.find(b"\xff\xda"):
        raise UndecodablePixels(
            "Broken pixel data: the compressed image ends early.",
            remedy="Fetch it again, or ask the site to send it again.",
        )


def _jpeg(data: bytes, form: PixelFormat) -> tuple[NDArray[Any], bool]:
    _require_end(data)
    if form.samples_per_pixel == 1:
        return imagecodecs.jpeg8_decode(data), False
    coded = _coded_as_ybr(data)
    lossless = form.transfer_syntax_uid.endswith((".57", ".70"))
    if coded is None:
        coded = form.photometric_interpretation != "RGB"
    if lossless or not coded:
        raw = imagecodecs.jpeg8_decode(data, colorspace="RGB", outcolorspace="RGB")
        if lossless and form.photometric_interpretation.startswith("YBR_FULL"):
            return to_rgb(raw, form), True
        return raw, True
    return imagecodecs.jpeg8_decode(data, colorspace="YCBCR", outcolorspace="RGB"), True


def _jpeg_2000(data: bytes, form: PixelFormat) -> tuple[NDArray[Any], bool]:
    return _colour_of_wavelets(imagecodecs.jpeg2k_decode(data), data, form)


def _htj2k(data: bytes, form: PixelFormat) -> tuple[NDArray[Any], bool]:
    return _colour_of_wavelets(imagecodecs.htj2k_decode(data), data, form)


def _component_transform(data: bytes) -> bool:
    """Whether the code stream has a multiple component transform (ISO 15444-1 A.6.1, COD)."""
    start = data.find(b"\xff\x4f\xff\x51")
    position = start + 2
    while start >= 0 and position + 9 <= len(data) and data[position] == 0xFF:
        if data[position + 1] == 0x52:
            return data[position + 8] != 0
        position += 2 + int(struct.unpack(">H", data[position + 2 : position + 4])[0])
    return False


def _colour_of_wavelets(
    raw: NDArray[Any], data: bytes, form: PixelFormat
) -> tuple[NDArray[Any], bool]:
    if raw.ndim == 3 and raw.shape[2] == 3:
        # The decoder undoes YBR_ICT and YBR_RCT itself (PS3.5 8.2.4); without a transform in the
        # code stream the samples are what the header says.
        ybr = form.photometric_interpretation in ("YBR_FULL", "YBR_FULL_422")
        if ybr and not _component_transform(data):
            return to_rgb(raw, form), True
        return raw, True
    return raw, False


def _jpeg_ls(data: bytes, form: PixelFormat) -> tuple[NDArray[Any], bool]:
    raw = imagecodecs.jpegls_decode(data)
    colour = raw.ndim == 3 and raw.shape[2] == 3
    if colour and form.photometric_interpretation.startswith("YBR_FULL"):
        return to_rgb(raw, form), True
    return raw, colour


def _jpeg_xl(data: bytes, form: PixelFormat) -> tuple[NDArray[Any], bool]:
    raw = imagecodecs.jpegxl_decode(data)
    return raw, raw.ndim == 3


def _rle(data: bytes, form: PixelFormat) -> tuple[NDArray[Any], bool]:
    """RLE Lossless (PS3.5 Annex G): one PackBits segment a byte plane, the highest byte first."""
    if len(data) < 64:
        raise ValueError("the RLE header is cut")
    header = struct.unpack("<16L", data[:64])
    size, samples = form.bits_allocated // 8, form.samples_per_pixel
    count = header[0]
    if count != size * samples:
        raise ValueError(f"{count} RLE segments for {samples} samples of {size} bytes")
    pixels = form.rows * form.columns
    planes = np.zeros((samples, pixels, size), np.uint8)
    ends = (*header[2 : count + 1], len(data))
    for segment in range(count):
        packed = data[header[1 + segment] : ends[segment]]
        held = np.frombuffer(imagecodecs.packbits_decode(packed), np.uint8)
        if held.size < pixels:
            raise ValueError("an RLE segment ends too early")
        sample, byte = divmod(segment, size)
        planes[sample, :, size - 1 - byte] = held[:pixels]
    raw = planes.reshape(samples, pixels * size).view(f"<u{size}")
    if samples == 1:
        return raw.reshape(form.rows, form.columns), False
    shaped = raw.reshape(samples, form.rows, form.columns).transpose(1, 2, 0)
    return np.ascontiguousarray(shaped), False


def _deflated_frame(data: bytes, form: PixelFormat) -> tuple[NDArray[Any], bool]:
    """Deflated Image Frame Compression (PS3.5 A.4.13): the native frame, deflated."""
    pixels = form.rows * form.columns * form.samples_per_pixel
    bits = form.bits_allocated
    length = (pixels * bits + 7) // 8
    made = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, length + 1)
    if len(made) < length:
        raise ValueError("the frame ends early")
    if bits == 1:
        raw = np.unpackbits(np.frombuffer(made, np.uint8), bitorder="little")[:pixels]
    else:
        raw = np.frombuffer(made[:length], f"<u{bits // 8}")
    shape = (form.rows, form.columns, form.samples_per_pixel)
    return raw.reshape(shape[:2] if form.samples_per_pixel == 1 else shape), False


_CODECS: dict[Family, Callable[[bytes, PixelFormat], tuple[NDArray[Any], bool]]] = {
    Family.JPEG: _jpeg,
    Family.JPEG_LS: _jpeg_ls,
    Family.JPEG_2000: _jpeg_2000,
    Family.HTJ2K: _htj2k,
    Family.JPEG_XL: _jpeg_xl,
    Family.RLE: _rle,
    Family.DEFLATED_FRAME: _deflated_frame,
}


def _codec(transfer_syntax_uid: str) -> Callable[[bytes, PixelFormat], tuple[NDArray[Any], bool]]:
    held = SYNTAXES.get(transfer_syntax_uid)
    if held is None:
        raise UndecodablePixels(
            f"Unknown compression {transfer_syntax_uid}.", remedy="Ask the site for another syntax."
        )
    if held.family not in _CODECS:
        raise UndecodablePixels(
            f"{held.name} is not decoded: {held.reason or 'its pixels are not compressed'}.",
            means="The image is listed, not shown.",
            remedy="Ask the site for another syntax.",
        )
    return _CODECS[held.family]


def declared_size(data: bytes) -> tuple[int, int] | None:
    """(rows, columns) that a JPEG, JPEG-LS or JPEG 2000 code stream declares, None if it has none.

    Read before decoding: a stream may claim a matrix that no memory holds.
    """
    siz = data.find(b"\xff\x4f\xff\x51", 0, 4096)
    if siz >= 0:
        if len(data) < siz + 24:
            return None
        width, height, left, top = struct.unpack(">4L", data[siz + 8 : siz + 24])
        return (height - top, width - left)
    position = 2 if data[:2] == b"\xff\xd8" else len(data)
    while position + 9 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        frame = 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)
        if frame or marker == 0xF7:
            rows, columns = struct.unpack(">HH", data[position + 5 : position + 9])
            return (rows, columns) if rows else None
        position += 2 + int(struct.unpack(">H", data[position + 2 : position + 4])[0])
    return None


def disagreements(data: bytes, form: PixelFormat) -> list[str]:
    """What the head of a code stream says otherwise than the header. The bits of JPEG 2000
    (ISO 15444-1 A.5.1, SIZ) are read as the header says (PS3.5 8.1.1), the colours of JPEG as it
    says itself."""
    if (
        _codec(form.transfer_syntax_uid) is _jpeg
        and not form.transfer_syntax_uid.endswith((".57", ".70"))
        and form.photometric_interpretation == "RGB"
        and _coded_as_ybr(data)
    ):
        return ["The JPEG image is YCbCr, the header says RGB: it was read as YCbCr."]
    siz = data.find(b"\xff\x4f\xff\x51", 0, 4096)
    if siz < 0 or len(data) < siz + 43 or form.samples_per_pixel != 1:
        return []
    signed, bits = data[siz + 42] >> 7 == 1, (data[siz + 42] & 0x7F) + 1
    found = []
    if signed != form.signed:
        words = ("unsigned", "signed")
        found.append(
            f"The compressed pixels are {words[signed]}, the header says {words[form.signed]}:"
            " they were read as the header says."
        )
    if bits < form.bits_stored:
        found.append(f"The compressed pixels have {bits} bits, the header says {form.bits_stored}.")
    return found


def require_size(size: tuple[int, ...], form: PixelFormat) -> None:
    """UndecodablePixels unless (rows, columns) are the header's."""
    if size != (form.rows, form.columns):
        raise UndecodablePixels(
            f"The compressed image is {size[0]} x {size[1]}, the header says"
            f" {form.rows} x {form.columns}.",
            remedy="Ask the site to send it again.",
        )


def require_codec(transfer_syntax_uid: str) -> None:
    """UndecodablePixels where no decoder is named for the syntax."""
    if not is_video(transfer_syntax_uid):
        _codec(transfer_syntax_uid)


def _require_depth(raw: NDArray[Any], form: PixelFormat) -> None:
    """UndecodablePixels where the stream is deeper than the header allows: cut to the header's bits
    it would be another picture."""
    bits = 8 * raw.dtype.itemsize
    if raw.dtype.kind in "iub" and bits <= max(8, 1 << (form.bits_allocated - 1).bit_length()):
        return
    kind = "of floating point" if raw.dtype.kind == "f" else f"of {bits} bits"
    raise UndecodablePixels(
        f"The compressed pixels are {kind}, the header says {form.bits_allocated} bits.",
        remedy="Ask the site to send it again.",
    )


def decode(data: bytes, form: PixelFormat) -> tuple[NDArray[Any], bool]:
    """(raw samples, whether they are final RGB); UndecodablePixels names what is wrong."""
    codec = _codec(form.transfer_syntax_uid)
    if codec in (_jpeg, _jpeg_ls, _jpeg_2000, _htj2k):
        size = declared_size(data)
        if size is not None:
            require_size(size, form)
    if codec is _jpeg_xl:
        size = jpeg_xl.declared_size(data)
        # The stream may tell the decoder to lay the image on its side.
        if size is not None and size[::-1] != (form.rows, form.columns):
            require_size(size, form)
    try:
        raw, is_rgb = codec(data, form)
    except UndecodablePixels:
        raise
    except Exception as error:
        raise UndecodablePixels(
            f"Broken pixel data: the decoder of {SYNTAXES[form.transfer_syntax_uid].name} cannot"
            f" read it ({type(error).__name__}).",
            remedy="Fetch it again, or ask the site to send it again.",
        ) from error
    _require_depth(raw, form)
    if raw.ndim == 2 or raw.ndim == 3:
        return raw, is_rgb and raw.ndim == 3
    raise UndecodablePixels("The compressed image has no two dimensions.")
