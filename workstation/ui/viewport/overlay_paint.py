"""Layers of overlay objects painted in a viewport: lines above the picture, fills within it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform

from workstation.domain.overlays import Colour
from workstation.imaging.isodose import DoseLevel
from workstation.imaging.overlay_layers import Layer, fill_picture
from workstation.imaging.placement import Placement
from workstation.ui import theme
from workstation.ui.viewport import halo

_LINE, _HALO = 1.5, 3.5


@dataclass(frozen=True, slots=True, eq=False)
class PaintedLayer:
    """A layer with what the reader chose for its object. `tag` is its number in the list."""

    layer: Layer
    filled: bool
    opacity: float
    tag: str


def transform_of(placement: Placement, ratio: float) -> QTransform:
    """(column, row) to widget pixels; a pixel's centre lies half a pixel inside its corner."""
    (a, b, e), (c, d, f) = placement.matrix
    held = QTransform(a, c, b, d, e + 0.5, f + 0.5)
    return held * QTransform.fromScale(1 / ratio, 1 / ratio)


def _image(picture: NDArray[np.uint8]) -> QImage:
    held = np.ascontiguousarray(picture)
    rows, columns = held.shape[:2]
    form = QImage.Format.Format_RGBA8888
    return QImage(held.data, columns, rows, held.strides[0], form).copy()


def _screen(points: NDArray[np.float64], transform: QTransform) -> NDArray[np.float64]:
    x, y = points[:, 0], points[:, 1]
    return np.stack(
        (
            transform.m11() * x + transform.m21() * y + transform.dx(),
            transform.m12() * x + transform.m22() * y + transform.dy(),
        ),
        axis=1,
    )


def _stroke(
    painter: QPainter,
    lines: list[QLineF],
    polygons: list[tuple[QPolygonF, bool]],
    colour: Colour,
) -> None:
    pens = (
        QPen(QColor(0, 0, 0, 150), theme.px(_HALO)),
        QPen(QColor(*colour), theme.px(_LINE) if theme.scale() > 1 else _LINE),
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in pens:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if lines:
            painter.drawLines(lines)
        for polygon, closes in polygons:
            if closes:
                painter.drawPolygon(polygon)
            else:
                painter.drawPolyline(polygon)


def _edges(
    painter: QPainter,
    held: NDArray[np.float64],
    transform: QTransform,
    colour: Colour,
    *,
    dashed: bool,
) -> None:
    """Edges of pixels: upright or level on the screen, since views turn in quarters. Filled
    rectangles take a quarter of the time of stroked lines."""
    starts, ends = _screen(held[:, :2], transform), _screen(held[:, 2:], transform)
    low, high = np.minimum(starts, ends), np.maximum(starts, ends)
    painter.setPen(Qt.PenStyle.NoPen)
    for width, tone in (
        (theme.px(_HALO), QColor(0, 0, 0, 150)),
        (_LINE * max(1.0, theme.scale()), QColor(*colour)),
    ):
        half = width / 2
        painter.setBrush(tone)
        corners, sizes = low - half, high - low + width
        if dashed and tone.alpha() == 255:
            corners, sizes = _dashes(corners, sizes, width)
        painter.drawRects(
            [
                QRectF(x, y, w, h)
                for (x, y), (w, h) in zip(corners.tolist(), sizes.tolist(), strict=True)
            ]
        )
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _dashes(
    corners: NDArray[np.float64], sizes: NDArray[np.float64], width: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rectangles cut into dashes of four widths and gaps of two."""
    dash, every = 4 * width, 6 * width
    cut_corners, cut_sizes = [], []
    for (x, y), (w, h) in zip(corners.tolist(), sizes.tolist(), strict=True):
        level = w >= h
        length = w if level else h
        for start in np.arange(0.0, length, every).tolist():
            part = min(dash, length - start)
            cut_corners.append((x + start, y) if level else (x, y + start))
            cut_sizes.append((part, h) if level else (w, part))
    return np.asarray(cut_corners), np.asarray(cut_sizes)


def _lines(held: NDArray[np.float64], transform: QTransform) -> list[QLineF]:
    starts, ends = _screen(held[:, :2], transform), _screen(held[:, 2:], transform)
    return [
        QLineF(x0, y0, x1, y1)
        for (x0, y0), (x1, y1) in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def paint(
    painter: QPainter, area: QRectF, placement: Placement, layers: Sequence[PaintedLayer]
) -> None:
    """Paint layers inside `area`: washes and fills first, so that no line is covered."""
    transform = transform_of(placement, painter.device().devicePixelRatio())
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    for held in layers:
        _paint_fill(painter, transform, held)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for held in layers:
        _paint_lines(painter, transform, held)
    for held in layers:
        anchor = held.layer.anchor
        if held.tag and anchor is not None:
            x, y = _screen(np.asarray([anchor]), transform)[0]
            left, top = float(x) + theme.px(4), float(y) - theme.px(16)
            words = f"{held.tag}  {held.layer.words}".rstrip()
            halo.draw_text(painter, left, top, words, size=12)
    painter.restore()


def _paint_fill(painter: QPainter, transform: QTransform, held: PaintedLayer) -> None:
    layer = held.layer
    corner: tuple[int, int] | None = None
    if layer.wash is not None and held.filled:
        picture, corner = layer.wash, (0, 0)
    elif layer.fill is not None and held.filled:
        picture = fill_picture(layer.fill, layer.item.colour, held.opacity)
        corner = (layer.fill.column, layer.fill.row)
    if corner is None:
        return
    painter.save()
    painter.setTransform(transform, True)
    # Voxels keep their edges: a label has no half.
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QPointF(corner[0] - 0.5, corner[1] - 0.5), _image(picture))
    painter.restore()


def _paint_lines(painter: QPainter, transform: QTransform, held: PaintedLayer) -> None:
    layer, colour = held.layer, held.layer.item.colour
    polygons = [
        (QPolygonF([QPointF(x, y) for x, y in _screen(path, transform).tolist()]), closes)
        for path, closes in layer.paths
    ]
    if len(layer.lines):
        _edges(painter, layer.lines, transform, colour, dashed=layer.interpolated)
    if polygons:
        _stroke(painter, [], polygons, colour)
    for level, isoline in layer.isolines:
        painter.setPen(QPen(QColor(*level.colour), 1.2))
        painter.drawLines(_lines(isoline, transform))
    if layer.points is not None:
        arm = theme.px(5)
        for x, y in _screen(layer.points, transform).tolist():
            cross = [QLineF(x - arm, y, x + arm, y), QLineF(x, y - arm, x, y + arm)]
            _stroke(painter, cross, [], colour)


def paint_legend(
    painter: QPainter, area: QRectF, levels: Sequence[DoseLevel], unit: str, index: int = 0
) -> None:
    """The colours of dose at the right edge, between corner text and letter: value, unit, and the
    part of the highest dose of the grid. `index` counts the doses that are shown at once."""
    line = halo.line_height(12) + 2
    right, side = area.right() - theme.px(8), theme.px(10)
    top = area.top() + theme.px(44) + index * line * (len(levels) + 2)
    if top + line * (len(levels) + 1) > area.bottom() - theme.px(60):
        # No room: the list tells the highest dose, and a larger viewport the levels.
        return
    aligned = Qt.AlignmentFlag.AlignRight
    halo.draw_text(painter, right, top, f"Dose, {unit} (% of max)", align=aligned, size=12)
    for place, level in enumerate(levels, start=1):
        y = top + line * place
        words = f"{level.value:.1f}  {level.part * 100:.0f} %"
        halo.draw_text(painter, right - side - theme.px(6), y, words, align=aligned, size=12)
        painter.setPen(QPen(QColor(0, 0, 0, 200), 1))
        painter.setBrush(QColor(*level.colour))
        painter.drawRect(QRectF(right - side, y + theme.px(3), side, side))
    painter.setBrush(Qt.BrushStyle.NoBrush)
