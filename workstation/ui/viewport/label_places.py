"""Where the label of a measurement stands: where it was moved to, else in a quiet place."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from workstation.domain.geometry import Point
from workstation.ui import theme
from workstation.ui.viewport.mark_pieces import box_of
from workstation.ui.viewport.marks import Mark
from workstation.ui.viewport.scene import Scene

#: Gaps between a measurement and its label, in pixels of the drawings, the nearest first.
_GAPS = (24.0, 70.0, 130.0, 200.0)
#: Below, above, right and left of it, then the corners between.
_SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))
#: What a label costs over a line of another measurement, in grey levels.
_CROSSED = 60.0
#: Where nothing near is free: so many places across and down are tried.
_GRID = 8
#: Where corner text may stand, in pixels of the drawings: left and right, above, below.
_EDGES = (28.0, 44.0, 48.0)
#: A narrow viewport has its lower corners above letter and scale.
_NARROW, _NARROW_BELOW = 330.0, 76.0


class Placing(Protocol):
    """A viewport as labels are placed on it."""

    def picture_area(self) -> QRectF: ...
    def devicePixelRatioF(self) -> float: ...
    def to_image(self, at: QPointF) -> Point | None: ...
    def to_screen(self, point: Point) -> QPointF: ...


class Places(Protocol):
    """What keeps the places that a reader chose, as offsets in image pixels from the first
    point."""

    def label_place(self, identifier: str) -> Point | None: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """On which side of a measurement its label stands, and how far off in screen pixels: at another
    zoom it is no nearer."""

    side: tuple[int, int]
    gap: float

    def place(self, box: QRectF, size: tuple[float, float]) -> QRectF:
        """Where a label of that size stands."""
        (across, down), (width, height) = self.side, size
        x = (box.left() - self.gap - width, box.center().x() - width / 2, box.right() + self.gap)
        y = (box.top() - self.gap - height, box.center().y() - height / 2, box.bottom() + self.gap)
        return QRectF(x[across + 1], y[down + 1], width, height)


class Spots:
    """The places that one viewport found for its labels, so that they stay where they are."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, bool], Spot] = {}

    def corner(
        self,
        viewport: Placing,
        places: Places,
        scene: Scene,
        name: tuple[str, bool],
        anchor: QPointF,
        drawn: Sequence[QPointF],
        size: tuple[float, float],
        found: Sequence[Mark],
    ) -> QPointF:
        """Top left of a label of that size; `name` is the measurement and whether the label is
        brief, `found` are the measurements that have their place."""
        area, first = viewport.picture_area(), viewport.to_image(anchor)
        kept = places.label_place(name[0])
        if kept is not None and first is not None:
            corner = viewport.to_screen((first[0] + kept[0], first[1] + kept[1]))
            return QPointF(
                min(max(corner.x(), 2.0), max(2.0, area.width() - size[0] - 2)),
                min(max(corner.y(), 2.0), max(2.0, area.height() - size[1] - 2)),
            )
        # Not united rectangles: Qt leaves out those without a size.
        box = QPolygonF(drawn).boundingRect()
        inner, taken = _inner(area), [mark.label for mark in found]
        held = self._held.get(name)
        if held is not None:
            place = held.place(box, size)
            if inner.contains(place) and not _covers(place, taken):
                return place.topLeft()
        lying = [box_of(mark.strokes) for mark in found]
        look = (scene.buffer, viewport.devicePixelRatioF())
        spot = quiet_spot(box, size, inner, *look, taken, lying)
        if spot is None:
            self._held.pop(name, None)
            return _anywhere(box, size, inner, *look, [*taken, *lying])
        self._held[name] = spot
        return spot.place(box, size).topLeft()


def _inner(area: QRectF) -> QRectF:
    """The part of a viewport that has no corner text."""
    side, above, below = (theme.px(each) for each in _EDGES)
    if area.width() < theme.px(_NARROW):
        below = theme.px(_NARROW_BELOW)
    return area.adjusted(side, above, -side, -below)


def _covers(place: QRectF, others: Sequence[QRectF]) -> bool:
    return any(each.intersects(place) for each in others)


def quiet_spot(
    box: QRectF,
    size: tuple[float, float],
    area: QRectF,
    buffer: NDArray[np.uint8] | None,
    ratio: float,
    taken: Sequence[QRectF] = (),
    lying: Sequence[QRectF] = (),
) -> Spot | None:
    """The darkest place around a measurement, so that tissue stays seen, on no other label, and off
    the lines of other measurements if it can be; None where the viewport has no such place."""
    found: list[tuple[float, Spot]] = []
    for gap, side in itertools.product(_GAPS, _SIDES):
        spot = Spot(side, theme.px(gap))
        place = spot.place(box, size)
        if not area.contains(place) or _covers(place, taken):
            continue
        crossed = sum(each.intersects(place) for each in lying)
        cost = _brightness(buffer, place, ratio) + gap * 0.12 + crossed * _CROSSED
        found.append((cost, spot))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _anywhere(
    box: QRectF,
    size: tuple[float, float],
    area: QRectF,
    buffer: NDArray[np.uint8] | None,
    ratio: float,
    others: Sequence[QRectF],
) -> QPointF:
    """Where it covers least of other labels and of measurements, its own first; then the
    darkest."""

    def cost(place: QRectF) -> tuple[float, float]:
        over = sum(_common(place, each) for each in others) + 3 * _common(place, box)
        return over, _brightness(buffer, place, ratio)

    return min(_tiles(area, size), key=cost).topLeft()


def _tiles(area: QRectF, size: tuple[float, float]) -> Iterator[QRectF]:
    free = (max(0.0, area.width() - size[0]), max(0.0, area.height() - size[1]))
    for across, down in itertools.product(range(_GRID), repeat=2):
        x = max(2.0, area.left()) + free[0] * across / (_GRID - 1)
        y = max(2.0, area.top()) + free[1] * down / (_GRID - 1)
        yield QRectF(x, y, *size)


def _common(one: QRectF, other: QRectF) -> float:
    both = one.intersected(other)
    return both.width() * both.height()


def _brightness(buffer: NDArray[np.uint8] | None, place: QRectF, ratio: float) -> float:
    if buffer is None:
        return 0.0
    left, top = int(place.left() * ratio), int(place.top() * ratio)
    right, bottom = int(place.right() * ratio), int(place.bottom() * ratio)
    part = buffer[max(0, top) : bottom : 4, max(0, left) : right : 4]
    return float(part.mean()) if part.size else 0.0
