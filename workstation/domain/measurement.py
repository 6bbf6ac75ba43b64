"""Measurements: points in patient space (LPS mm), or image space where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.geometry import PlaneGeometry, Point, Vector
from workstation.domain.image import CalibrationSource, FrameKey


class MeasurementKind(StrEnum):
    """The tools; the number of points each is made of stands in `POINTS`."""

    PROBE = "probe"
    LENGTH = "length"
    ANGLE = "angle"
    ELLIPSE = "ellipse"
    RECTANGLE = "rectangle"
    POLYGON = "polygon"


#: Points of each kind; a polygon has three or more. The vertex of an angle is in the middle,
#: ellipse and rectangle are given by two opposite corners of their box.
POINTS = {
    MeasurementKind.PROBE: 1,
    MeasurementKind.LENGTH: 2,
    MeasurementKind.ANGLE: 3,
    MeasurementKind.ELLIPSE: 2,
    MeasurementKind.RECTANGLE: 2,
    MeasurementKind.POLYGON: 3,
}


@dataclass(frozen=True, slots=True)
class RoiStatistics:
    """Statistics over the pixels whose centre lies in or on the curve; SD divides by n."""

    n: int
    mean: float
    sd: float
    minimum: float
    maximum: float
    median: float
    area_mm2: float | None
    excluded_padding: int
    unit: str


@dataclass(frozen=True, slots=True)
class MeasuredValue:
    """The result: a value with its unit and where its scale comes from."""

    value: float
    unit: str
    calibration: CalibrationSource
    interpolated: bool = False
    statistics: RoiStatistics | None = None
    #: what the reader must know of it: a part outside of the image, a region below one pixel
    note: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement of one study.

    `points` are (column, row) on the frame `frame`, or on `plane` for one drawn on a reslice
    (`frame` is then the nearest source frame). `positions` are the same in LPS mm, or empty
    where there is no patient space.
    """

    identifier: str
    number: int
    kind: MeasurementKind
    display_set: str
    series_instance_uid: str
    frame: FrameKey
    frame_label: str
    points: tuple[Point, ...]
    result: MeasuredValue
    positions: tuple[Vector, ...] = ()
    plane: PlaneGeometry | None = None
    label: str = ""

    def __post_init__(self) -> None:
        wanted = POINTS[self.kind]
        exact = self.kind is not MeasurementKind.POLYGON
        if len(self.points) < wanted or (exact and len(self.points) != wanted):
            raise ValueError(f"a {self.kind} has {wanted} points")
        if self.positions and len(self.positions) != len(self.points):
            raise ValueError("each point has its position")


@dataclass(frozen=True, slots=True)
class KeyImage:
    """A frame the reader marked, with its title in the key object selection (PS3.3 C.17.6)."""

    frame: FrameKey
    sop_class_uid: str
    series_instance_uid: str
    frame_label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class StudyMarks:
    """What a reader left on the images of one study: kept on the disk, so that a restart finds it.

    `seen` holds the frames that were on the screen.
    """

    measurements: tuple[Measurement, ...] = ()
    key_images: tuple[KeyImage, ...] = ()
    seen: frozenset[FrameKey] = frozenset()
