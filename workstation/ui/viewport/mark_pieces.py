"""Measurements as pieces of a viewport: painted again only where they changed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from workstation.domain.measurement import MeasurementKind
from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.mark_labels import label_rows, paint_label
from workstation.ui.viewport.mark_lines import paint_handles, paint_line
from workstation.ui.viewport.marks import Mark
from workstation.ui.viewport.pieces import Piece, around


@lru_cache(maxsize=256)
def pieces_of(mark: Mark, chosen: bool, ratio: float, version: int) -> tuple[Piece, Piece]:
    """(line with its handles where it is chosen, plate with its lead) in a version of the theme."""
    held, strokes = mark.measurement, mark.strokes
    kind, tone, factor = held.kind, "mark" if chosen else "markoff", theme.scale()
    box = _bounds(strokes, mark.points)

    def line(painter: QPainter) -> None:
        paint_line(painter, kind, strokes, theme.color(tone))
        # A copy on another image is moved where it was made.
        if chosen and mark.own:
            paint_handles(painter, mark.points)

    look = (_numbers(strokes), theme.hex_color(tone))
    # Arms of a probe, end bars and handles reach beyond the points.
    area = around(box, margin=14 * factor + 4)
    one = Piece(f"line {held.identifier}", area, ("line", kind, chosen, mark.own, look), line)
    said = (mark.label.getRect(), tuple(label_rows(held, mark.own, mark.brief)))
    area = around(box, mark.label, margin=6 * factor)
    other = Piece(
        f"label {held.identifier}",
        area,
        ("label", kind, said, look),
        lambda painter: paint_label(painter, mark, chosen),
    )
    return halo.kept(one, ratio), halo.kept(other, ratio)


def draft_piece(
    strokes: Sequence[Sequence[QPointF]],
    last: QPointF,
    kind: MeasurementKind,
    words: str,
    ratio: float,
) -> Piece:
    """A measurement that is being drawn, with its value beside the last point."""
    x, y = last.x() + theme.px(14), last.y() + theme.px(10)

    def paint(painter: QPainter) -> None:
        paint_line(painter, kind, strokes, theme.color("mark"))
        if words:
            halo.draw_text(painter, x, y, words, size=14, weight=600, color="mark")

    text = QRectF(x, y, halo.text_width(words, 14, 600), halo.line_height(14))
    held = around(_bounds(strokes, [last]), text, margin=14 * theme.scale() + 4)
    key = (kind, _numbers(strokes), words, theme.scale())
    return halo.kept(Piece("draft", held, key, paint), ratio)


def box_of(strokes: Sequence[Sequence[QPointF]]) -> QRectF:
    """The box that drawn lines lie in."""
    return _bounds(strokes, [])


def _bounds(strokes: Sequence[Sequence[QPointF]], points: Sequence[QPointF]) -> QRectF:
    drawn = [point for stroke in strokes for point in stroke]
    return QPolygonF([*drawn, *points]).boundingRect()


def _numbers(strokes: Sequence[Sequence[QPointF]]) -> tuple[object, ...]:
    return tuple(point.toTuple() for stroke in strokes for point in stroke)
