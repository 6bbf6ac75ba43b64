"""Measurements: points in patient space (LPS mm), or image space where there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from workstation.domain.geometry import PlaneGeometry, Point, Vector
from workstation.domain.image import CalibrationSource, FrameKey
from workstation.domain.measurement_kind import POINTS as POINTS
from workstation.domain.measurement_kind import REGION_KINDS as REGION_KINDS
from workstation.domain.measurement_kind import MeasurementKind as MeasurementKind
from workstation.domain.shapes import problem
from workstation.domain.view import SlabMode


@dataclass(frozen=True, slots=True)
class RoiStatistics:
    """Statistics over the pixels whose centre lies in or on the curve; SD divides by n.

    `area_mm2` is that of the curve, `counted_area_mm2` n times the area of a pixel; both are None
    without a scale. `area_px` is that of the curve in pixels.
    """

    n: int
    mean: float
    sd: float
    minimum: float
    maximum: float
    median: float
    area_mm2: float | None
    excluded_padding: int
    unit: str
    counted_area_mm2: float | None = None
    area_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Detail:
    """A further number of a measurement: the short axis, the width of the heart, a time."""

    name: str
    value: float
    unit: str

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"{self.name} is not a number")


@dataclass(frozen=True, slots=True)
class SeriesName:
    """What a series is called beside a value that is of it and of no other."""

    modality: str
    number: int | None = None
    description: str = ""

    @property
    def short(self) -> str:
        """`PT S2`, as a report names it."""
        return self.modality if self.number is None else f"{self.modality} S{self.number}"

    @property
    def words(self) -> str:
        """`S2  PET AC`, as the picture names it."""
        number = "" if self.number is None else f"S{self.number}"
        return "  ".join(part for part in (number, self.description or self.modality) if part)


@dataclass(frozen=True, slots=True)
class LayerValue:
    """What a probe or region reads of the volume that lies over its picture (PS3.4 N.2.4).

    `series` is that volume's, `below` that of the picture. `value` is the sample of a probe, the
    mean of a region, in `unit`; where it is None, `why_none` says why. `registered` tells that a
    registration leads from the picture to the volume, `note` why the values are in no other unit.
    `frame` is the acquired frame of the volume nearest to the middle of the shape, None where a
    measurement was kept without it.
    """

    series: SeriesName
    below: SeriesName
    series_instance_uid: str
    value: float | None = None
    unit: str = ""
    statistics: RoiStatistics | None = None
    interpolated: bool = False
    registered: bool = False
    why_none: str = ""
    note: str = ""
    frame: FrameKey | None = None

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.why_none):
            raise ValueError("a layer has a value, or a reason why it has none")
        if self.value is None and self.statistics is not None:
            raise ValueError("what has no value has no statistics")
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError("the value of a layer is a number")


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
    details: tuple[Detail, ...] = ()
    #: what is known of the scale beside its source: the fiducial, the factor, who set it and when
    calibration_detail: str = ""
    #: of a plane cut through a volume: how thick the slab was, 0 for none, and what became of it
    slab_mm: float = 0.0
    slab_mode: SlabMode = SlabMode.MEAN
    #: of a probe or region on a fused picture: what it reads of the volume over it
    layer: LayerValue | None = None

    def detail(self, name: str) -> Detail | None:
        """One of the further numbers."""
        return next((each for each in self.details if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement of one study.

    `points` are (column, row) on the frame `frame`, or on `plane` for one drawn on a reslice
    (`frame` is then the nearest source frame). `positions` are the same in LPS mm, or empty
    where there is no patient space. `pixel_aspect` is the height of a pixel over its width, where
    the points lie.
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
    pixel_aspect: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.pixel_aspect) and self.pixel_aspect > 0):
            raise ValueError("a pixel has a height and a width")
        wrong = problem(self.kind, self.points, self.pixel_aspect)
        if wrong:
            raise ValueError(wrong)
        if self.positions and len(self.positions) != len(self.points):
            raise ValueError("each point has its position")


@dataclass(frozen=True, slots=True)
class UserCalibration:
    """A scale that a reader gave to a series: a line on one of its images and its true length.

    `spacing_mm` is (between rows, between columns).
    """

    series_instance_uid: str
    frame: FrameKey
    points: tuple[Point, Point]
    true_length_mm: float
    spacing_mm: tuple[float, float]
    by: str
    at: datetime

    def __post_init__(self) -> None:
        held = (self.true_length_mm, *self.spacing_mm)
        if not all(math.isfinite(each) and each > 0 for each in held):
            raise ValueError("a true length is more than 0 mm")
        if not self.by:
            raise ValueError("a calibration names who made it")
        (x0, y0), (x1, y1) = self.points
        dy, dx = self.spacing_mm
        length = math.hypot((x1 - x0) * dx, (y1 - y0) * dy)
        if abs(length - self.true_length_mm) > 1e-6 * self.true_length_mm:
            raise ValueError("the spacing does not give the line its true length")

    @classmethod
    def of_line(
        cls,
        series_instance_uid: str,
        frame: FrameKey,
        points: tuple[Point, Point],
        true_length_mm: float,
        *,
        pixel_aspect: float,
        by: str,
        at: datetime,
    ) -> UserCalibration:
        """From a drawn line; ValueError where it has no length."""
        (x0, y0), (x1, y1) = points
        drawn = math.hypot(x1 - x0, (y1 - y0) * pixel_aspect)
        if drawn == 0:
            raise ValueError("the line has no length")
        step = true_length_mm / drawn
        spacing = (step * pixel_aspect, step)
        return cls(series_instance_uid, frame, points, true_length_mm, spacing, by, at)


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
    #: at most one a series
    calibrations: tuple[UserCalibration, ...] = ()
