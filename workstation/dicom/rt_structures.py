"""RT Structure Sets: contours in patient space (PS3.3 A.19, C.8.8.5, C.8.8.6)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from workstation.dicom import attributes, overlay_objects
from workstation.dicom.part10 import open_object
from workstation.domain.errors import OverlayRefused
from workstation.domain.overlays import Contour, ContourKind, Structure, StructureSet

#: Contour Geometric Type (C.8.8.6.3). CLOSEDPLANAR_XOR closes like the others: all contours of one
#: plane are taken by even and odd.
_KINDS = {
    "CLOSED_PLANAR": ContourKind.CLOSED,
    "CLOSEDPLANAR_XOR": ContourKind.CLOSED,
    "OPEN_PLANAR": ContourKind.OPEN,
    "OPEN_NONPLANAR": ContourKind.OPEN,
    "POINT": ContourKind.POINT,
}
_LEAST = {ContourKind.CLOSED: 3, ContourKind.OPEN: 2, ContourKind.POINT: 1}
#: No scanner reaches a kilometre; further out sums of squares leave the range of numbers.
_FURTHEST_MM = 1e6
_ASK = "Ask the site to send the structure set again."


def read_structures(source: bytes | Path) -> StructureSet:
    """The structures of an object; OverlayRefused says what of it is broken.

    A structure without contours is kept: it is listed and draws nothing.
    """
    dataset = open_object(source).dataset
    if attributes.text(dataset, "SOPClassUID") != overlay_objects.RT_STRUCTURE_SET:
        raise OverlayRefused("The object is no RT Structure Set.")
    items = overlay_objects.structures(dataset)
    if not items:
        raise OverlayRefused("The structure set lists no structure.", remedy=_ASK)
    contours: dict[int, list[Contour]] = {item.number: [] for item in items}
    for held in attributes.items(dataset, "ROIContourSequence"):
        number = attributes.integer(held, "ReferencedROINumber")
        if number is None or number not in contours:
            if attributes.items(held, "ContourSequence"):
                raise OverlayRefused(
                    "Contours belong to a structure that is not listed.",
                    means="The structure set contradicts itself and is not drawn.",
                    remedy=_ASK,
                )
            continue
        name = next(item.name for item in items if item.number == number)
        for index, each in enumerate(attributes.items(held, "ContourSequence"), start=1):
            made = _contour(each, name, index)
            if made is not None:
                contours[number].append(made)
    return StructureSet(tuple(Structure(item, tuple(contours[item.number])) for item in items))


def _coordinates(held: Dataset) -> NDArray[np.float64] | None:
    """Contour Data as numbers; None where one of them is none or no place of a patient.

    Read from the bytes: a structure set holds millions of them, and the toolkit makes an object of
    each.
    """
    element = held.get_item("ContourData") if "ContourData" in held else None
    raw = getattr(element, "value", None)
    if raw is None or len(raw) == 0:
        return np.empty(0)
    if not isinstance(raw, bytes):
        values = np.asarray(attributes.numbers(held, "ContourData"), np.float64)
    else:
        try:
            values = np.asarray(raw.strip(b" \0").split(b"\\"), dtype=np.float64)
        except ValueError:
            return None
    return values if values.size and (np.abs(values) <= _FURTHEST_MM).all() else None


def _contour(held: Dataset, name: str, index: int) -> Contour | None:
    """One contour; a closed one of one or two points is what it is: a point or a line."""
    written = attributes.text(held, "ContourGeometricType")
    kind = _KINDS.get(written)
    where = f"Contour {index} of {name}"
    if kind is None:
        raise OverlayRefused(f"{where} is of no known type.", remedy=_ASK)
    numbers = _coordinates(held)
    said = attributes.integer(held, "NumberOfContourPoints")
    if numbers is not None and not numbers.size and not said:
        return None
    if numbers is None or numbers.size % 3 or not numbers.size:
        raise OverlayRefused(f"{where} has coordinates that are no points.", remedy=_ASK)
    points = numbers.reshape(-1, 3)
    if said is not None and said != len(points):
        raise OverlayRefused(f"{where} says {said} points and holds {len(points)}.", remedy=_ASK)
    if len(points) < _LEAST[kind]:
        kind = ContourKind.POINT if len(points) == 1 else ContourKind.OPEN
    return Contour(kind, points)
