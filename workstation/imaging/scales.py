"""The scale where points lie: spacing, or ultrasound region (display rules, §6, §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workstation.domain.geometry import PlaneGeometry, Point
from workstation.domain.image import CalibrationSource, FrameDescription, UltrasoundRegion

#: PS3.3 C.8.5.5.1.15: physical units of a region's direction.
CENTIMETRE, SECOND, HERTZ, CM_PER_SECOND = 3, 4, 5, 7
UNITS = {CENTIMETRE: "mm", SECOND: "s", HERTZ: "Hz", CM_PER_SECOND: "cm/s"}


@dataclass(frozen=True, slots=True)
class Scale:
    """Steps of a row and of a column in mm, or in px of true shape where there is no scale."""

    dy: float
    dx: float
    source: CalibrationSource
    detail: str = ""

    @property
    def in_mm(self) -> bool:
        """Whether there is a scale."""
        return self.source is not CalibrationSource.NONE

    @property
    def unit(self) -> str:
        """Unit of a length."""
        return "mm" if self.in_mm else "px"

    @property
    def aspect(self) -> float:
        """Height of a pixel over its width."""
        return self.dy / self.dx


def aspect_of(description: FrameDescription) -> float:
    """Height of a pixel over its width, as the frame is displayed."""
    plane, held = description.plane, description.calibration.spacing_mm
    if plane is not None:
        return plane.spacing_mm[0] / plane.spacing_mm[1]
    return description.pixel_aspect if held is None else held[0] / held[1]


def scale_of_plane(plane: PlaneGeometry) -> Scale:
    """The scale of a plane cut through a volume."""
    return Scale(*plane.spacing_mm, CalibrationSource.PATIENT)


def scale_at(points: Sequence[Point], description: FrameDescription) -> Scale:
    """The scale where the points lie; in an image with ultrasound regions that of their region.

    Points in no region, in two, or in one that is not in centimetres have no scale.
    """
    if description.ultrasound_regions:
        region = region_of(points, description)
        if (
            region is not None
            and region.units_x == region.units_y == CENTIMETRE
            and region.delta_x
            and region.delta_y
        ):
            step = (abs(region.delta_y) * 10, abs(region.delta_x) * 10)
            return Scale(*step, CalibrationSource.ULTRASOUND_REGION)
        return Scale(description.pixel_aspect, 1.0, CalibrationSource.NONE)
    held = description.calibration
    if held.spacing_mm is None or held.source is CalibrationSource.NONE:
        return Scale(description.pixel_aspect, 1.0, CalibrationSource.NONE)
    return Scale(*held.spacing_mm, held.source, held.description)


def region_of(points: Sequence[Point], description: FrameDescription) -> UltrasoundRegion | None:
    """The ultrasound region that holds all points; where two overlap the priority bit decides."""
    holding = [
        region
        for region in description.ultrasound_regions
        if all(region.contains(*point) for point in points)
        and (region.delta_x != 0 or region.delta_y != 0)
    ]
    # Region Flags bit 0: 1 is the transparent region, which gives way (C.8.5.5.1.3).
    holding.sort(key=lambda region: (region.flags & 1, -_specific(region)))
    return holding[0] if holding else None


def _specific(region: UltrasoundRegion) -> int:
    return int(region.units_x in UNITS) + int(region.units_y in UNITS)


def physical_value(region: UltrasoundRegion, point: Point) -> tuple[float | None, float | None]:
    """The physical values along X and Y at a point, in the region's units; None without a unit.

    Reference value + (p - region minimum - reference pixel) times delta: the reference pixel
    counts from the corner of the region (PS3.3 C.8.5.5.1.6 to C.8.5.5.1.9).
    """
    found: list[float | None] = []
    for at, low, pixel, value, delta, units in (
        (
            point[0],
            region.min_x,
            region.reference_x,
            region.reference_value_x,
            region.delta_x,
            region.units_x,
        ),
        (
            point[1],
            region.min_y,
            region.reference_y,
            region.reference_value_y,
            region.delta_y,
            region.units_y,
        ),
    ):
        if units not in UNITS or delta == 0 or pixel is None:
            found.append(None)
            continue
        factor = 10.0 if units == CENTIMETRE else 1.0
        found.append((value + (at - low - pixel) * delta) * factor)
    return found[0], found[1]
