"""A chest made of analytic shapes, in HU. The origin is the middle of the thorax, LPS mm.

The same places hold on every grid: CT and radiograph are drawn from one body.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workstation.domain.geometry import Vector, as_vector
from workstation.phantoms.head import noise_at
from workstation.phantoms.shapes import (
    Box,
    Field,
    Grid,
    blend,
    generator,
    paint_ellipsoid,
    paint_rod,
    soft,
    sphere,
)

AIR, LUNG, FAT, MUSCLE, BLOOD = -1000.0, -868.0, -102.0, 52.0, 43.0
#: Right upper lobe.
NODULE_CENTER: Vector = (-72.0, -6.0, 62.0)
NODULE_HU = 35.0


@dataclass(frozen=True)
class Outline:
    """Half axes of wall and cavity at the heights `z`, and the middle of the cavity in y."""

    body: tuple[Field, Field]
    cavity: tuple[Field, Field]


def _curve(z: Field | float, heights: Sequence[float], values: Sequence[float]) -> Field:
    return np.asarray(np.interp(z, heights, values), np.float32)


def outline(z: Field | float) -> Outline:
    """How wide and deep the body and its cavity are at a height."""
    heights = [-220, -140, -60, 20, 80, 110, 135, 170, 215]
    return Outline(
        (
            _curve(z, heights, [150, 154, 160, 163, 168, 178, 172, 105, 62]),
            _curve(z, heights, [112, 112, 116, 118, 112, 100, 88, 70, 60]),
        ),
        (
            _curve(z, heights, [136, 141, 142, 136, 112, 84, 50, 4, 4]),
            _curve(z, heights, [90, 94, 96, 94, 78, 60, 38, 4, 4]),
        ),
    )


def _rim(x: Field, y: Field, half: tuple[Field, Field], power: float) -> Field:
    """First-order distance from a superellipse."""
    a, b = half
    raised = np.abs(x / a) ** power + np.abs(y / b) ** power
    return (raised - 1) * (np.minimum(a, b) / np.float32(power))


def _torso(volume: Field, grid: Grid, box: Box) -> None:
    """Skin, fat, muscle, lungs, mediastinum and diaphragm of a slab of slices."""
    edge = max(grid.spacing[1], 1.2) * 1.3
    x, y, z = grid.coordinates(box)
    lines = outline(z)
    skin = _rim(x, y - 4, lines.body, 2.5)
    wall = _rim(x, y, lines.cavity, 2.2)
    out = volume[box]
    out += soft(skin, edge) * np.float32(40 - AIR)
    blend(volume, box, soft(skin + 2.5, edge), FAT)
    thick = 9 + 5 * np.cos(np.arctan2(y, x) * 2) ** 2
    muscle = np.maximum(skin + thick, -wall + 2)
    blend(volume, box, soft(muscle, edge), MUSCLE)
    # planes of fat between the muscles
    streak = noise_at((x, y, z), 48.0, "chest", "streak")
    between = np.minimum(np.abs(wall - 12 - 3 * streak) - 1.3, np.abs(wall - 26 - 5 * streak) - 1.0)
    blend(volume, box, soft(np.maximum(muscle + 2, between), 2.0) * 0.85, FAT)
    marbled = np.maximum(muscle + 3, np.abs(streak) * 6 - 0.5)
    blend(volume, box, soft(marbled, 2.5) * 0.5, FAT)
    inside = soft(wall, edge)
    blend(volume, box, inside, FAT)

    # diaphragm: a dome on each side, the right one higher
    right = -62 - ((x + 62) / 10.5) ** 2 - ((y + 8) / 9.0) ** 2
    left = -72 - ((x - 66) / 10.0) ** 2 - ((y + 8) / 9.0) ** 2
    dome = np.maximum(right, left)
    below = soft((z - dome) * np.float32(0.72), edge) * inside
    blend(volume, box, below, np.where(x < 14, np.float32(58), np.float32(46)))

    # lungs: what the mediastinum leaves
    profile = np.exp(-(((y + 4) / 40) ** 2))
    middle_r = 7 + (19 + 8 * np.exp(-(((z + 45) / 45) ** 2))) * profile
    middle_l = 7 + (21 + 8 * np.exp(-(((z - 40) / 22) ** 2))) * profile
    side = np.where(x < 0, -x - middle_r, x - middle_l)
    spine = np.sqrt(x * x + (y - 68) ** 2) - 27
    side = np.minimum(side, spine)
    lung = np.maximum(np.maximum(wall + 2.2, -side), dome - z + 2)
    weight = soft(lung, edge)
    air = LUNG + y * np.float32(0.28) + 9 * noise_at((x, y, z), 26.0, "chest", "air")
    blend(volume, box, weight, air)
    # fissures
    oblique = (z - 8 + 0.92 * (y + 10) + 5 * np.sin(x / 30)) * np.float32(0.74)
    sheet = soft(np.abs(oblique) - 0.5, 1.6)
    minor = soft(np.abs(z - 14 + 4 * np.sin(y / 25)) - 0.5, 1.6) * (y < -14) * (x < 0)
    sheet = np.maximum(sheet, minor)
    out += sheet * weight * (lung < -3) * np.float32(150)


def _spine_and_ribs(volume: Field, grid: Grid) -> None:
    edge = max(max(grid.spacing) * 0.8, 1.4)

    def rod(
        a: Vector, b: Vector, radii: tuple[float, float], value: float, up: bool = True
    ) -> None:
        paint_rod(volume, grid, a, b, radii, value, edge=edge, only_raise=up)

    for level in range(-9, 9):
        z = level * 24.0
        y = 66 - 6 * ((z - 10) / 120) ** 2
        for dz in (-6.5, 0, 6.5):
            paint_ellipsoid(volume, grid, (0, y, z + dz), (18, 14.5, 6.5), 420, edge=edge)
        for dz in (-5, 0, 5):
            paint_ellipsoid(volume, grid, (0, y, z + dz), (16, 12.5, 5.6), 190, edge=edge)
        paint_ellipsoid(volume, grid, (0, y, z + 12), (17, 14, 3.4), 85, edge=edge)
        for side in (-1.0, 1.0):
            rod((side * 11, y + 12, z), (side * 9, y + 24, z - 2), (4.4, 4.2), 480)
            rod((side * 11, y + 20, z), (side * 36, y + 27, z + 3), (4.6, 4.0), 400)
            rod((side * 9, y + 24, z - 2), (0, y + 31, z - 5), (3.6, 3.6), 480)
        if level < 5:
            rod((0, y + 31, z - 6), (0, y + 46, z - 22), (3.4, 2.6), 430)
        rod((0, y + 21, z - 12), (0, y + 21, z + 12), (7.6, 7.6), 28, up=False)

    for number in range(1, 12):
        start = 132 - 23.5 * (number - 1)
        drop = (20, 34, 46, 54, 60, 66, 70, 70, 66, 60, 52)[number - 1]
        reach = (150, 160, 163, 165, 165, 162, 158, 150, 138, 115, 95)[number - 1]
        for side in (-1.0, 1.0):
            previous: Vector | None = None
            for step in range(25):
                angle = math.radians(14 + (reach - 14) * step / 24)
                z = start - drop * (1 - math.cos(angle)) / 2 - (6 if number > 1 else 0)
                lines = outline(z)
                a = float(lines.cavity[0]) + 5.5
                b = float(lines.cavity[1]) + 5.0
                here = (side * a * math.sin(angle), b * math.cos(angle), z)
                if previous is not None:
                    cartilage = step > 20 and number > 1
                    value, core = (95.0, 95.0) if cartilage else (760.0, 300.0)
                    for dz in (-2.6, 0.0, 2.6):
                        p = (previous[0], previous[1], previous[2] + dz)
                        q = (here[0], here[1], here[2] + dz)
                        rod(p, q, (3.5, 3.5), value)
                    if not cartilage:
                        rod(previous, here, (2.2, 2.2), core, up=False)
                previous = here

    for z0, z1, half in ((70, 104, 20), (-45, 66, 14)):
        for dx in range(-half, half + 1, 4):
            y0 = -float(outline(z1).cavity[1]) - 5
            y1 = -float(outline(z0).cavity[1]) - 5
            rod((dx, y1, z0), (dx, y0, z1), (5.2, 5.2), 260)
    for side in (-1.0, 1.0):
        rod((side * 18, -66, 108), (side * 70, -46, 122), (6.5, 5.0), 520)
        rod((side * 70, -46, 122), (side * 128, 10, 134), (5.0, 6.5), 520)
        for t in range(9):
            low = (side * (104 - t * 3), 84 - t * 0.6, 6 + t * 4)
            high = (side * (86 + t * 7), 88 - t * 5, 108 + t * 1.5)
            rod(low, high, (2.0, 2.4), 330)
        rod((side * 84, 92, 92), (side * 142, 44, 132), (3.6, 5.0), 480)
        paint_ellipsoid(volume, grid, (side * 152, 20, 112), (23, 23, 24), 330, edge=2.5)


def _organs(volume: Field, grid: Grid) -> None:
    edge = max(grid.spacing[1] * 1.3, 1.6)

    def oval(center: Vector, semi: Vector, value: float, turn: float = 0) -> None:
        paint_ellipsoid(volume, grid, center, semi, value, turn=turn, edge=edge)

    def rod(a: Vector, b: Vector, radii: tuple[float, float], value: float) -> None:
        paint_rod(volume, grid, a, b, radii, value, edge=edge)

    # heart with the fat around it
    oval((22, -28, -46), (64, 48, 58), FAT, 28)
    oval((22, -27, -45), (59, 43.5, 53), 45, 28)
    oval((-20, -14, -28), (28, 30, 34), BLOOD)
    oval((10, 14, -18), (34, 22, 26), BLOOD)
    # great vessels
    rod((-6, -26, -14), (-16, -22, 34), (16, 15.5), BLOOD)
    rod((-16, -22, 34), (-2, -2, 50), (15.5, 14.5), BLOOD)
    rod((-2, -2, 50), (21, 30, 44), (14.5, 13.5), BLOOD)
    rod((21, 30, 44), (20, 46, 10), (13, 12.5), BLOOD)
    rod((20, 46, 10), (12, 48, -220), (12.5, 10.5), BLOOD)
    rod((22, -38, -8), (16, -14, 20), (15, 14.5), BLOOD)
    rod((14, -12, 18), (-40, 4, 8), (11.5, 9.5), BLOOD)
    rod((18, -10, 20), (46, 16, 22), (11.5, 9), BLOOD)
    rod((-30, -14, 62), (-24, -12, -20), (9.5, 10), BLOOD)
    rod((-30, -14, 62), (-24, -16, 112), (8.5, 7), BLOOD)
    rod((-22, -20, 64), (34, -24, 92), (7, 6.5), BLOOD)
    for start, end in (
        ((-8, -6, 60), (-22, -4, 120)),
        ((4, 2, 60), (14, -2, 124)),
        ((16, 16, 54), (26, 12, 124)),
    ):
        rod(start, end, (5.5, 4.6), BLOOD)
    rod((-2, 31, 140), (2, 34, -60), (7.5, 7.5), 38)
    rod((-22, 40, -20), (-14, 46, -140), (3.5, 3.5), BLOOD)
    # nodes in the fat
    random = generator("chest", "nodes")
    for _ in range(14):
        spot = random.uniform((-20, -20, -5), (22, 24, 70))
        oval((float(spot[0]), float(spot[1]), float(spot[2])), (3.6, 2.6, 4.0), 40)
    # airways
    for wall in (True, False):
        grow, value = (1.6, 40.0) if wall else (0.0, -985.0)
        for start, end, ra, rb in (
            ((0, 6, 215), (1, 18, 24), 8.6, 9.0),
            ((1, 18, 26), (-32, 22, 2), 7.4, 6.4),
            ((1, 18, 26), (42, 26, 4), 7.0, 5.8),
            ((-28, 21, 6), (-52, 14, 30), 4.6, 3.2),
            ((-32, 22, 2), (-44, 26, -40), 5.2, 3.4),
            ((42, 26, 4), (56, 16, 26), 4.4, 3.0),
            ((42, 26, 4), (52, 34, -36), 4.8, 3.2),
        ):
            rod(start, end, (ra + grow, rb + grow), value)
    # below the diaphragm
    oval((44, -20, -122), (38, 34, 36), 38, 20)
    oval((46, -44, -104), (26, 20, 17), -950, 20)
    oval((88, 34, -128), (26, 36, 40), 50, 30)


def _vessels(volume: Field, grid: Grid) -> None:
    """Trees from both hila; they only raise what is air, and end at the pleura."""
    random = generator("chest", "vessels")
    edge = max(grid.spacing[1], 1.3)
    fine = min(grid.spacing) < 1.35

    def grow(start: Vector, way: np.ndarray, radius: float, side: float) -> None:
        length = 7 + 2.9 * radius + random.uniform(0, 6)
        way = way + random.normal(0, 0.16, 3)
        way /= np.linalg.norm(way)
        end = as_vector(np.asarray(start) + length * way)
        lines = outline(end[2])
        a, b = float(lines.cavity[0]) - 7, float(lines.cavity[1]) - 7
        if (end[0] / max(a, 1)) ** 2 + (end[1] / max(b, 1)) ** 2 > 1 or end[0] * side < 22:
            return
        if radius > 0.75 or fine:
            paint_rod(
                volume, grid, start, end, (radius, radius * 0.84), 38.0, edge=edge, only_raise=True
            )
        if radius < 0.72:
            return
        across = np.cross(way, random.normal(0, 1, 3))
        across /= np.linalg.norm(across)
        for sign, share in ((1.0, 0.84), (-1.0, 0.70)):
            grow(end, way + sign * across * random.uniform(0.35, 0.62), radius * share, side)

    for side in (-1.0, 1.0):
        hilum = (side * 44.0, 14.0, 6.0)
        for turn in range(13):
            angle = 2 * math.pi * turn / 13 + 0.3 * side
            way = np.array([side * 0.75, 0.72 * math.sin(angle), 1.05 * math.cos(angle)])
            from_here = (hilum[0], hilum[1] + 5 * math.sin(angle), hilum[2] + 14 * math.cos(angle))
            grow(from_here, way, 4.1 if turn % 2 else 3.3, side)


def build(grid: Grid, *, nodule_mm: float = 0.0, table: bool = True) -> Field:
    """HU on a grid without noise; `nodule_mm` is the diameter of the nodule, 0 for none."""
    volume = np.full(grid.shape, AIR, np.float32)
    for start in range(0, grid.shape[0], 12):
        stop = min(start + 12, grid.shape[0])
        _torso(volume, grid, (slice(start, stop), *grid.whole[1:]))
    _vessels(volume, grid)
    _organs(volume, grid)
    _spine_and_ribs(volume, grid)
    if table:
        box = grid.whole
        x, y, _ = grid.coordinates()
        sag = y - 132 + 0.0011 * x * x
        shell = soft(np.maximum(np.abs(sag) - 1.4, np.abs(x) - 205), 1.5)
        foam = soft(np.maximum(np.abs(sag - 12) - 11, np.abs(x) - 205), 1.5)
        blend(volume, box, foam + 0 * volume[:, :1, :1], -940.0)
        blend(volume, box, shell + 0 * volume[:, :1, :1], -60.0)
    if nodule_mm:
        paint_nodule(volume, grid, nodule_mm)
    return volume


def paint_nodule(volume: Field, grid: Grid, diameter: float) -> None:
    """A sphere, with threads that run from it to the pleura."""
    for end in ((-92, -26, 70), (-66, -30, 74), (-90, 14, 72)):
        way = np.subtract(end, NODULE_CENTER) * (diameter / 17) ** 0.5
        tip = as_vector(np.asarray(NODULE_CENTER) + way)
        paint_rod(volume, grid, NODULE_CENTER, tip, (0.9, 0.3), -250.0, only_raise=True)
    box = grid.near(NODULE_CENTER, diameter / 2 + 2)
    if box is not None:
        distance = sphere(grid.coordinates(box), NODULE_CENTER, diameter / 2)
        blend(volume, box, soft(distance, max(grid.spacing[1], 1.0)), NODULE_HU)
