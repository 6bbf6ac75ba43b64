"""The slice bar: what is here, what was seen, where measurements lie, and where the reader is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.pieces import Piece, around, sprite
from workstation.workflow.viewing import Slot, SlotState

WIDTH = 20


@dataclass(frozen=True, slots=True)
class BarContent:
    """What a bar shows. For a cut plane `slots` is empty and `steps` counts its positions."""

    slots: tuple[Slot, ...]
    steps: int
    at: int
    seen: frozenset[int] = frozenset()
    marked: frozenset[int] = frozenset()


def _runs(flags: Sequence[object]) -> Iterable[tuple[int, int, object]]:
    """(first, past the last, value) of equal neighbours."""
    start = 0
    for index in range(1, len(flags) + 1):
        if index == len(flags) or flags[index] != flags[start]:
            yield start, index, flags[start]
            start = index


def parted(width: int, height: int, bar: int) -> tuple[QRectF, QRectF]:
    """(picture, bar) of a viewport with a bar that is so wide, or none."""
    area = QRectF(width - bar, 0, bar, height) if bar else QRectF()
    return QRectF(0, 0, width - bar, height), area


def track(area: QRectF) -> QRectF:
    """The part of the bar that stands for the stack."""
    return area.adjusted(0, theme.px(6), 0, -theme.px(6))


def step_at(area: QRectF, content: BarContent, y: float) -> int:
    """The step that a height on the bar stands for."""
    inner = track(area)
    part = min(max((y - inner.top()) / max(inner.height(), 1.0), 0.0), 0.9999)
    if not content.slots:
        return int(part * content.steps)
    slot = content.slots[int(part * len(content.slots))]
    if slot.frame_index is not None:
        return slot.frame_index
    # A place without an image: the nearest one that has some.
    place = int(part * len(content.slots))
    held = [(abs(i - place), s.frame_index) for i, s in enumerate(content.slots)]
    return min((gap, frame) for gap, frame in held if frame is not None)[1]


class SliceBar:
    """The bar of one viewport. All but the thumb is kept as a pixmap until something of it changes:
    with a thousand slices it is a thousand marks. What was seen, which changes at each step of a
    first reading, is laid over what stays."""

    def __init__(self) -> None:
        self._back: tuple[tuple[object, ...], QPixmap] | None = None
        self._whole: tuple[tuple[object, ...], Piece] | None = None

    def pieces(self, area: QRectF, content: BarContent, ratio: float) -> list[Piece]:
        """The bar and its thumb; `area` lies on whole pixels."""
        at, count = area.toRect(), len(content.slots) or content.steps
        look = (ratio, theme.version())
        key = (content.slots, content.steps, content.marked, content.seen, at, look)
        if self._whole is None or self._whole[0] != key:
            self._whole = key, sprite("bar", at.topLeft(), self._painted(at.size(), content, look))
        found = [self._whole[1]]
        if count < 1:
            return found
        place = content.at
        while place < len(content.slots) and content.slots[place].frame_index != content.at:
            # Gaps stand between the frames.
            place += 1
        inner = track(area)
        y = inner.top() + (place + 0.5) * inner.height() / count
        return [*found, _thumb(_middle(area), y, *look)]

    def _painted(self, size: QSize, content: BarContent, look: tuple[float, int]) -> QPixmap:
        key = (content.slots, content.steps, content.marked, size, look)
        if self._back is None or self._back[0] != key:
            self._back = key, _back(size, content, look[0])
        made, area = QPixmap(self._back[1]), QRectF(0, 0, size.width(), size.height())
        if content.slots and content.seen:
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _paint_seen(painter, area, content)
            painter.end()
        return made


@lru_cache(maxsize=256)
def _thumb(middle: float, y: float, ratio: float, version: int) -> Piece:
    """Where the reader is."""
    box = QRectF(middle - theme.px(7), y - theme.px(3), theme.px(14), theme.px(6))

    def paint(painter: QPainter) -> None:
        painter.setPen(QPen(theme.color("image"), 1.0))
        painter.setBrush(theme.color("text"))
        painter.drawRoundedRect(box, theme.px(3), theme.px(3))

    made = Piece("thumb", around(box, margin=1.5), (box.getRect(), ratio, version), paint)
    return halo.kept(made, ratio)


def _middle(area: QRectF) -> float:
    return area.center().x() - theme.px(2)


def _back(size: QSize, content: BarContent, ratio: float) -> QPixmap:
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(theme.color("image"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_back(painter, QRectF(0, 0, size.width(), size.height()), content)
    painter.end()
    return made


def _paint_seen(painter: QPainter, area: QRectF, content: BarContent) -> None:
    """What was on the screen, of the frames that there are."""
    inner, accent, right = track(area), theme.color("accent"), area.right() - theme.px(3)
    unit = inner.height() / len(content.slots)
    flags = np.zeros(len(content.slots) + 2, np.int8)
    flags[1:-1] = [slot.frame_index in content.seen for slot in content.slots]
    # Where it changes: each run begins at an even place and ends before the next.
    edges = np.flatnonzero(np.diff(flags)).tolist()
    for first, past in zip(edges[::2], edges[1::2], strict=True):
        top, bottom = inner.top() + first * unit, inner.top() + past * unit
        painter.fillRect(QRectF(right, top, theme.px(2), max(bottom - top, 1.0)), accent)


def _paint_back(painter: QPainter, area: QRectF, content: BarContent) -> None:
    inner = track(area)
    count = len(content.slots) or content.steps
    if count < 1:
        return
    unit = inner.height() / count
    middle = _middle(area)
    width = theme.px(6)

    def span(first: int, past: int) -> tuple[float, float]:
        return inner.top() + first * unit, inner.top() + past * unit

    states: list[object] = [slot.state for slot in content.slots] or [SlotState.HERE] * count
    here = QColor(theme.hex_color("field"))
    for first, past, state in _runs(states):
        top, bottom = span(first, past)
        if state is SlotState.HERE:
            painter.fillRect(QRectF(middle - width / 2, top, width, bottom - top), here)
        elif state is SlotState.NOT_HERE:
            painter.setPen(QPen(theme.color("off"), 1.4, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(middle, top), QPointF(middle, bottom))
        else:
            high = max(bottom - top, theme.px(5))
            gap = QRectF(middle - width, (top + bottom - high) / 2, 2 * width, high)
            painter.fillRect(gap, theme.color("image"))
            painter.setPen(QPen(theme.color("urgent"), 1.6 * theme.scale()))
            painter.drawLine(gap.topLeft(), gap.topRight())
            painter.drawLine(gap.bottomLeft(), gap.bottomRight())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("mark"))
    for index, slot in enumerate(content.slots):
        if slot.frame_index in content.marked:
            y, left, size = sum(span(index, index + 1)) / 2, area.left() + 1, theme.px(4)
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(left, y - size),
                        QPointF(left + size * 1.4, y),
                        QPointF(left, y + size),
                    ]
                )
            )
