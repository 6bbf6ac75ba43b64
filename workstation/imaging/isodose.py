"""Dose over an image: levels, colour wash, and the lines of equal dose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import PlaneGeometry
from workstation.domain.overlays import Colour, DoseGrid
from workstation.imaging.reslice import reslice
from workstation.imaging.volume import Volume

#: Parts of the highest dose of the grid, with the colours that planning systems use: warm is high.
#: The prescription is not in the object, so the highest dose is what the parts refer to.
_LEVELS: tuple[tuple[float, Colour], ...] = (
    (0.95, (255, 64, 48)),
    (0.80, (255, 150, 40)),
    (0.65, (250, 225, 70)),
    (0.50, (90, 210, 90)),
    (0.35, (70, 200, 225)),
    (0.20, (80, 130, 255)),
)


@dataclass(frozen=True, slots=True)
class DoseLevel:
    """A dose that is drawn: its value in the unit of the grid, and its part of the maximum."""

    value: float
    part: float
    colour: Colour


def levels(dose: DoseGrid) -> tuple[DoseLevel, ...]:
    """The levels that are drawn, highest first; none where the grid holds no dose."""
    top = dose.maximum
    if top <= 0:
        return ()
    return tuple(DoseLevel(top * part, part, colour) for part, colour in _LEVELS)


def volume_of(dose: DoseGrid) -> Volume:
    """The grid as it is resliced: linear between its points."""
    return Volume(
        np.ascontiguousarray(dose.values, np.float32),
        dose.geometry,
        np.ones(dose.values.shape[0], np.bool_),
        unit=dose.unit,
    )


def cut(dose: DoseGrid, plane: PlaneGeometry) -> NDArray[np.float32]:
    """Dose (rows, columns) in the plane, linear between grid points; NaN outside of the grid."""
    return reslice(volume_of(dose), plane)


def wash(
    values: NDArray[np.float32], drawn: tuple[DoseLevel, ...], opacity: float
) -> NDArray[np.uint8]:
    """RGBA (rows, columns, 4), not premultiplied: the colour of the highest level reached."""
    picture = np.zeros((*values.shape, 4), np.uint8)
    with np.errstate(invalid="ignore"):
        for level in reversed(drawn):
            picture[values >= level.value] = (*level.colour, round(255 * opacity))
    return picture


#: Of each of the sixteen cases of a cell, which sides a line joins: 0 top, 1 right, 2 bottom,
#: 3 left. Bits: upper left 1, upper right 2, lower right 4, lower left 8.
_SIDES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 2), (0, 1)),
    6: ((0, 2),), 7: ((3, 2),), 8: ((2, 3),), 9: ((0, 2),), 10: ((3, 0), (1, 2)),
    11: ((1, 2),), 12: ((1, 3),), 13: ((0, 1),), 14: ((3, 0),),
}  # fmt: skip


def isolines(values: NDArray[np.float32], level: float) -> NDArray[np.float64]:
    """Lines (n, 4) of equal value as x0, y0, x1, y1 in (column, row), by marching squares
    (Lorensen and Cline 1987, in the plane): linear along the sides of each cell.

    Cells with a void corner draw nothing. Of a saddle, the corners that reach the level are joined
    where the middle of the cell does.
    """
    above = values >= level
    corners = (above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1])
    case = sum((held.astype(np.uint8) << bit for bit, held in enumerate(corners)))
    case = np.asarray(case, np.uint8)
    sound = np.isfinite(values)
    whole = sound[:-1, :-1] & sound[:-1, 1:] & sound[1:, 1:] & sound[1:, :-1]
    rows, columns = np.nonzero((case > 0) & (case < 15) & whole)
    if not rows.size:
        return np.empty((0, 4))
    kinds = case[rows, columns].astype(np.int64)
    a, b = values[rows, columns], values[rows, columns + 1]
    c, d = values[rows + 1, columns + 1], values[rows + 1, columns]
    middle = (a + b + c + d) / 4 >= level
    kinds = np.where((kinds == 5) & ~middle, 10, np.where((kinds == 10) & ~middle, 5, kinds))

    def part(low: NDArray[np.float32], high: NDArray[np.float32]) -> NDArray[np.float64]:
        span = np.where(high == low, 1.0, high - low)
        return np.clip((level - low) / span, 0.0, 1.0).astype(np.float64)

    zero, one = np.zeros(rows.size), np.ones(rows.size)
    sides = (
        (part(a, b), zero),
        (one, part(b, c)),
        (part(d, c), one),
        (zero, part(a, d)),
    )
    lines = []
    for kind, pairs in _SIDES.items():
        chosen = kinds == kind
        if not chosen.any():
            continue
        for start, end in pairs:
            (x0, y0), (x1, y1) = sides[start], sides[end]
            made = np.stack((x0 + columns, y0 + rows, x1 + columns, y1 + rows), axis=1)
            lines.append(made[chosen])
    return np.concatenate(lines)
