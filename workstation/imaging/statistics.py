"""What a measurement says: value, unit, where its scale comes from (display rules, §6, §7, §11)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import PlaneGeometry, Point
from workstation.domain.image import CalibrationSource, FrameDescription, UltrasoundRegion
from workstation.domain.measurement import (
    POINTS,
    MeasuredValue,
    MeasurementKind,
    RoiStatistics,
)
from workstation.imaging.modality import modality_values, padding_mask

#: PS3.3 C.8.5.5.1.15: physical units of a region's direction.
_CENTIMETRE, _SECOND, _CM_PER_SECOND = 3, 4, 7
REGION_KINDS = frozenset(
    {MeasurementKind.ELLIPSE, MeasurementKind.RECTANGLE, MeasurementKind.POLYGON}
)


def check_points(kind: MeasurementKind, points: Sequence[Point]) -> None:
    """MeasurementRefused unless there are as many points as the kind needs."""
    wanted = POINTS[kind]
    enough = len(points) >= wanted if kind is MeasurementKind.POLYGON else len(points) == wanted
    if not enough:
        raise MeasurementRefused(f"A {kind} needs {wanted} points, not {len(points)}.")
    if not all(math.isfinite(value) for point in points for value in point):
        raise MeasurementRefused("A point of the measurement is not a number.")


def measure(
    kind: MeasurementKind,
    points: Sequence[Point],
    stored: NDArray[Any],
    description: FrameDescription,
) -> MeasuredValue:
    """Measure on one source frame; points are (column, row).

    Region statistics are of the modality values of the pixels whose centre lies inside or on the
    curve, without interpolation; padding is left out and counted. SD divides by n.
    """
    check_points(kind, points)
    if kind is MeasurementKind.LENGTH:
        return _length(points, description)
    if kind is MeasurementKind.ANGLE:
        return _angle(points, description)
    if stored.ndim != 2 or description.palette is not None:
        raise MeasurementRefused(
            "A colour image has no values to measure.", remedy="Lengths and angles can be measured."
        )
    values = modality_values(stored, description)
    unit = description.modality_transform.unit
    padded = padding_mask(stored, description)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        # What is no number is no image either.
        padded = ~np.isfinite(values) if padded is None else padded | ~np.isfinite(values)
    if kind is MeasurementKind.PROBE:
        return _probe(points[0], values, padded, unit, description)
    mask = inside(kind, points, values.shape)
    scale, source = _scale(points, description)
    return _region(kind, points, mask, values, padded, unit, scale, source)


def measure_plane(
    kind: MeasurementKind,
    points: Sequence[Point],
    values: NDArray[np.float32],
    plane: PlaneGeometry,
    unit: str,
) -> MeasuredValue:
    """Measure on a resliced plane: values are interpolated, and marked so."""
    check_points(kind, points)
    dy, dx = plane.spacing_mm
    patient = CalibrationSource.PATIENT
    if kind is MeasurementKind.LENGTH:
        (x0, y0), (x1, y1) = points
        return MeasuredValue(
            math.hypot((x1 - x0) * dx, (y1 - y0) * dy), "mm", patient, interpolated=True
        )
    if kind is MeasurementKind.ANGLE:
        return MeasuredValue(_degrees(points, dx, dy), "deg", patient, interpolated=True)
    void = np.isnan(values)
    if kind is MeasurementKind.PROBE:
        column, row = (round(part) for part in points[0])
        if not (0 <= row < values.shape[0] and 0 <= column < values.shape[1]):
            raise MeasurementRefused("The point lies outside the image.")
        if void[row, column]:
            raise MeasurementRefused("There is no image at that point.")
        return MeasuredValue(float(values[row, column]), unit, patient, interpolated=True)
    mask = inside(kind, points, values.shape)
    found = _region(kind, points, mask, values, void, unit, (dy, dx), patient)
    return replace(found, interpolated=True)


def inside(
    kind: MeasurementKind, points: Sequence[Point], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Pixels (rows, columns) whose centre lies inside or on the curve."""
    rows, columns = shape[:2]
    xs = [point[0] for point in points]
    ys = [point[1] for point in points]
    left, right = max(0, math.ceil(min(xs) - 1e-9)), min(columns - 1, math.floor(max(xs) + 1e-9))
    top, bottom = max(0, math.ceil(min(ys) - 1e-9)), min(rows - 1, math.floor(max(ys) + 1e-9))
    mask = np.zeros((rows, columns), bool)
    if right < left or bottom < top:
        return mask
    x, y = np.meshgrid(np.arange(left, right + 1), np.arange(top, bottom + 1))
    window = (slice(top, bottom + 1), slice(left, right + 1))
    if kind is MeasurementKind.RECTANGLE:
        mask[window] = True
    elif kind is MeasurementKind.ELLIPSE:
        a, b = abs(xs[1] - xs[0]) / 2, abs(ys[1] - ys[0]) / 2
        cx, cy = (xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2
        if a > 0 and b > 0:
            mask[window] = ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1 + 1e-9
    else:
        mask[window] = _in_polygon(x.astype(float), y.astype(float), points)
    return mask


def _in_polygon(
    x: NDArray[np.float64], y: NDArray[np.float64], points: Sequence[Point]
) -> NDArray[np.bool_]:
    """Even-odd rule, with the points on an edge counted as inside."""
    odd = np.zeros(x.shape, bool)
    edge = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        cross = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
        length = math.hypot(x1 - x0, y1 - y0)
        between = (
            (x >= min(x0, x1) - 1e-9)
            & (x <= max(x0, x1) + 1e-9)
            & (y >= min(y0, y1) - 1e-9)
            & (y <= max(y0, y1) + 1e-9)
        )
        edge |= (np.abs(cross) <= 1e-9 * max(length, 1.0)) & between
        if y0 != y1:
            crosses = (y0 > y) != (y1 > y)
            at = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
            odd ^= crosses & (x < at)
    return odd | edge


def _area_pixels(kind: MeasurementKind, points: Sequence[Point]) -> float:
    """Geometric area in pixels: of the curve, not of the counted pixels."""
    if kind is MeasurementKind.POLYGON:
        doubled = sum(
            x0 * y1 - x1 * y0
            for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True)
        )
        return abs(doubled) / 2
    (x0, y0), (x1, y1) = points
    box = abs(x1 - x0) * abs(y1 - y0)
    return math.pi / 4 * box if kind is MeasurementKind.ELLIPSE else box


_OUTSIDE = "A part of the region lies outside the image and is left out."
_NEAREST = "The region is smaller than a pixel: the value is that of the nearest one."


def _leaves(points: Sequence[Point], shape: tuple[int, ...]) -> bool:
    """Whether a region reaches beyond the outermost pixels."""
    return any(not (-0.5 <= x <= shape[1] - 0.5 and -0.5 <= y <= shape[0] - 0.5) for x, y in points)


def _region(
    kind: MeasurementKind,
    points: Sequence[Point],
    mask: NDArray[np.bool_],
    values: NDArray[Any],
    void: NDArray[np.bool_] | None,
    unit: str,
    scale: tuple[float, float] | None,
    source: CalibrationSource,
) -> MeasuredValue:
    excluded = 0
    if void is not None:
        excluded = int(np.count_nonzero(mask & void))
        mask = mask & ~void
    held = values[mask]
    notes = [_OUTSIDE] if _leaves(points, values.shape) else []
    if held.size == 0:
        if excluded:
            raise MeasurementRefused("The region holds no image, only padding.")
        # No centre lies in it: the nearest pixel, and that is said.
        column = round(sum(point[0] for point in points) / len(points))
        row = round(sum(point[1] for point in points) / len(points))
        if not (0 <= row < values.shape[0] and 0 <= column < values.shape[1]):
            raise MeasurementRefused("The region lies outside the image.")
        held = values[row : row + 1, column : column + 1].ravel()
        notes.append(_NEAREST)
    exact = held.astype(np.float64)
    area = None if scale is None else _area_pixels(kind, points) * scale[0] * scale[1]
    statistics = RoiStatistics(
        n=int(exact.size),
        mean=float(exact.mean()),
        sd=float(exact.std()),
        minimum=float(exact.min()),
        maximum=float(exact.max()),
        median=float(np.median(exact)),
        area_mm2=area,
        excluded_padding=excluded,
        unit=unit,
    )
    return MeasuredValue(statistics.mean, unit, source, statistics=statistics, note=" ".join(notes))


def _probe(
    point: Point,
    values: NDArray[Any],
    padded: NDArray[np.bool_] | None,
    unit: str,
    description: FrameDescription,
) -> MeasuredValue:
    column, row = round(point[0]), round(point[1])
    if not (0 <= row < values.shape[0] and 0 <= column < values.shape[1]):
        raise MeasurementRefused("The point lies outside the image.")
    if padded is not None and padded[row, column]:
        raise MeasurementRefused("There is no image at that point, only padding.")
    source = _scale([point], description)[1]
    return MeasuredValue(float(values[row, column]), unit, source)


def _region_of(points: Sequence[Point], description: FrameDescription) -> UltrasoundRegion | None:
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
    return int(region.units_x in (_CENTIMETRE, _SECOND)) + int(
        region.units_y in (_CENTIMETRE, _CM_PER_SECOND)
    )


def _scale(
    points: Sequence[Point], description: FrameDescription
) -> tuple[tuple[float, float] | None, CalibrationSource]:
    """((row, column) spacing in mm, its source) where the points lie."""
    if description.ultrasound_regions:
        region = _region_of(points, description)
        if (
            region is not None
            and region.units_x == region.units_y == _CENTIMETRE
            and region.delta_x
            and region.delta_y
        ):
            spacing = (abs(region.delta_y) * 10, abs(region.delta_x) * 10)
            return spacing, CalibrationSource.ULTRASOUND_REGION
        return None, CalibrationSource.NONE
    return description.calibration.spacing_mm, description.calibration.source


def _length(points: Sequence[Point], description: FrameDescription) -> MeasuredValue:
    (x0, y0), (x1, y1) = points
    if description.ultrasound_regions:
        other = _ultrasound_axis(points, description)
        if other is not None:
            return other
    scale, source = _scale(points, description)
    if scale is None:
        return MeasuredValue(
            math.hypot(x1 - x0, (y1 - y0) * description.pixel_aspect), "px", CalibrationSource.NONE
        )
    return MeasuredValue(math.hypot((x1 - x0) * scale[1], (y1 - y0) * scale[0]), "mm", source)


def _ultrasound_axis(
    points: Sequence[Point], description: FrameDescription
) -> MeasuredValue | None:
    """Along one axis of a time or velocity region: seconds, or cm/s; None elsewhere."""
    region = _region_of(points, description)
    if region is None or region.units_x == region.units_y:
        return None
    (x0, y0), (x1, y1) = points
    across, down = abs(x1 - x0) * abs(region.delta_x), abs(y1 - y0) * abs(region.delta_y)
    source = CalibrationSource.ULTRASOUND_REGION
    horizontal = abs(x1 - x0) >= abs(y1 - y0)
    if horizontal and region.units_x == _SECOND:
        return MeasuredValue(across, "s", source)
    if not horizontal and region.units_y == _CM_PER_SECOND:
        return MeasuredValue(down, "cm/s", source)
    if not horizontal and region.units_y == _CENTIMETRE:
        return MeasuredValue(down * 10, "mm", source)
    return None


def _degrees(points: Sequence[Point], dx: float, dy: float) -> float:
    (x0, y0), (x1, y1), (x2, y2) = points
    first = ((x0 - x1) * dx, (y0 - y1) * dy)
    second = ((x2 - x1) * dx, (y2 - y1) * dy)
    if math.hypot(*first) == 0 or math.hypot(*second) == 0:
        raise MeasurementRefused("An arm of the angle has no length.")
    crossed = first[0] * second[1] - first[1] * second[0]
    return math.degrees(math.atan2(abs(crossed), first[0] * second[0] + first[1] * second[1]))


def _angle(points: Sequence[Point], description: FrameDescription) -> MeasuredValue:
    scale, source = _scale(points, description)
    dy, dx = scale if scale is not None else (description.pixel_aspect, 1.0)
    return MeasuredValue(_degrees(points, dx, dy), "deg", source)
