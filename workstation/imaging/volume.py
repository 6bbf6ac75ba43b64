"""A volume of stored values with its geometry, and which of its slices are real."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import VolumeGeometry
from workstation.domain.image import PixelPadding


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Voxels (slices, rows, columns) in stored values; modality value = slope x + intercept.

    `present[k]` tells whether slice k has arrived. The loader writes both arrays; everybody else
    reads. `padding` is a range of stored values that are no image.
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
