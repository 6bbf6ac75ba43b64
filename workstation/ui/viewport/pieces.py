"""What lies over a picture as pieces, so that only what changed is painted again.

A piece paints nothing outside its area, and looks the same as long as its key does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPixmap, QRegion


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
    old = {piece.name: piece for piece in before}
    new = {piece.name for piece in after}
    if [p.name for p in before if p.name in new] != [p.name for p in after if p.name in old]:
        return None
    areas: list[QRect] = []
    for piece in after:
        held = old.pop(piece.name, None)
        if held is None:
            areas.append(piece.area)
        elif held.key != piece.key or held.area != piece.area:
            areas += (piece.area, held.area)
    areas += (held.area for held in old.values())
    return areas


def gathered(areas: Sequence[QRect], picture: QRect) -> list[QRect]:
    """A few rectangles that hold all areas, the first of them the picture's: they are painted much
    faster than a region of many, and what lies beside a picture mostly stays."""
    beyond = QRect()
    for area in areas:
        if not picture.contains(area):
            beyond = beyond.united(area)
    return [picture] if beyond.isEmpty() else [picture, *beside(beyond, picture)]


def region_of(areas: Sequence[QRect]) -> QRegion:
    """All areas together."""
    region = QRegion()
    for area in areas:
        region += area
    return region
