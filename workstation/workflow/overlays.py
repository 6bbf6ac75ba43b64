"""What others drew on the images of a study: listed, read on demand, switched on and off.

Reading waits for a job thread. What is switched on is kept here, in the Qt thread's hands, and
nothing is until the reader asks.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.dicom.overlay_objects import PALETTE
from workstation.dicom.rt_dose import read_dose
from workstation.dicom.rt_structures import read_structures
from workstation.dicom.segmentations import read_segmentation
from workstation.dicom.sr_measurements import read_measurements
from workstation.domain.errors import ReaderError
from workstation.domain.geometry import Vector, add, as_vector
from workstation.domain.image import FrameDescription, FrameKey
from workstation.domain.overlays import (
    DoseGrid,
    Mask,
    OverlayContent,
    OverlayDescription,
    OverlayKind,
    Segment,
    Segmentation,
    SRMeasurements,
    StructureSet,
    inside,
)
from workstation.domain.study import Study
from workstation.imaging import contour_cut
from workstation.imaging.contour_cut import structure_volume_ml
from workstation.imaging.segment_volume import segment_volume_ml


class OverlayObjects(Protocol):
    """Where the bytes of an instance come from."""

    def read(self, sop_uid: str) -> bytes:
        """The Part 10 bytes of an instance."""


class FrameDecoder(Protocol):
    """Turns Part 10 bytes into the stored values of one frame, away from this process."""

    def decode(self, source: bytes | Path, frame: int, *, token: object = None) -> NDArray[Any]:
        """Frames count from 1; UndecodablePixels names the reason."""


def described(study: Study) -> tuple[OverlayDescription, ...]:
    """What the objects of a study draw, in series order."""
    return tuple(shown.overlay for shown in study.display_sets if shown.overlay is not None)


def belongs(description: OverlayDescription, frame: FrameDescription) -> bool:
    """Whether an object may be drawn over a frame: it names it, or lies in its space."""
    if frame.key.sop_instance_uid == description.sop_instance_uid:
        return False
    own = {frame.key.sop_instance_uid, *frame.same_pixels, *frame.moved_pixels}
    if not own.isdisjoint(description.referenced_images):
        return True
    plane = frame.plane
    return (
        plane is not None
        and plane.frame_of_reference_uid != ""
        and plane.frame_of_reference_uid in description.frame_of_reference_uids
    )


def values_of(content: OverlayContent) -> dict[int, str]:
    """What is told beside the name of each item: millilitres, the highest dose, a first value."""
    if isinstance(content, Segmentation):
        return {held.item.number: _segment_words(held) for held in content.segments}
    if isinstance(content, StructureSet):
        return {
            held.item.number: "" if volume is None else millilitres(volume)
            for held in content.structures
            for volume in (structure_volume_ml(held),)
        }
    if isinstance(content, SRMeasurements):
        return {
            held.item.number: " ".join(held.values[0]) if held.values else ""
            for held in content.measurements
        }
    unit = "Gy" if content.unit == "Gy" else "relative"
    return {content.item.number: f"max {content.maximum:.2f} {unit}"}


def _segment_words(held: Segment) -> str:
    """Millilitres, and from which share on a fraction counts; pixels where it lies on images
    without a place in the patient."""
    if held.mask is not None:
        volume = millilitres(segment_volume_ml(held.mask.inside(), held.mask.grid.affine()))
        return volume if held.mask.maximum == 1 else f"{volume} ≥ 50 %"
    count = sum(int(inside(each.values, each.maximum).sum()) for each in held.flat)
    return f"{count} px" if count else "empty"


def middle_of(content: OverlayContent, number: int) -> Vector | FrameKey | None:
    """Where an item is best seen: a point in the patient, LPS mm (the slice in which a segment or
    a structure is largest, the highest dose), or the frame it was measured on. None where there
    is nothing of it."""
    if isinstance(content, SRMeasurements):
        marks = next((m.marks for m in content.measurements if m.item.number == number), ())
        frame = next((mark.frame for mark in marks if mark.frame is not None), None)
        return frame or next((mark.positions[0] for mark in marks if mark.positions), None)
    if isinstance(content, DoseGrid):
        k, j, i = np.unravel_index(int(np.argmax(content.values)), content.values.shape)
        return content.geometry.slice_plane(int(k)).to_patient((float(i), float(j)))
    mask: Mask | None = None
    if isinstance(content, Segmentation):
        segment = next((s for s in content.segments if s.item.number == number), None)
        if segment is not None and segment.flat:
            return max(segment.flat, key=lambda each: int(each.values.sum())).frame
        mask = None if segment is None else segment.mask
    else:
        structure = next((s for s in content.structures if s.item.number == number), None)
        if structure is None or not structure.contours:
            return None
        mask = structure.solid
        if mask is None:
            middle = structure.contours[len(structure.contours) // 2].points.mean(axis=0)
            return as_vector(middle)
    if mask is None:
        return None
    filled = mask.inside()
    largest = int(np.argmax(filled.sum(axis=(1, 2))))
    rows, columns = np.nonzero(filled[largest])
    if not rows.size:
        return None
    grid = mask.grid
    point = grid.plane.to_patient((float(columns.mean()), float(rows.mean())))
    return add(point, grid.step, grid.positions_mm[largest])


def millilitres(volume: float) -> str:
    """`0.42 ml`, `12.3 ml`, `1240 ml`."""
    digits = 2 if volume < 10 else 1 if volume < 100 else 0
    return f"{volume:.{digits}f} ml"


def _with_solids(content: StructureSet) -> StructureSet:
    """The voxels of each structure, made here once: cutting them is quick, making them is not."""
    held = (replace(each, solid=contour_cut.solid(each)) for each in content.structures)
    return StructureSet(tuple(held))


class Overlays:
    """Contents by SOP Instance UID; the least recently used are dropped."""

    def __init__(self, store: OverlayObjects, decoder: FrameDecoder, keep: int = 12) -> None:
        self._store = store
        self._decoder = decoder
        self._keep = keep
        self._lock = threading.Lock()
        self._held: OrderedDict[str, OverlayContent | ReaderError] = OrderedDict()

    def peek(self, sop_uid: str) -> OverlayContent | ReaderError | None:
        """The content, why there is none, or None where it was not read yet."""
        with self._lock:
            return self._held.get(sop_uid)

    def content(self, description: OverlayDescription) -> OverlayContent:
        """Read the object; blocks. ReaderError says why it cannot be drawn, now and later."""
        uid = description.sop_instance_uid
        with self._lock:
            held = self._held.get(uid)
            if held is not None:
                self._held.move_to_end(uid)
        if held is None:
            try:
                held = self._read(description)
            except ReaderError as error:
                held = error
            with self._lock:
                self._held[uid] = held
                while len(self._held) > self._keep:
                    self._held.popitem(last=False)
        if isinstance(held, ReaderError):
            raise held
        return held

    def forget(self, sop_uids: Iterable[str]) -> None:
        """The case is closed, or an object was fetched again."""
        with self._lock:
            for uid in sop_uids:
                self._held.pop(uid, None)

    def _read(self, description: OverlayDescription) -> OverlayContent:
        uid = description.sop_instance_uid
        content = self._store.read(uid)

        def frame(number: int) -> NDArray[Any]:
            return self._decoder.decode(content, number, token=uid)

        readers: dict[OverlayKind, Callable[[], OverlayContent]] = {
            OverlayKind.SEGMENTATION: lambda: read_segmentation(content, frame),
            OverlayKind.STRUCTURES: lambda: _with_solids(read_structures(content)),
            OverlayKind.DOSE: lambda: read_dose(content, frame),
            OverlayKind.MEASUREMENTS: lambda: read_measurements(content, PALETTE),
        }
        return readers[description.kind]()


@dataclass(frozen=True, slots=True)
class OverlayLook:
    """How one object is drawn. `visible` holds the numbers of the items that are on."""

    visible: frozenset[int] = frozenset()
    filled: bool = False
    opacity: float = 0.5

    def __post_init__(self) -> None:
        if not 0.1 <= self.opacity <= 1.0:
            raise ValueError("opacity lies between 0.1 and 1")


class OverlayBoard:
    """Which objects of a case are drawn, and how. Used in one thread; nothing here waits."""

    def __init__(self) -> None:
        self._looks: dict[str, OverlayLook] = {}
        #: whether what is chosen is on the images
        self.shown = False

    def look(self, description: OverlayDescription) -> OverlayLook:
        """How an object is drawn: at first everything of it, segments as outlines, dose as wash."""
        held = self._looks.get(description.sop_instance_uid)
        if held is None:
            numbers = frozenset(item.number for item in description.items if not item.optional)
            held = OverlayLook(numbers, filled=description.kind is OverlayKind.DOSE, opacity=0.4)
        return held

    def toggle_item(self, description: OverlayDescription, number: int) -> None:
        """One item on or off."""
        held = self.look(description)
        self._keep(description, replace(held, visible=held.visible ^ {number}))

    def toggle_all(self, description: OverlayDescription) -> None:
        """All items of an object off, or all on where none is."""
        held = self.look(description)
        every = frozenset(item.number for item in description.items)
        self._keep(description, replace(held, visible=frozenset() if held.visible else every))

    def toggle_filled(self, description: OverlayDescription) -> None:
        """Filled, or its outline alone."""
        held = self.look(description)
        self._keep(description, replace(held, filled=not held.filled))

    def fade(self, description: OverlayDescription, by: float) -> None:
        """More or less opaque, in tenths between 0.1 and 1."""
        held = self.look(description)
        opacity = round(min(1.0, max(0.1, held.opacity + by)), 1)
        self._keep(description, replace(held, opacity=opacity))

    def close(self) -> None:
        """The case is closed: the next one opens without overlays."""
        self._looks.clear()
        self.shown = False

    def _keep(self, description: OverlayDescription, look: OverlayLook) -> None:
        self._looks[description.sop_instance_uid] = look
