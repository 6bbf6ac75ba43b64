"""A volume of stored values with its geometry, and which of its slices are real."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import VolumeRefused
from workstation.domain.geometry import VolumeGeometry
from workstation.domain.image import FrameDescription, PixelPadding
from workstation.imaging.modality import modality_values, padding_mask


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Voxels (slices, rows, columns) in stored values; modality value = slope x + intercept.

    `present[k]` tells whether slice k has arrived. The loader writes both arrays; everybody else
    reads. `padding` is a range of stored values that are no image; NaN is none in any case.
    """

    voxels: NDArray[Any]
    geometry: VolumeGeometry
    present: NDArray[np.bool_]
    slope: float = 1.0
    intercept: float = 0.0
    padding: PixelPadding | None = None
    unit: str = ""
    _kinds: tuple[str, ...] = field(default=("u1", "i2", "u2", "i4", "f4"), repr=False)

    def __post_init__(self) -> None:
        if self.voxels.shape != self.geometry.shape:
            raise ValueError("voxels and geometry do not belong together")
        if self.present.shape != (self.voxels.shape[0],):
            raise ValueError("one mark a slice tells whether it is present")
        if self.voxels.dtype.str.lstrip("<|=") not in self._kinds:
            raise ValueError(f"voxels of {self.voxels.dtype} are not resliced")
        if not self.voxels.flags.c_contiguous:
            raise ValueError("voxels lie slice after slice")


def stored_kind(frames: Sequence[FrameDescription]) -> np.dtype[Any] | None:
    """The integer type of a volume of stored values, or None where slices are to be converted.

    PET rescales each slice by a slope of its own: stored values of two slices do not compare.
    """
    first = frames[0]
    for frame in frames:
        if frame.modality_transform.lut is not None or frame.pixel_format.float_bits:
            return None
        if frame.pixel_format.signed != first.pixel_format.signed:
            return None
        one, other = frame.modality_transform, first.modality_transform
        if (one.slope, one.intercept) != (other.slope, other.intercept):
            return None
        if frame.padding != first.padding:
            return None
    bits = max(frame.pixel_format.bits_allocated for frame in frames)
    if bits > 16:
        return None
    if first.pixel_format.signed:
        return np.dtype(np.int16)
    return np.dtype(np.uint8 if bits <= 8 else np.uint16)


def whole(
    geometry: VolumeGeometry,
    frames: Sequence[FrameDescription],
    stored_of: Callable[[int], NDArray[Any]],
) -> Volume:
    """A volume with all of its slices; `stored_of(k)` gives the stored values of slice k."""
    kind = stored_kind(frames)
    voxels = np.empty(geometry.shape, np.float32 if kind is None else kind)
    for index, frame in enumerate(frames):
        stored = stored_of(index)
        if stored.shape != voxels.shape[1:]:
            raise VolumeRefused("A slice has another matrix than its neighbours.")
        if kind is not None:
            voxels[index] = stored
            continue
        values = modality_values(stored, frame).astype(np.float32)
        mask = padding_mask(stored, frame)
        if mask is not None:
            values[mask] = np.nan
        voxels[index] = values
    transform = frames[0].modality_transform
    return Volume(
        voxels=voxels,
        geometry=geometry,
        present=np.ones(len(frames), np.bool_),
        slope=1.0 if kind is None else transform.slope,
        intercept=0.0 if kind is None else transform.intercept,
        padding=None if kind is None else frames[0].padding,
        unit=transform.unit,
    )
