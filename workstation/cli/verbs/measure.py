"""`nocturne measure PATH`: one measurement on one frame."""

from __future__ import annotations

import argparse
from pathlib import Path

from workstation.cli.arguments import Numbers, add_suv, numbers, pairs, positive
from workstation.domain.measurement import POINTS, MeasuredValue, MeasurementKind, RoiStatistics

HELP = "measure a length, an angle, a region or a pixel on an image"

_NUMBERS = {
    MeasurementKind.PROBE: "x,y",
    MeasurementKind.LENGTH: "x0,y0,x1,y1",
    MeasurementKind.ANGLE: "x0,y0,x1,y1,x2,y2",
    MeasurementKind.ELLIPSE: "x0,y0,x1,y1",
    MeasurementKind.RECTANGLE: "x0,y0,x1,y1",
    MeasurementKind.POLYGON: "x0,y0,x1,y1,…",
}


def _numbers_of(kind: MeasurementKind) -> object:
    if kind is not MeasurementKind.POLYGON:
        return Numbers(2 * POINTS[kind])

    def several(text: str) -> tuple[float, ...]:
        found = numbers(text)
        if len(found) < 6 or len(found) % 2:
            raise argparse.ArgumentTypeError("a polygon has three or more points x,y")
        return found

    return several


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """PATH, the frame, and what is measured."""
    parser.add_argument("path", type=Path, metavar="PATH", help="a DICOM file, or a series' folder")
    parser.add_argument("--frame", type=positive, help="counts from 1")
    add_suv(parser)
    kinds = parser.add_mutually_exclusive_group(required=True)
    for kind, metavar in _NUMBERS.items():
        kinds.add_argument(f"--{kind.value}", type=_numbers_of(kind), metavar=metavar)  # type: ignore[arg-type]


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
        "note": result.note or None,
    }


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Measure on the source frame."""
    from workstation.cli import images
    from workstation.domain.wording import quantity
    from workstation.imaging.statistics import measure

    kind = next(kind for kind in _NUMBERS if getattr(arguments, kind.value) is not None)
    points = pairs(getattr(arguments, kind.value))
    held = images.load(arguments.path)
    index = held.number(arguments.frame)
    scale = images.suv_of(held, arguments.suv)
    result = measure(kind, points, held.stored(index), held.scaled(scale).frames[index])
    document = _document(kind, points, result)
    if scale is not None:
        document["suv"] = scale.kind.value
    return document, f"{quantity(result.value, result.unit)} ({result.calibration.value})"
