"""RT Dose grids (PS3.3 A.18.3, C.8.8.3)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom import attributes, overlay_objects, stacks
from workstation.dicom.frames import describe
from workstation.dicom.part10 import open_object
from workstation.domain.errors import OverlayRefused, UndecodablePixels
from workstation.domain.overlays import DoseGrid, read_only

_ASK = "Ask the site to send the dose again."


def read_dose(source: bytes | Path, frame_of: Callable[[int], NDArray[Any]]) -> DoseGrid:
    """The dose of an object; OverlayRefused says why it cannot be laid over the images.

    Stored values times Dose Grid Scaling are Gy, or have no unit where Dose Units is RELATIVE.
    """
    part = open_object(source)
    dataset = part.dataset
    if attributes.text(dataset, "SOPClassUID") != overlay_objects.RT_DOSE:
        raise OverlayRefused("The object is no RT Dose.")
    if part.pixels is None:
        raise OverlayRefused("The RT Dose has no grid of dose.", remedy=_ASK)
    scaling = attributes.number(dataset, "DoseGridScaling")
    if scaling is None or scaling <= 0:
        raise OverlayRefused(
            "The RT Dose has no Dose Grid Scaling.",
            means="Its numbers have no meaning in Gy and are not drawn.",
            remedy=_ASK,
        )
    try:
        frames = describe(dataset, part.transfer_syntax_uid, part.pixels.keyword, [])
    except UndecodablePixels as error:
        raise OverlayRefused(error.happened, remedy=_ASK) from error
    planes = [frame.description.plane for frame in frames]
    placed = [plane for plane in planes if plane is not None]
    if len(placed) < len(planes):
        raise OverlayRefused("The RT Dose does not say where its grid lies.", remedy=_ASK)
    if len(placed) < 2:
        raise OverlayRefused(
            "The RT Dose holds a single plane.", means="A single plane is not laid over the images."
        )
    # Offsets may run against the normal (C.8.8.3.2): planes are taken in the order of the normal.
    along = stacks.distances(placed)
    order = sorted(range(len(placed)), key=lambda index: along[index])
    analysed = stacks.analyse([placed[index] for index in order])
    if analysed.volume is None:
        raise OverlayRefused(f"The planes of the RT Dose form no grid. {analysed.refused}")
    values = np.empty(analysed.volume.shape, np.float32)
    for slice_index, frame_index in enumerate(order):
        stored = frame_of(frame_index + 1)
        if stored.shape != values.shape[1:]:
            raise OverlayRefused("A plane of the RT Dose has another matrix.", remedy=_ASK)
        values[slice_index] = stored * np.float64(scaling)
    item = overlay_objects.dose_item(dataset)
    unit = "Gy" if attributes.text(dataset, "DoseUnits") == "GY" else "relative"
    return DoseGrid(
        item,
        analysed.volume,
        read_only(values),
        unit,
        attributes.text(dataset, "DoseSummationType"),
    )
