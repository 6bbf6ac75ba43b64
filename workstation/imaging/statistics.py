"""Probes and regions: what is counted and what it says (display rules, §5, §11)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import PlaneGeometry, Point
from workstation.domain.image import CalibrationSource, FrameDescription
from workstation.domain.measurement import (
    REGION_KINDS,
    MeasuredValue,
    MeasurementKind,
    RoiStatistics,
)
from workstation.domain.shapes import area, crosses_itself, ellipse_frame, outline, problem
from workstation.imaging.calipers import (
    CALIPER_KINDS,
    caliper,
    caliper_on_frame,
    probe_details,
)
from workstation.imaging.modality import modality_values, padding_mask
from workstation.imaging.scales import Scale, aspect_of, scale_at, scale_of_plane

_K = MeasurementKind


def check_points(kind: MeasurementKind, points: Sequence[Point], aspect: float = 1.0) -> None:
    """MeasurementRefused unless the points make the shape of the kind."""
    wrong = problem(kind, points, aspect)
    if wrong:
        raise MeasurementRefused(wrong)


def measure(
    kind: MeasurementKind,
    points: Sequence[Point],
    stored: NDArray[Any],
    description: FrameDescription,
) -> MeasuredValue:
    """Measure on one source frame; points are (column, row).

    Region statistics are of the modality values of the pixels whose centre lies inside or on the
    curve, without interpolation; padding is left out and counted. SD divides by n. A region of a
    colour image has an area and no statistics.
    """
    if kind in CALIPER_KINDS:
        return measure_line(kind, points, description)
    check_points(kind, points, aspect_of(description))
    scale = scale_at(points, description)
    if stored.ndim != 2 or description.palette is not None:
        return _on_colour(kind, points, description, scale, stored.shape)
    values = modality_values(stored, description)
    unit = description.modality_transform.unit
    padded = padding_mask(stored, description)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        # What is no number is no image either.
        padded = ~np.isfinite(values) if padded is None else padded | ~np.isfinite(values)
    if kind is _K.PROBE:
        value = _pixel(points[0], values, padded)
        return MeasuredValue(
            value,
            unit,
            scale.source,
            details=probe_details(points[0], description),
            calibration_detail=scale.detail,
        )
    return _region(kind, points, values, padded, unit, scale)


def measure_line(
    kind: MeasurementKind, points: Sequence[Point], description: FrameDescription
) -> MeasuredValue:
    """A length, angle or ratio on a source frame: it needs no pixel values."""
    check_points(kind, points, aspect_of(description))
    return caliper_on_frame(kind, points, description)


def measure_plane(
    kind: MeasurementKind,
    points: Sequence[Point],
    values: NDArray[np.float32],
    plane: PlaneGeometry,
    unit: str,
) -> MeasuredValue:
    """Measure on a resliced plane at its own grid: values are interpolated, and marked so."""
    scale = scale_of_plane(plane)
    check_points(kind, points, scale.aspect)
    if kind in CALIPER_KINDS:
        return replace(caliper(kind, points, scale), interpolated=True)
    void = np.isnan(values)
    if kind is _K.PROBE:
        value = _pixel(points[0], values, void, "There is no image at that point.")
        return MeasuredValue(value, unit, scale.source, interpolated=True)
    return replace(_region(kind, points, values, void, unit, scale), interpolated=True)


def rescaled(
    kind: MeasurementKind,
    points: Sequence[Point],
    held: MeasuredValue,
    description: FrameDescription,
) -> MeasuredValue:
    """The value after the scale of its frame changed: pixel values stay as they were measured."""
    if kind in CALIPER_KINDS:
        return measure_line(kind, points, description)
    scale = scale_at(points, description)
    now = replace(held, calibration=scale.source, calibration_detail=scale.detail)
    statistics = held.statistics
    if statistics is not None:
        return replace(now, statistics=_with_areas(statistics, scale))
    if kind in REGION_KINDS:
        value, unit = region_area(kind, points, scale)
        return replace(now, value=value, unit=unit)
    return now


def inside(
    kind: MeasurementKind, points: Sequence[Point], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Pixels (rows, columns) whose centre lies inside or on the curve."""
    rows, columns = shape[:2]
    mask = np.zeros((rows, columns), bool)
    frame = ellipse_frame(kind, points)
    if frame is not None:
        (cx, cy), (ux, uy), (vx, vy) = frame
        wide, high = math.hypot(ux, vx), math.hypot(uy, vy)
        xs, ys = [cx - wide, cx + wide], [cy - high, cy + high]
    else:
        xs, ys = [x for x, _ in points], [y for _, y in points]
    left, right = max(0, math.ceil(min(xs) - 1e-9)), min(columns - 1, math.floor(max(xs) + 1e-9))
    top, bottom = max(0, math.ceil(min(ys) - 1e-9)), min(rows - 1, math.floor(max(ys) + 1e-9))
    if right < left or bottom < top:
        return mask
    window = (slice(top, bottom + 1), slice(left, right + 1))
    if kind is _K.RECTANGLE:
        mask[window] = True
        return mask
    x = np.arange(left, right + 1, dtype=np.float64)
    if frame is None:
        mask[window] = _in_polygon(x, top, bottom, points)
        return mask
    y = np.arange(top, bottom + 1, dtype=np.float64)[:, None]
    # In the frame of the ellipse: centre + s·u + t·v, inside where s² + t² is at most 1.
    turned = ux * vy - uy * vx
    if turned != 0:
        s = ((x - cx) * vy - (y - cy) * vx) / turned
        t = (ux * (y - cy) - uy * (x - cx)) / turned
        mask[window] = s * s + t * t <= 1 + 1e-9
    return mask


def _in_polygon(
    x: NDArray[np.float64], top: int, bottom: int, points: Sequence[Point]
) -> NDArray[np.bool_]:
    """Even-odd rule, with the points on an edge counted as inside; rows `top` to `bottom`."""
    odd = np.zeros((bottom - top + 1, x.size), bool)
    edge = np.zeros(odd.shape, bool)
    for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True):
        # Only the rows that the side spans.
        first = max(top, math.ceil(min(y0, y1) - 1e-9))
        last = min(bottom, math.floor(max(y0, y1) + 1e-9))
        if last < first:
            continue
        part = slice(first - top, last - top + 1)
        y = np.arange(first, last + 1, dtype=np.float64)[:, None]
        cross = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
        between = (x >= min(x0, x1) - 1e-9) & (x <= max(x0, x1) + 1e-9)
        length = math.hypot(x1 - x0, y1 - y0)
        edge[part] |= (np.abs(cross) <= 1e-9 * max(length, 1.0)) & between
        if y0 != y1:
            crosses = (y0 > y) != (y1 > y)
            at = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
            odd[part] ^= crosses & (x < at)
    return odd | edge


_OUTSIDE = "A part outside the image is left out."
_NEAREST = "Smaller than a pixel: the nearest one is taken."
_CROSSED = "The outline crosses itself: what it encloses twice is left out."


def _outside(point: Point, shape: tuple[int, ...]) -> bool:
    return not (-0.5 <= point[0] <= shape[1] - 0.5 and -0.5 <= point[1] <= shape[0] - 0.5)


def _notes(kind: MeasurementKind, points: Sequence[Point], shape: tuple[int, ...]) -> list[str]:
    """What is to be known of the curve itself."""
    notes = []
    if any(_outside(point, shape) for point in outline(kind, points)):
        notes.append(_OUTSIDE)
    if kind in (_K.POLYGON, _K.FREEHAND) and crosses_itself(points):
        notes.append(_CROSSED)
    return notes


def region_area(kind: MeasurementKind, points: Sequence[Point], scale: Scale) -> tuple[float, str]:
    """Geometric area of a region and its unit: mm2, or px2 where there is no scale."""
    pixels = area(kind, points)
    if scale.in_mm:
        return pixels * scale.dy * scale.dx, "mm2"
    return pixels, "px2"


def _with_areas(held: RoiStatistics, scale: Scale) -> RoiStatistics:
    pixel = scale.dy * scale.dx if scale.in_mm else None
    return replace(
        held,
        area_mm2=None if pixel is None else held.area_px * pixel,
        counted_area_mm2=None if pixel is None else held.n * pixel,
    )


def _on_colour(
    kind: MeasurementKind,
    points: Sequence[Point],
    description: FrameDescription,
    scale: Scale,
    shape: tuple[int, ...],
) -> MeasuredValue:
    """Colours are no values (display rules, §11): a region has its area, a point of a Doppler
    region its velocity or time."""
    if kind is _K.PROBE:
        details = probe_details(points[0], description)
        if not details:
            raise MeasurementRefused(
                "A colour image has no values to measure.",
                remedy="Lengths, angles and areas can be measured.",
            )
        last = details[-1]
        source = CalibrationSource.ULTRASOUND_REGION
        return MeasuredValue(last.value, last.unit, source, details=details)
    value, unit = region_area(kind, points, scale)
    notes = " ".join(_notes(kind, points, shape))
    return MeasuredValue(value, unit, scale.source, note=notes, calibration_detail=scale.detail)


def _pixel(
    point: Point,
    values: NDArray[Any],
    void: NDArray[np.bool_] | None,
    empty: str = "There is no image at that point, only padding.",
) -> float:
    column, row = round(point[0]), round(point[1])
    if not (0 <= row < values.shape[0] and 0 <= column < values.shape[1]):
        raise MeasurementRefused("The point lies outside the image.")
    if void is not None and void[row, column]:
        raise MeasurementRefused(empty)
    return float(values[row, column])


def _region(
    kind: MeasurementKind,
    points: Sequence[Point],
    values: NDArray[Any],
    void: NDArray[np.bool_] | None,
    unit: str,
    scale: Scale,
) -> MeasuredValue:
    mask = inside(kind, points, values.shape)
    excluded = 0
    if void is not None:
        excluded = int(np.count_nonzero(mask & void))
        mask = mask & ~void
    held = values[mask]
    notes = _notes(kind, points, values.shape)
    if held.size == 0:
        if excluded:
            raise MeasurementRefused("The region holds no image, only padding.")
        # No centre lies in it: the nearest pixel, and that is said.
        curve = outline(kind, points)[:-1]
        middle = (
            sum(x for x, _ in curve) / len(curve),
            sum(y for _, y in curve) / len(curve),
        )
        if _outside(middle, values.shape):
            raise MeasurementRefused("The region lies outside the image.")
        held = np.asarray([_pixel(middle, values, void)])
        notes.append(_NEAREST)
    exact = held.astype(np.float64)
    statistics = RoiStatistics(
        n=int(exact.size),
        mean=float(exact.mean()),
        sd=float(exact.std()),
        minimum=float(exact.min()),
        maximum=float(exact.max()),
        median=float(np.median(exact)),
        area_mm2=None,
        excluded_padding=excluded,
        unit=unit,
        area_px=area(kind, points),
    )
    return MeasuredValue(
        statistics.mean,
        unit,
        scale.source,
        statistics=_with_areas(statistics, scale),
        note=" ".join(notes),
        calibration_detail=scale.detail,
    )
