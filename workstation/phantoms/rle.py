"""RLE Lossless (PS3.5 Annex G) for 16-bit grey, fast enough for hundreds of slices."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

_RUN = 128


def _runs(plane: NDArray[np.uint8]) -> bytes:
    """Replicate runs alone, a single byte as a literal of one: good where much is equal."""
    rows, columns = plane.shape
    starts = np.ones((rows, columns), bool)
    starts[:, 1:] = plane[:, 1:] != plane[:, :-1]
    first = np.flatnonzero(starts)
    lengths = np.diff(np.append(first, plane.size))
    # a run is at most 128 long: cut longer ones into pieces
    pieces = (lengths + _RUN - 1) // _RUN
    number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    left = np.repeat(lengths, pieces) - number * _RUN
    size = np.minimum(left, _RUN)
    out = np.empty((len(size), 2), np.uint8)
    out[:, 0] = np.where(size == 1, 0, 257 - size)
    out[:, 1] = np.repeat(plane.ravel()[first], pieces)
    return out.tobytes()


def _literals(plane: NDArray[np.uint8]) -> bytes:
    """Literal runs alone: good for noise. Each row is encoded by itself (G.3.1)."""
    parts = []
    for start in range(0, plane.shape[1], _RUN):
        piece = plane[:, start : start + _RUN]
        head = np.full((len(piece), 1), piece.shape[1] - 1, np.uint8)
        parts.append(np.concatenate([head, piece], axis=1))
    return np.concatenate(parts, axis=1).tobytes()


def encode_frame(pixels: NDArray[np.generic]) -> bytes:
    """One frame of (rows, columns) in 16 bits: the high bytes first (G.2)."""
    if pixels.dtype.itemsize != 2 or pixels.ndim != 2:
        raise ValueError("only 16-bit grey is encoded here")
    octets = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 2)
    segments = []
    for part in (1, 0):
        plane = np.ascontiguousarray(octets[..., part])
        best = min((_runs(plane), _literals(plane)), key=len)
        segments.append(best + b"\x00" * (len(best) % 2))
    offsets = [64, 64 + len(segments[0])]
    header = struct.pack("<16L", 2, *offsets, *([0] * 13))
    return header + b"".join(segments)
