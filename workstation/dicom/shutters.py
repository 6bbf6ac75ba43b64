"""Display shutters to what hides the surround of an image (PS3.3 C.7.6.11, C.7.6.15, C.11.12)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from workstation.dicom import attributes, colour
from workstation.domain.image import Shutter


def shutter(dataset: Dataset, bitmap: NDArray[np.bool_] | None = None) -> Shutter | None:
    """The shutter of an image or a state, or None; ValueError where a shape cannot be right.

    `bitmap` is that of the overlay group which a bitmap shutter names, True where it hides.
    """
    shapes = set(attributes.texts(dataset, "ShutterShape"))
    grey = attributes.integer(dataset, "ShutterPresentationValue") or 0
    rectangle = circle = None
    polygon: tuple[tuple[float, float], ...] = ()
    if "RECTANGULAR" in shapes:
        edges = [
            attributes.number(dataset, f"Shutter{name}Edge")
            for name in ("LeftVertical", "UpperHorizontal", "RightVertical", "LowerHorizontal")
        ]
        if None in edges:
            raise ValueError("a rectangular shutter lacks an edge")
        left, top, right, bottom = (float(edge or 0) - 1 for edge in edges)
        rectangle = (left, top, right, bottom)
    if "CIRCULAR" in shapes:
        center = attributes.numbers(dataset, "CenterOfCircularShutter")
        radius = attributes.number(dataset, "RadiusOfCircularShutter")
        if len(center) != 2 or radius is None:
            raise ValueError("a circular shutter lacks its centre or radius")
        circle = (center[1] - 1, center[0] - 1, radius)
    if "POLYGONAL" in shapes:
        held = attributes.numbers(dataset, "VerticesOfThePolygonalShutter")
        if len(held) < 6 or len(held) % 2:
            raise ValueError("a polygonal shutter has no three corners")
        # Rows and columns in pairs, in this order.
        polygon = tuple(
            (column - 1, row - 1) for row, column in zip(held[::2], held[1::2], strict=True)
        )
    if rectangle is None and circle is None and not polygon and bitmap is None:
        return None
    lab = attributes.numbers(dataset, "ShutterPresentationColorCIELabValue")
    return Shutter(
        rectangle=rectangle,
        circle=circle,
        polygon=polygon,
        bitmap=bitmap,
        grey=min(max(grey, 0), 65535) >> 8,
        rgb=colour.of_cielab(lab) if len(lab) == 3 else None,
    )
