"""Segmentation objects: binary, fractional, label maps (PS3.3 A.51, A.93, C.8.20)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from workstation.dicom import attributes, overlay_objects, positions, stacks
from workstation.dicom.frames import FunctionalGroups, pixel_format
from workstation.dicom.part10 import open_object
from workstation.domain.errors import OverlayRefused, UndecodablePixels
from workstation.domain.geometry import PlaneGeometry, Vector, add, dot
from workstation.domain.image import FrameKey
from workstation.domain.overlays import (
    FlatMask,
    Mask,
    MaskGrid,
    Segment,
    Segmentation,
    read_only,
)

_ASK = "Ask the site how the segmentation was made."
#: Voxels of one segment; more than this is refused before memory is.
_MAXIMUM_VOXELS = 1 << 31
#: The stored values of a frame counted from 1.
FrameOf = Callable[[int], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class _Patch:
    """What a segment fills of one frame, counted from 0: its position in mm along the normal, and
    the voxels."""

    along: float
    frame: int
    row: int
    column: int
    voxels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Stack:
    """Where all frames lie: positions along the normal of the first, and the step."""

    first: PlaneGeometry
    along: tuple[float, ...]
    step: Vector
    thickness_mm: float


def read_segmentation(source: bytes | Path, frame_of: FrameOf) -> Segmentation:
    """The segments of an object; OverlayRefused says what of it is broken or not supported.

    `frame_of` decodes: the workstation does it in another process.
    """
    part = open_object(source)
    dataset = part.dataset
    sop_class = attributes.text(dataset, "SOPClassUID") or part.media_sop_class_uid
    if sop_class == overlay_objects.SURFACES:
        raise OverlayRefused(
            "Its segments are surfaces, which are not drawn.",
            remedy="Look at it in a viewer that cuts meshes.",
        )
    if sop_class not in (overlay_objects.SEGMENTATION, overlay_objects.LABELMAP):
        raise OverlayRefused("The object is no segmentation of voxels.", remedy=_ASK)
    description = overlay_objects.describe(dataset, sop_class)
    if description is None:
        raise OverlayRefused("The segmentation lists no segment.", remedy=_ASK)
    if part.pixels is None:
        raise OverlayRefused(
            "The segmentation has no pixel data.", remedy="Fetch it again, or ask the site."
        )
    try:
        form = pixel_format(dataset, part.transfer_syntax_uid, part.pixels.keyword)
    except UndecodablePixels as error:
        raise OverlayRefused(error.happened, remedy=error.remedy or _ASK) from error
    groups = FunctionalGroups(dataset)
    if all(groups.macro("PlanePositionSequence", index) is None for index in range(form.frames)):
        stack: _Stack | None = None
        images = [_image(dataset, groups, index) for index in range(form.frames)]
    else:
        stack, images = _stack(dataset, groups, form), []
    kind = attributes.text(dataset, "SegmentationType")
    labels = kind == "LABELMAP" or sop_class == overlay_objects.LABELMAP
    maximum = 1
    if kind == "FRACTIONAL":
        maximum = attributes.integer(dataset, "MaximumFractionalValue") or 255
        if not 1 <= maximum <= 255:
            raise OverlayRefused(f"A largest fraction of {maximum} is not possible.", remedy=_ASK)
    known = {item.number for item in description.items}
    patches: dict[int, list[_Patch]] = defaultdict(list)
    for index in range(form.frames):
        stored = frame_of(index + 1)
        along = stack.along[index] if stack is not None else 0.0
        if labels:
            for number in np.unique(stored):
                if int(number) in known:
                    _add(patches[int(number)], along, index, stored == number)
            continue
        number = _segment_number(groups, index)
        if number not in known:
            raise OverlayRefused(
                f"Frame {index + 1} belongs to segment {number}, which is not listed.",
                means="The segmentation contradicts itself and is not drawn.",
                remedy=_ASK,
            )
        _add(patches[number], along, index, stored)
    size = (form.rows, form.columns)
    return Segmentation(
        tuple(
            Segment(item, _mask(patches[item.number], stack, maximum, item.name))
            if stack is not None
            else Segment(item, None, _flat(patches[item.number], images, size, maximum))
            for item in description.items
        )
    )


def _image(dataset: Dataset, groups: FunctionalGroups, index: int) -> FrameKey:
    """The image that a frame without a position was made from (C.7.6.16.2.6), or the only one
    that the object names."""
    for held in _items(groups.macro("DerivationImageSequence", index), "SourceImageSequence"):
        uid = attributes.text(held, "ReferencedSOPInstanceUID")
        number = attributes.integer(held, "ReferencedFrameNumber") or 1
        if uid and number >= 1:
            return FrameKey(uid, number)
    named = [
        attributes.text(held, "ReferencedSOPInstanceUID")
        for series in attributes.items(dataset, "ReferencedSeriesSequence")
        for held in attributes.items(series, "ReferencedInstanceSequence")
    ]
    if len(named) == 1 and named[0]:
        return FrameKey(named[0], index + 1)
    raise OverlayRefused(
        f"Frame {index + 1} of the segmentation has no position in the patient and names no image.",
        means="It cannot be laid over the images.",
        remedy=_ASK,
    )


def _items(dataset: Dataset | None, keyword: str) -> tuple[Dataset, ...]:
    return () if dataset is None else attributes.items(dataset, keyword)


def _flat(
    patches: Sequence[_Patch], images: Sequence[FrameKey], size: tuple[int, int], maximum: int
) -> tuple[FlatMask, ...]:
    return tuple(
        FlatMask(
            images[patch.frame],
            read_only(np.minimum(patch.voxels, maximum)),
            patch.row,
            patch.column,
            *size,
            maximum,
        )
        for patch in patches
    )


def _segment_number(groups: FunctionalGroups, index: int) -> int:
    """Referenced Segment Number of a frame (C.8.20.3.1)."""
    held = groups.macro("SegmentIdentificationSequence", index)
    number = None if held is None else attributes.integer(held, "ReferencedSegmentNumber")
    if number is None:
        raise OverlayRefused(
            f"Frame {index + 1} does not say to which segment it belongs.", remedy=_ASK
        )
    return number


def _stack(dataset: Dataset, groups: FunctionalGroups, form: Any) -> _Stack:
    """Positions of all frames; they must be parallel slices of one grid."""
    uid = attributes.text(dataset, "FrameOfReferenceUID")
    planes: list[PlaneGeometry] = []
    for index in range(form.frames):
        measures = groups.macro("PixelMeasuresSequence", index)
        orientation = groups.macro("PlaneOrientationSequence", index)
        position = groups.macro("PlanePositionSequence", index)
        found = None
        if measures is not None and orientation is not None and position is not None:
            found = positions.plane(
                attributes.numbers(orientation, "ImageOrientationPatient"),
                attributes.numbers(position, "ImagePositionPatient"),
                positions.spacing(measures),
                form,
                uid,
                [],
            )
        if found is None:
            raise OverlayRefused(
                f"Frame {index + 1} of the segmentation has no position in the patient.",
                means="It cannot be laid over the images.",
                remedy=_ASK,
            )
        planes.append(found)
    first = planes[0]
    if not all(stacks.same_orientation(first, other) for other in planes) or not all(
        stacks.same_grid(first, other) for other in planes
    ):
        raise OverlayRefused(
            "The frames of the segmentation lie in several orientations or grids.",
            means="They are not drawn over the images yet.",
        )
    measures = groups.macro("PixelMeasuresSequence", 0)
    along = stacks.distances(planes)
    gap = _thickness(measures, along)
    return _Stack(first, tuple(along), _step(planes, along, gap), gap)


def _thickness(measures: Dataset | None, along: Sequence[float]) -> float:
    """Millimetres that a slice stands for: from slice to slice as the positions tell, as written
    where frames without a voxel were left out."""
    ordered = sorted(set(along))
    gaps = [b - a for a, b in itertools.pairwise(ordered) if b - a > stacks.SAME_POSITION_MM]
    least = min(gaps) if gaps else None
    for keyword in ("SpacingBetweenSlices", "SliceThickness"):
        written = attributes.number(measures, keyword) if measures is not None else None
        if written is None or written <= 0:
            continue
        if least is None:
            return written
        times = least / written
        if round(times) >= 1 and abs(times - round(times)) < 0.05 * round(times):
            return least / round(times)
    if least is not None:
        return least
    raise OverlayRefused(
        "The segmentation has one slice and does not say how thick it is.", remedy=_ASK
    )


def _step(planes: Sequence[PlaneGeometry], along: Sequence[float], gap: float) -> Vector:
    """The offset for one millimetre along the normal; under tilt it leaves the normal."""
    first, normal = planes[0], planes[0].normal
    far = max(range(len(planes)), key=lambda index: abs(along[index]))
    step = normal
    if abs(along[far]) > stacks.SAME_POSITION_MM:
        away = add(planes[far].origin, first.origin, -1.0)
        step = (away[0] / along[far], away[1] / along[far], away[2] / along[far])
    for plane, distance in zip(planes, along, strict=True):
        off = add(add(plane.origin, first.origin, -1.0), step, -distance)
        if dot(off, off) > (0.1 * gap) ** 2:
            raise OverlayRefused(
                "The frames of the segmentation do not lie above one another.",
                means="They are not drawn over the images yet.",
            )
    return step


def _add(patches: list[_Patch], along: float, frame: int, stored: NDArray[Any]) -> None:
    """Keep what is not empty of a frame."""
    rows = np.flatnonzero(stored.any(axis=1))
    if not rows.size:
        return
    columns = np.flatnonzero(stored.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    part = stored[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    patches.append(_Patch(along, frame, top, left, part.astype(np.uint8)))


def _mask(patches: Sequence[_Patch], stack: _Stack, maximum: int, name: str) -> Mask | None:
    if not patches:
        return None
    places = sorted(patch.along for patch in patches)
    if any(b - a <= stacks.SAME_POSITION_MM for a, b in itertools.pairwise(places)):
        raise OverlayRefused(
            f"The segment {name} has several frames at one place.",
            means="It changes over time, or was written twice: which frame counts is not known.",
            remedy=_ASK,
        )
    top, left = min(p.row for p in patches), min(p.column for p in patches)
    bottom = max(p.row + p.voxels.shape[0] for p in patches)
    right = max(p.column + p.voxels.shape[1] for p in patches)
    if len(places) * (bottom - top) * (right - left) > _MAXIMUM_VOXELS:
        raise OverlayRefused("A segment is larger than this machine can hold.")
    voxels = np.zeros((len(places), bottom - top, right - left), np.uint8)
    for patch in patches:
        slice_index = int(np.argmin(np.abs(np.asarray(places) - patch.along)))
        row, column = patch.row - top, patch.column - left
        high, wide = patch.voxels.shape
        voxels[slice_index, row : row + high, column : column + wide] = np.minimum(
            patch.voxels, maximum
        )
    first = stack.first
    origin = add(first.to_patient((left, top)), stack.step, places[0])
    plane = PlaneGeometry(
        origin,
        first.row_cosine,
        first.column_cosine,
        first.spacing_mm,
        bottom - top,
        right - left,
        first.frame_of_reference_uid,
    )
    grid = MaskGrid(
        plane, stack.step, tuple(place - places[0] for place in places), stack.thickness_mm
    )
    return Mask(grid, read_only(voxels), maximum)
