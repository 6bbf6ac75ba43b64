"""The drawn lines of measurements and the handles that they are held by."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from workstation.domain.measurement import MeasurementKind
from workstation.ui import theme
from workstation.ui.viewport import halo


def paint_line(
    painter: QPainter,
    kind: MeasurementKind,
    strokes: Sequence[Sequence[QPointF]],
    color: QColor,
) -> None:
    """The line of a measurement; end bars leave a gap, so that the end point itself is seen."""
    factor = theme.scale()
    if kind is MeasurementKind.PROBE:
        at = strokes[0][0]
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            inner, outer = 4 * factor, 10 * factor
            halo.draw_line(
                painter,
                QPointF(at.x() + dx * inner, at.y() + dy * inner),
                QPointF(at.x() + dx * outer, at.y() + dy * outer),
                color,
            )
        return
    for index, line in enumerate(strokes):
        barred = kind in _BARRED or (kind is MeasurementKind.CENTRE_LINE and index == 1)
        if barred and len(line) == 2:
            _paint_length(painter, line[0], line[1], color)
        else:
            _paint_path(painter, line, color)
    if kind is MeasurementKind.COBB and len(strokes) == 2 and len(strokes[1]) == 2:
        # Two lines far apart belong together.
        pen = QPen(color, 1.0, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawLine(_middle(strokes[0]), _middle(strokes[1]))


#: Kinds whose lines end in bars that leave a gap.
_BARRED = frozenset(
    {
        MeasurementKind.LENGTH,
        MeasurementKind.BIDIRECTIONAL,
        MeasurementKind.CARDIOTHORACIC,
    }
)


def _middle(line: Sequence[QPointF]) -> QPointF:
    return QPointF((line[0].x() + line[1].x()) / 2, (line[0].y() + line[1].y()) / 2)


def _paint_path(painter: QPainter, line: Sequence[QPointF], color: QColor) -> None:
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    for pen in (
        QPen(QColor(0, 0, 0, 190), 4.0, Qt.PenStyle.SolidLine, cap, join),
        QPen(color, 1.6, Qt.PenStyle.SolidLine, cap, join),
    ):
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(list(line))


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
    # Many points of an outline would hide it.
    radius = (4.5 if len(points) <= 12 else 2.5) * theme.scale()
    for point in points:
        painter.drawEllipse(point, radius, radius)
