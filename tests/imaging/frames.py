"""Frame descriptions for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import FrameDescription, FrameKey, PixelFormat


def described(stored: NDArray[Any], *, bits: int = 0, **changes: Any) -> FrameDescription:
    """The description of an array of stored values; `changes` are its other fields."""
    size = 8 * stored.dtype.itemsize
    is_float = stored.dtype.kind == "f"
    colour = stored.ndim == 3
    photometric = changes.pop("photometric", "RGB" if colour else "MONOCHROME2")
    form = PixelFormat(
        rows=stored.shape[0],
        columns=stored.shape[1],
        frames=1,
        samples_per_pixel=3 if colour else 1,
        photometric_interpretation=photometric,
        bits_allocated=size,
        bits_stored=bits or size,
        high_bit=(bits or size) - 1,
        signed=stored.dtype.kind == "i",
        planar_configuration=0,
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        float_bits=size if is_float else 0,
    )
    base = FrameDescription(FrameKey("1.2.3"), "1.2.840.10008.5.1.4.1.1.2", form, "CT")
    return replace(base, **changes)


def ramp(low: int, high: int, kind: type = np.int16) -> NDArray[Any]:
    """One row of all whole numbers low..high."""
    return np.arange(low, high + 1).astype(kind)[None, :]
