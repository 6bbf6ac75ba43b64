"""Where an image lies in its viewport: the affine between image and screen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.domain.geometry import Point
from workstation.domain.presentation import DisplayedArea, SizeMode
from workstation.domain.view import Edge, ViewState

#: Part of the viewport that a fitted image fills.
FIT = 1.0


def _to_boundary(corner: float) -> float:
    """How far a corner moves to the nearest boundary between pixels, at most half of one."""
    return math.floor(corner + 1.0) - (corner + 0.5)


@dataclass(frozen=True, slots=True)
class Placement:
    """Image (column, row) to screen (x, y): `matrix` is 2x3, pixel centres to pixel centres.

    `scale` is screen pixels per image column; rows are `scale * aspect` high, so that a pixel
    keeps its true shape.
    """

    matrix: tuple[tuple[float, float, float], tuple[float, float, float]]
    scale: float
    aspect: float
    fit_scale: float

    @classmethod
    def of(
        cls,
        view: ViewState,
        *,
        rows: int,
        columns: int,
        pixel_aspect: float,
        width: int,
        height: int,
        area: DisplayedArea | None = None,
        pitch_mm: float | None = None,
    ) -> Placement:
        """Place an image of `rows` x `columns` in a viewport of `width` x `height` pixels.

        Rotation is clockwise and comes before the horizontal flip (PS3.3 C.10.6). Where there is
        an `area`, it and not the whole image is fitted and centred (C.10.4); TRUE SIZE needs the
        `pitch_mm` of the screen's pixels and fits where that is not known.
        """
        wide, tall = (columns, rows) if area is None else area.size
        tall *= pixel_aspect
        turned = view.rotation % 180 != 0
        across, down = (tall, wide) if turned else (wide, tall)
        fit = FIT * min(width / across, height / down)
        if area is not None and area.mode is SizeMode.MAGNIFY:
            fit = area.magnification or fit
        elif area is not None and area.mode is SizeMode.TRUE_SIZE and pitch_mm is not None:
            assert area.spacing_mm is not None
            fit = area.spacing_mm[1] / pitch_mm
        hung = view.hung if area is None else None
        if hung is not None and hung.field_mm is not None and hung.column_mm is not None:
            # One scale in mm for all images that share the field.
            fit = hung.column_mm * min(width / hung.field_mm[0], height / hung.field_mm[1])
        scale = fit if view.zoom is None else view.zoom
        angle = math.radians(view.rotation)
        cosine, sine = round(math.cos(angle)), round(math.sin(angle))
        mirror = -1.0 if view.flipped else 1.0
        sx, sy = scale, scale * pixel_aspect
        # Screen y points down, so this turns clockwise.
        a, b = mirror * cosine * sx, mirror * -sine * sy
        c, d = sine * sx, cosine * sy
        middle_x, middle_y = (width - 1) / 2 + view.pan[0], (height - 1) / 2 + view.pan[1]
        if hung is not None and hung.rotation == view.rotation and hung.flipped == view.flipped:
            # The edge of the image on the edge of the viewport.
            half = across * scale / 2
            edge = half if hung.edge is Edge.LEFT else width - half
            middle_x = edge - 0.5 + view.pan[0]
            middle_y += (0.5 - hung.middle) * down * scale
        u, v = ((columns - 1) / 2, (rows - 1) / 2) if area is None else area.center
        e, f = middle_x - a * u - b * v, middle_y - c * u - d * v
        # The corner of the image falls between screen pixels: at one to one none is blended.
        e += _to_boundary(e - (a + b) / 2)
        f += _to_boundary(f - (c + d) / 2)
        return cls(
            ((a, b, e), (c, d, f)),
            scale,
            pixel_aspect,
            fit,
        )

    def to_screen(self, point: Point) -> Point:
        """(column, row) to (x, y)."""
        (a, b, e), (c, d, f) = self.matrix
        return (a * point[0] + b * point[1] + e, c * point[0] + d * point[1] + f)

    def to_image(self, point: Point) -> Point:
        """(x, y) to (column, row)."""
        (a, b, e), (c, d, f) = self.matrix
        determinant = a * d - b * c
        x, y = point[0] - e, point[1] - f
        return ((d * x - b * y) / determinant, (a * y - c * x) / determinant)

    def array(self) -> NDArray[np.float64]:
        """The 2x3 matrix as an array."""
        return np.asarray(self.matrix, dtype=np.float64)
