"""The sound inside a WAV file: RIFF chunks, with or without WAVE_FORMAT_EXTENSIBLE.

Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), chapter 3;
multiple channel audio data and WAVE files (Microsoft, 2007) for the extensible format, whose real
format is the beginning of its sub-format.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from workstation.domain.dictation import SoundRefused

#: A file longer than this is no dictation of one report.
MAX_SECONDS = 3600.0

_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
#: What is said of the others that are met.
_COMPRESSED = {2: "ADPCM", 6: "A-law", 7: "µ-law", 0x11: "ADPCM", 0x31: "GSM", 0x55: "MP3"}
#: bytes of a sample
_WIDTHS = {_PCM: (1, 2, 3, 4), _FLOAT: (4, 8)}
#: Written by programs that do not know the length when they begin.
_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
_REMEDY = "Give a WAV file: PCM of 8, 16, 24 or 32 bit, or floating point."


@dataclass(frozen=True, slots=True)
class Layout:
    """How the samples lie in the file. `width`: bytes of one sample of one channel."""

    floating: bool
    channels: int
    rate: int
    width: int


def read(path: Path) -> tuple[Layout, NDArray[np.float32]]:
    """Samples from -1 to 1, (frames, channels); SoundRefused with the reason."""
    try:
        with path.open("rb") as file:
            layout, raw = _chunks(file, path)
    except FileNotFoundError as error:
        raise SoundRefused(f"{path} is not there.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SoundRefused(f"{path} cannot be read: {reason}.") from error
    whole = len(raw) // (layout.width * layout.channels) * layout.width * layout.channels
    samples = _samples(raw[:whole], layout)
    if not np.isfinite(samples).all():
        raise SoundRefused(f"{path} holds samples that are no numbers.", remedy=_REMEDY)
    return layout, samples.reshape(-1, layout.channels)


def _chunks(file: BinaryIO, path: Path) -> tuple[Layout, bytes]:
    head = file.read(12)
    if not head:
        raise SoundRefused(f"{path} is empty.", remedy=_REMEDY)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise SoundRefused(f"{path} is no WAV file.", remedy=_REMEDY)
    layout: Layout | None = None
    while len(start := file.read(8)) == 8:
        name, size = start[:4], int.from_bytes(start[4:], "little")
        if name == b"data":
            if layout is None:
                break
            return layout, _data(file, size, layout, path)
        if name == b"fmt ":
            layout = _layout(file.read(size), path)
            file.seek(size % 2, 1)
        else:
            file.seek(size + size % 2, 1)
    raise SoundRefused(f"{path} is a WAV file without sound.", remedy=_REMEDY)


def _layout(held: bytes, path: Path) -> Layout:
    if len(held) < 16:
        raise SoundRefused(f"{path} does not say how its sound is written.", remedy=_REMEDY)
    kind, channels, rate, _, block, _ = struct.unpack("<HHIIHH", held[:16])
    if kind == _EXTENSIBLE and len(held) >= 26:
        kind = int.from_bytes(held[24:26], "little")
    if kind not in _WIDTHS:
        named = _COMPRESSED.get(kind, f"format {kind}")
        raise SoundRefused(f"{path} is compressed ({named}).", remedy=_REMEDY)
    width = block // channels if channels else 0
    if width not in _WIDTHS[kind] or block != width * channels or not 4000 <= rate <= 384_000:
        raise SoundRefused(
            f"{path} is written in a way that cannot be heard:"
            f" {channels} channels, {rate} samples a second, {block} bytes for each.",
            remedy=_REMEDY,
        )
    return Layout(kind == _FLOAT, channels, rate, width)


def _data(file: BinaryIO, size: int, layout: Layout, path: Path) -> bytes:
    second = layout.rate * layout.width * layout.channels
    begin = file.tell()
    there = file.seek(0, 2) - begin
    file.seek(begin)
    if there == 0:
        raise SoundRefused(f"{path} is a WAV file without sound.", remedy=_REMEDY)
    promised = there if size in _UNKNOWN_SIZES else size
    if min(promised, there) / second > MAX_SECONDS:
        raise SoundRefused(f"{path} is longer than an hour.", remedy="Cut it into shorter files.")
    if promised > there:
        raise SoundRefused(
            f"{path} ends after {there / second:.1f} s of {promised / second:.1f} s.",
            means="The last words are missing, so that nothing is written from it.",
            remedy="Copy the file again.",
        )
    return file.read(promised)


def _samples(raw: bytes, layout: Layout) -> NDArray[np.float32]:
    """8 bit is unsigned in WAV, wider ones signed, little-endian; floating point is clipped."""
    width = layout.width
    if layout.floating:
        floats = np.frombuffer(raw, "<f4" if width == 4 else "<f8").astype(np.float32)
        return np.clip(floats, np.float32(-1.0), np.float32(1.0))
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float32) - 128.0) / 128.0
    if width == 3:
        bytes_ = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.int32)
        whole = bytes_[:, 0] << 8 | bytes_[:, 1] << 16 | bytes_[:, 2] << 24
        return (whole / 2147483648.0).astype(np.float32)
    if width == 2:
        return np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(32768.0)
    return (np.frombuffer(raw, "<i4") / 2147483648.0).astype(np.float32)
