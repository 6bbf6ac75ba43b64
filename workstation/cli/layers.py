"""What others drew, for the verbs: read from files, named, and drawn over a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.decoding import PixelReader, open_pixels
from workstation.dicom.reading import read_object
from workstation.domain.errors import OverlayRefused, ReaderError
from workstation.domain.image import FrameDescription
from workstation.domain.overlays import (
    OverlayContent,
    OverlayDescription,
    Segmentation,
    SRMeasurements,
    StructureSet,
)
from workstation.domain.study import Study
from workstation.imaging import overlay_layers
from workstation.imaging.overlay_layers import Layer
from workstation.workflow.overlays import Overlays, belongs, described, values_of

#: How much of a fill covers the picture below it.
OPACITY = 0.4


class _Files:
    """Objects on the disk by SOP Instance UID; frames are decoded here."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths
        self._reader: tuple[object, PixelReader] | None = None

    def read(self, sop_uid: str) -> bytes:
        return self._paths[sop_uid].read_bytes()

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        if self._reader is None or self._reader[0] != token:
            self._reader = (token, open_pixels(source))
        return self._reader[1].frame(frame)


def named(studies: Sequence[Study], paths: Mapping[str, Path]) -> dict[str, list[dict[str, str]]]:
    """For each object that draws: its items with their values, or why it cannot be drawn."""
    overlays = Overlays(_Files(paths), _Files(paths))
    found: dict[str, list[dict[str, str]]] = {}
    for description in (each for study in studies for each in described(study)):
        values: dict[int, str] = {}
        problem = ""
        try:
            values = values_of(overlays.content(description))
        except ReaderError as error:
            problem = error.sentence()
        found[description.sop_instance_uid] = [
            {
                "number": str(item.number),
                "name": item.name,
                "detail": item.detail,
                "value": values.get(item.number, ""),
                "problem": problem,
            }
            for item in description.items
        ]
    return found


def draw(
    picture: NDArray[np.uint8], frame: FrameDescription, files: Sequence[Path], *, filled: bool
) -> NDArray[np.uint8]:
    """RGB of a picture at native size with the objects of the files over it.

    OverlayRefused where a file holds no such object, or one that belongs to other images.
    """
    layers: list[Layer] = []
    for path in files:
        received = read_object(path)
        description = received.overlay
        if description is None:
            raise OverlayRefused(f"{path.name} holds nothing that is drawn over images.")
        if not belongs(description, frame):
            raise OverlayRefused(
                f"{path.name} belongs to other images.",
                means="It names this one nowhere and lies in another frame of reference.",
            )
        files_of = _Files({description.sop_instance_uid: path})
        content = Overlays(files_of, files_of).content(description)
        why = overlay_layers.why_not(content, frame)
        if why is not None:
            raise OverlayRefused(f"{path.name} is not drawn: {why.value}.")
        layers += _layers(content, description, frame)
    return overlay_layers.drawn_over(picture, layers, filled=filled, opacity=OPACITY)


def _layers(
    content: OverlayContent, description: OverlayDescription, frame: FrameDescription
) -> list[Layer]:
    every = {item.number for item in description.items if not item.optional}
    if isinstance(content, SRMeasurements):
        same = frame.same_pixels
        return overlay_layers.measurement_layers(content, frame.key, frame.plane, every, same)
    if isinstance(content, Segmentation):
        return overlay_layers.segment_layers(content, frame, frame.plane, every)
    if frame.plane is None:
        return []
    if isinstance(content, StructureSet):
        return overlay_layers.structure_layers(content, frame.plane, every)
    layer = overlay_layers.dose_layer(content, frame.plane, OPACITY)
    return [] if layer is None else [layer]
