"""Stored values to modality values (PS3.3 C.11.1) and which of them are no image (C.7.5.1.1.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.image import FrameDescription, LookupTable, ModalityTransform


def through_table(values: NDArray[Any], table: LookupTable) -> NDArray[np.uint16]:
    """Entries of a LUT; below its first input the first, above its last the last (C.11.1.1.1)."""
    index = np.asarray(values, dtype=np.int64) - table.first_mapped
    return table.entries[np.clip(index, 0, table.entries.size - 1)]


def is_identity(transform: ModalityTransform) -> bool:
    """Whether the transform changes nothing."""
    return transform.lut is None and transform.slope == 1.0 and transform.intercept == 0.0


def _fitting_integer(low: float, high: float) -> type[np.signedinteger[Any]] | None:
    for kind in (np.int16, np.int32):
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return kind
    return None


def modality_values(stored: NDArray[Any], description: FrameDescription) -> NDArray[Any]:
    """Modality values of one frame, (rows, columns).

    Whole slopes and intercepts stay integers of a type that holds every value, others become
    float32; nothing is clipped.
    """
    transform = description.modality_transform
    if transform.lut is not None:
        return through_table(stored, transform.lut)
    if is_identity(transform):
        return stored.astype(np.float32) if stored.dtype == np.float64 else stored
    slope, intercept = float(transform.slope), float(transform.intercept)
    if stored.dtype.kind in "iu" and slope.is_integer() and intercept.is_integer():
        limits = np.iinfo(stored.dtype)
        ends = (limits.min * slope + intercept, limits.max * slope + intercept)
        kind = _fitting_integer(min(ends), max(ends))
        if kind is None or kind is np.int32:
            # 16 bits suffice for most images, though not for every value of the type.
            seen = (float(stored.min()) * slope, float(stored.max()) * slope)
            kind = _fitting_integer(min(seen) + intercept, max(seen) + intercept) or kind
        if kind is not None:
            # What comes out may fit while what is added on the way does not.
            steps = max(-limits.min, limits.max) * abs(slope) + abs(intercept)
            whole = stored.astype(np.int32 if steps < 2**31 else np.int64)
            return (whole * int(slope) + int(intercept)).astype(kind)
    return (stored.astype(np.float64) * slope + intercept).astype(np.float32)


def modality_value(stored: float, transform: ModalityTransform) -> float:
    """The modality value of one stored value."""
    if transform.lut is not None:
        return float(through_table(np.asarray([stored]), transform.lut)[0])
    return stored * transform.slope + transform.intercept


def padding_mask(stored: NDArray[Any], description: FrameDescription) -> NDArray[np.bool_] | None:
    """True where a pixel is padding, or None where the object has none.

    The range is compared with stored values, inclusive, before the Modality LUT.
    """
    padding = description.padding
    if padding is None or stored.ndim != 2:
        return None
    mask: NDArray[np.bool_] = (stored >= padding.low) & (stored <= padding.high)
    return mask if mask.any() else None
