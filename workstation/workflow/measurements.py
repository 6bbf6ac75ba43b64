"""One measurement as it is made: on a frame, or on a plane that was cut through a volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import PlaneGeometry, Point
from workstation.domain.image import FrameDescription
from workstation.domain.measurement import REGION_KINDS, Measurement, MeasurementKind
from workstation.domain.shapes import squared
from workstation.domain.study import DisplaySet
from workstation.domain.view import SlabMode
from workstation.imaging.planes import nearest_slice
from workstation.imaging.scales import aspect_of, scale_of_plane
from workstation.imaging.statistics import inside, measure, measure_plane
from workstation.workflow.blending import Laid
from workstation.workflow.layer_values import layer_value

NOT_HERE = MeasurementRefused(
    "This image has not arrived yet.",
    means="A value measured now would not be true.",
    remedy="Measure when it is here.",
)


def frame_label(shown: DisplaySet, index: int) -> str:
    """`S3/173`: series number and the number of the image in its display set, from 1."""
    number = "S?" if shown.series_number is None else f"S{shown.series_number}"
    return f"{number}/{index + 1}" if len(shown.frames) > 1 else number


def on_frame(
    kind: MeasurementKind,
    shown: DisplaySet,
    index: int,
    frame: FrameDescription,
    stored: NDArray[Any],
    points: Sequence[Point],
    laid: Laid | None,
    identifier: str,
    number: int,
) -> Measurement:
    """On the stored values of a frame, which is that of `index` with its scale; points are
    (column, row), `laid` is what lies over it."""
    plane, aspect = frame.plane, aspect_of(frame)
    points = squared(kind, points, aspect)
    result = measure(kind, points, stored, frame)
    return Measurement(
        identifier=identifier,
        number=number,
        kind=kind,
        display_set=shown.identifier,
        series_instance_uid=shown.series_instance_uid,
        frame=frame.key,
        frame_label=frame_label(shown, index),
        points=tuple(points),
        result=replace(result, layer=layer_value(kind, points, laid, shown, plane)),
        positions=() if plane is None else tuple(plane.to_patient(each) for each in points),
        pixel_aspect=aspect,
    )


def on_plane(
    kind: MeasurementKind,
    shown: DisplaySet,
    plane: PlaneGeometry,
    values: NDArray[np.float32],
    points: Sequence[Point],
    slab: tuple[float, SlabMode],
    laid: Laid | None,
    complete: bool,
    identifier: str,
    number: int,
) -> Measurement:
    """On a plane that was cut to `values`; its frame is the nearest acquired one. Where slices are
    lacking, `complete` is False, and what touches them is refused. `slab` is how thick it was cut,
    in mm, and what its samples became."""
    geometry = shown.volume
    if geometry is None:
        raise MeasurementRefused("The series forms no volume.")
    if not complete and _touches_absent(kind, values, points):
        raise NOT_HERE
    unit = shown.frames[0].modality_transform.unit
    aspect = scale_of_plane(plane).aspect
    points = squared(kind, points, aspect)
    result = measure_plane(kind, points, values, plane, unit)
    result = replace(result, slab_mm=slab[0], slab_mode=slab[1])
    positions = tuple(plane.to_patient(each) for each in points)
    nearest = nearest_slice(geometry, positions[0])
    return Measurement(
        identifier=identifier,
        number=number,
        kind=kind,
        display_set=shown.identifier,
        series_instance_uid=shown.series_instance_uid,
        frame=shown.frames[nearest].key,
        frame_label=frame_label(shown, nearest),
        points=tuple(points),
        result=replace(result, layer=layer_value(kind, points, laid, shown, plane)),
        positions=positions,
        plane=plane,
        pixel_aspect=aspect,
    )


def _touches_absent(
    kind: MeasurementKind, values: NDArray[np.float32], points: Sequence[Point]
) -> bool:
    """Whether a point, or a pixel of the region, lies where no value is."""
    absent = np.isnan(values)
    if kind in REGION_KINDS:
        return bool((absent & inside(kind, points, values.shape)).any())
    rows, columns = values.shape
    for column, row in points:
        x, y = round(column), round(row)
        if not (0 <= x < columns and 0 <= y < rows) or absent[y, x]:
            return True
    return False
