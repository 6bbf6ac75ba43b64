"""Twelve frames of 64 x 48 at 25 a second in each of the codecs, made with the ffmpeg program from
`pattern()`: `-c:v mpeg2video -q:v 2`, `-c:v libx264 -qp 6` and `-c:v libx265 -x265-params qp=6`,
the last also in ten bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FRAMES = 12


def pattern() -> NDArray[np.uint8]:
    """(frames, rows, columns, 3): a ramp, a bar that moves, and a red that grows."""
    frames = np.zeros((FRAMES, 48, 64, 3), np.uint8)
    for index in range(FRAMES):
        frames[index, :, :, 2] = np.arange(64) * 3
        frames[index, 8:40, 4 * index : 4 * index + 12, 1] = 200
        frames[index, ..., 0] = index * 20
    return frames


def clip(name: str) -> bytes:
    """The stream of one file beside this one."""
    return (Path(__file__).parent / name).read_bytes()
