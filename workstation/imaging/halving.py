"""Images at half their size by area averaging, so that shrinking does not alias.

The kernel does 16-bit values where it was built. Without it, and for other types, OpenCV does.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_kernel: ModuleType | None
try:
    _kernel = importlib.import_module("workstation.imaging._halve")
except ImportError:
    # Built where there is a compiler; `nocturne doctor` says which path is used.
    _kernel = None


def has_kernel() -> bool:
    """Whether the compiled kernel is used."""
    return _kernel is not None


def halved(image: NDArray[Any]) -> NDArray[Any]:
    """(rows // 2, columns // 2, ...) of (rows, columns, ...): means of four neighbours, rounded to
    the type of the image, halves up for 16-bit values. The last of an odd number is left out."""
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    if _kernel is not None and image.ndim == 2 and image.dtype in (np.int16, np.uint16):
        whole = np.ascontiguousarray(image)
        made = np.empty((rows, columns), image.dtype)
        _kernel.halve(whole, made, image.dtype == np.int16, image.shape[1])
        return made
    even = np.ascontiguousarray(image[: rows * 2, : columns * 2])
    return cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA)
