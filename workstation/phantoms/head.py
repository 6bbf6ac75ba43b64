"""A head made of analytic shapes, as parts of tissues per voxel.

The origin is the middle of the skull near the foramina of Monro; LPS millimetres. The cortex is
folded by the zero sheets of smooth noise: they wind as sulci do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from workstation.domain.geometry import Vector
from workstation.phantoms.shapes import (
    Box,
    Coordinates,
    Field,
    Grid,
    blend,
    capsule,
    ellipsoid,
    generator,
    soft,
)

#: Paint an ellipsoid (centre, semi-axes, tissue, turn) or a rod (ends, radii, tissue).
Oval: TypeAlias = Callable[..., None]
Rod: TypeAlias = Callable[..., None]

SCALP: Vector = (78.0, 98.0, 102.0)
SKULL: Vector = (72.0, 91.5, 95.5)
_I = np.complex64(1j)
INNER: Vector = (66.6, 85.5, 90.0)


@dataclass
class Layers:
    """What is painted over what: (box, weight, tissue), the last on top."""

    grid: Grid
    held: list[tuple[Box, Field, str]] = field(default_factory=list)

    def add(self, box: Box, weight: Field, tissue: str) -> None:
        """One more layer."""
        self.held.append((box, weight.astype(np.float32), tissue))

    def compose(self, values: Mapping[str, float], outside: float) -> Field:
        """The volume in which each tissue has its value."""
        volume = np.full(self.grid.shape, outside, np.float32)
        for box, weight, tissue in self.held:
            blend(volume, box, weight, values[tissue])
        return volume


@dataclass(frozen=True)
class Lesion:
    """An ellipsoid with a wavy surface, its rim of oedema, and the shift it causes."""

    center: Vector
    semi: Vector
    tissue: str
    rim_mm: float = 0.0
    waviness_mm: float = 0.0
    shift_mm: float = 0.0


def noise_at(at: Coordinates, scale: float, *names: object) -> Field:
    """Smooth noise as a function of place alone: the same tissue on every grid.

    A sum of plane waves in random directions with wavelengths around `scale` mm.
    """
    random = generator(*names)
    count = 14
    total: Field = np.zeros((1, 1, 1), np.float32)
    # on a straight grid a wave is the product of three short ones
    straight = all(axis.size == max(axis.shape) for axis in at)
    for _ in range(count):
        way = random.standard_normal(3)
        way *= random.uniform(0.75, 1.35) * 2 * np.pi / scale / np.linalg.norm(way)
        phase = np.float32(random.uniform(0, 2 * np.pi))
        u, v, w = (axis * np.float32(part) for axis, part in zip(at, way, strict=True))
        if straight:
            plane = np.exp(_I * (u + phase)) * np.exp(_I * v)
            along = np.exp(_I * w)
            total = total + (plane.real * along.real - plane.imag * along.imag)
        else:
            total = total + np.cos(u + v + w + phase)
    return (total * np.float32((2 / count) ** 0.5)).astype(np.float32)


def lesion_weight(at: Coordinates, lesion: Lesion, edge: float, grow: float = 0.0) -> Field:
    """Part of each voxel inside the lesion, `grow` mm beyond its surface."""
    distance = ellipsoid(at, lesion.center, lesion.semi)
    if lesion.waviness_mm:
        distance = distance + lesion.waviness_mm * noise_at(at, 22.0, "lesion", lesion.center)
    return soft(distance - np.float32(grow), edge)


def lesion_ml(lesion: Lesion) -> float:
    """Its volume by counting on a grid of 0.5 mm."""
    reach = max(lesion.semi) + 4 * lesion.waviness_mm + 1
    size = int(2 * reach / 0.5) + 1
    grid = Grid.around(lesion.center, (size, size, size), (0.5, 0.5, 0.5))
    weight = lesion_weight(grid.coordinates(), lesion, 0.5)
    return float(weight.sum(dtype=np.float64)) * grid.voxel_ml


def build(grid: Grid, seed: str, *, lesion: Lesion | None = None, age: float = 0.5) -> Layers:
    """The head on a grid. `age` from 0 to 1 widens sulci and ventricles."""
    layers = Layers(grid)
    whole = grid.whole
    true_at = grid.coordinates()
    x, y, z = true_at
    edge = max(grid.spacing[1] * 1.5, 1.0)

    def shape(center: Vector, semi: Vector, tissue: str, turn: float = 0.0, e: float = 0) -> None:
        box = grid.near(center, max(semi) + 2)
        if box is not None:
            at = _shifted(grid.coordinates(box), lesion)
            layers.add(box, soft(ellipsoid(at, center, semi, turn), e or edge), tissue)

    def rod(start: Vector, end: Vector, radii: tuple[float, float], tissue: str) -> None:
        a, b, c = ((p + q) / 2 for p, q in zip(start, end, strict=True))
        reach = float(np.linalg.norm(np.subtract(end, start))) / 2 + max(radii) + 2
        box = grid.near((a, b, c), reach)
        if box is not None:
            at = _shifted(grid.coordinates(box), lesion)
            layers.add(box, soft(capsule(at, start, end, radii), edge), tissue)

    def both(center: Vector, semi: Vector, tissue: str, turn: float = 0.0) -> None:
        shape(center, semi, tissue, turn)
        shape((-center[0], center[1], center[2]), semi, tissue, -turn)

    def both_rods(start: Vector, end: Vector, radii: tuple[float, float], tissue: str) -> None:
        rod(start, end, radii, tissue)
        rod((-start[0], *start[1:]), (-end[0], *end[1:]), radii, tissue)

    # scalp, fat, outer table, marrow, inner table; the vault is no perfect ellipsoid
    bump: Field = noise_at((x, y, z), 120.0, seed, "vault") * np.float32(0.9)
    narrow = np.float32(0.10 / 92) * (y + 20)  # the forehead is narrower than the back
    sx = x * (1 - np.minimum(narrow, 0))
    vault = (sx, y, z)
    skin = ellipsoid(vault, (0, 0, 0), SCALP) + bump
    layers.add(whole, soft(skin, edge), "skin")
    layers.add(whole, soft(skin + 2.0, edge), "fat")
    layers.add(whole, soft(skin + 4.5, edge), "muscle")
    skull = ellipsoid(vault, (0, 2, 0), SKULL) + bump
    inner = ellipsoid(vault, (0, 2, 0), INNER) + bump * np.float32(0.7)
    layers.add(whole, soft(skull, edge), "cortex bone")
    marrow = soft(np.maximum(skull + 1.7, -inner + 1.5), edge)
    layers.add(whole, marrow, "marrow")
    inside = soft(inner, edge)
    layers.add(whole, inside, "csf")

    # brain: depth below the inner table, folded
    at = _shifted((x, y, z), lesion)
    depth = -inner
    brain = soft(inner + 1.6 + 1.4 * age, edge)
    layers.add(whole, brain, "grey")
    fold = noise_at(at, 27.0, seed, "fold") + np.float32(0.55) * noise_at(at, 15.0, seed, "small")
    steep = np.float32(3.1)
    # the sheet of a sulcus in mm, and how deep it reaches
    sheet = np.abs(fold) * steep
    deep = 25 + 7 * noise_at(at, 60.0, seed, "deep")
    above = np.maximum(soft(-28 - z, 7.0), soft(y - 2, 9.0))
    white = soft(np.maximum(5.2 - depth, np.where(depth < deep, 3.4 - sheet, -9.0)), 2.0)
    layers.add(whole, white * brain * above, "white")
    open_mm = 0.35 + 1.1 * age
    reach = deep - 5
    gap = soft(np.maximum(sheet - open_mm, depth - reach), 1.6) * inside * above
    layers.add(whole, gap * np.float32(0.85), "csf")
    # fissure between the hemispheres with the falx
    ax = np.abs(at[0])
    fissure = soft(np.maximum(ax - 1.3, depth - 26), 1.4) * soft(14 - z, 8.0) * inside
    layers.add(whole, fissure, "csf")
    layers.add(
        whole, soft(np.maximum(ax - 0.7, depth - 20), 1.2) * soft(8 - z, 8.0) * inside, "dura"
    )

    # insulae and Sylvian fissures
    for side in (1.0, -1.0):
        fx, fy, fz = at[0] * np.float32(side), at[1] + 3, at[2] - 3
        bow = fx - 40 + fy * fy * np.float32(0.008) + 1.3 * np.sin(at[1] / 2.8)
        oval = (np.sqrt((fy / 22) ** 2 + (fz / 14) ** 2) - 1) * 16
        layers.add(whole, soft(np.maximum(np.abs(bow) - 4.0, oval), 1.8) * inside, "grey")
        layers.add(whole, soft(np.maximum(np.abs(bow) - 0.8 - age, oval), 1.6) * inside, "csf")
        stem = np.abs(fz - 0.12 * (fx - 40) + 2.2 * np.sin(at[1] / 7)) - (1.0 + 1.2 * age)
        taper = np.maximum(39 - fx, (np.abs(fy + 4) - 20) * 0.5)
        layers.add(whole, soft(np.maximum(stem, taper), 2.4) * inside, "csf")

    # deep nuclei
    both((25, -8, 4), (5.5, 17, 11), "deep grey", 14)
    both((19, -5, 3), (3.5, 10, 7), "deep grey", 20)
    both((12.5, 14, 8), (8, 14, 9.5), "deep grey", -24)
    both((15, -26, 12), (6.5, 10, 13), "deep grey", 10)

    # ventricles
    wide = 1 + 0.5 * age
    both_rods((5.5, -34, 11), (6.5, -16, 19), (3.2 * wide, 4.4 * wide), "csf")
    both_rods((6.5, -16, 19), (11.5, 18, 24), (4.4 * wide, 5.0 * wide), "csf")
    both_rods((11.5, 18, 24), (23, 32, 14), (5.0 * wide, 6.4 * wide), "csf")
    both_rods((23, 32, 14), (21, 60, 9), (5.6 * wide, 1.6), "csf")
    both_rods((23, 30, 10), (32, 2, -16), (3.0, 1.6), "csf")
    shape((0, 4, 5), (1.9 * wide, 14, 9), "csf")
    box = grid.near((0, -2, 20), 40)
    if box is not None:
        bx, by, bz = _shifted(grid.coordinates(box), lesion)
        septum = np.maximum(np.abs(bx) - 0.8, np.abs(by + 12) - 22)
        layers.add(box, soft(np.maximum(septum, np.abs(bz - 16) - 10), 1.2), "white")
    both((22.5, 31, 14), (2.6, 4.4, 3.2), "calcified", 20)
    shape((0, 24, 8), (2.2, 2.6, 2.4), "calcified")

    _fossa(shape, both, both_rods, rod)

    if lesion is not None:
        box = grid.near(lesion.center, max(lesion.semi) + lesion.rim_mm + 6)
        if box is not None:
            here = grid.coordinates(box)
            if lesion.rim_mm:
                layers.add(box, lesion_weight(here, lesion, 4.0, lesion.rim_mm) * 0.8, "oedema")
            layers.add(box, lesion_weight(here, lesion, edge), lesion.tissue)
    return layers


def _shifted(at: Coordinates, lesion: Lesion | None) -> Coordinates:
    """Where the tissue at a place would lie without the push of the lesion."""
    if lesion is None or not lesion.shift_mm:
        return at
    x, y, z = at
    cx, cy, cz = lesion.center
    away = np.float32(-1.0 if cx > 0 else 1.0)
    far = ((x / 42) ** 2 + ((y - cy) / 45) ** 2 + ((z - cz) / 34) ** 2).astype(np.float32)
    push = np.float32(lesion.shift_mm) * np.exp(-far)
    return (x - away * push, y, z)


def _fossa(shape: Oval, both: Oval, both_rods: Rod, rod: Rod) -> None:
    """Below the tentorium: cisterns, stem, cerebellum, petrous bones, orbits, sinuses."""
    shape((0, 2, -29), (17, 15, 9), "csf")
    shape((0, -16, -31), (12, 9, 7), "csf")
    both((31, -20, -34), (17, 22, 13), "white", 0)
    shape((0, 10, -30), (13.5, 11, 15), "white")
    shape((0, 6, -50), (14, 12, 15), "white")
    both((24, 44, -46), (24, 26, 19), "grey")
    both((21, 42, -46), (16, 18, 12), "white")
    shape((0, 48, -44), (8, 20, 17), "grey")
    shape((0, 27, -45), (6.5, 4.5, 7), "csf")
    both((14, 21, -22), (7, 3, 5), "csf", 30)
    rod((0, 55, -66), (0, 14, -70), (6, 9), "csf")
    # skull base
    both_rods((16, -2, -44), (58, 26, -47), (6.5, 11), "cortex bone")
    both_rods((50, 22, -48), (62, 32, -54), (8.5, 8.5), "air cells")
    both_rods((40, 15, -44), (46, 19, -46), (3, 3), "air cells")
    both_rods((12, -34, -32), (54, -44, -24), (2.2, 3.2), "cortex bone")
    shape((0, -12, -40), (11, 9, 5), "cortex bone")
    shape((0, -24, -48), (11, 12, 9), "cortex bone")
    shape((0, -24, -48), (9.2, 10, 7.4), "air")
    shape((0, -13, -33.5), (6, 5, 3), "grey")
    # orbits
    both((31, -66, -42), (18, 26, 17), "cortex bone", -14)
    both((31, -68, -42), (16, 25, 15), "fat", -14)
    both((32, -77, -42), (12.2, 12.2, 12.2), "globe")
    both((32, -86.5, -42), (4.6, 2.2, 4.6), "lens")
    both_rods((31, -65, -42), (20, -44, -42), (2.2, 2.2), "muscle")
    both_rods((43, -70, -42), (24, -46, -42), (1.8, 1.8), "muscle")
    both_rods((20, -72, -42), (17, -48, -42), (1.8, 1.8), "muscle")
    # nose and sinuses
    shape((0, -72, -48), (11, 20, 17), "cortex bone")
    both((5, -70, -48), (4, 17, 14), "air")
    both((26, -70, -72), (14, 16, 12), "air")
    both((9, -84, -22), (7.5, 4.2, 11), "air", 8)


#: HU of the tissues in CT without contrast.
HOUNSFIELD: dict[str, float] = {
    "skin": 45,
    "fat": -85,
    "muscle": 48,
    "cortex bone": 1350,
    "marrow": 620,
    "csf": 6,
    "grey": 39,
    "white": 29,
    "deep grey": 40,
    "dura": 58,
    "calcified": 190,
    "oedema": 20,
    "blood": 60,
    "infarct": 24,
    "air": -1000,
    "air cells": -420,
    "globe": 12,
    "lens": 78,
}
