"""Single values of an object: frames as they are stored, and binary attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.dicom.fragments import Encapsulation
from workstation.dicom.part10 import Part10, open_object
from workstation.domain.errors import NotDicom, UndecodablePixels
from workstation.local_service import data_sets as ds
from workstation.local_service.answers import Refusal, bad_request, not_found
from workstation.local_service.objects import CHUNK

_PATH = re.compile(r"[0-9A-Fa-f]{8}(\.\d{1,6}\.[0-9A-Fa-f]{8}){0,15}")
OCTETS = "application/octet-stream"
_EXPLICIT = "1.2.840.10008.1.2.1"

#: Media types of compressed frames by transfer syntax (PS3.18 Table 8.7.3-2 and -5).
_MEDIA = {
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.92": "image/jpx",
    "1.2.840.10008.1.2.4.93": "image/jpx",
    "1.2.840.10008.1.2.4.100": "video/mpeg",
    "1.2.840.10008.1.2.4.101": "video/mpeg",
    "1.2.840.10008.1.2.4.102": "video/mp4",
    "1.2.840.10008.1.2.4.103": "video/mp4",
    "1.2.840.10008.1.2.4.110": "image/jxl",
    "1.2.840.10008.1.2.4.111": "image/jxl",
    "1.2.840.10008.1.2.4.112": "image/jxl",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}


@dataclass(frozen=True, slots=True)
class BulkValue:
    """Bytes of a known length, read when they are sent."""

    media_type: str
    syntax_uid: str
    length: int
    chunks: Callable[[], Iterator[bytes]]


def _opened(path: Path) -> Part10:
    try:
        return open_object(path)
    except NotDicom as error:
        raise not_found("value") from error


def frame_parts(path: Path, numbers: Sequence[int]) -> list[BulkValue]:
    """Frames by number from 1. Refusal 404 where one is not there, 500 where it is broken."""
    part = _opened(path)
    if part.pixels is None:
        raise not_found("frame")
    count = _frames(part.dataset)
    if max(numbers) > count:
        raise not_found("frame")
    try:
        if part.pixels.length is None:
            return _encapsulated(part, numbers, count)
        return _native(part, numbers, count)
    except UndecodablePixels as error:
        raise Refusal(500, error.happened) from error


def _frames(dataset: Dataset) -> int:
    with attributes.quiet([]):
        return max(1, attributes.integer(dataset, "NumberOfFrames") or 1)


def _encapsulated(part: Part10, numbers: Sequence[int], count: int) -> list[BulkValue]:
    assert part.pixels is not None
    kind = _MEDIA.get(part.transfer_syntax_uid, OCTETS)
    if kind.startswith("video/"):
        numbers, count = [1], 1
    held = Encapsulation(part.body, part.pixels.offset, count)
    found = []
    for number in numbers:
        if number > len(held.frames):
            raise Refusal(500, "The pixel data ends before this frame.")
        fragments = held.frames[number - 1]
        length = sum(each.length for each in fragments)

        def chunks(index: int = number - 1) -> Iterator[bytes]:
            yield held.frame(index)

        if fragments[-1].offset + fragments[-1].length > part.body.size:
            raise Refusal(500, "The pixel data ends within this frame.")
        found.append(BulkValue(kind, part.transfer_syntax_uid, length, chunks))
    return found


def _native(part: Part10, numbers: Sequence[int], count: int) -> list[BulkValue]:
    pixels, dataset = part.pixels, part.dataset
    assert pixels is not None
    assert pixels.length is not None
    with attributes.quiet([]):
        rows, columns, samples, bits = (
            attributes.integer(dataset, keyword) or default
            for keyword, default in (
                ("Rows", 0),
                ("Columns", 0),
                ("SamplesPerPixel", 1),
                ("BitsAllocated", 8),
            )
        )
    total = rows * columns * samples * bits
    if bits == 1 and (total % 8 and count > 1):
        raise Refusal(500, "Frames of single bits do not begin at whole bytes here.")
    length = (total + 7) // 8
    found = []
    for number in numbers:
        start = (number - 1) * length
        if not length or start + length > min(pixels.length, part.body.size - pixels.offset):
            raise Refusal(500, "The pixel data ends within this frame.")
        found.append(_range(part, pixels.offset + start, length))
    return found


def _range(part: Part10, offset: int, length: int) -> BulkValue:
    def chunks() -> Iterator[bytes]:
        for start in range(0, length, CHUNK):
            yield part.body.read(offset + start, min(CHUNK, length - start))

    syntax = part.transfer_syntax_uid
    return BulkValue(OCTETS, _EXPLICIT if syntax == "1.2.840.10008.1.2" else syntax, length, chunks)


def value_at(path: Path, asked: str) -> list[BulkValue]:
    """The binary value at a path like `7FE00010` or `00540016.0.00181075`."""
    if not _PATH.fullmatch(asked):
        raise bad_request("A bulk data address is made of tags and item numbers.")
    part = _opened(path)
    steps = asked.upper().split(".")
    if part.pixels is not None and steps == [ds.tag_of(part.pixels.keyword)]:
        return _pixels(part, path)
    held: Any = part.dataset
    try:
        with attributes.quiet([]):
            for tag, index in zip(steps[:-1:2], steps[1::2], strict=True):
                held = held[int(tag, 16)].value[int(index)]
            value = held[int(steps[-1], 16)].value
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise not_found("value") from error
    if isinstance(value, bytes):
        content = value
    elif isinstance(value, int):
        content = value.to_bytes(2, "little", signed=value < 0)
    else:
        try:
            content = b"".join(int(each).to_bytes(2, "little", signed=each < 0) for each in value)
        except (TypeError, ValueError, OverflowError) as error:
            raise not_found("value") from error
    return [BulkValue(OCTETS, "", len(content), lambda: iter([content]))]


def _pixels(part: Part10, path: Path) -> list[BulkValue]:
    assert part.pixels is not None
    if part.pixels.length is None:
        return frame_parts(path, range(1, _frames(part.dataset) + 1))
    length = min(part.pixels.length, part.body.size - part.pixels.offset)
    return [_range(part, part.pixels.offset, length)]
