"""What a probe or region on a fused picture reads of the volume that lies over it.

The values are those that the layer is cut to on the grid of the picture, so that what is read is
what is seen; they are never taken for values of the picture below.
"""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.errors import MeasurementRefused
from workstation.domain.geometry import PlaneGeometry, Point
from workstation.domain.image import FrameKey
from workstation.domain.measurement import (
    REGION_KINDS,
    LayerValue,
    MeasurementKind,
    SeriesName,
)
from workstation.domain.registration import Affine
from workstation.domain.study import DisplaySet
from workstation.imaging.planes import nearest_slice
from workstation.imaging.statistics import measure_plane
from workstation.workflow.blending import Laid

_NOT_HERE = "It had not arrived when this was measured."


def series_name(shown: DisplaySet) -> SeriesName:
    """The series of a display set, as values of it are named."""
    return SeriesName(shown.modality, shown.series_number, shown.description)


def layer_value(
    kind: MeasurementKind,
    points: Sequence[Point],
    laid: Laid | None,
    below: DisplaySet,
    plane: PlaneGeometry | None,
) -> LayerValue | None:
    """What a shape on a picture holds of the volume over it; None where nothing lies over it, and
    for lengths and angles. `points` are (column, row) on `plane`, that of the picture."""
    if laid is None or laid.over is None or plane is None:
        return None
    if kind is not MeasurementKind.PROBE and kind not in REGION_KINDS:
        return None
    over = laid.over
    series, under, uid = series_name(over), series_name(below), over.series_instance_uid
    if laid.values is None:
        return LayerValue(series, under, uid, why_none=_NOT_HERE)
    unit = over.frames[0].modality_transform.unit
    try:
        read = measure_plane(kind, points, laid.values, plane, unit)
    except MeasurementRefused as error:
        return LayerValue(series, under, uid, why_none=error.happened)
    return LayerValue(
        series,
        under,
        uid,
        read.value,
        unit,
        read.statistics,
        interpolated=laid.interpolated,
        registered=laid.registered,
        note=over.suv_refused,
        frame=_source(points, plane, over, laid.way),
    )


def _source(
    points: Sequence[Point], plane: PlaneGeometry, over: DisplaySet, way: Affine | None
) -> FrameKey | None:
    """The acquired frame nearest to the middle of a shape, as a measurement on a plane names one of
    its own volume; None of what is no volume."""
    if over.volume is None:
        return None
    column, row = (sum(each) / len(points) for each in zip(*points, strict=True))
    middle = plane.to_patient((column, row))
    there = middle if way is None else way.point(middle)
    return over.frames[nearest_slice(over.volume, there)].key
