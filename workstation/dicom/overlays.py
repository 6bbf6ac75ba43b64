"""Overlay planes of groups 6000 to 601E (PS3.3 C.9.2)."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from workstation.dicom import attributes
from workstation.dicom.part10 import BIG_ENDIAN, Part10, open_object
from workstation.domain.errors import UndecodablePixels

_GROUPS = range(0x6000, 0x6020, 2)
#: Overlay Rows (60xx,0010) of each group.
_ROWS = {group: attributes.one_tag(group << 16 | 0x0010) for group in _GROUPS}


def _numbers(dataset: Dataset, group: int, element: int) -> tuple[int, ...]:
    if (group, element) not in dataset:
        return ()
    try:
        held = dataset[group, element].value
        several = [held] if isinstance(held, int | str | float) else list(held)
        return tuple(int(each) for each in several)
    except (TypeError, ValueError):
        return ()


def groups_of(dataset: Dataset) -> tuple[int, ...]:
    """The overlay groups that an object has."""
    held = dataset.keys()
    return tuple(group for group, rows in _ROWS.items() if rows in held)


def overlay_mask(
    source: bytes | Path,
    frame: int,
    rows: int,
    columns: int,
    groups: Container[int] = _GROUPS,
) -> NDArray[np.bool_] | None:
    """Where the overlay planes of a frame (counted from 1) draw, (rows, columns); None where the
    object has none. UndecodablePixels where a plane is broken or lies among the pixels."""
    return planes(open_object(source), frame, rows, columns, groups)


def planes(
    part: Part10, frame: int, rows: int, columns: int, groups: Container[int] = _GROUPS
) -> NDArray[np.bool_] | None:
    """`overlay_mask` of an object that is open."""
    dataset = part.dataset
    mask: NDArray[np.bool_] | None = None
    with attributes.quiet():
        for group in _GROUPS:
            if group not in groups:
                continue
            size = (*_numbers(dataset, group, 0x0010), *_numbers(dataset, group, 0x0011))
            if len(size) != 2 or min(size) < 1:
                continue
            if mask is None:
                mask = np.zeros((rows, columns), bool)
            (top, left) = (*_numbers(dataset, group, 0x0050), 1, 1)[:2]
            plane = _plane(part, group, size, frame)
            if plane is not None:
                _lay(mask, plane, top - 1, left - 1)
    return mask


def _lay(mask: NDArray[np.bool_], plane: NDArray[np.bool_], top: int, left: int) -> None:
    """Put a plane over the mask, cut at the edges of the image; it may lie beyond them."""
    bottom, right = max(0, top + plane.shape[0]), max(0, left + plane.shape[1])
    into = mask[max(0, top) : bottom, max(0, left) : right]
    into |= plane[max(0, -top) :, max(0, -left) :][: into.shape[0], : into.shape[1]]


def _plane(part: Part10, group: int, size: tuple[int, ...], frame: int) -> NDArray[np.bool_] | None:
    """The bits of one plane for a frame, or None where it has none for that frame."""
    rows, columns = size
    dataset = part.dataset
    held = dataset[group, 0x3000].value if (group, 0x3000) in dataset else None
    if not isinstance(held, bytes):
        position = (*_numbers(dataset, group, 0x0102), 0)[0]
        return _among_pixels(part, position, rows, columns, frame)
    # The plane's first frame belongs to the image frame that Image Frame Origin names; a plane
    # without frames belongs to all of them.
    count = (*_numbers(dataset, group, 0x0015), 0)[0]
    index = frame - (*_numbers(dataset, group, 0x0051), 1)[0] if count else 0
    if index < 0 or (count and index >= count):
        return None
    start, length = index * rows * columns, rows * columns
    if start + length > 8 * len(held):
        raise UndecodablePixels("The overlay plane ends early.", remedy="Ask the site.")
    packed = np.frombuffer(held, np.uint8)[start // 8 : (start + length + 7) // 8]
    bits = np.unpackbits(packed, bitorder="little")
    return bits[start % 8 :][:length].reshape(rows, columns).astype(bool)


def _among_pixels(
    part: Part10, position: int, rows: int, columns: int, frame: int
) -> NDArray[np.bool_]:
    """A plane in an unused bit of 16-bit pixels, retired in 2004 and still about."""
    allocated = attributes.integer(part.dataset, "BitsAllocated")
    pixels = part.pixels
    native = pixels is not None and pixels.length is not None
    if not native or allocated != 16 or not 0 <= position < 16:
        raise UndecodablePixels(
            "The overlay plane lies among the bits of compressed pixels, which do not keep it.",
            remedy="Render without --overlays.",
        )
    assert pixels is not None
    length = 2 * rows * columns
    held = part.body.read(pixels.offset + (frame - 1) * length, length)
    if len(held) < length:
        raise UndecodablePixels("The pixel data end early.", remedy="Fetch it again.")
    order = ">" if part.transfer_syntax_uid == BIG_ENDIAN else "<"
    words = np.frombuffer(held, f"{order}u2").reshape(rows, columns)
    return (words >> position & 1).astype(bool)
