"""`nocturne measure PATH`: one measurement on one frame."""

from __future__ import annotations

import argparse
from pathlib import Path

from workstation.cli.arguments import Numbers, add_suv, numbers, pairs, positive
from workstation.domain.measurement import POINTS, MeasuredValue, MeasurementKind, RoiStatistics
from workstation.domain.measurement_kind import OPEN_ENDED

HELP = "measure a length, an angle, a ratio, a region or a pixel on an image"

_TWO_LINES = "x0,y0,x1,y1,x2,y2,x3,y3"
_NUMBERS = {
    MeasurementKind.PROBE: "x,y",
    MeasurementKind.LENGTH: "x0,y0,x1,y1",
    MeasurementKind.POLYLINE: "x0,y0,x1,y1,…",
    MeasurementKind.ANGLE: "x0,y0,x1,y1,x2,y2",
    MeasurementKind.COBB: _TWO_LINES,
    MeasurementKind.BIDIRECTIONAL: _TWO_LINES,
    MeasurementKind.CENTRE_LINE: "x0,y0,x1,y1,x,y",
    MeasurementKind.CARDIOTHORACIC: _TWO_LINES,
    MeasurementKind.ELLIPSE: "x0,y0,x1,y1",
    MeasurementKind.ROTATED_ELLIPSE: "x0,y0,x1,y1,x2,y2",
    MeasurementKind.RECTANGLE: "x0,y0,x1,y1",
    MeasurementKind.POLYGON: "x0,y0,x1,y1,…",
    MeasurementKind.FREEHAND: "x0,y0,x1,y1,…",
}
_MEANS = {
    MeasurementKind.PROBE: "the pixel there",
    MeasurementKind.LENGTH: "a line",
    MeasurementKind.POLYLINE: "the length of a line through two or more points",
    MeasurementKind.ANGLE: "three points, the vertex in the middle",
    MeasurementKind.COBB: "the smaller angle between two lines",
    MeasurementKind.BIDIRECTIONAL: "long axis, then the axis that is made square to it",
    MeasurementKind.CENTRE_LINE: "the distance of the third point from the line of the others",
    MeasurementKind.CARDIOTHORACIC: "thorax, then heart, which is made parallel to it",
    MeasurementKind.ELLIPSE: "statistics of an ellipse, by its box",
    MeasurementKind.ROTATED_ELLIPSE: "the ends of one axis, and how far the other reaches",
    MeasurementKind.RECTANGLE: "statistics of a rectangle",
    MeasurementKind.POLYGON: "statistics of a polygon",
    MeasurementKind.FREEHAND: "statistics of an outline drawn by hand",
}


def _numbers_of(kind: MeasurementKind) -> object:
    if kind not in OPEN_ENDED:
        return Numbers(2 * POINTS[kind])

    def several(text: str) -> tuple[float, ...]:
        found = numbers(text)
        if len(found) < 2 * POINTS[kind] or len(found) % 2:
            raise argparse.ArgumentTypeError(f"a {kind} has {POINTS[kind]} or more points x,y")
        return found

    return several


def _argument(kind: MeasurementKind) -> str:
    return kind.value.replace("-", "_")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PATH, the frame, and what is measured."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a DICOM file, or a series' folder")
    parser.add_argument("--frame", type=positive, help="counts from 1")
    add_suv(parser)
    kinds = parser.add_mutually_exclusive_group(required=True)
    for kind, metavar in _NUMBERS.items():
        kinds.add_argument(
            f"--{kind.value}",
            type=_numbers_of(kind),  # type: ignore[arg-type]
            metavar=metavar,
            help=_MEANS[kind],
        )


def _statistics(held: RoiStatistics | None) -> dict[str, object] | None:
    if held is None:
        return None
    return {
        "n": held.n,
        "mean": held.mean,
        "sd": held.sd,
        "min": held.minimum,
        "max": held.maximum,
        "median": held.median,
        "area_mm2": held.area_mm2,
        "excluded_padding": held.excluded_padding,
        "unit": held.unit,
    }


def _document(
    kind: MeasurementKind, points: tuple[tuple[float, float], ...], result: MeasuredValue
) -> dict[str, object]:
    return {
        "kind": kind.value,
        "value": result.value,
        "unit": result.unit,
        "calibration": result.calibration.value,
        "points": [list(point) for point in points],
        "interpolated": result.interpolated,
        "statistics": _statistics(result.statistics),
        "counted_area_mm2": result.statistics.counted_area_mm2 if result.statistics else None,
        "note": result.note or None,
        "details": [
            {"name": each.name, "value": each.value, "unit": each.unit} for each in result.details
        ],
        "calibration_detail": result.calibration_detail or None,
    }


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Measure on the source frame."""
    from workstation.cli import images
    from workstation.domain.shapes import squared
    from workstation.domain.wording import detail_text, quantity
    from workstation.imaging.calipers import CALIPER_KINDS
    from workstation.imaging.scales import aspect_of
    from workstation.imaging.statistics import measure, measure_line

    kind = next(kind for kind in _NUMBERS if getattr(arguments, _argument(kind)) is not None)
    held = images.load(arguments.path)
    index = held.number(arguments.frame)
    scale = images.suv_of(held, arguments.suv)
    frame = held.scaled(scale).frames[index]
    points = squared(kind, pairs(getattr(arguments, _argument(kind))), aspect_of(frame))
    if kind in CALIPER_KINDS:
        result = measure_line(kind, points, frame)
    else:
        result = measure(kind, points, held.stored(index), frame)
    document = _document(kind, points, result)
    if scale is not None:
        document["suv"] = scale.kind.value
    words = [quantity(result.value, result.unit), f"({result.calibration.value})"]
    words.append(detail_text(result))
    return document, " ".join(part for part in words if part)
