"""The kinds of measurements and the points that each is made of."""

from __future__ import annotations

from enum import StrEnum


class MeasurementKind(StrEnum):
    """The tools; the number of points each is made of stands in `POINTS`."""

    PROBE = "probe"
    LENGTH = "length"
    POLYLINE = "polyline"
    ANGLE = "angle"
    COBB = "cobb"
    BIDIRECTIONAL = "bidirectional"
    CENTRE_LINE = "centre-line"
    CARDIOTHORACIC = "cardiothoracic"
    ELLIPSE = "ellipse"
    ROTATED_ELLIPSE = "rotated-ellipse"
    RECTANGLE = "rectangle"
    POLYGON = "polygon"
    FREEHAND = "freehand"


#: Points of each kind; those of `OPEN_ENDED` have so many or more. The vertex of an angle is in the
#: middle; ellipse and rectangle are given by two opposite corners of their box. A Cobb angle has
#: two lines, a bidirectional its long axis and then the one at right angles, a cardiothoracic
#: ratio the line of the thorax and then that of the heart. A centre-line distance is that of the
#: third point from the line through the first two. A rotated ellipse is given by the ends of one
#: axis and one end of the other.
POINTS = {
    MeasurementKind.PROBE: 1,
    MeasurementKind.LENGTH: 2,
    MeasurementKind.POLYLINE: 2,
    MeasurementKind.ANGLE: 3,
    MeasurementKind.COBB: 4,
    MeasurementKind.BIDIRECTIONAL: 4,
    MeasurementKind.CENTRE_LINE: 3,
    MeasurementKind.CARDIOTHORACIC: 4,
    MeasurementKind.ELLIPSE: 2,
    MeasurementKind.ROTATED_ELLIPSE: 3,
    MeasurementKind.RECTANGLE: 2,
    MeasurementKind.POLYGON: 3,
    MeasurementKind.FREEHAND: 3,
}
OPEN_ENDED = frozenset(
    {MeasurementKind.POLYLINE, MeasurementKind.POLYGON, MeasurementKind.FREEHAND}
)
#: Kinds that enclose pixels and have statistics.
REGION_KINDS = frozenset(
    {
        MeasurementKind.ELLIPSE,
        MeasurementKind.ROTATED_ELLIPSE,
        MeasurementKind.RECTANGLE,
        MeasurementKind.POLYGON,
        MeasurementKind.FREEHAND,
    }
)
