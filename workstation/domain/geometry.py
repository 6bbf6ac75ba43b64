"""Planes and volumes in patient space, LPS millimetres (PS3.3 C.7.6.2.1.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vector: TypeAlias = tuple[float, float, float]
Point: TypeAlias = tuple[float, float]

#: Rows and columns of an orientation may miss a right angle by this much (PS3.3 C.7.6.2.1.1
#: asks for orthogonal cosines; devices round them).
ORTHOGONALITY_TOLERANCE = 0.01


def as_vector(values: NDArray[np.floating] | tuple[float, ...] | list[float]) -> Vector:
    """Three finite floats, or ValueError."""
    x, y, z = (float(value) for value in values)
    if not all(map(math.isfinite, (x, y, z))):
        raise ValueError("a coordinate is not finite")
    return (x, y, z)


def unit(values: Vector) -> Vector:
    """`values` at length 1; ValueError for the null vector."""
    length = math.sqrt(sum(value * value for value in values))
    if length < 1e-9:
        raise ValueError("a direction has no length")
    return (values[0] / length, values[1] / length, values[2] / length)


def cross(a: Vector, b: Vector) -> Vector:
    """Right-handed cross product."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def dot(a: Vector, b: Vector) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def add(a: Vector, b: Vector, scale: float = 1.0) -> Vector:
    """a + scale·b."""
    return (a[0] + scale * b[0], a[1] + scale * b[1], a[2] + scale * b[2])


@lru_cache(maxsize=4096)
def _normal(row: Vector, column: Vector) -> Vector:
    """Asked for at every step of the wheel, by every measurement."""
    return unit(cross(row, column))


@dataclass(frozen=True, slots=True)
class PlaneGeometry:
    """One image plane in patient space.

    `origin` is the centre of the first pixel. `row_cosine` points along increasing column index,
    `column_cosine` along increasing row index. `spacing_mm` is (between rows, between columns),
    the order of Pixel Spacing (0028,0030).
    """

    origin: Vector
    row_cosine: Vector
    column_cosine: Vector
    spacing_mm: tuple[float, float]
    rows: int
    columns: int
    frame_of_reference_uid: str = ""

    def __post_init__(self) -> None:
        as_vector(self.origin)
        if abs(dot(self.row_cosine, self.column_cosine)) > ORTHOGONALITY_TOLERANCE:
            raise ValueError("row and column directions are not at right angles")
        for direction in (self.row_cosine, self.column_cosine):
            if abs(math.sqrt(dot(direction, direction)) - 1) > 1e-6:
                raise ValueError("a direction is not of unit length")
        if not all(math.isfinite(step) and step > 0 for step in self.spacing_mm):
            raise ValueError("spacing is not positive")
        if self.rows < 1 or self.columns < 1:
            raise ValueError("a plane needs rows and columns")

    @property
    def normal(self) -> Vector:
        """row x column, unit length."""
        return _normal(self.row_cosine, self.column_cosine)

    def to_patient(self, point: Point) -> Vector:
        """(column, row) to LPS mm, PS3.3 equation C.7.6.2.1-1."""
        column, row = point
        along = add(self.origin, self.row_cosine, column * self.spacing_mm[1])
        return add(along, self.column_cosine, row * self.spacing_mm[0])

    def to_image(self, position: Vector) -> tuple[float, float, float]:
        """LPS mm to (column, row, distance from the plane in mm along the normal)."""
        offset = add(position, self.origin, -1.0)
        return (
            dot(offset, self.row_cosine) / self.spacing_mm[1],
            dot(offset, self.column_cosine) / self.spacing_mm[0],
            dot(offset, self.normal),
        )

    @property
    def center(self) -> Vector:
        """The middle of the plane, ((columns-1)/2, (rows-1)/2)."""
        return self.to_patient(((self.columns - 1) / 2, (self.rows - 1) / 2))


@dataclass(frozen=True, slots=True)
class VolumeGeometry:
    """A stack of parallel slices, ordered along the normal of the first.

    `slice_positions_mm` are the true positions along the normal, relative to the first slice;
    `slice_step` is the mean vector from slice to slice, which leaves the normal under gantry tilt.
    Array order of the voxels is (slice, row, column).
    """

    first_plane: PlaneGeometry
    slice_step: Vector
    slice_positions_mm: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.slice_positions_mm) < 2:
            raise ValueError("a volume needs two slices")
        steps = [
            b - a
            for a, b in zip(self.slice_positions_mm, self.slice_positions_mm[1:], strict=False)
        ]
        if min(steps) <= 0:
            raise ValueError("slice positions do not increase")
        if dot(self.slice_step, self.first_plane.normal) <= 0:
            raise ValueError("the slice step points against the normal")

    @property
    def shape(self) -> tuple[int, int, int]:
        """(slices, rows, columns)."""
        plane = self.first_plane
        return (len(self.slice_positions_mm), plane.rows, plane.columns)

    @property
    def slice_spacing_mm(self) -> float:
        """Distance between planes along the normal, from the mean step."""
        return dot(self.slice_step, self.first_plane.normal)

    @property
    def spacing_mm(self) -> Vector:
        """(between slices along the normal, between rows, between columns)."""
        return (self.slice_spacing_mm, *self.first_plane.spacing_mm)

    @property
    def shear_degrees(self) -> float:
        """Angle between the slice step and the normal: the gantry tilt that was measured."""
        step, normal = self.slice_step, self.first_plane.normal
        along = dot(step, normal)
        aside = add(step, normal, -along)
        return math.degrees(math.atan2(math.sqrt(dot(aside, aside)), along))

    @property
    def uniform(self) -> bool:
        """All gaps within max(0.02 mm, 1 %) of their median."""
        gaps = np.diff(np.asarray(self.slice_positions_mm))
        middle = float(np.median(gaps))
        return bool(np.all(np.abs(gaps - middle) <= max(0.02, 0.01 * middle)))

    def missing_in_gaps(self) -> tuple[int, ...]:
        """How many slices are missing between each one and the next: a gap of a whole multiple
        of the median, within 10 %. Another gap is uneven, and nothing is missing in it."""
        gaps = np.diff(np.asarray(self.slice_positions_mm))
        times = gaps / np.median(gaps)
        whole = np.rint(times)
        close = np.abs(times - whole) <= 0.1 * whole
        return tuple(np.where((whole >= 2) & close, whole - 1, 0).astype(int).tolist())

    def affine(self) -> NDArray[np.float64]:
        """4x4 from (column, row, slice index) to LPS mm; exact only where `uniform`."""
        plane = self.first_plane
        matrix = np.eye(4)
        matrix[:3, 0] = np.asarray(plane.row_cosine) * plane.spacing_mm[1]
        matrix[:3, 1] = np.asarray(plane.column_cosine) * plane.spacing_mm[0]
        matrix[:3, 2] = self.slice_step
        matrix[:3, 3] = plane.origin
        return matrix

    def slice_plane(self, index: int) -> PlaneGeometry:
        """The plane of one slice at its true position."""
        first = self.first_plane
        scale = self.slice_positions_mm[index] / self.slice_spacing_mm
        return PlaneGeometry(
            origin=add(first.origin, self.slice_step, scale),
            row_cosine=first.row_cosine,
            column_cosine=first.column_cosine,
            spacing_mm=first.spacing_mm,
            rows=first.rows,
            columns=first.columns,
            frame_of_reference_uid=first.frame_of_reference_uid,
        )


def orientation_letters(direction: Vector, *, minimum: float = 0.1) -> str:
    """The letters of a direction in LPS, principal first (PS3.3 C.7.6.1.1.1).

    Components at or below `minimum` give no letter: smaller ones are rounding noise.
    """
    names = (("L", "R"), ("P", "A"), ("H", "F"))
    ranked = sorted(range(3), key=lambda axis: -abs(direction[axis]))
    return "".join(
        names[axis][0] if direction[axis] > 0 else names[axis][1]
        for axis in ranked
        if abs(direction[axis]) > minimum
    )
