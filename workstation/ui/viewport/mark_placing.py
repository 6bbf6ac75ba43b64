"""Where the measurements of a picture lie on its viewport, and where their labels do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize

from workstation.domain.geometry import Point, Vector, dot
from workstation.domain.image import FrameKey
from workstation.domain.measurement import Measurement
from workstation.domain.view import ViewState
from workstation.imaging.placement import Placement
from workstation.ui import theme
from workstation.ui.viewport import mark_labels, marks
from workstation.ui.viewport.label_places import Places, Placing, Spots
from workstation.ui.viewport.scene import Scene
from workstation.workflow.viewing import Pane

#: In a viewport whose shorter side is less, in pixels of the drawings, a label that is not chosen
#: tells the value alone: statistics would cover what was measured.
_BRIEF = 400


class Placed(Placing, Protocol):
    """A viewport as marks are placed on it."""

    chosen: str

    @property
    def view(self) -> ViewState: ...
    def size(self) -> QSize: ...


class Kept(Places, Protocol):
    """What the viewports of a case share of its measurements."""

    def measurements(self, pane: Pane) -> tuple[Measurement, ...]: ...


class _Nearby:
    """Which of many measurements may lie on a plane: found for all of them at once."""

    def __init__(self) -> None:
        self._held: tuple[Measurement, ...] = ()
        self._points = np.empty((0, 3))
        self._starts = np.empty(0, np.intp)
        #: a direction, and how far along it each point lies
        self._along: tuple[Vector, NDArray[np.float64]] | None = None
        #: places of the measurements that were made on a frame
        self._made_on: dict[FrameKey, list[int]] = {}

    def of(
        self, held: tuple[Measurement, ...], pane: Pane, scene: Scene, view: ViewState
    ) -> Sequence[Measurement]:
        """Those that `placed` is worth asking for, in their order."""
        plane = scene.plane
        if plane is None or len(held) < 4:
            return held
        if held is not self._held:
            # One without positions counts as everywhere: NaN is not far away.
            points = [list(each.positions) or [(np.nan,) * 3] for each in held]
            self._held = held
            self._starts = np.cumsum([0, *(len(each) for each in points[:-1])])
            self._points = np.asarray([point for each in points for point in each])
            self._along = None
            self._made_on = {}
            for place, each in enumerate(held):
                self._made_on.setdefault(each.frame, []).append(place)
        normal = plane.normal
        if self._along is None or self._along[0] != normal:
            self._along = normal, self._points @ np.asarray(normal)
        away = np.abs(self._along[1] - dot(plane.origin, normal))
        beyond = away > marks.reach_of(pane, scene, view) + 1e-3
        far = np.logical_or.reduceat(beyond, self._starts)
        own = self._made_on.get(scene.frame.key, []) if scene.frame is not None else []
        return [held[place] for place in sorted({*np.flatnonzero(~far).tolist(), *own})]


#: measurement, where it is on the image, placement, chosen place of its label, viewport, text
#: scale, whether the label is brief
_Place = tuple[Measurement, marks.Placed, Placement | None, Point | None, QSize, float, bool]


class MarkPlacing:
    """Places the marks of one viewport; a mark is made again only where something of it changed."""

    def __init__(self) -> None:
        self._nearby = _Nearby()
        self._spots = Spots()
        #: where each measurement was last, and all that this depended on
        self._known: dict[str, tuple[_Place, marks.Mark]] = {}

    def of(self, viewport: Placed, around: Kept, pane: Pane, scene: Scene) -> list[marks.Mark]:
        """The measurements that the picture holds, as they are on the screen."""
        found: list[marks.Mark] = []
        view, size, scale = viewport.view, viewport.size(), theme.scale()
        near = self._nearby.of(around.measurements(pane), pane, scene, view)
        area = viewport.picture_area()
        small = min(area.width(), area.height()) < theme.px(_BRIEF)
        for held in near:
            known = self._known.get(held.identifier)
            placed: marks.Placed | None
            if known and known[1].own and known[0][0] is held and marks.is_own(held, scene):
                placed = known[0][1]
            else:
                placed = marks.placed(held, pane, scene, view)
            if placed is None:
                continue
            name = held.identifier
            if not placed.own:
                name += f" {pane.shown.identifier} {view.plane.value}"
            if view.rotation or view.flipped:
                # A quiet place in a picture that is turned is another one.
                name += f" {view.rotation} {view.flipped}"
            brief = small and viewport.chosen != held.identifier
            kept = around.label_place(name)
            key = (held, placed, scene.placement, kept, size, scale, brief)
            if known is not None and known[0] == key:
                found.append(known[1])
                continue
            points = tuple(viewport.to_screen(point) for point in placed.points)
            lines = tuple(
                tuple(viewport.to_screen(point) for point in stroke) for stroke in placed.strokes
            )
            plate = mark_labels.label_size(held, placed.own, brief)
            drawn = [point for line in lines for point in line]
            corner = self._spots.corner(
                viewport, around, scene, (name, brief), points[0], drawn, plate, found
            )
            label = QRectF(corner.x(), corner.y(), *plate)
            found.append(marks.Mark(held, points, lines, placed.own, label, name, brief))
            self._known[held.identifier] = key, found[-1]
        return found
