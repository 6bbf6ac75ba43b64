"""The shapes that measurements draw, in image coordinates (column, row).

Pixels need not be square: right angles, feet and lengths are meant in the plane of the patient or
the detector, so every function is told `aspect`, the height of a pixel over its width.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from workstation.domain.geometry import Point
from workstation.domain.measurement_kind import OPEN_ENDED, POINTS, MeasurementKind

_K = MeasurementKind
#: Cosine of a right angle may miss 0 by this much: rounding of stored points, no more.
_SQUARE = 1e-6
#: Points of a drawn ellipse.
_STEPS = 72


def _true(point: Point, aspect: float) -> Point:
    return (point[0], point[1] * aspect)


def _stored(point: Point, aspect: float) -> Point:
    return (point[0], point[1] / aspect)


def _axes(a: Point, b: Point) -> tuple[Point, Point, float]:
    """(unit vector from a to b, the one at right angles, length) in true shape."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    if length == 0:
        return (1.0, 0.0), (0.0, 1.0), 0.0
    return (dx / length, dy / length), (-dy / length, dx / length), length


def _along(point: Point, origin: Point, axis: Point) -> float:
    return (point[0] - origin[0]) * axis[0] + (point[1] - origin[1]) * axis[1]


def _at(origin: Point, u: Point, v: Point, along: float, aside: float) -> Point:
    return (
        origin[0] + along * u[0] + aside * v[0],
        origin[1] + along * u[1] + aside * v[1],
    )


def _middle(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def moved(
    kind: MeasurementKind, points: Sequence[Point], index: int, to: Point, aspect: float = 1.0
) -> tuple[Point, ...]:
    """The points after one of them was taken to `to`, with the others following as the kind asks.

    The short axis of a bidirectional and the second axis of an ellipse stay at right angles to the
    first and turn with it; the heart line of a cardiothoracic ratio stays parallel to the thorax.
    """
    held = [*points[:index], to, *points[index + 1 :]]
    if kind not in (_K.BIDIRECTIONAL, _K.ROTATED_ELLIPSE, _K.CARDIOTHORACIC) or len(held) < 3:
        return tuple(held)
    before = [_true(each, aspect) for each in points]
    after = [_true(each, aspect) for each in held]
    old_u, old_v, old_length = _axes(before[0], before[1])
    u, v, length = _axes(after[0], after[1])
    start, old_start = _middle(after[0], after[1]), _middle(before[0], before[1])
    if index < 2:
        # The rest keeps its place in the frame of the first line.
        grown = length / old_length if kind is _K.BIDIRECTIONAL and old_length else 1.0
        rest = [
            _at(
                start,
                u,
                v,
                _along(each, old_start, old_u) * grown,
                _along(each, old_start, old_v),
            )
            for each in before[2:]
        ]
        after = [*after[:2], *rest]
    return tuple(_stored(each, aspect) for each in _squared(kind, after, index))


def _squared(kind: MeasurementKind, points: Sequence[Point], index: int) -> list[Point]:
    u, v, _ = _axes(points[0], points[1])
    start = _middle(points[0], points[1])
    own = points[index if index >= 2 else 2]
    if kind is _K.ROTATED_ELLIPSE:
        return [*points[:2], _at(start, u, v, 0.0, _along(own, start, v))]
    if kind is _K.BIDIRECTIONAL:
        along = _along(own, start, u)
        rest = [_at(start, u, v, along, _along(each, start, v)) for each in points[2:]]
    else:
        aside = _along(own, start, v)
        rest = [_at(start, u, v, _along(each, start, u), aside) for each in points[2:]]
    return [*points[:2], *rest]


def squared(
    kind: MeasurementKind, points: Sequence[Point], aspect: float = 1.0
) -> tuple[Point, ...]:
    """Points as they were drawn, with the right angles and parallels that the kind asks for.

    The third point decides, as the one that was placed first.
    """
    if kind not in (_K.BIDIRECTIONAL, _K.ROTATED_ELLIPSE, _K.CARDIOTHORACIC) or len(points) < 3:
        return tuple(points)
    true = [_true(each, aspect) for each in points]
    made = tuple(_stored(each, aspect) for each in _squared(kind, true, 2))
    # A point that was right stays to the bit.
    return tuple(
        old if math.dist(old, new) < 1e-9 else new for old, new in zip(points, made, strict=True)
    )


def problem(kind: MeasurementKind, points: Sequence[Point], aspect: float = 1.0) -> str:
    """Why the points make no such shape, as a sentence; empty where they do."""
    wanted = POINTS[kind]
    enough = len(points) >= wanted if kind in OPEN_ENDED else len(points) == wanted
    if not enough:
        more = " or more" if kind in OPEN_ENDED else ""
        return f"A {kind} needs {wanted}{more} points, not {len(points)}."
    if not all(math.isfinite(value) for point in points for value in point):
        return "A point of the measurement is not a number."
    true = [_true(each, aspect) for each in points]
    if kind is _K.POLYLINE and path_length(points) == 0:
        return "The line has no length."
    if kind in (_K.POLYGON, _K.FREEHAND) and _signed_area(points) == 0 == area(kind, points):
        return "The outline encloses nothing."
    if kind in (_K.CENTRE_LINE, _K.COBB, _K.BIDIRECTIONAL, _K.ROTATED_ELLIPSE, _K.CARDIOTHORACIC):
        u, v, length = _axes(true[0], true[1])
        if length == 0:
            return "The first line has no length."
        if kind in (_K.ROTATED_ELLIPSE, _K.BIDIRECTIONAL, _K.CARDIOTHORACIC):
            return _crooked(kind, true, u, v)
        if kind is _K.COBB and _axes(true[2], true[3])[2] == 0:
            return "The second line has no length."
    return ""


def _crooked(kind: MeasurementKind, true: Sequence[Point], u: Point, v: Point) -> str:
    start = _middle(true[0], true[1])
    if kind is _K.ROTATED_ELLIPSE:
        aside, off = _along(true[2], start, v), _along(true[2], start, u)
        if aside == 0:
            return "The ellipse encloses nothing."
        return "" if abs(off) <= _SQUARE * max(1.0, abs(aside)) else "The axes are not square."
    along, aside = _along(true[3], true[2], u), _along(true[3], true[2], v)
    if kind is _K.BIDIRECTIONAL:
        if aside == 0:
            return "The second axis has no length."
        return "" if abs(along) <= _SQUARE * max(1.0, abs(aside)) else "The axes are not square."
    if along == 0:
        return "The line of the heart has no length."
    if abs(along) > math.dist(true[0], true[1]):
        return "The heart is drawn wider than the thorax: draw the thorax first."
    return "" if abs(aside) <= _SQUARE * max(1.0, abs(along)) else "The lines are not parallel."


def path_length(points: Sequence[Point], dy: float = 1.0, dx: float = 1.0) -> float:
    """Length of the line through the points, with the steps of a row and of a column."""
    return sum(
        math.hypot((x1 - x0) * dx, (y1 - y0) * dy)
        for (x0, y0), (x1, y1) in itertools.pairwise(points)
    )


def foot(point: Point, a: Point, b: Point, aspect: float = 1.0) -> Point:
    """Where the perpendicular from a point meets the line through a and b."""
    a, b, point = _true(a, aspect), _true(b, aspect), _true(point, aspect)
    u, v, _ = _axes(a, b)
    return _stored(_at(a, u, v, _along(point, a, u), 0.0), aspect)


def ellipse_frame(
    kind: MeasurementKind, points: Sequence[Point]
) -> tuple[Point, Point, Point] | None:
    """(centre, semi-axis, other semi-axis) in pixels; None where the kind is no ellipse.

    Centre + u·cos t + v·sin t is the curve in any aspect: an affine map keeps ellipses.
    """
    if kind is _K.ELLIPSE and len(points) == 2:
        (x0, y0), (x1, y1) = points
        return ((x0 + x1) / 2, (y0 + y1) / 2), (abs(x1 - x0) / 2, 0.0), (0.0, abs(y1 - y0) / 2)
    if kind is _K.ROTATED_ELLIPSE and len(points) == 3:
        a, b, c = points
        centre = _middle(a, b)
        u = (b[0] - centre[0], b[1] - centre[1])
        return centre, u, (c[0] - centre[0], c[1] - centre[1])
    return None


def outline(kind: MeasurementKind, points: Sequence[Point]) -> tuple[Point, ...]:
    """The closed curve of a region, its first point repeated at the end."""
    frame = ellipse_frame(kind, points)
    if frame is not None:
        (cx, cy), (ux, uy), (vx, vy) = frame
        return tuple(
            (cx + ux * math.cos(t) + vx * math.sin(t), cy + uy * math.cos(t) + vy * math.sin(t))
            for t in (2 * math.pi * step / _STEPS for step in range(_STEPS + 1))
        )
    if kind is _K.RECTANGLE and len(points) == 2:
        (x0, y0), (x1, y1) = points
        return ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))
    return (*points, points[0])


def crosses_itself(points: Sequence[Point]) -> bool:
    """Whether an outline encloses some of its area twice, or the other way round.

    A line drawn by hand may overlap a little where it closes: below half a per cent of the area
    that is no crossing.
    """
    even_odd, plain = area(_K.POLYGON, points), _signed_area(points)
    return abs(even_odd - plain) > 0.005 * max(even_odd, plain)


def _signed_area(points: Sequence[Point]) -> float:
    """The shoelace formula, without its sign: what runs the other way is taken off."""
    sides = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in sides)) / 2


def _crossings(points: Sequence[Point]) -> list[float]:
    """Rows at which the sides of a polygon cross or touch one another, neighbours left out."""
    start = np.asarray(points, np.float64)
    step = np.roll(start, -1, axis=0) - start
    count = len(start)
    found: list[float] = []
    for i in range(count - 2):
        # The last side is a neighbour of the first.
        others = slice(i + 2, count - 1 if i == 0 else count)
        away, along = start[others] - start[i], step[others]
        turned = step[i, 0] * along[:, 1] - step[i, 1] * along[:, 0]
        crossing = turned != 0
        if not crossing.any():
            continue
        away, along, turned = away[crossing], along[crossing], turned[crossing]
        s = (away[:, 0] * along[:, 1] - away[:, 1] * along[:, 0]) / turned
        t = (away[:, 0] * step[i, 1] - away[:, 1] * step[i, 0]) / turned
        here = s[(s >= 0) & (s <= 1) & (t >= 0) & (t <= 1)]
        found += [float(start[i, 1] + each * step[i, 1]) for each in here]
    return found


def area(kind: MeasurementKind, points: Sequence[Point]) -> float:
    """Geometric area in pixels, of the curve and not of counted pixels.

    An outline that crosses itself encloses what the even-odd rule says, as the statistics do.
    """
    frame = ellipse_frame(kind, points)
    if frame is not None:
        _, (ux, uy), (vx, vy) = frame
        return math.pi * abs(ux * vy - uy * vx)
    if kind is _K.RECTANGLE:
        (x0, y0), (x1, y1) = points
        return abs(x1 - x0) * abs(y1 - y0)
    sides = list(zip(points, [*points[1:], points[0]], strict=True))
    levels = _crossings(points)
    if not levels:
        return _signed_area(points)
    # Between two neighbouring levels the sides keep their order: trapezoids, taken two by two.
    levels = sorted({*levels, *(y for _, y in points)})
    total = 0.0
    for top, bottom in itertools.pairwise(levels):
        middle = (top + bottom) / 2
        at = sorted(
            x0 + (middle - y0) * (x1 - x0) / (y1 - y0)
            for (x0, y0), (x1, y1) in sides
            if (y0 > middle) != (y1 > middle)
        )
        total += sum(b - a for a, b in zip(at[::2], at[1::2], strict=True)) * (bottom - top)
    return total


def strokes(
    kind: MeasurementKind, points: Sequence[Point], aspect: float = 1.0
) -> tuple[tuple[Point, ...], ...]:
    """The drawn lines; `points` may still be too few while the reader draws."""
    if kind in (_K.COBB, _K.BIDIRECTIONAL, _K.CARDIOTHORACIC):
        return tuple(tuple(points[i : i + 2]) for i in range(0, len(points), 2))
    if kind is _K.CENTRE_LINE and len(points) == 3:
        return (tuple(points[:2]), (points[2], foot(points[2], points[0], points[1], aspect)))
    if kind is _K.ROTATED_ELLIPSE and len(points) < 3:
        return (tuple(points),)
    if kind in (_K.ELLIPSE, _K.RECTANGLE, _K.ROTATED_ELLIPSE) and len(points) >= 2:
        return (outline(kind, points),)
    if kind in (_K.POLYGON, _K.FREEHAND) and len(points) >= POINTS[kind]:
        return (outline(kind, points),)
    return (tuple(points),)
