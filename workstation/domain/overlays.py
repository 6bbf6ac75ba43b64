"""What others drew on the images: segments, contours, dose. Listed from the header, read on demand.

A description tells what there is; the content holds the voxels and points in patient space.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, Vector, VolumeGeometry, dot
from workstation.domain.image import FrameKey

#: Red, green and blue, 0 to 255, in sRGB.
Colour: TypeAlias = tuple[int, int, int]


class OverlayKind(StrEnum):
    """What an object draws over the images."""

    SEGMENTATION = "segmentation"
    STRUCTURES = "structures"
    DOSE = "dose"
    MEASUREMENTS = "measurements"


@dataclass(frozen=True, slots=True)
class OverlayItem:
    """One thing of an object that can be shown alone: a segment, a structure, a dose."""

    number: int
    name: str
    colour: Colour
    #: what it is by its code, where that says more than the name
    detail: str = ""
    #: off until the reader switches it on, as its maker wants it
    optional: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("what is listed has a name")
        if not all(0 <= part <= 255 for part in self.colour):
            raise ValueError("a colour has three parts from 0 to 255")


@dataclass(frozen=True, slots=True)
class OverlayDescription:
    """What an object draws, as its header tells.

    It belongs to images that it names, or that lie in one of its frames of reference.
    """

    sop_instance_uid: str
    kind: OverlayKind
    title: str
    items: tuple[OverlayItem, ...]
    frame_of_reference_uids: tuple[str, ...] = ()
    referenced_images: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        numbers = [item.number for item in self.items]
        if len(set(numbers)) != len(numbers):
            raise ValueError("each item has a number of its own")

    def item(self, number: int) -> OverlayItem | None:
        """The item of a number."""
        return next((item for item in self.items if item.number == number), None)


@dataclass(frozen=True, slots=True)
class MaskGrid:
    """Parallel slices of voxels at positions along their normal, LPS mm.

    `plane` is the first slice, `step` the offset for one millimetre along the normal (it leaves the
    normal under gantry tilt), `positions_mm` those of the slices that are held, from `plane` on.
    Each slice stands for `thickness_mm` around it.
    """

    plane: PlaneGeometry
    step: Vector
    positions_mm: tuple[float, ...]
    thickness_mm: float

    def __post_init__(self) -> None:
        if not self.positions_mm:
            raise ValueError("a grid needs a slice")
        if any(b <= a for a, b in zip(self.positions_mm, self.positions_mm[1:], strict=False)):
            raise ValueError("slice positions do not increase")
        if not (math.isfinite(self.thickness_mm) and self.thickness_mm > 0):
            raise ValueError("a slice has a thickness")
        if abs(dot(self.step, self.plane.normal) - 1.0) > 1e-6:
            raise ValueError("the step is one millimetre along the normal")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(slices, rows, columns)."""
        return (len(self.positions_mm), self.plane.rows, self.plane.columns)

    def affine(self) -> NDArray[np.float64]:
        """4x4 from (column, row, slice of `thickness_mm`) to LPS mm.

        It gives the size of a voxel. Places only where no slice is left out.
        """
        plane = self.plane
        matrix = np.eye(4)
        matrix[:3, 0] = np.asarray(plane.row_cosine) * plane.spacing_mm[1]
        matrix[:3, 1] = np.asarray(plane.column_cosine) * plane.spacing_mm[0]
        matrix[:3, 2] = np.asarray(self.step) * self.thickness_mm
        matrix[:3, 3] = plane.origin
        return matrix


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Voxels (slice, row, column) of one segment: 0 to `maximum`, which is 1 where it is binary.

    A fractional voxel belongs to the segment from half of the maximum on (PS3.3 C.8.20.2.3 leaves
    the threshold to the reader of the object; the half is ours).
    """

    grid: MaskGrid
    voxels: NDArray[np.uint8]
    maximum: int = 1

    def __post_init__(self) -> None:
        if self.voxels.shape != self.grid.shape:
            raise ValueError("voxels and grid do not belong together")
        if not 1 <= self.maximum <= 255:
            raise ValueError("a fraction has a maximum of 1 to 255")

    def inside(self) -> NDArray[np.bool_]:
        """Which voxels belong to the segment."""
        return inside(self.voxels, self.maximum)


def inside(values: NDArray[np.uint8], maximum: int) -> NDArray[np.bool_]:
    """Which values belong to the segment: from half of the maximum on."""
    return values >= (maximum + 1) // 2


@dataclass(frozen=True, slots=True, eq=False)
class FlatMask:
    """Pixels of one segment on an image that has no place in the patient: `values` are those from
    (`row`, `column`) on, of a matrix of `rows` x `columns` like that of the image."""

    frame: FrameKey
    values: NDArray[np.uint8]
    row: int
    column: int
    rows: int
    columns: int
    maximum: int = 1

    def __post_init__(self) -> None:
        high, wide = self.values.shape
        if self.row < 0 or self.column < 0:
            raise ValueError("pixels lie within the image")
        if self.row + high > self.rows or self.column + wide > self.columns:
            raise ValueError("pixels lie within the image")


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One segment of a segmentation: voxels in the patient, or pixels on images without a place.
    Both are missing where nothing belongs to it."""

    item: OverlayItem
    mask: Mask | None
    flat: tuple[FlatMask, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Segmentation:
    """The segments of one Segmentation object (PS3.3 C.8.20)."""

    segments: tuple[Segment, ...]


class ContourKind(StrEnum):
    """Contour Geometric Type (3006,0042), PS3.3 C.8.8.6.3."""

    CLOSED = "closed"
    OPEN = "open"
    POINT = "point"


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """Points (n, 3) in LPS mm of one contour, as they were written."""

    kind: ContourKind
    points: NDArray[np.float64]

    def __post_init__(self) -> None:
        least = {ContourKind.CLOSED: 3, ContourKind.OPEN: 2, ContourKind.POINT: 1}[self.kind]
        if self.points.ndim != 2 or self.points.shape[1] != 3 or len(self.points) < least:
            raise ValueError(f"a {self.kind} contour needs {least} points of three numbers")
        if not np.isfinite(self.points).all():
            raise ValueError("a point of a contour is not finite")


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """One region of interest of a structure set. `solid` are the voxels that its closed contours
    enclose, None where they make no solid."""

    item: OverlayItem
    contours: tuple[Contour, ...]
    solid: Mask | None = None


@dataclass(frozen=True, slots=True, eq=False)
class StructureSet:
    """The structures of one RT Structure Set (PS3.3 C.8.8.5, C.8.8.6)."""

    structures: tuple[Structure, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DoseGrid:
    """Dose (slice, row, column) of one RT Dose (PS3.3 C.8.8.3); `unit` is Gy or "relative"."""

    item: OverlayItem
    geometry: VolumeGeometry
    values: NDArray[np.float32]
    unit: str
    summation: str = ""

    def __post_init__(self) -> None:
        if self.values.shape != self.geometry.shape:
            raise ValueError("dose and grid do not belong together")
        if not np.isfinite(self.values).all():
            raise ValueError("a dose is finite")

    @property
    def maximum(self) -> float:
        """The highest dose of the grid."""
        return float(self.values.max())


class MarkShape(StrEnum):
    """Graphic Type of a spatial coordinate (PS3.3 C.18.6.1.2, C.18.9.1.2)."""

    POINT = "point"
    POINTS = "points"
    LINE = "line"
    POLYGON = "polygon"
    ELLIPSE = "ellipse"


@dataclass(frozen=True, slots=True)
class SRMark:
    """One spatial coordinate of a structured report.

    `points` are (column, row) from the centre of the first pixel on `frame`, or `positions` are
    LPS mm in `frame_of_reference_uid`. An ellipse is given by the ends of its long and its short
    axis.
    """

    shape: MarkShape
    points: tuple[tuple[float, float], ...] = ()
    frame: FrameKey | None = None
    positions: tuple[Vector, ...] = ()
    frame_of_reference_uid: str = ""

    def __post_init__(self) -> None:
        if bool(self.points) == bool(self.positions):
            raise ValueError("a mark lies on an image or in the patient")
        if self.points and self.frame is None:
            raise ValueError("a mark on an image names it")
        count = len(self.points or self.positions)
        least = {MarkShape.LINE: 2, MarkShape.POLYGON: 3, MarkShape.ELLIPSE: 4}.get(self.shape, 1)
        if count < least:
            raise ValueError(f"a {self.shape} needs {least} points")


@dataclass(frozen=True, slots=True)
class SRMeasurement:
    """One group of a TID 1500 report: what was measured, where, and the values."""

    item: OverlayItem
    #: (name, value with its unit) in the order of the report
    values: tuple[tuple[str, str], ...]
    marks: tuple[SRMark, ...] = ()
    #: images or segmentations that the values come from
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SRMeasurements:
    """The measurement groups of one report (PS3.16 TID 1500)."""

    measurements: tuple[SRMeasurement, ...]


OverlayContent: TypeAlias = Segmentation | StructureSet | DoseGrid | SRMeasurements


def read_only(values: NDArray[Any]) -> NDArray[Any]:
    """The same array, read-only: content is shared between threads and windows."""
    held = values.view()
    held.flags.writeable = False
    return held
