"""What the viewports look at: views that open, step, follow one another and tell where they are.

Functions on immutable views; no Qt. A widget shows the result, a command asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, Vector, add, dot
from workstation.domain.study import DisplaySet, Study
from workstation.domain.view import Plane, ViewState
from workstation.imaging.planes import (
    DIRECTIONS,
    acquired_plane,
    center,
    extent,
    nearest_slice,
    plane_step,
    standard_plane,
)
from workstation.workflow.fusing import fusion_of
from workstation.workflow.hanging import CellPlan
from workstation.workflow.kept_with import kept_with
from workstation.workflow.mammography import hung
from workstation.workflow.presets import opening, preset

PLANE_NAMES = {Plane.AXIAL: "Axial", Plane.CORONAL: "Coronal", Plane.SAGITTAL: "Sagittal"}


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """What one viewport holds: a display set of the current study or of a prior."""

    study: Study
    shown: DisplaySet
    prior: bool = False
    #: CURRENT or PRIOR is written on the image
    named: bool = False


class SlotState(StrEnum):
    """One place of the slice bar."""

    HERE = "here"
    NOT_HERE = "not here"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place along the stack; `frame_index` is None where there is no frame."""

    state: SlotState
    frame_index: int | None = None


def find(study: Study, identifier: str) -> DisplaySet | None:
    """A display set of a study by its identifier."""
    return next((shown for shown in study.display_sets if shown.identifier == identifier), None)


def opening_view(plan: CellPlan, shown: DisplaySet, study: Study | None = None) -> ViewState:
    """The view a cell opens with: a volume in its middle, everything else at its first frame.
    `study` is where the plan finds what lies over it."""
    volume = shown.volume
    middle = len(shown.frames) // 2 if volume is not None else 0
    voi, inverted = preset(plan.preset) if plan.preset else None, plan.inverted
    if voi is None and (usual := opening(shown.modality, in_suv=shown.suv is not None)):
        voi, inverted = usual
    if voi is not None and not voi.fits(shown):
        voi = None
    view = ViewState(
        display_set=shown.identifier,
        plane=plan.plane if volume is not None else Plane.ACQUIRED,
        frame_index=middle,
        focus=None if volume is None else center(volume),
        voi=None if voi is None else voi.window,
        voi_name="" if voi is None else voi.title,
        inverted=inverted,
        slab_mm=plan.slab_mm,
        slab_mode=plan.slab_mode,
    )
    over = find(study, plan.over) if study is not None and plan.over else None
    if over is not None:
        view = replace(view, fusion=fusion_of(over))
    if shown.modality == "MG" and (held := hung(shown, plan.field_mm)) is not None:
        view = replace(view, rotation=held.rotation, flipped=held.flipped, hung=held)
    # On the frame nearest to the middle, so that all viewports of a volume open at one place.
    if view.focus is None or volume is None:
        return view
    index = nearest_slice(volume, view.focus)
    plane = volume.slice_plane(index)
    focus = add(view.focus, plane.normal, -plane.to_image(view.focus)[2])
    return replace(view, frame_index=index, focus=focus)


def plane_of(view: ViewState, shown: DisplaySet) -> PlaneGeometry | None:
    """The plane in the patient that the view shows, or None where there is no patient space."""
    if view.plane is Plane.ACQUIRED:
        return shown.frames[min(view.frame_index, len(shown.frames) - 1)].plane
    volume = shown.volume
    if volume is None:
        return None
    return standard_plane(volume, view.plane, view.focus or center(volume))


def clamped(view: ViewState, shown: DisplaySet) -> ViewState:
    """The view with a frame index that the display set has."""
    last = len(shown.frames) - 1
    return view if view.frame_index <= last else replace(view, frame_index=last)


def _normal(plane: Plane) -> Vector:
    row, column = DIRECTIONS[plane]
    return (
        row[1] * column[2] - row[2] * column[1],
        row[2] * column[0] - row[0] * column[2],
        row[0] * column[1] - row[1] * column[0],
    )


@kept_with
def _run(shown: DisplaySet, plane: Plane) -> tuple[float, float, float]:
    """(lowest, highest, step) of a plane through a volume, in mm; asked for at every step."""
    assert shown.volume is not None
    return *extent(shown.volume, plane), plane_step(shown.volume, plane)


def steps_of(view: ViewState, shown: DisplaySet) -> int:
    """How many images the wheel passes through."""
    volume = shown.volume
    if view.plane is Plane.ACQUIRED or volume is None:
        return len(shown.frames)
    low, high, step = _run(shown, view.plane)
    return int((high - low) / step + 1e-6) + 1


def step_at(view: ViewState, shown: DisplaySet) -> int:
    """Which of `steps_of` the view shows, from 0; the nearest where it looks beside the volume,
    as another series or one that is still arriving makes it do."""
    volume = shown.volume
    if view.plane is Plane.ACQUIRED or volume is None:
        return view.frame_index
    low, _, step = _run(shown, view.plane)
    along = dot(view.focus or center(volume), _normal(view.plane))
    return max(0, min(steps_of(view, shown) - 1, round((along - low) / step)))


def scrolled(view: ViewState, shown: DisplaySet, steps: int) -> ViewState:
    """`steps` images on; stops at the ends. Downward on the wheel is towards the feet, the back
    and the left where the stack runs that way."""
    return at_step(view, shown, step_at(view, shown) + steps)


def at_step(view: ViewState, shown: DisplaySet, step: int) -> ViewState:
    """The view at one of `steps_of`."""
    step = max(0, min(steps_of(view, shown) - 1, step))
    volume = shown.volume
    if view.plane is Plane.ACQUIRED or volume is None:
        plane = shown.frames[step].plane
        focus = view.focus
        if plane is not None and focus is not None:
            focus = add(focus, plane.normal, -plane.to_image(focus)[2])
        return replace(view, frame_index=step, focus=focus)
    low, _, thick = _run(shown, view.plane)
    focus = view.focus or center(volume)
    normal = _normal(view.plane)
    wanted = low + step * thick
    return replace(view, focus=add(focus, normal, wanted - dot(focus, normal)))


@kept_with
def nearest_frame(shown: DisplaySet, position: Vector) -> int | None:
    """The frame whose plane is nearest to a point; None where frames have no planes. All viewports
    of a display set that go to a place ask for the same."""
    held = _planes(shown)
    if held is None:
        return None
    normals, offsets = held
    return int(np.argmin(np.abs(normals @ np.asarray(position) - offsets)))


@kept_with
def _planes(shown: DisplaySet) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """(normal, distance of the plane from the origin along it) of each frame."""
    planes = [frame.plane for frame in shown.frames if frame.plane is not None]
    if len(planes) < len(shown.frames):
        return None
    normals = np.asarray([plane.normal for plane in planes])
    return normals, (normals * np.asarray([plane.origin for plane in planes])).sum(axis=1)


def followed(view: ViewState, shown: DisplaySet, position: Vector) -> ViewState:
    """The view that passes through a point in the patient."""
    if view.plane is not Plane.ACQUIRED:
        return replace(view, focus=position)
    index = nearest_frame(shown, position)
    if index is None:
        return view
    return replace(view, frame_index=index, focus=position)


def focus_of(view: ViewState, shown: DisplaySet) -> Vector | None:
    """The point the view is about: its focus, else the middle of its plane."""
    if view.focus is not None:
        return view.focus
    plane = plane_of(view, shown)
    return None if plane is None else plane.center


def plane_name(view: ViewState, shown: DisplaySet) -> Plane | None:
    """The standard plane that the view is, or nearly is; None without patient space."""
    if view.plane is not Plane.ACQUIRED:
        return view.plane
    if shown.volume is not None:
        return acquired_plane(shown.volume)
    plane = shown.frames[min(view.frame_index, len(shown.frames) - 1)].plane
    if plane is None:
        return None
    normal = plane.normal
    axis = max(range(3), key=lambda index: abs(normal[index]))
    return (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)[axis]


@kept_with
def slots(shown: DisplaySet, expected: int | None, arriving: bool) -> tuple[Slot, ...]:
    """The places of the slice bar. While instances arrive, a gap is not here yet; once the series
    is whole, it is missing. What is expected beyond the gaps stands at the end."""
    state = SlotState.NOT_HERE if arriving else SlotState.MISSING
    held: list[Slot] = []
    volume = shown.volume
    if volume is None:
        held = [Slot(SlotState.HERE, index) for index in range(len(shown.frames))]
    else:
        positions = np.asarray(volume.slice_positions_mm)
        middle = float(np.median(np.diff(positions)))
        for index in range(len(positions)):
            if index and shown.missing_slices:
                gap = round(float(positions[index] - positions[index - 1]) / middle) - 1
                held += [Slot(state)] * min(gap, 2000)
            held.append(Slot(SlotState.HERE, index))
    if arriving and expected is not None:
        held += [Slot(SlotState.NOT_HERE)] * max(0, min(expected - len(held), 5000))
    return tuple(held)


def _apart(places: Sequence[float], shown: DisplaySet) -> bool:
    """Whether slices are missing at more than one place."""
    step = shown.spacing_min_mm
    return any(step is None or abs(b - a) > 1.5 * step for a, b in pairwise(places))


def missing_words(shown: DisplaySet) -> str:
    """`1 slice missing at −639 mm, left blank`, or nothing."""
    count = shown.missing_slices
    if not count:
        return ""
    words = f"{count} slice{'s' if count > 1 else ''} missing"
    plane = shown.frames[0].plane
    places: Sequence[float] = shown.missing_positions_mm
    if plane is not None and places:
        axis = max(range(3), key=lambda index: abs(plane.normal[index]))
        at = plane.origin[axis] + plane.normal[axis] * places[0]
        first = ", the first" if _apart(places, shown) else ""
        words += f"{first} at {at:.0f} mm".replace("-", "−")
    return f"{words}, left blank"
