"""What stands beside a measurement: value, badge of its scale, statistics, and where."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from workstation.domain.image import CalibrationSource
from workstation.domain.measurement import Measurement, RoiStatistics
from workstation.domain.wording import (
    area_text,
    detail_text,
    is_uptake,
    number,
    quantity,
    value_text,
)
from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.marks import Mark

BADGES = {
    CalibrationSource.PATIENT: ("in patient", False),
    CalibrationSource.DETECTOR: ("at detector", True),
    CalibrationSource.MAGNIFICATION_CORRECTED: ("corrected", False),
    CalibrationSource.FIDUCIAL: ("fiducial", False),
    CalibrationSource.ULTRASOUND_REGION: ("in region", False),
    CalibrationSource.USER: ("by user", True),
    CalibrationSource.NONE: ("at no scale", True),
}


def label_lines(held: Measurement) -> list[tuple[str, str]]:
    """(text, colour token) under the value: statistics, further numbers, where the scale comes
    from, and what is to be known."""
    result = held.result
    lines: list[tuple[str, str]] = []
    if result.statistics is not None:
        lines += [(line, "text2") for line in _statistics_lines(result.statistics)]
    more = detail_text(result)
    if more:
        lines.append((more, "text2"))
    if result.calibration_detail:
        lines.append((f"scale: {result.calibration_detail}", "text2"))
    lines += [(f"{each}.", "urgent") for each in result.note.rstrip(".").split(". ") if each]
    return lines


def _statistics_lines(held: RoiStatistics) -> list[str]:
    digits = 2 if is_uptake(held.unit) else 0
    low, high = number(held.minimum, digits), number(held.maximum, digits)
    area = quantity(held.area_px, "px2") if held.area_mm2 is None else area_text(held.area_mm2)
    counted = "" if held.counted_area_mm2 is None else f" = {area_text(held.counted_area_mm2)}"
    second = f"{area}   n {held.n}{counted}"
    if held.excluded_padding:
        second += f"   {held.excluded_padding} padding left out"
    return [f"min {low}   max {high}", second]


def badge_of(mark_own: bool, held: Measurement) -> tuple[str, bool]:
    """(words, whether they warn) of the badge beside the value."""
    words, warns = BADGES[held.result.calibration]
    # An angle and a ratio are true without a scale.
    warns = warns and held.result.unit not in ("deg", "1")
    if held.result.interpolated:
        words += ", MPR, interpolated"
    if not mark_own:
        words += f", of {held.frame_label}"
    return words, warns


def label_size(held: Measurement, own: bool) -> tuple[float, float]:
    """Width and height of the plate of a label."""
    lines = label_lines(held)
    badge, _ = badge_of(own, held)
    first = halo.text_width(value_text(held), 14, 600)
    shows_badge = _shows_badge(held, badge)
    width = first + (halo.text_width(badge, 12, 400) + theme.px(22) if shows_badge else 0)
    width = max([width, *(halo.text_width(line, 12, 400) for line, _ in lines)])
    height = halo.line_height(14) + len(lines) * halo.line_height(12)
    return width + theme.px(12), height + theme.px(8)


def _shows_badge(held: Measurement, badge: str) -> bool:
    """Statistics in the plane of the patient go without saying."""
    return held.result.statistics is None or badge != "in patient"


def quiet_place(
    points: Sequence[QPointF],
    size: tuple[float, float],
    area: QRectF,
    buffer: NDArray[np.uint8] | None,
    ratio: float,
    taken: Sequence[QRectF] = (),
    lying: Sequence[QRectF] = (),
) -> QPointF:
    """Top left of a label: the darkest place around the measurement, so that tissue stays seen,
    on no other label, and off the lines of other measurements if it can be."""
    # Not united rectangles: Qt leaves out those without a size.
    box = QPolygonF(points).boundingRect()
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
            crossed = sum(each.intersects(place) for each in lying)
            found.append((_brightness(buffer, place, ratio) + ring * 0.12 + crossed * 60, corner))
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


def paint_label(painter: QPainter, mark: Mark, chosen: bool) -> None:
    """Dotted lead, plate, value, badge and statistics."""
    held, place = mark.measurement, mark.label
    tone = "mark" if chosen else "markoff"
    line = [point for stroke in mark.strokes for point in stroke]
    target = QPointF(
        min(max(place.left(), line[0].x()), place.right()),
        place.top() if place.center().y() > line[0].y() else place.bottom(),
    )
    nearest = _lead_from(mark, target)
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
    box = halo.draw_text(painter, x, y, value_text(held), size=14, weight=600, color=tone)
    badge, warns = badge_of(mark.own, held)
    if _shows_badge(held, badge):
        _paint_badge(painter, box, badge, warns)
    y += halo.line_height(14)
    for text, color in lines:
        halo.draw_text(painter, x, y, text, size=12, weight=400, color=color)
        y += halo.line_height(12)


def _lead_from(mark: Mark, target: QPointF) -> QPointF:
    """The nearest place of the drawn lines; off an end point, which is what the reader looks at."""
    best, place, is_end = math.inf, target, False
    for stroke in mark.strokes:
        for a, b in itertools.pairwise(stroke) if len(stroke) > 1 else [(stroke[0], stroke[0])]:
            dx, dy = b.x() - a.x(), b.y() - a.y()
            length = dx * dx + dy * dy
            along = 0.0
            if length > 0:
                along = ((target.x() - a.x()) * dx + (target.y() - a.y()) * dy) / length
            along = min(max(along, 0.0), 1.0)
            at = QPointF(a.x() + along * dx, a.y() + along * dy)
            away = math.hypot(at.x() - target.x(), at.y() - target.y())
            if away < best:
                best, place = away, at
                is_end = at in (stroke[0], stroke[-1])
    gap = theme.px(12)
    if not is_end or best <= gap:
        return place
    return place + (target - place) * (gap / best)


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
