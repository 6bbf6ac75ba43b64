"""Measurements on a viewport: where they lie, and what the mouse is over."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from workstation.domain.geometry import PlaneGeometry, Point, VolumeGeometry, add, dot
from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.shapes import strokes
from workstation.domain.view import ViewState
from workstation.imaging.planes import plane_step
from workstation.ui import theme
from workstation.ui.viewport.scene import Scene
from workstation.workflow.viewing import Pane

#: How near the mouse must be, in pixels of the drawings.
REACH = 8.0
#: Half a slice where nothing tells how thick one is, in mm.
_UNKNOWN_HALF = 0.5
#: Rounding of positions, in mm.
_SLIGHT = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """A measurement on the screen: its points and drawn lines in widget pixels."""

    measurement: Measurement
    points: tuple[QPointF, ...]
    strokes: tuple[tuple[QPointF, ...], ...]
    #: whether the viewport shows the very image that it was made on
    own: bool
    label: QRectF
    #: where the place of its label is kept: a copy on another plane has its own
    label_key: str
    #: whether its label tells no more than the value: the viewport is small
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A measurement on the image of a scene: points and drawn lines as (column, row)."""

    points: tuple[Point, ...]
    strokes: tuple[tuple[Point, ...], ...]
    own: bool


def is_own(held: Measurement, scene: Scene) -> bool:
    """Whether a measurement was made on the very frame that the scene shows."""
    frame = scene.frame if scene.values is None else None
    return frame is not None and held.plane is None and held.frame == frame.key


def placed(held: Measurement, pane: Pane, scene: Scene, view: ViewState) -> Placed | None:
    """Where a measurement lies on the image that the scene shows; None where it does not.

    It lies on every plane of its frame of reference from which no part of it is further than half
    a slice.
    """
    if is_own(held, scene):
        return _own(held)
    plane = scene.plane
    if not held.positions or plane is None:
        return None
    # Most measurements lie on other slices: that is found out first.
    normal, origin = plane.normal, plane.origin
    before, behind = _half_slice(pane, scene, view)
    for each in held.positions:
        if not -before - _SLIGHT <= dot(add(each, origin, -1.0), normal) <= behind + _SLIGHT:
            return None
    if held.plane is not None and held.plane == plane and scene.values is not None:
        return _own(held)
    source = held.plane or _frame_plane(held, pane)
    if source is None or not _one_space(held, source, pane, plane):
        return None
    found = []
    for line in (held.points, *_drawn(held.kind, held.points, held.pixel_aspect)):
        there = [plane.to_image(source.to_patient(point)) for point in line]
        if any(not -before - _SLIGHT <= away <= behind + _SLIGHT for _, _, away in there):
            return None
        found.append(tuple((column, row) for column, row, _ in there))
    return Placed(found[0], tuple(found[1:]), False)


@lru_cache(maxsize=1024)
def _drawn(
    kind: MeasurementKind, points: tuple[Point, ...], aspect: float
) -> tuple[tuple[Point, ...], ...]:
    # Asked for at each composing of each viewport, and a curve has many points.
    return strokes(kind, points, aspect)


def _own(held: Measurement) -> Placed:
    return Placed(held.points, _drawn(held.kind, held.points, held.pixel_aspect), True)


def _one_space(held: Measurement, source: PlaneGeometry, pane: Pane, plane: PlaneGeometry) -> bool:
    """One frame of reference; or one volume, whose images may each name their own or none."""
    if held.display_set == pane.shown.identifier and pane.shown.volume is not None:
        return True
    named = source.frame_of_reference_uid
    return named != "" and named == plane.frame_of_reference_uid


def reach_of(pane: Pane, scene: Scene, view: ViewState) -> float:
    """How far from its plane a picture stands for the patient at most, in mm."""
    return max(_half_slice(pane, scene, view))


@lru_cache(maxsize=16)
def _halves(volume: VolumeGeometry) -> tuple[tuple[float, float], ...]:
    """Of each acquired slice: half the way to the one before and to the one behind, in mm. Across
    a gap half of the usual way, since a slice does not stand for what is missing."""
    gaps = np.diff(np.asarray(volume.slice_positions_mm))
    usual = float(np.median(gaps)) / 2
    missing = volume.missing_in_gaps()
    ways = [usual if lost else float(gap) / 2 for gap, lost in zip(gaps, missing, strict=True)]
    return tuple(zip([usual, *ways], [*ways, usual], strict=True))


def _half_slice(pane: Pane, scene: Scene, view: ViewState) -> tuple[float, float]:
    """How far before and behind its plane a picture stands for the patient, in mm."""
    volume = pane.shown.volume
    if volume is None:
        return _UNKNOWN_HALF, _UNKNOWN_HALF
    if scene.values is not None:
        half = max(plane_step(volume, view.plane), view.slab_mm) / 2
        return half, half
    frames, index = pane.shown.frames, view.frame_index
    if not (index < len(frames) and frames[index].key == _key(scene)):
        index = next((i for i, each in enumerate(frames) if each.key == _key(scene)), 0)
    return _halves(volume)[index]


def _key(scene: Scene) -> object:
    return None if scene.frame is None else scene.frame.key


def _frame_plane(held: Measurement, pane: Pane) -> PlaneGeometry | None:
    for shown in pane.study.display_sets:
        if shown.identifier == held.display_set:
            return next((f.plane for f in shown.frames if f.key == held.frame), None)
    return None


def nearest_point(points: Sequence[QPointF], at: QPointF) -> int | None:
    """Index of the handle under the mouse."""
    reach = theme.px(REACH)
    found = [
        (math.hypot(point.x() - at.x(), point.y() - at.y()), index)
        for index, point in enumerate(points)
    ]
    best = min(found, default=(math.inf, 0))
    return best[1] if best[0] <= reach else None


def _distance(at: QPointF, a: QPointF, b: QPointF) -> float:
    dx, dy = b.x() - a.x(), b.y() - a.y()
    length = dx * dx + dy * dy
    along = 0.0
    if length > 0:
        along = ((at.x() - a.x()) * dx + (at.y() - a.y()) * dy) / length
    along = max(0.0, min(1.0, along))
    return math.hypot(at.x() - a.x() - along * dx, at.y() - a.y() - along * dy)


def on_line(mark: Mark, at: QPointF) -> bool:
    """Whether the mouse is over the drawn line."""
    reach = theme.px(REACH - 2)
    return any(
        _distance(at, a, b) <= reach for line in mark.strokes for a, b in itertools.pairwise(line)
    )
