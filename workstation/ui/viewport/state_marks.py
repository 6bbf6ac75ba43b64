"""Graphic and text annotations of a presentation state, painted over the picture (PS3.3 C.10.5)."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from workstation.domain.geometry import Point
from workstation.domain.presentation import (
    AnnotationUnits,
    DisplayedArea,
    Graphic,
    GraphicLayer,
    GraphicType,
    Lettering,
    Presentation,
)
from workstation.imaging.placement import Placement
from workstation.ui import theme
from workstation.ui.viewport import halo


class _Space:
    """Coordinates of annotations to widget pixels."""

    def __init__(self, placement: Placement, area: DisplayedArea | None, size: Point, ratio: float):
        self._placement, self._ratio = placement, ratio
        left, top = (-0.5, -0.5) if area is None else (area.left - 0.5, area.top - 0.5)
        wide, high = size if area is None else area.size
        corners = [placement.to_screen(each) for each in ((left, top), (left + wide, top + high))]
        self._low = (min(c[0] for c in corners), min(c[1] for c in corners))
        self._high = (max(c[0] for c in corners), max(c[1] for c in corners))

    def at(self, point: Point, units: AnnotationUnits) -> QPointF:
        """DISPLAY is a fraction of the displayed area as it is seen."""
        if units is AnnotationUnits.PIXEL:
            x, y = self._placement.to_screen(point)
        else:
            x = self._low[0] + point[0] * (self._high[0] - self._low[0])
            y = self._low[1] + point[1] * (self._high[1] - self._low[1])
        return QPointF((x + 0.5) / self._ratio, (y + 0.5) / self._ratio)


def paint(
    painter: QPainter,
    clip: QRectF,
    presentation: Presentation,
    placement: Placement,
    size: tuple[int, int],
) -> None:
    """Draw all layers; `size` is (columns, rows) of the image."""
    ratio = painter.device().devicePixelRatio()
    space = _Space(placement, presentation.area, size, ratio)
    painter.save()
    painter.setClipRect(clip, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for layer in presentation.layers:
        color = QColor(*layer.rgb) if layer.rgb is not None else theme.color("text")
        for graphic in layer.graphics:
            _graphic(painter, graphic, space, color)
        for text in layer.texts:
            _text(painter, text, space, color, layer)
    painter.restore()


def _graphic(painter: QPainter, graphic: Graphic, space: _Space, color: QColor) -> None:
    points = [space.at(point, graphic.units) for point in graphic.points]
    path = QPainterPath()
    if graphic.kind is GraphicType.POINT:
        reach = theme.px(5)
        for dx, dy in ((reach, 0.0), (0.0, reach)):
            path.moveTo(points[0].x() - dx, points[0].y() - dy)
            path.lineTo(points[0].x() + dx, points[0].y() + dy)
    elif graphic.kind is GraphicType.CIRCLE:
        radius = math.hypot(points[1].x() - points[0].x(), points[1].y() - points[0].y())
        path.addEllipse(points[0], radius, radius)
    elif graphic.kind is GraphicType.ELLIPSE:
        _ellipse(path, points)
    elif graphic.kind is GraphicType.INTERPOLATED and len(points) > 2:
        _smooth(path, points)
    else:
        path.moveTo(points[0])
        for point in points[1:]:
            path.lineTo(point)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if graphic.filled and graphic.kind is not GraphicType.POINT:
        shade = QColor(color)
        shade.setAlpha(110)
        painter.fillPath(path, shade)
    join = Qt.PenJoinStyle.RoundJoin
    for pen in (QPen(QColor(0, 0, 0, 190), 4.0), QPen(color, 1.6)):
        pen.setJoinStyle(join)
        painter.strokePath(path, pen)


def _ellipse(path: QPainterPath, points: list[QPointF]) -> None:
    """The ends of the major axis, then those of the minor axis."""
    middle = (points[0] + points[1]) / 2
    major, minor = (points[1] - points[0]) / 2, (points[3] - points[2]) / 2
    steps = 72
    for step in range(steps + 1):
        angle = 2 * math.pi * step / steps
        at = middle + major * math.cos(angle) + minor * math.sin(angle)
        path.lineTo(at) if step else path.moveTo(at)


def _smooth(path: QPainterPath, points: list[QPointF]) -> None:
    """A curve through all points: Catmull-Rom, written as Bezier pieces."""
    closed = points[0] == points[-1]
    path.moveTo(points[0])
    count = len(points)
    for index in range(count - 1):
        before = points[index - 1] if index else points[count - 2] if closed else points[0]
        a, b = points[index], points[index + 1]
        after = (
            points[index + 2] if index + 2 < count else points[1] if closed else points[count - 1]
        )
        path.cubicTo(a + (b - before) / 6, b - (after - a) / 6, b)


def _text(
    painter: QPainter, text: Lettering, space: _Space, color: QColor, layer: GraphicLayer
) -> None:
    lines = text.text.split("\n")
    step, wide = halo.line_height(), max(halo.text_width(line) for line in lines)
    align = Qt.AlignmentFlag.AlignLeft
    if text.box is not None:
        a, b = (space.at(corner, text.box_units) for corner in text.box)
        box = QRectF(a, b).normalized()
        x, y = box.left(), box.top()
        if text.justification == "RIGHT":
            x, align = box.right(), Qt.AlignmentFlag.AlignRight
        elif text.justification == "CENTER":
            x, align = box.center().x(), Qt.AlignmentFlag.AlignHCenter
    else:
        assert text.anchor is not None
        at = space.at(text.anchor, text.anchor_units)
        x, y = at.x() + theme.px(8), at.y() - step / 2
        box = QRectF(x, y, wide, step * len(lines))
    if text.anchor is not None and text.anchor_visible:
        at = space.at(text.anchor, text.anchor_units)
        near = QPointF(
            min(max(at.x(), box.left()), box.right()), min(max(at.y(), box.top()), box.bottom())
        )
        halo.draw_line(painter, at, near, color, 1.4)
    shade = theme.hex_color("text") if layer.rgb is None else color.name()
    for index, line in enumerate(lines):
        halo.draw_text(painter, x, y + index * step, line, align=align, color=shade)
