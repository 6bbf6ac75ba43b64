"""Contours on a plane: exactly those that lie in it, else the solid that they stand for, cut."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry, Vector, add, as_vector, cross, dot, unit
from workstation.domain.overlays import Contour, ContourKind, Mask, MaskGrid, Structure, read_only

#: A contour lies in a plane when none of its points is farther from it. Ours: coordinates are
#: written with one or two decimals, and slices lie farther apart than twice this.
IN_PLANE_MM = 0.2
#: Side of the grid in which contours become a solid, and its finest and coarsest step in mm: the
#: solids of a plan with fifty structures take some 150 MB.
_SIDE, _FINEST, _COARSEST = 320, 0.5, 2.0


def in_plane(contour: Contour, plane: PlaneGeometry) -> NDArray[np.float64] | None:
    """The points (n, 2) as (column, row) of a contour that lies in the plane, else None."""
    offset = contour.points - np.asarray(plane.origin)
    away = offset @ np.asarray(plane.normal)
    if np.abs(away).max() > IN_PLANE_MM:
        return None
    columns = offset @ np.asarray(plane.row_cosine) / plane.spacing_mm[1]
    rows = offset @ np.asarray(plane.column_cosine) / plane.spacing_mm[0]
    return np.stack((columns, rows), axis=1)


def rasterised(
    polygons: Sequence[NDArray[np.float64]], rows: int, columns: int
) -> NDArray[np.bool_]:
    """Which pixel centres lie inside closed polygons of (column, row), by even and odd.

    A hole is a polygon inside another, or joined to it by a channel (PS3.3 C.8.8.6.3).
    """
    toggles = np.zeros((rows, columns + 1), np.int32)
    for polygon in polygons:
        for (x0, y0), (x1, y1) in itertools.pairwise([*polygon, polygon[0]]):
            if y0 == y1:
                continue
            if y0 > y1:
                x0, y0, x1, y1 = x1, y1, x0, y0
            # Rows whose centre lies in [y0, y1): a vertex on a centre counts once.
            first, last = max(0, math.ceil(y0)), min(rows - 1, math.ceil(y1) - 1)
            if last < first:
                continue
            at = np.arange(first, last + 1)
            crossing = x0 + (at - y0) * ((x1 - x0) / (y1 - y0))
            into = np.clip(np.ceil(crossing).astype(np.int64), 0, columns)
            np.add.at(toggles, (at, into), 1)
    return (np.cumsum(toggles, axis=1)[:, :columns] % 2).astype(np.bool_)


def _normal(contour: Contour) -> Vector | None:
    """The direction across a contour by Newell's method; None where it encloses nothing."""
    points = contour.points - contour.points.mean(axis=0)
    held = np.cross(points, np.roll(points, -1, axis=0)).sum(axis=0)
    length = float(np.linalg.norm(held))
    return None if length < 1e-6 else as_vector(held / length)


def _basis(normal: Vector) -> tuple[Vector, Vector]:
    """Row and column directions of a plane across `normal`, near to the patient's axes."""
    start: Vector = (1.0, 0.0, 0.0) if abs(normal[0]) < 0.8 else (0.0, 1.0, 0.0)
    row = unit(add(start, normal, -dot(start, normal)))
    return row, unit(cross(normal, row))


def _planes(structure: Structure) -> tuple[Vector, list[tuple[float, list[Contour]]]] | None:
    """(normal, [(mm along it, closed contours there)]) in order; None where they lie in several
    orientations or enclose nothing."""
    closed = [held for held in structure.contours if held.kind is ContourKind.CLOSED]
    normals = [(held, way) for held in closed if (way := _normal(held)) is not None]
    if not normals:
        return None
    largest = max(normals, key=lambda pair: float(np.ptp(pair[0].points, axis=0).max()))[1]
    # The way round does not matter: all look along the patient's positive axis.
    axis = max(range(3), key=lambda index: abs(largest[index]))
    if largest[axis] < 0:
        largest = (-largest[0], -largest[1], -largest[2])
    placed: list[tuple[float, Contour]] = []
    for held, _ in normals:
        along = held.points @ np.asarray(largest)
        if float(np.ptp(along)) > 2 * IN_PLANE_MM:
            return None
        placed.append((float(along.mean()), held))
    placed.sort(key=lambda pair: pair[0])
    found: list[tuple[float, list[Contour]]] = []
    for along_mm, held in placed:
        if found and along_mm - found[-1][0] <= 2 * IN_PLANE_MM:
            found[-1][1].append(held)
        else:
            found.append((along_mm, [held]))
    return largest, found


def _thickness(places: Sequence[float]) -> float | None:
    """Millimetres from contour to contour: the median gap."""
    return float(np.median(np.diff(places))) if len(places) > 1 else None


def solid(structure: Structure) -> Mask | None:
    """The voxels that the closed contours enclose, each plane for the thickness of the gaps.

    None where the contours do not lie above one another in parallel planes.
    """
    found = _planes(structure)
    if found is None:
        return None
    normal, planes = found
    thickness = _thickness([along for along, _ in planes])
    if thickness is None:
        return None
    row, column = _basis(normal)
    across = np.asarray([row, column]).T
    flat = [[held.points @ across for held in contours] for _, contours in planes]
    every = np.concatenate([points for contours in flat for points in contours])
    low, high = every.min(axis=0), every.max(axis=0)
    step = min(_COARSEST, max(_FINEST, float((high - low).max()) / _SIDE))
    columns, rows = (math.ceil(float(side) / step) + 2 for side in high - low)
    start = low - step / 2
    voxels = np.stack(
        [
            rasterised([(points - start) / step for points in contours], rows, columns)
            for contours in flat
        ]
    ).astype(np.uint8)
    origin = add(add((0.0, 0.0, 0.0), row, float(start[0])), column, float(start[1]))
    plane = PlaneGeometry(
        add(origin, normal, planes[0][0]), row, column, (step, step), rows, columns
    )
    places = tuple(along - planes[0][0] for along, _ in planes)
    return Mask(MaskGrid(plane, normal, places, thickness), read_only(voxels))


def _area(points: NDArray[np.float64]) -> float:
    x, y = points[:, 0], points[:, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def _holds(polygon: NDArray[np.float64], point: NDArray[np.float64]) -> bool:
    shifted = polygon - point
    x0, y0 = shifted[:, 0], shifted[:, 1]
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    crosses = (y0 > 0) != (y1 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 - y0 * (x1 - x0) / (y1 - y0)
    return bool(np.count_nonzero(crosses & (at > 0)) % 2)


def structure_volume_ml(structure: Structure) -> float | None:
    """Area of the contours of each plane times the gap between planes; one inside another is a
    hole. None where no solid can be made of them."""
    found = _planes(structure)
    if found is None:
        return None
    normal, planes = found
    thickness = _thickness([along for along, _ in planes])
    if thickness is None:
        return None
    across = np.asarray(_basis(normal)).T
    total = 0.0
    for _, contours in planes:
        flat = [held.points @ across for held in contours]
        for index, points in enumerate(flat):
            around = sum(_holds(other, points[0]) for at, other in enumerate(flat) if at != index)
            total += _area(points) * (-1.0 if around % 2 else 1.0)
    return total * thickness / 1000.0
