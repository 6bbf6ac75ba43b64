"""Text and lines that are read on any image: a black halo, no plates. Text is kept as sprites."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from workstation.ui import theme
from workstation.ui.viewport.pieces import Piece

#: Bytes of all that is kept.
_MOST = 32 << 20
_sprites: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()


class _Held:
    """What the sprites take."""

    size = 0


def _bytes(held: QPixmap) -> int:
    return 4 * held.width() * held.height()


def _kept(key: tuple[object, ...]) -> QPixmap | None:
    held = _sprites.get(key)
    if held is not None:
        _sprites.move_to_end(key)
    return held


def sprite(
    key: tuple[object, ...], size: QSizeF, ratio: float, paint: Callable[[QPainter], None]
) -> QPixmap:
    """A transparent pixmap that `paint` fills once; `key` tells all that it depends on."""
    whole = (*key, ratio, theme.scale())
    held = _kept(whole)
    if held is not None:
        return held
    made = QPixmap(round(size.width() * ratio + 0.5), round(size.height() * ratio + 0.5))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    _sprites[whole] = made
    _Held.size += _bytes(made)
    while _Held.size > _MOST:
        _Held.size -= _bytes(_sprites.popitem(last=False)[1])
    return made


def _text(text: str, size: float, weight: int, color: str, ratio: float) -> QPixmap:
    tone = QColor(color) if color.startswith("#") else theme.color(color)
    key = (text, size, weight, tone.rgba(), ratio, theme.scale())
    held = _kept(key)
    if held is not None:
        return held
    metrics = _metrics(size, weight, theme.scale())
    margin = 2.0
    area = QSizeF(metrics.horizontalAdvance(text) + 2 * margin, metrics.height() + 2 * margin)

    def paint(painter: QPainter) -> None:
        path = QPainterPath()
        font = theme.font(size, weight, tabular=True)
        path.addText(QPointF(margin, margin + metrics.ascent()), font, text)
        pen = QPen(QColor(0, 0, 0, 204), 3.0)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)
        painter.fillPath(path, tone)

    return sprite(key[:4], area, ratio, paint)


@lru_cache(maxsize=64)
def _metrics(size: float, weight: int, factor: float) -> QFontMetricsF:
    """Metrics at a text scale, which is the one in force."""
    return QFontMetricsF(theme.font(size, weight, tabular=True))


def text_width(text: str, size: float = 13, weight: int = 500) -> float:
    """Width of a piece of text in the figures of the overlays."""
    return _width(text, size, weight, theme.scale())


@lru_cache(maxsize=1024)
def _width(text: str, size: float, weight: int, factor: float) -> float:
    return _metrics(size, weight, factor).horizontalAdvance(text)


def elided(text: str, width: float, size: float = 13, weight: int = 500) -> str:
    """The text cut with an ellipsis where it is wider than there is room."""
    metrics = _metrics(size, weight, theme.scale())
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


@lru_cache(maxsize=512)
def _wrapped(text: str, width: float, weight: int, factor: float) -> tuple[str, ...]:
    metrics = _metrics(13, weight, factor)
    if metrics.horizontalAdvance(text) <= width:
        return (text,)
    lines: list[str] = []
    for part in text.split("  "):
        # A name and its value stand on one line where they can: `TE 165 ms`.
        whole = metrics.horizontalAdvance(part) <= width
        for n, word in enumerate([part] if whole else part.split(" ")):
            longer = f"{lines[-1]}{' ' if n else '  '}{word}" if lines else word
            if lines and metrics.horizontalAdvance(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
    return tuple(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines)


def wrapped(text: str, width: float, weight: int = 600) -> tuple[str, ...]:
    """The text in lines of at most `width` px; a word that is wider ends in an ellipsis."""
    return _wrapped(text, width, weight, theme.scale())


def line_height(size: float = 13) -> float:
    """Height of a line of overlay text."""
    return _metrics(size, 500, theme.scale()).height()


def placed(
    x: float,
    y: float,
    text: str,
    ratio: float,
    *,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    size: float = 13,
    weight: int = 500,
    color: str = "text",
) -> tuple[QPoint, QPixmap]:
    """A line of text as a pixmap and where it belongs; `x` is its left, middle or right."""
    held = _text(text, size, weight, color, ratio)
    width = held.width() / ratio
    left = x - 2.0
    if align == Qt.AlignmentFlag.AlignRight:
        left = x - width + 2.0
    elif align == Qt.AlignmentFlag.AlignHCenter:
        left = x - width / 2
    return QPoint(round(left), round(y - 2.0)), held


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
    """A line of text whose top is at `y`; `x` is its left, middle or right. Returns its box."""
    if not text:
        return QRectF(x, y, 0, 0)
    ratio = painter.device().devicePixelRatio()
    at, held = placed(x, y, text, ratio, align=align, size=size, weight=weight, color=color)
    painter.drawPixmap(at, held)
    area = held.deviceIndependentSize()
    return QRectF(at.x() + 2, y, area.width() - 4, area.height() - 4)


def draw_line(painter: QPainter, a: QPointF, b: QPointF, color: QColor, width: float = 1.6) -> None:
    """A line on its halo."""
    cap = Qt.PenCapStyle.RoundCap
    painter.setPen(QPen(QColor(0, 0, 0, 190), width + 2.4, Qt.PenStyle.SolidLine, cap))
    painter.drawLine(a, b)
    painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, cap))
    painter.drawLine(a, b)


def kept(piece: Piece, ratio: float) -> Piece:
    """The same piece, painted once and then copied while its key and area stay.

    A line with its halo takes a hundred times as long as its pixmap, and comes out differently
    where only a part of it is painted again. Where widget pixels do not fall on those of the
    screen, it is painted each time.
    """
    area = piece.area
    x, y, width, height = area.x(), area.y(), area.width(), area.height()
    if any(side * ratio % 1 for side in (x, y, width, height)):
        return piece

    at, size = area.topLeft(), QSizeF(area.size())
    last: weakref.ref[QPixmap] | None = None
    scale = theme.scale()

    def whole(inner: QPainter) -> None:
        inner.translate(-x, -y)
        piece.paint(inner)

    def paint(painter: QPainter) -> None:
        # Looking it up takes longer than copying it: its key is all points of a line.
        nonlocal last, scale
        held = None if last is None or scale != theme.scale() else last()
        if held is None:
            held = sprite((piece.key, x, y, width, height), size, ratio, whole)
            last, scale = weakref.ref(held), theme.scale()
        painter.drawPixmap(at, held)

    return piece._replace(paint=paint)
