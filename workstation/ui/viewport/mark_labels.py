"""What stands beside a measurement: value, badge of its scale, statistics, and where."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from workstation.domain.image import CalibrationSource
from workstation.domain.measurement import LayerValue, Measurement, RoiStatistics
from workstation.domain.wording import (
    area_text,
    detail_text,
    layer_words,
    number,
    quantity,
    scale_detail,
    scale_text,
    slab_text,
    statistic_digits,
    value_text,
)
from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.marks import Mark

#: Scales that warn: a length is another one in the patient, or nobody knows which.
_WARN = {CalibrationSource.DETECTOR, CalibrationSource.USER, CalibrationSource.NONE}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a label. A head is a value with the badge beside it, in the tone of its mark."""

    text: str
    tone: str = ""
    badge: str = ""
    warns: bool = False

    @property
    def head(self) -> bool:
        return not self.tone

    @property
    def warning(self) -> bool:
        return self.tone == "urgent"

    def width(self) -> float:
        """In pixels of the screen, with its badge."""
        if not self.head:
            return halo.text_width(self.text, 12, 400)
        beside = halo.text_width(self.badge, 12, 400) + theme.px(22) if self.badge else 0
        return halo.text_width(self.text, 14, 600) + beside

    def height(self) -> float:
        return halo.line_height(14 if self.head else 12)


def label_rows(held: Measurement, own: bool, brief: bool = False) -> list[Row]:
    """The value with its badge; under it statistics, further numbers, where the scale comes from,
    what is to be known; and apart from them what lies over the picture there. A `brief` label is
    the values alone, and what warns or qualifies them."""
    rows = _all_rows(held, own)
    return [_shortened(each, held) for each in rows if each.head or each.warning] if brief else rows


def _shortened(row: Row, held: Measurement) -> Row:
    """Without a badge that goes without saying: in the plane of the patient, where it was made."""
    result = held.result
    plain = result.calibration is CalibrationSource.PATIENT and not result.interpolated
    return replace(row, badge="") if plain and result.layer is None and not row.warns else row


def _all_rows(held: Measurement, own: bool) -> list[Row]:
    badge, warns = badge_of(own, held)
    shows = _shows_badge(held, badge)
    rows = [Row(value_text(held), badge=badge if shows else "", warns=warns)]
    result = held.result
    if result.statistics is not None:
        rows += [Row(line, "text2") for line in _statistics_lines(result.statistics)]
    more = detail_text(result)
    if more:
        rows.append(Row(more, "text2"))
    detail = scale_detail(result.calibration, result.calibration_detail)
    if detail:
        rows.append(Row(f"scale: {detail}", "text2"))
    rows += [Row(f"{each}.", "urgent") for each in result.note.rstrip(".").split(". ") if each]
    if result.layer is not None:
        rows += _layer_rows(result.layer)
    return rows


def _layer_rows(held: LayerValue) -> list[Row]:
    name = held.series.words
    if held.value is None:
        return [Row("no value", badge=name), Row(held.why_none, "urgent")]
    if held.registered:
        name += ", registered"
    if held.interpolated:
        name += ", interpolated"
    rows = [Row(layer_words(held), badge=name)]
    statistics = held.statistics
    if statistics is not None:
        low = number(statistics.minimum, statistic_digits(statistics))
        left = statistics.excluded_padding
        beyond = f"   {left} beyond it left out" if left else ""
        rows.append(Row(f"min {low}   n {statistics.n}{beyond}", "text2"))
    if held.note:
        rows.append(Row(held.note, "text2"))
    return rows


def _statistics_lines(held: RoiStatistics) -> list[str]:
    digits = statistic_digits(held)
    low, high = number(held.minimum, digits), number(held.maximum, digits)
    area = quantity(held.area_px, "px2") if held.area_mm2 is None else area_text(held.area_mm2)
    counted = "" if held.counted_area_mm2 is None else f" = {area_text(held.counted_area_mm2)}"
    second = f"{area}   n {held.n}{counted}"
    if held.excluded_padding:
        second += f"   {held.excluded_padding} padding left out"
    return [f"min {low}   max {high}", second]


def badge_of(mark_own: bool, held: Measurement) -> tuple[str, bool]:
    """(words, whether they warn) of the badge beside the value."""
    source = held.result.calibration
    words, warns = scale_text(source, held.result.calibration_detail), source in _WARN
    layer = held.result.layer
    if layer is not None:
        # Two series are read here: each value says which one it is of.
        words = layer.below.words
    # An angle and a ratio are true without a scale.
    warns = warns and held.result.unit not in ("deg", "1")
    if held.result.interpolated:
        slab = slab_text(held.result.slab_mm, held.result.slab_mode)
        words += f", MPR {slab}".rstrip() + ", interpolated"
    if not mark_own:
        words += f", of {held.frame_label}"
    return words, warns


def label_size(held: Measurement, own: bool, brief: bool = False) -> tuple[float, float]:
    """Width and height of the plate of a label."""
    rows = label_rows(held, own, brief)
    width, height = max(row.width() for row in rows), sum(row.height() for row in rows)
    return width + theme.px(12), height + theme.px(8)


def _shows_badge(held: Measurement, badge: str) -> bool:
    """Statistics in the plane of the patient go without saying."""
    return held.result.statistics is None or badge != "in patient"


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
    for pen in (QPen(QColor(0, 0, 0, 150), 3.0), QPen(theme.color(tone, 0.8), 1.2)):
        # The dark edge is dotted as well: on bright tissue a whole one reads as a measured line.
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([_LEAD_DOT / pen.widthF(), _LEAD_GAP / pen.widthF()])
        painter.setPen(pen)
        painter.drawLine(nearest, target)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 204))
    painter.drawRoundedRect(place, theme.px(4), theme.px(4))
    x, y = place.left() + theme.px(6), place.top() + theme.px(4)
    for row in label_rows(held, mark.own, mark.brief):
        if row.head:
            box = halo.draw_text(painter, x, y, row.text, size=14, weight=600, color=tone)
            if row.badge:
                _paint_badge(painter, box, row.badge, row.warns)
        else:
            halo.draw_text(painter, x, y, row.text, size=12, weight=400, color=row.tone)
        y += row.height()


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


#: Dots of the lead from a mark to its label and the gaps between them, px.
_LEAD_DOT, _LEAD_GAP = 2.0, 4.0


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
