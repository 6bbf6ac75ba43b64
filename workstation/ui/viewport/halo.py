"""Text and lines that are read on any image: a black halo, no plates. Text is kept as sprites."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from workstation.ui import theme

_KEPT = 400
_sprites: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()


def _sprite(text: str, size: float, weight: int, color: str, ratio: float) -> QPixmap:
    tone = QColor(color) if color.startswith("#") else theme.color(color)
    key = (text, size, weight, tone.rgba(), ratio, theme.scale())
    held = _sprites.get(key)
    if held is not None:
        _sprites.move_to_end(key)
        return held
    font = theme.font(size, weight, tabular=True)
    metrics = QFontMetricsF(font)
    margin = 2.0
    area = QSizeF(metrics.horizontalAdvance(text) + 2 * margin, metrics.height() + 2 * margin)
    made = QPixmap(round(area.width() * ratio + 0.5), round(area.height() * ratio + 0.5))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    path.addText(QPointF(margin, margin + metrics.ascent()), font, text)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(0, 0, 0, 204), 3.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, tone)
    painter.end()
    _sprites[key] = made
    while len(_sprites) > _KEPT:
        _sprites.popitem(last=False)
    return made


def text_width(text: str, size: float = 13, weight: int = 500) -> float:
    """Width of a piece of text in the figures of the overlays."""
    return QFontMetricsF(theme.font(size, weight, tabular=True)).horizontalAdvance(text)


def elided(text: str, width: float, size: float = 13, weight: int = 500) -> str:
    """The text cut with an ellipsis where it is wider than there is room."""
    metrics = QFontMetricsF(theme.font(size, weight, tabular=True))
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def line_height(size: float = 13) -> float:
    """Height of a line of overlay text."""
    return QFontMetricsF(theme.font(size, 500)).height()


def draw_text(
    painter: QPainter,
    x: float,
    y: float,
    text: str,
    *,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    size: float = 13,
    weight: int = 500,
    color: str = "text",
) -> QRectF:
    """A line of text whose top is at `y`; `x` is its left, middle or right. Returns its box.

    `color` is a token, or `#RRGGBB` where an object names its own.
    """
    if not text:
        return QRectF(x, y, 0, 0)
    ratio = painter.device().devicePixelRatio()
    sprite = _sprite(text, size, weight, color, ratio)
    area = sprite.deviceIndependentSize()
    left = x - 2.0
    if align == Qt.AlignmentFlag.AlignRight:
        left = x - area.width() + 2.0
    elif align == Qt.AlignmentFlag.AlignHCenter:
        left = x - area.width() / 2
    painter.drawPixmap(QPointF(round(left), round(y - 2.0)), sprite)
    return QRectF(left + 2, y, area.width() - 4, area.height() - 4)


def draw_line(painter: QPainter, a: QPointF, b: QPointF, color: QColor, width: float = 1.6) -> None:
    """A line on its halo."""
    cap = Qt.PenCapStyle.RoundCap
    painter.setPen(QPen(QColor(0, 0, 0, 190), width + 2.4, Qt.PenStyle.SolidLine, cap))
    painter.drawLine(a, b)
    painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, cap))
    painter.drawLine(a, b)
