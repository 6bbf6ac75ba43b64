"""Frames into stacks: order, spacing, tilt, missing slices, volume or the reason why not
(display rules, §8)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workstation.domain.geometry import (
    PlaneGeometry,
    Vector,
    VolumeGeometry,
    add,
    dot,
)

#: Normals closer than this belong to one orientation.
SAME_ORIENTATION = math.cos(math.radians(0.5))
#: Positions closer than this are the same.
SAME_POSITION_MM = 0.01


def same_orientation(a: PlaneGeometry, b: PlaneGeometry) -> bool:
    """Rows and columns of both point the same way within half a degree."""
    return (
        dot(a.row_cosine, b.row_cosine) > SAME_ORIENTATION
        and dot(a.column_cosine, b.column_cosine) > SAME_ORIENTATION
    )


def same_grid(a: PlaneGeometry, b: PlaneGeometry) -> bool:
    """Same matrix and spacing."""
    return (a.rows, a.columns) == (b.rows, b.columns) and all(
        abs(x - y) <= 1e-3 * max(x, y) for x, y in zip(a.spacing_mm, b.spacing_mm, strict=True)
    )


@dataclass(frozen=True, slots=True)
class StackGeometry:
    """What positions tell: a volume or why there is none, gaps, tilt, sentences."""

    volume: VolumeGeometry | None
    refused: str
    problems: tuple[str, ...]
    missing: int
    missing_positions_mm: tuple[float, ...]
    spacing_min_mm: float | None
    spacing_max_mm: float | None


def distances(planes: Sequence[PlaneGeometry]) -> list[float]:
    """Position of each along the normal of the first, mm from the first."""
    normal, origin = planes[0].normal, planes[0].origin
    return [dot(add(plane.origin, origin, -1.0), normal) for plane in planes]


def analyse(planes: Sequence[PlaneGeometry]) -> StackGeometry:
    """Geometry of planes of one orientation and grid, in order along the normal, no position
    twice."""
    if len(planes) < 2:
        return StackGeometry(None, "It has a single image.", (), 0, (), None, None)
    along = distances(planes)
    gaps = np.diff(along)
    low, high = float(gaps.min()), float(gaps.max())
    if low < SAME_POSITION_MM:
        words = "Several images lie at the same position."
        return StackGeometry(None, words, (words,), 0, (), low, high)
    middle = float(np.median(gaps))
    problems: list[str] = []
    missing: list[float] = []
    uneven = False
    tolerance = max(0.02, 0.01 * middle)
    for start, gap in zip(along, gaps, strict=False):
        times = gap / middle
        whole = round(times)
        if abs(gap - middle) <= tolerance:
            continue
        if whole >= 2 and abs(times - whole) <= 0.1 * whole:
            missing += [float(start + step * gap / whole) for step in range(1, whole)]
        else:
            uneven = True
    if missing:
        count = len(missing)
        problems.append(f"{count} slice{'s' if count > 1 else ''} missing: the gap is left blank.")
    if uneven:
        problems.append(f"The slices are not evenly spaced: {low:.2f} to {high:.2f} mm.")
    step = _mean_step(planes, along)
    geometry = VolumeGeometry(
        first_plane=planes[0],
        slice_step=step,
        slice_positions_mm=tuple(float(position) for position in along),
    )
    if geometry.shear_degrees > math.degrees(math.atan(0.005)):
        problems.append(f"The stack is tilted by {geometry.shear_degrees:.1f}°.")
    refused = ""
    if len(missing) > len(planes):
        refused = f"More slices are missing ({len(missing)}) than are here ({len(planes)})."
    if len(planes) < 3:
        refused = "Two slices are too few for planes through them."
    strays = _stray(planes, step, along)
    if strays > max(planes[0].spacing_mm):
        refused = f"The slices do not lie in one line: they stray by {strays:.1f} mm."
        problems.append(refused)
    return StackGeometry(
        None if refused else geometry,
        refused,
        tuple(problems),
        len(missing),
        tuple(missing),
        low,
        high,
    )


def _mean_step(planes: Sequence[PlaneGeometry], along: Sequence[float]) -> Vector:
    """Vector from slice to slice whose length along the normal is the median gap."""
    whole = add(planes[-1].origin, planes[0].origin, -1.0)
    middle = float(np.median(np.diff(along)))
    scale = middle / along[-1]
    return (whole[0] * scale, whole[1] * scale, whole[2] * scale)


def _stray(planes: Sequence[PlaneGeometry], step: Vector, along: Sequence[float]) -> float:
    """Largest distance in mm of an origin from the line through the first and the last."""
    unit_gap = dot(step, planes[0].normal)
    worst = 0.0
    for plane, position in zip(planes, along, strict=True):
        expected = add(planes[0].origin, step, position / unit_gap)
        offset = add(plane.origin, expected, -1.0)
        worst = max(worst, math.sqrt(dot(offset, offset)))
    return worst
