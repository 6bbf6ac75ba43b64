"""Analytic shapes with soft edges, painted into a regular grid of patient space.

Coordinates are LPS millimetres. A shape is painted only into the box that holds it, so that a
vessel tree of a thousand segments costs little. All noise comes from named seeds.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import Vector

Field: TypeAlias = NDArray[np.float32]
Box: TypeAlias = tuple[slice, slice, slice]
Coordinates: TypeAlias = tuple[Field, Field, Field]


def generator(*names: object) -> np.random.Generator:
    """Random numbers that depend on nothing but the names."""
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big")))


@dataclass(frozen=True)
class Grid:
    """A box of voxels, array order (slice, row, column).

    `origin` is the centre of the first voxel; `row`, `column` and `normal` are unit vectors along
    increasing column index, row index and slice index; `spacing` is mm (slice, row, column).
    """

    origin: Vector
    shape: tuple[int, int, int]
    spacing: tuple[float, float, float]
    row: Vector = (1.0, 0.0, 0.0)
    column: Vector = (0.0, 1.0, 0.0)
    normal: Vector = (0.0, 0.0, 1.0)

    @classmethod
    def around(
        cls,
        center: Vector,
        shape: tuple[int, int, int],
        spacing: tuple[float, float, float],
        row: Vector = (1.0, 0.0, 0.0),
        column: Vector = (0.0, 1.0, 0.0),
    ) -> Grid:
        """The grid whose middle is `center`; the normal is row x column."""
        normal = np.cross(row, column)
        axes = np.stack([normal, column, row])
        half = (np.asarray(shape) - 1) / 2 * np.asarray(spacing)
        origin = np.asarray(center) - half @ axes
        return cls(
            (float(origin[0]), float(origin[1]), float(origin[2])),
            shape,
            spacing,
            row,
            column,
            (float(normal[0]), float(normal[1]), float(normal[2])),
        )

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel in millilitres."""
        return math.prod(self.spacing) / 1000

    @property
    def whole(self) -> Box:
        """The box of all voxels."""
        return (slice(0, self.shape[0]), slice(0, self.shape[1]), slice(0, self.shape[2]))

    def position(self, index: int) -> Vector:
        """Image Position (Patient) of one slice."""
        step = index * self.spacing[0]
        x, y, z = (o + step * n for o, n in zip(self.origin, self.normal, strict=True))
        return (x, y, z)

    def slab(self, start: int, stop: int) -> Grid:
        """The slices from `start` to before `stop`."""
        return replace(self, origin=self.position(start), shape=(stop - start, *self.shape[1:]))

    def index(self, point: Vector) -> tuple[float, float, float]:
        """(slice, row, column) of a point, fractional."""
        offset = np.asarray(point) - self.origin
        return (
            float(offset @ self.normal) / self.spacing[0],
            float(offset @ self.column) / self.spacing[1],
            float(offset @ self.row) / self.spacing[2],
        )

    def near(self, center: Vector, radius: float) -> Box | None:
        """The box that holds a sphere, or None where it misses the grid."""
        cut = []
        for middle, step, size in zip(self.index(center), self.spacing, self.shape, strict=True):
            low = max(0, math.ceil(middle - radius / step))
            high = min(size, math.floor(middle + radius / step) + 1)
            if low >= high:
                return None
            cut.append(slice(low, high))
        return (cut[0], cut[1], cut[2])

    def coordinates(self, box: Box | None = None) -> Coordinates:
        """x, y and z of the voxels of a box, each as small as broadcasting allows."""
        box = box or self.whole
        result = []
        for part in range(3):
            total = np.full((1, 1, 1), self.origin[part], np.float32)
            for axis, direction in enumerate((self.normal, self.column, self.row)):
                if abs(direction[part]) > 1e-9:
                    steps = np.arange(box[axis].start, box[axis].stop, dtype=np.float32)
                    shape = [1, 1, 1]
                    shape[axis] = -1
                    scale = np.float32(self.spacing[axis] * direction[part])
                    total = total + (steps * scale).reshape(shape)
            result.append(total)
        return (result[0], result[1], result[2])


def soft(distance: NDArray[Any], edge: float = 1.5) -> Field:
    """Part of a voxel inside a surface: 1 within, 0 outside, a ramp `edge` mm wide between."""
    return np.clip(np.float32(0.5) - distance / np.float32(edge), 0, 1, dtype=np.float32)


def ellipsoid(at: Coordinates, center: Vector, semi: Vector, turn: float = 0.0) -> Field:
    """Distance in mm (to first order) from an ellipsoid turned by `turn` degrees about z."""
    x, y, z = (axis - np.float32(c) for axis, c in zip(at, center, strict=True))
    if turn:
        c, s = np.float32(math.cos(math.radians(turn))), np.float32(math.sin(math.radians(turn)))
        x, y = c * x + s * y, c * y - s * x
    u, v, w = (axis / np.float32(r) for axis, r in zip((x, y, z), semi, strict=True))
    radius = np.sqrt(u * u + v * v + w * w)
    slope = np.sqrt((u / semi[0]) ** 2 + (v / semi[1]) ** 2 + (w / semi[2]) ** 2)
    return ((radius - 1) * radius / np.maximum(slope, np.float32(1e-6))).astype(np.float32)


def sphere(at: Coordinates, center: Vector, radius: float) -> Field:
    """Distance in mm from a sphere, exact."""
    x, y, z = (axis - np.float32(c) for axis, c in zip(at, center, strict=True))
    return np.sqrt(x * x + y * y + z * z) - np.float32(radius)


def capsule(at: Coordinates, start: Vector, end: Vector, radii: tuple[float, float]) -> Field:
    """Distance in mm from a rod with round ends that tapers from one radius to the other."""
    x, y, z = (axis - np.float32(c) for axis, c in zip(at, start, strict=True))
    way = [np.float32(b - a) for a, b in zip(start, end, strict=True)]
    length2 = max(float(sum(part * part for part in way)), 1e-6)
    along = np.clip((x * way[0] + y * way[1] + z * way[2]) / np.float32(length2), 0, 1)
    dx, dy, dz = x - along * way[0], y - along * way[1], z - along * way[2]
    radius = np.float32(radii[0]) + along * np.float32(radii[1] - radii[0])
    return (np.sqrt(dx * dx + dy * dy + dz * dz) - radius).astype(np.float32)


def blend(volume: Field, box: Box, weight: Field, value: Field | float) -> None:
    """Replace what `volume` holds in the box by `value` to the part `weight`."""
    part = volume[box]
    part += weight * (np.asarray(value, np.float32) - part)


def paint_rod(
    volume: Field,
    grid: Grid,
    start: Vector,
    end: Vector,
    radii: tuple[float, float],
    value: float,
    *,
    edge: float = 1.5,
    only_raise: bool = False,
) -> None:
    """Paint one capsule; `only_raise` keeps what is denser already."""
    x, y, z = ((a + b) / 2 for a, b in zip(start, end, strict=True))
    reach = math.dist(start, end) / 2 + max(radii) + edge
    box = grid.near((x, y, z), reach)
    if box is None:
        return
    weight = soft(capsule(grid.coordinates(box), start, end, radii), edge)
    if only_raise:
        part = volume[box]
        np.maximum(part, part + weight * (np.float32(value) - part), out=part)
    else:
        blend(volume, box, weight, value)


def paint_ellipsoid(
    volume: Field,
    grid: Grid,
    center: Vector,
    semi: Vector,
    value: float,
    *,
    turn: float = 0.0,
    edge: float = 1.5,
) -> None:
    """Paint one ellipsoid."""
    box = grid.near(center, max(semi) + edge)
    if box is not None:
        blend(volume, box, soft(ellipsoid(grid.coordinates(box), center, semi, turn), edge), value)


def smooth_noise(shape: tuple[int, int, int], scale: Vector, *names: object) -> Field:
    """Noise of unit variance whose grain is `scale` voxels (slice, row, column) wide.

    It is drawn coarse and enlarged, so that wide grain costs no wide filter.
    """
    coarse = [max(4, math.ceil(size / step) + 3) for size, step in zip(shape, scale, strict=True)]
    values = generator(*names).standard_normal(coarse, dtype=np.float32)
    flat = np.stack(
        [cv2.resize(plane, (shape[2], shape[1]), interpolation=cv2.INTER_CUBIC) for plane in values]
    )
    columns = flat.reshape(coarse[0], -1)
    where = np.linspace(1, coarse[0] - 2.001, shape[0], dtype=np.float32)
    low = where.astype(int)
    part = (where - low)[:, None]
    part = part * part * (3 - 2 * part)
    result = columns[low] * (1 - part) + columns[low + 1] * part
    result /= max(float(result.std()), 1e-6)
    return result.reshape(shape).astype(np.float32)


def grain(shape: tuple[int, int, int], sigma: float, *names: object) -> Field:
    """Image noise of unit variance, correlated within a slice over `sigma` pixels."""
    values = generator(*names).standard_normal(shape, dtype=np.float32)
    for plane in values:
        cv2.GaussianBlur(plane, (0, 0), sigma, dst=plane)
    values /= max(float(values.std()), 1e-6)
    return values
