"""The three planes of the patient through a volume."""

from __future__ import annotations

import numpy as np

from workstation.domain.geometry import PlaneGeometry, Vector, VolumeGeometry, add, cross, dot
from workstation.domain.view import Plane

#: (row direction, column direction) on the screen: the reader faces the patient, or stands at the
#: feet; the anterior side of a sagittal plane is on the left.
DIRECTIONS: dict[Plane, tuple[Vector, Vector]] = {
    Plane.AXIAL: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    Plane.CORONAL: ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
    Plane.SAGITTAL: ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
}

#: A plane larger than this is sampled more coarsely.
MAXIMUM_SIDE = 1536


def corners(geometry: VolumeGeometry) -> list[Vector]:
    """The eight outermost voxel centres in LPS mm."""
    found = []
    for index in (0, len(geometry.slice_positions_mm) - 1):
        plane = geometry.slice_plane(index)
        for column in (0, plane.columns - 1):
            for row in (0, plane.rows - 1):
                found.append(plane.to_patient((column, row)))
    return found


def center(geometry: VolumeGeometry) -> Vector:
    """The middle of the volume in LPS mm."""
    held = np.mean(np.asarray(corners(geometry)), axis=0)
    return (float(held[0]), float(held[1]), float(held[2]))


def standard_plane(geometry: VolumeGeometry, plane: Plane, focus: Vector) -> PlaneGeometry:
    """The axial, coronal or sagittal plane through `focus` that covers the whole volume.

    Pixels are square, as fine as the finest step of the volume; the grid does not move with the
    focus, so that stepping through planes keeps the picture still.
    """
    row, column = DIRECTIONS[plane]
    step = min(geometry.spacing_mm)
    points = corners(geometry)
    across = [dot(point, row) for point in points]
    down = [dot(point, column) for point in points]
    longest = max(max(across) - min(across), max(down) - min(down))
    step = max(step, longest / MAXIMUM_SIDE)
    normal = cross(row, column)
    origin = add(
        add(_scaled(row, min(across)), _scaled(column, min(down)), 1.0),
        normal,
        dot(focus, normal),
    )
    return PlaneGeometry(
        origin=origin,
        row_cosine=row,
        column_cosine=column,
        spacing_mm=(step, step),
        rows=int((max(down) - min(down)) / step + 1e-6) + 1,
        columns=int((max(across) - min(across)) / step + 1e-6) + 1,
        frame_of_reference_uid=geometry.first_plane.frame_of_reference_uid,
    )


def _scaled(vector: Vector, by: float) -> Vector:
    return (vector[0] * by, vector[1] * by, vector[2] * by)


def plane_step(geometry: VolumeGeometry, plane: Plane) -> float:
    """Millimetres from one plane to the next when paging: the voxel's extent across the plane."""
    row, column = DIRECTIONS[plane]
    normal = cross(row, column)
    first = geometry.first_plane
    extents = (
        (geometry.slice_step, 1.0),
        (first.row_cosine, first.spacing_mm[1]),
        (first.column_cosine, first.spacing_mm[0]),
    )
    return max(abs(dot(direction, normal)) * length for direction, length in extents)


def extent(geometry: VolumeGeometry, plane: Plane) -> tuple[float, float]:
    """(lowest, highest) position of the plane along its normal, LPS mm."""
    row, column = DIRECTIONS[plane]
    normal = cross(row, column)
    along = [dot(point, normal) for point in corners(geometry)]
    return min(along), max(along)


def nearest_slice(geometry: VolumeGeometry, position: Vector) -> int:
    """Index of the acquired slice nearest to a point."""
    first = geometry.first_plane
    along = dot(add(position, first.origin, -1.0), first.normal)
    return int(np.argmin(np.abs(np.asarray(geometry.slice_positions_mm) - along)))


def acquired_plane(geometry: VolumeGeometry) -> Plane:
    """The standard plane that the acquired slices are nearest to."""
    normal = geometry.first_plane.normal
    axis = max(range(3), key=lambda index: abs(normal[index]))
    return (Plane.SAGITTAL, Plane.CORONAL, Plane.AXIAL)[axis]
