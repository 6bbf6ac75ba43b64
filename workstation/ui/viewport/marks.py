"""Measurements on a viewport: where they lie, how they are drawn, what the mouse is over."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from workstation.domain.geometry import PlaneGeometry, Point, add, dot
from workstation.domain.image import CalibrationSource
from workstation.domain.measurement import Measurement, MeasurementKind, RoiStatistics
from workstation.domain.wording import area_text, number, value_text
from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.pieces import Piece, around
from workstation.ui.viewport.scene import Scene
from workstation.workflow.viewing import Pane

#: How near the mouse must be, in pixels of the drawings.
REACH = 8.0
_BOXES = (MeasurementKind.ELLIPSE, MeasurementKind.RECTANGLE)

BADGES = {
    CalibrationSource.PATIENT: ("in patient", False),
    CalibrationSource.DETECTOR: ("at detector", True),
    CalibrationSource.MAGNIFICATION_CORRECTED: ("corrected", False),
    CalibrationSource.FIDUCIAL: ("fiducial", False),
    CalibrationSource.ULTRASOUND_REGION: ("in region", False),
    CalibrationSource.USER: ("by user", True),
    CalibrationSource.NONE: ("at no scale", True),
}


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A measurement on the screen: its points in widget pixels."""

    measurement: Measurement
    points: tuple[QPointF, ...]
    #: whether the viewport shows the very image that it was made on
    own: bool
    label: QRectF


def _parallel(a: PlaneGeometry, b: PlaneGeometry) -> bool:
    return (
        dot(a.row_cosine, b.row_cosine) > 0.99996
        and dot(a.column_cosine, b.column_cosine) > 0.99996
    )


def image_points(
    held: Measurement, pane: Pane, scene: Scene
) -> tuple[tuple[Point, ...], bool] | None:
    """(points on the image that the scene shows, whether it was made there), or None where the
    image does not hold the measurement."""
    frame = scene.frame if scene.values is None else None
    if frame is not None and held.plane is None and held.frame == frame.key:
        return held.points, True
    plane = scene.plane
    if not held.positions or plane is None:
        return None
    tolerance = max(0.5 * min(plane.spacing_mm), 0.3)
    # Most measurements lie on other slices: that is found out first.
    normal, origin = plane.normal, plane.origin
    if any(abs(dot(add(each, origin, -1.0), normal)) > tolerance for each in held.positions):
        return None
    if held.series_instance_uid not in {s.series_instance_uid for s in pane.study.series}:
        return None
    if held.plane is not None and held.plane == plane:
        return held.points, True
    source = held.plane or _frame_plane(held, pane)
    if source is None or source.frame_of_reference_uid != plane.frame_of_reference_uid:
        return None
    if held.kind in _BOXES and not _parallel(source, plane):
        return None
    placed = [plane.to_image(position) for position in held.positions]
    return tuple((column, row) for column, row, _ in placed), False


def _frame_plane(held: Measurement, pane: Pane) -> PlaneGeometry | None:
    for shown in pane.study.display_sets:
        if shown.identifier == held.display_set:
            return next((f.plane for f in shown.frames if f.key == held.frame), None)
    return None


def nearest_point(points: Sequence[QPointF], at: QPointF) -> int | None:
    """Index of the handle under the mouse."""
    reach = theme.px(REACH)
    found = [
        (math.hypot(point.x() - at.x(), point.y() - at.y()), index)
        for index, point in enumerate(points)
    ]
    best = min(found, default=(math.inf, 0))
    return best[1] if best[0] <= reach else None


def _distance(at: QPointF, a: QPointF, b: QPointF) -> float:
    dx, dy = b.x() - a.x(), b.y() - a.y()
    length = dx * dx + dy * dy
    along = 0.0
    if length > 0:
        along = ((at.x() - a.x()) * dx + (at.y() - a.y()) * dy) / length
    along = max(0.0, min(1.0, along))
    return math.hypot(at.x() - a.x() - along * dx, at.y() - a.y() - along * dy)


def on_line(mark: Mark, at: QPointF) -> bool:
    """Whether the mouse is over the drawn line."""
    line = outline(mark.measurement.kind, mark.points)
    reach = theme.px(REACH - 2)
    return any(_distance(at, a, b) <= reach for a, b in itertools.pairwise(line))


def outline(kind: MeasurementKind, points: Sequence[QPointF]) -> list[QPointF]:
    """The drawn line as points in widget pixels."""
    if kind in _BOXES and len(points) == 2:
        box = QRectF(points[0], points[1])
        if kind is MeasurementKind.RECTANGLE:
            corners = [box.topLeft(), box.topRight(), box.bottomRight(), box.bottomLeft()]
            return [*corners, corners[0]]
        a, b, middle = box.width() / 2, box.height() / 2, box.center()
        return [
            QPointF(middle.x() + a * math.cos(t), middle.y() + b * math.sin(t))
            for t in np.linspace(0, 2 * math.pi, 73)
        ]
    return list(points)


def label_lines(held: Measurement) -> list[str]:
    """The value and, for a region, its statistics."""
    lines = [value_text(held)]
    statistics = held.result.statistics
    if statistics is not None:
        lines += _statistics_lines(statistics)
    return lines


def _statistics_lines(held: RoiStatistics) -> list[str]:
    digits = 2 if held.unit == "g/ml" else 0
    low, high = number(held.minimum, digits), number(held.maximum, digits)
    second = f"n {held.n}" if held.area_mm2 is None else f"{area_text(held.area_mm2)}   n {held.n}"
    if held.excluded_padding:
        second += f"   {held.excluded_padding} padding left out"
    return [f"min {low}   max {high}", second]


def badge_of(mark_own: bool, held: Measurement) -> tuple[str, bool]:
    """(words, whether they warn) of the badge beside the value."""
    words, warns = BADGES[held.result.calibration]
    if held.result.interpolated:
        words += ", interpolated"
    if not mark_own:
        words += f", of {held.frame_label}"
    return words, warns


def label_size(held: Measurement, own: bool) -> tuple[float, float]:
    """Width and height of the plate of a label."""
    lines = label_lines(held)
    badge, _ = badge_of(own, held)
    first = halo.text_width(lines[0], 14, 600)
    shows_badge = len(lines) == 1 or badge != "in patient"
    width = first + (halo.text_width(badge, 12, 400) + theme.px(22) if shows_badge else 0)
    width = max([width, *(halo.text_width(line, 12, 400) for line in lines[1:])])
    height = halo.line_height(14) + (len(lines) - 1) * halo.line_height(12)
    return width + theme.px(12), height + theme.px(8)


def quiet_place(
    points: Sequence[QPointF],
    size: tuple[float, float],
    area: QRectF,
    buffer: NDArray[np.uint8] | None,
    ratio: float,
    taken: Sequence[QRectF] = (),
) -> QPointF:
    """Top left of a label: the darkest place around the measurement, so that tissue stays seen."""
    box = QRectF(points[0], points[0])
    for point in points[1:]:
        box = box.united(QRectF(point, point))
    width, height = size
    found: list[tuple[float, QPointF]] = []
    for ring in (24.0, 70.0, 130.0, 200.0):
        gap = theme.px(ring)
        middle = box.center()
        candidates = (
            QPointF(middle.x() - width / 2, box.bottom() + gap),
            QPointF(middle.x() - width / 2, box.top() - gap - height),
            QPointF(box.right() + gap, middle.y() - height / 2),
            QPointF(box.left() - gap - width, middle.y() - height / 2),
        )
        for corner in candidates:
            place = QRectF(corner.x(), corner.y(), width, height)
            if not area.contains(place) or any(each.intersects(place) for each in taken):
                continue
            found.append((_brightness(buffer, place, ratio) + ring * 0.12, corner))
    if not found:
        x = min(max(area.left(), box.right() + 12), max(area.left(), area.right() - width))
        y = min(max(area.top(), box.bottom() + 12), max(area.top(), area.bottom() - height))
        return QPointF(x, y)
    return min(found, key=lambda pair: pair[0])[1]


def _brightness(buffer: NDArray[np.uint8] | None, place: QRectF, ratio: float) -> float:
    if buffer is None:
        return 0.0
    left, top = int(place.left() * ratio), int(place.top() * ratio)
    right, bottom = int(place.right() * ratio), int(place.bottom() * ratio)
    part = buffer[max(0, top) : bottom : 4, max(0, left) : right : 4]
    return float(part.mean()) if part.size else 0.0


def paint_line(
    painter: QPainter, kind: MeasurementKind, points: Sequence[QPointF], color: QColor
) -> None:
    """The line of a measurement; end bars leave a gap, so that the end point itself is seen."""
    factor = theme.scale()
    if kind is MeasurementKind.PROBE:
        at = points[0]
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            inner, outer = 4 * factor, 10 * factor
            halo.draw_line(
                painter,
                QPointF(at.x() + dx * inner, at.y() + dy * inner),
                QPointF(at.x() + dx * outer, at.y() + dy * outer),
                color,
            )
        return
    if kind is MeasurementKind.LENGTH and len(points) == 2:
        _paint_length(painter, points[0], points[1], color)
        return
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    for pen in (
        QPen(QColor(0, 0, 0, 190), 4.0, Qt.PenStyle.SolidLine, cap, join),
        QPen(color, 1.6, Qt.PenStyle.SolidLine, cap, join),
    ):
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if kind is MeasurementKind.ELLIPSE and len(points) == 2:
            painter.drawEllipse(QRectF(points[0], points[1]).normalized())
        else:
            painter.drawPolyline(outline(kind, points))


def _paint_length(painter: QPainter, a: QPointF, b: QPointF, color: QColor) -> None:
    dx, dy = b.x() - a.x(), b.y() - a.y()
    length = math.hypot(dx, dy)
    if length < 1:
        return
    ux, uy = dx / length, dy / length
    factor = theme.scale()
    gap, bar = min(5 * factor, length / 4), 7 * factor
    halo.draw_line(
        painter,
        QPointF(a.x() + ux * gap, a.y() + uy * gap),
        QPointF(b.x() - ux * gap, b.y() - uy * gap),
        color,
    )
    for end in (a, b):
        for side in (-1, 1):
            halo.draw_line(
                painter,
                QPointF(end.x() - uy * side * 3 * factor, end.y() + ux * side * 3 * factor),
                QPointF(end.x() - uy * side * bar, end.y() + ux * side * bar),
                color,
            )


def paint_handles(painter: QPainter, points: Sequence[QPointF]) -> None:
    """Where the chosen measurement is held."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("mark"), 1.2))
    radius = 4.5 * theme.scale()
    for point in points:
        painter.drawEllipse(point, radius, radius)


@lru_cache(maxsize=256)
def pieces_of(mark: Mark, chosen: bool, ratio: float, version: int) -> tuple[Piece, Piece]:
    """(line with its handles where it is chosen, plate with its lead) in a version of the theme."""
    held, points = mark.measurement, mark.points
    kind, tone, factor = held.kind, "mark" if chosen else "markoff", theme.scale()
    box = QPolygonF([*points, *outline(kind, points)]).boundingRect()

    def line(painter: QPainter) -> None:
        paint_line(painter, kind, points, theme.color(tone))
        if chosen:
            paint_handles(painter, points)

    look = (_numbers(points), theme.hex_color(tone))
    # Arms of a probe, end bars and handles reach beyond the points.
    area = around(box, margin=14 * factor + 4)
    one = Piece(f"line {held.identifier}", area, ("line", kind, chosen, look), line)
    said = (mark.label.getRect(), tuple(label_lines(held)), badge_of(mark.own, held))
    area = around(box, mark.label, margin=6 * factor)
    other = Piece(
        f"label {held.identifier}",
        area,
        ("label", kind, said, look),
        lambda painter: paint_label(painter, mark, chosen),
    )
    return halo.kept(one, ratio), halo.kept(other, ratio)


def _numbers(points: Sequence[QPointF]) -> tuple[object, ...]:
    return tuple(point.toTuple() for point in points)


def paint_label(painter: QPainter, mark: Mark, chosen: bool) -> None:
    """Dotted lead, plate, value, badge and statistics."""
    held, place = mark.measurement, mark.label
    tone = "mark" if chosen else "markoff"
    line = outline(held.kind, mark.points)
    target = QPointF(
        min(max(place.left(), line[0].x()), place.right()),
        place.top() if place.center().y() > line[0].y() else place.bottom(),
    )
    nearest = min(line, key=lambda p: math.hypot(p.x() - target.x(), p.y() - target.y()))
    if held.kind is MeasurementKind.LENGTH and len(line) == 2:
        nearest = QPointF((line[0].x() + line[1].x()) / 2, (line[0].y() + line[1].y()) / 2)
    for pen in (
        QPen(QColor(0, 0, 0, 150), 3.0),
        QPen(theme.color(tone, 0.8), 1.2, Qt.PenStyle.DotLine),
    ):
        painter.setPen(pen)
        painter.drawLine(nearest, target)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 204))
    painter.drawRoundedRect(place, theme.px(4), theme.px(4))
    x, y = place.left() + theme.px(6), place.top() + theme.px(4)
    lines = label_lines(held)
    box = halo.draw_text(painter, x, y, lines[0], size=14, weight=600, color=tone)
    badge, warns = badge_of(mark.own, held)
    if len(lines) == 1 or badge != "in patient":
        _paint_badge(painter, box, badge, warns)
    y += halo.line_height(14)
    for text in lines[1:]:
        halo.draw_text(painter, x, y, text, size=12, weight=400, color="text2")
        y += halo.line_height(12)


def _paint_badge(painter: QPainter, beside: QRectF, words: str, warns: bool) -> None:
    width = halo.text_width(words, 12, 400)
    frame = QRectF(
        beside.right() + theme.px(8), beside.top(), width + theme.px(10), halo.line_height(12) + 2
    )
    tone = "urgent" if warns else "text2"
    style = Qt.PenStyle.DashLine if warns else Qt.PenStyle.SolidLine
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("urgent" if warns else "field"), 1.0, style))
    painter.drawRoundedRect(frame, theme.px(3), theme.px(3))
    halo.draw_text(
        painter, frame.left() + theme.px(5), frame.top() + 1, words, size=12, weight=400, color=tone
    )
