"""Lengths, angles, ratios and what ultrasound regions give (display rules, §6, §7)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import Point
from workstation.domain.image import CalibrationSource, FrameDescription, UltrasoundRegion
from workstation.domain.measurement import Detail, MeasuredValue, MeasurementKind
from workstation.domain.shapes import foot, path_length
from workstation.imaging.scales import (
    CENTIMETRE,
    UNITS,
    Scale,
    physical_value,
    region_of,
    scale_at,
)

#: View Position (0018,5101) of lateral and oblique radiographs (PS3.3 C.8.11.5.1.1).
_NOT_FRONTAL = frozenset({"LL", "RL", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO"})
_NO_CHEST = {"US", "IVUS", "MG", "IO", "PX", "NM", "PT", "OP", "SM", "ECG"}


def _value(points: Sequence[Point], scale: Scale, value: float) -> MeasuredValue:
    return MeasuredValue(value, scale.unit, scale.source, calibration_detail=scale.detail)


def _path(points: Sequence[Point], scale: Scale) -> MeasuredValue:
    return _value(points, scale, path_length(points, scale.dy, scale.dx))


def _vector(a: Point, b: Point, scale: Scale) -> tuple[float, float]:
    return ((b[0] - a[0]) * scale.dx, (b[1] - a[1]) * scale.dy)


def _between(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Degrees from 0 to 180 between two directions."""
    crossed = first[0] * second[1] - first[1] * second[0]
    return math.degrees(math.atan2(abs(crossed), first[0] * second[0] + first[1] * second[1]))


def _degrees(value: float, scale: Scale, *details: Detail) -> MeasuredValue:
    # Who set the scale does not matter: an angle depends on the shape of the pixels alone.
    return MeasuredValue(value, "deg", scale.source, details=details)


def _angle(points: Sequence[Point], scale: Scale) -> MeasuredValue:
    start, vertex, end = points
    first, second = _vector(vertex, start, scale), _vector(vertex, end, scale)
    if math.hypot(*first) == 0 or math.hypot(*second) == 0:
        raise MeasurementRefused("An arm of the angle has no length.")
    return _degrees(_between(first, second), scale)


def _cobb(points: Sequence[Point], scale: Scale) -> MeasuredValue:
    """The smaller angle between the lines: the way in which they were drawn does not count.

    The other angle is told too, since a curve above 90 degrees is that one.
    """
    a, b, c, d = points
    found = _between(_vector(a, b, scale), _vector(c, d, scale))
    small = min(found, 180.0 - found)
    return _degrees(small, scale, Detail("other angle", 180.0 - small, "deg"))


def _bidirectional(points: Sequence[Point], scale: Scale) -> MeasuredValue:
    axes = (
        path_length(points[:2], scale.dy, scale.dx),
        path_length(points[2:], scale.dy, scale.dx),
    )
    return MeasuredValue(
        max(axes),
        scale.unit,
        scale.source,
        details=(Detail("short axis", min(axes), scale.unit),),
        calibration_detail=scale.detail,
    )


def _centre_line(points: Sequence[Point], scale: Scale) -> MeasuredValue:
    a, b, point = points
    return _value(
        points,
        scale,
        path_length((point, foot(point, a, b, scale.aspect)), scale.dy, scale.dx),
    )


def _cardiothoracic(points: Sequence[Point], scale: Scale) -> MeasuredValue:
    """Greatest width of the heart over the greatest inner width of the thorax (Danzer 1919)."""
    thorax = path_length(points[:2], scale.dy, scale.dx)
    heart = path_length(points[2:], scale.dy, scale.dx)
    return MeasuredValue(
        heart / thorax,
        "1",
        scale.source,
        details=(Detail("heart", heart, scale.unit), Detail("thorax", thorax, scale.unit)),
        calibration_detail=scale.detail,
    )


_CALIPERS: dict[MeasurementKind, Callable[[Sequence[Point], Scale], MeasuredValue]] = {
    MeasurementKind.LENGTH: _path,
    MeasurementKind.POLYLINE: _path,
    MeasurementKind.ANGLE: _angle,
    MeasurementKind.COBB: _cobb,
    MeasurementKind.BIDIRECTIONAL: _bidirectional,
    MeasurementKind.CENTRE_LINE: _centre_line,
    MeasurementKind.CARDIOTHORACIC: _cardiothoracic,
}
#: Kinds that need no pixel values.
CALIPER_KINDS = frozenset(_CALIPERS)


def caliper(kind: MeasurementKind, points: Sequence[Point], scale: Scale) -> MeasuredValue:
    """A length, angle or ratio on a scale; the points are known to make its shape."""
    return _CALIPERS[kind](points, scale)


def caliper_on_frame(
    kind: MeasurementKind, points: Sequence[Point], description: FrameDescription
) -> MeasuredValue:
    """The same on a source frame: an ultrasound region may measure time or velocity."""
    if kind is MeasurementKind.LENGTH and description.ultrasound_regions:
        other = _ultrasound_axes(points, description)
        if other is not None:
            return other
    note = ""
    if kind is MeasurementKind.CARDIOTHORACIC:
        note = _frontal(description)
    found = caliper(kind, points, scale_at(points, description))
    if not note:
        return found
    return MeasuredValue(
        found.value,
        found.unit,
        found.calibration,
        note=note,
        details=found.details,
        calibration_detail=found.calibration_detail,
    )


def _frontal(description: FrameDescription) -> str:
    """What to know of the ratio on this image; refused where it is no frontal chest."""
    view = description.view_position.upper()
    lateral = view in _NOT_FRONTAL or view.startswith("LAT")
    if description.modality in _NO_CHEST or lateral:
        what = f"view {view}" if view else description.modality
        raise MeasurementRefused(
            f"A cardiothoracic ratio is measured on a frontal chest image, not on {what}."
        )
    return "AP view: the heart looks larger than on PA." if view == "AP" else ""


def _ultrasound_axes(
    points: Sequence[Point], description: FrameDescription
) -> MeasuredValue | None:
    """In a time or velocity region: the longer side of the line as value, both as details.

    None where the region measures a distance, or nothing that we know.
    """
    region = region_of(points, description)
    if region is None or region.units_x == region.units_y:
        return None
    (x0, y0), (x1, y1) = points
    across, down = abs(x1 - x0), abs(y1 - y0)
    horizontal = across >= down
    details = []
    value: tuple[float, str] | None = None
    for pixels, delta, units, chosen in (
        (across, region.delta_x, region.units_x, horizontal),
        (down, region.delta_y, region.units_y, not horizontal),
    ):
        if units not in UNITS or delta == 0:
            continue
        size = pixels * abs(delta) * (10.0 if units == CENTIMETRE else 1.0)
        details.append(Detail(_NAMES[UNITS[units]], size, UNITS[units]))
        if chosen:
            value = (size, UNITS[units])
    if value is None:
        return None
    return MeasuredValue(*value, CalibrationSource.ULTRASOUND_REGION, details=tuple(details))


_NAMES = {"s": "Δt", "cm/s": "Δv", "mm": "Δd", "Hz": "Δf"}
_AT = {"s": "time", "cm/s": "velocity", "Hz": "frequency"}


def probe_details(point: Point, description: FrameDescription) -> tuple[Detail, ...]:
    """Time and velocity at a point of an ultrasound region; none elsewhere."""
    region: UltrasoundRegion | None = region_of([point], description)
    if region is None or region.units_x == region.units_y:
        return ()
    held = physical_value(region, point)
    return tuple(
        Detail(_AT[UNITS[units]], value, UNITS[units])
        for value, units in zip(held, (region.units_x, region.units_y), strict=True)
        if value is not None and UNITS[units] in _AT
    )
