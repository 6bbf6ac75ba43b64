"""Grey tables on 16-bit values: looked up, or computed where the table is a straight line.

The kernel does the work where it was built. Without it OpenCV looks up.
"""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_kernel: ModuleType | None
try:
    _kernel = importlib.import_module("workstation.imaging._lut")
except ImportError:
    # Built where there is a compiler; `nocturne doctor` says which path is used.
    _kernel = None

#: From so many values on a look-up is shared by two threads.
_SHARED = 1 << 20


def has_kernel() -> bool:
    """Whether the compiled kernel is used."""
    return _kernel is not None


@dataclass(frozen=True, slots=True)
class Line:
    """floor(slope x + offset) in single precision, x cut to first..last; 0 where x is low..high.

    `low` above `high` is no padding. All but the offset are of stored values.
    """

    slope: float
    offset: float
    first: float
    last: float
    low: int = 1
    high: int = 0

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a line needs a value")


@dataclass(frozen=True, slots=True, eq=False)
class Grey:
    """A table of 65,536 bytes in the order of the bit patterns, for stored values of one sign.

    `line` gives the very same bytes for every stored value, where the table is straight.
    """

    entries: NDArray[np.uint8]
    signed: bool
    line: Line | None = None

    def __post_init__(self) -> None:
        if self.entries.shape != (65536,) or self.entries.dtype != np.uint8:
            raise ValueError("a grey table has 65,536 bytes")


def straight(
    entries: NDArray[np.uint8],
    signed: bool,
    slope: float,
    reach: tuple[int, int],
    padding: tuple[int, int],
) -> Line | None:
    """The line that gives the bytes of a table for all 65,536 inputs; None where there is none.

    `slope` is in bytes per stored value, `reach` the lowest and highest stored value that the table
    was made for, `padding` the values that are 0 whatever the line says.
    """
    if _kernel is None or slope == 0:
        return None
    low, high = reach
    values = np.arange(low, high + 1)
    there = entries[values & 0xFFFF].astype(np.int64)
    seen = (there > 0) & (there < 255) & ((values < padding[0]) | (values > padding[1]))
    # Each grey value allows offsets from `ends` to below `ends` + 1: the middle of what all allow.
    ends = there[seen] - slope * values[seen]
    if ends.size == 0 or ends.max() >= ends.min() + 1:
        return None
    offset = (float(ends.max()) + float(ends.min()) + 1) / 2
    black, white = sorted(((0.5 - offset) / slope, (255.5 - offset) / slope))
    pads = padding if padding[0] <= padding[1] else (1, 0)
    line = Line(slope, offset, max(black, float(low)), min(white, float(high)), *pads)
    every = np.arange(65536, dtype=np.uint16)
    made = _follow(line, signed, every, np.empty(65536, np.uint8))
    return line if np.array_equal(made, entries) else None


def _follow(
    line: Line, signed: bool, stored: NDArray[np.uint16], out: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    assert _kernel is not None
    _kernel.line(
        stored,
        out,
        signed,
        line.slope,
        line.offset,
        line.first,
        line.last,
        line.low,
        line.high,
    )
    return out


def apply(
    stored: NDArray[Any], grey: Grey, out: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """The bytes of 8-bit or 16-bit stored values of the sign that the table was made for.

    `out`, of the same shape, is filled and returned where it is given: fresh pages cost as much as
    the look-ups. It is contiguous, or a part of a larger image.
    """
    flat: NDArray[Any] = np.ascontiguousarray(stored)
    if flat.dtype.itemsize == 1:
        signed = flat.dtype.kind == "i"
        ends = (grey.entries[:128], grey.entries[-128:])
        small = np.concatenate(ends) if signed else grey.entries[:256]
        return _looked_up(flat.view(np.uint8), small, out, stored.shape)
    flat = flat.view(np.uint16)
    if _kernel is None:
        return _looked_up(flat, grey.entries, out, stored.shape)
    made = np.empty(stored.shape, np.uint8) if out is None else out
    if grey.line is not None:
        return _follow(grey.line, grey.signed, flat, made)
    if flat.size < _SHARED:
        _kernel.table(flat, grey.entries, made)
        return made
    half = len(flat) // 2
    with ThreadPoolExecutor(1, thread_name_prefix="look-up") as pool:
        other = pool.submit(_kernel.table, flat[half:], grey.entries, made[half:])
        _kernel.table(flat[:half], grey.entries, made[:half])
        other.result()
    return made


def _looked_up(
    values: NDArray[Any],
    entries: NDArray[np.uint8],
    out: NDArray[np.uint8] | None,
    shape: tuple[int, ...],
) -> NDArray[np.uint8]:
    made = np.asarray(cv2.LUT(values, entries, out), np.uint8).reshape(shape)
    if out is None:
        return made
    if made is not out:
        out[...] = made
    return out
