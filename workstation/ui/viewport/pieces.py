"""What lies over a picture as pieces, so that only what changed is painted again.

A piece paints nothing outside its area, and looks the same as long as its key does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap, QRegion


class Piece(NamedTuple):
    """One thing that is painted, in widget pixels. Names are unique in one viewport.

    `paint` narrows the clip that it is given and never widens it.
    """

    name: str
    area: QRect
    key: object
    paint: Callable[[QPainter], None]


def sprite(name: str, at: QPoint, held: QPixmap) -> Piece:
    """A pixmap that is put where it belongs."""
    size = held.deviceIndependentSize()
    width, height = size.width(), size.height()
    area = QRect(at.x(), at.y(), -int(-width // 1), -int(-height // 1))
    return Piece(name, area, held.cacheKey(), lambda painter: painter.drawPixmap(at, held))


def around(*boxes: QRectF, margin: float) -> QRect:
    """The whole pixels that hold the boxes and a margin for the width of their lines."""
    # QRectF.united forgets a box that is a single point.
    left, top = min(box.left() for box in boxes), min(box.top() for box in boxes)
    right, bottom = max(box.right() for box in boxes), max(box.bottom() for box in boxes)
    held = QRectF(QPointF(left, top), QPointF(right, bottom))
    return held.adjusted(-margin, -margin, margin, margin).toAlignedRect()


def beside(whole: QRect, inner: QRect) -> list[QRect]:
    """What is left of `whole` above, below, left and right of `inner`."""
    held = inner.intersected(whole)
    if held.isEmpty():
        return [whole]
    left, right = held.left() - whole.left(), whole.right() - held.right()
    top, bottom = held.top() - whole.top(), whole.bottom() - held.bottom()
    parts = [
        QRect(whole.left(), whole.top(), whole.width(), top),
        QRect(whole.left(), held.bottom() + 1, whole.width(), bottom),
        QRect(whole.left(), held.top(), left, held.height()),
        QRect(held.right() + 1, held.top(), right, held.height()),
    ]
    return [part for part in parts if not part.isEmpty()]


def changed(before: Sequence[Piece], after: Sequence[Piece]) -> list[QRect] | None:
    """Where the two differ; None where everything has to be painted, since the order changed."""
    areas: list[QRect] = []
    if len(before) == len(after):
        # As at most steps. Place by place: what is equal lies below and above the same pieces.
        for held, piece in zip(before, after, strict=True):
            if held is piece or held[:3] == piece[:3]:
                continue
            areas.append(piece.area)
            if held.area != piece.area:
                areas.append(held.area)
        return areas
    old = {piece.name: piece for piece in before}
    new = {piece.name for piece in after}
    if [p.name for p in before if p.name in new] != [p.name for p in after if p.name in old]:
        return None
    for piece in after:
        known = old.pop(piece.name, None)
        if known is None:
            areas.append(piece.area)
        elif known.key != piece.key or known.area != piece.area:
            areas += (piece.area, known.area)
    areas += (held.area for held in old.values())
    return areas


#: Pixels of the ground that are painted in vain rather than in a rectangle more.
_SPARED = 8000
#: left, top, past the right, past the bottom.
_Sides = tuple[int, int, int, int]


def gathered(areas: Iterable[QRect], picture: QRect) -> list[QRect]:
    """A few rectangles that hold all areas, the first of them the picture's: they are painted much
    faster than a region of many, and what lies beside a picture mostly stays."""
    found: list[_Sides] = []
    held = _sides(picture)
    # Lines of text have often changed where they stood.
    for sides in dict.fromkeys(_sides(area) for area in areas if not picture.contains(area)):
        for part in _outside(sides, held):
            _join(found, part, held)
    return [picture, *(QRect(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in found)]


def _sides(area: QRect) -> _Sides:
    x, y = area.x(), area.y()
    return x, y, x + area.width(), y + area.height()


def _outside(area: _Sides, picture: _Sides) -> Iterator[_Sides]:
    """What of an area lies above, below, left and right of a picture."""
    x0, y0, x1, y1 = area
    left, top, right, bottom = picture
    if x1 <= left or x0 >= right or y1 <= top or y0 >= bottom:
        yield x0, y0, x1, y1
        return
    if y0 < top:
        yield x0, y0, x1, top
    if y1 > bottom:
        yield x0, bottom, x1, y1
    upper, lower = max(y0, top), min(y1, bottom)
    if x0 < left:
        yield x0, upper, left, lower
    if x1 > right:
        yield right, upper, x1, lower


def _join(found: list[_Sides], part: _Sides, picture: _Sides) -> None:
    """Add a rectangle, to one that is near where there is one."""
    x0, y0, x1, y1 = part
    left, top, right, bottom = picture
    room = (x1 - x0) * (y1 - y0) + _SPARED
    for index, (a, b, c, d) in enumerate(found):
        e, f, g, h = min(a, x0), min(b, y0), max(c, x1), max(d, y1)
        if (g - e) * (h - f) > room + (c - a) * (d - b):
            continue
        if e >= right or g <= left or f >= bottom or h <= top:
            found[index] = e, f, g, h
            return
    found.append(part)


def region_of(areas: Sequence[QRect]) -> QRegion:
    """All areas together."""
    region = QRegion()
    for area in areas:
        region += area
    return region


def paint_parts(
    painter: QPainter,
    parts: Sequence[QRect],
    pieces: Sequence[Piece],
    picture: QRect,
    ground: QColor,
) -> None:
    """Paint all pieces part by part, over the ground wherever the picture is not."""
    held = pieces
    for part in parts:
        painter.setClipRect(part)
        meets = part.intersects
        if not meets(picture):
            painter.fillRect(part, ground)
        elif part != picture:
            for each in beside(part, picture):
                painter.fillRect(each, ground)
        for piece in held:
            if meets(piece.area):
                piece.paint(painter)
        if part == picture:
            # The other parts leave it out, so what lies inside of it meets none of them.
            held = [piece for piece in pieces if not picture.contains(piece.area)]
