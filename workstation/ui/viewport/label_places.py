"""Where the label of a measurement stands: where it was moved to, else in a quiet place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF

from workstation.domain.geometry import Point
from workstation.ui import theme
from workstation.ui.viewport.mark_labels import quiet_place
from workstation.ui.viewport.mark_pieces import box_of
from workstation.ui.viewport.marks import Mark
from workstation.ui.viewport.scene import Scene


class Placing(Protocol):
    """A viewport as labels are placed on it."""

    def picture_area(self) -> QRectF: ...
    def devicePixelRatioF(self) -> float: ...
    def to_image(self, at: QPointF) -> Point | None: ...
    def to_screen(self, point: Point) -> QPointF: ...


class Places(Protocol):
    """What keeps the places, as offsets in image pixels from the first point."""

    def label_place(self, identifier: str) -> Point | None: ...
    def keep_label_place(self, identifier: str, place: Point) -> None: ...


def label_corner(
    viewport: Placing,
    places: Places,
    scene: Scene,
    name: str,
    anchor: QPointF,
    drawn: Sequence[QPointF],
    size: tuple[float, float],
    found: Sequence[Mark],
) -> QPointF:
    """Top left of a label of that size; `found` are the measurements that have their place."""
    area, first, kept = viewport.picture_area(), viewport.to_image(anchor), places.label_place(name)
    if kept is None:
        inner = area.adjusted(theme.px(28), theme.px(44), -theme.px(28), -theme.px(48))
        corner = quiet_place(
            drawn,
            size,
            inner,
            scene.buffer,
            viewport.devicePixelRatioF(),
            [mark.label for mark in found],
            [box_of(mark.strokes) for mark in found],
        )
        place = viewport.to_image(corner)
        if first is not None and place is not None:
            places.keep_label_place(name, (place[0] - first[0], place[1] - first[1]))
        return corner
    if first is None:
        return anchor
    corner = viewport.to_screen((first[0] + kept[0], first[1] + kept[1]))
    return QPointF(
        min(max(corner.x(), 2.0), max(2.0, area.width() - size[0] - 2)),
        min(max(corner.y(), 2.0), max(2.0, area.height() - size[1] - 2)),
    )
