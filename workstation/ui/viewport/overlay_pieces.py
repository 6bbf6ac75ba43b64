"""What is drawn over a picture, as pieces: scale bar, crosshair, hatch of what is not here.

Pieces are kept with all that they depend on: most of them are the same at the next step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QBitmap, QBrush, QColor, QImage, QPainter, QPen, QPixmap, QRegion

from workstation.domain.geometry import Vector, cross, dot
from workstation.domain.image import CalibrationSource
from workstation.domain.view import Plane
from workstation.domain.wording import scale_text
from workstation.imaging import scale_bar
from workstation.imaging.planes import DIRECTIONS
from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.overlay import PLANE_TONES, TINY, mm_per_pixel
from workstation.ui.viewport.pieces import Piece, around, sprite
from workstation.ui.viewport.scene import Scene


def scale_left(area: QRectF) -> float:
    """Where the scale begins: beside the letter, which may be three letters wide."""
    return area.center().x() + max(0.04 * area.width(), theme.px(22))


def scale_words(length_mm: float, scene: Scene) -> str:
    """`2 cm`, with the plane where it is none of the patient: `2 cm at detector`."""
    words = scale_bar.words(length_mm)
    if scene.plane is not None or scene.frame is None:
        return words
    held = scene.frame.calibration
    if held.source is not CalibrationSource.DETECTOR:
        return words
    return f"{words} {scale_text(held.source, held.description)}"


def scale_pieces(area: QRectF, scene: Scene, ratio: float) -> tuple[Piece, ...]:
    """A round length at the lower edge, between letter and corner."""
    step = mm_per_pixel(scene)
    if step is None or area.height() < theme.px(TINY):
        return ()
    found = scale_bar.scale_bar(step * ratio, area.width() / 8)
    if found is None:
        return ()
    length, width = found
    words = scale_words(length, scene)
    x, y = scale_left(area), area.bottom() - theme.px(11)
    return _scale_bar(x, y, width, words, ratio, theme.version())


@lru_cache(maxsize=64)
def _scale_bar(
    x: float, y: float, width: float, words: str, ratio: float, version: int
) -> tuple[Piece, ...]:
    tick, margin = theme.px(3), 3

    def paint(painter: QPainter) -> None:
        color, at = theme.color("text2"), float(margin + tick)
        one, other = QPointF(margin, at), QPointF(margin + width, at)
        halo.draw_line(painter, one, other, color, 1.4)
        for end in (one, other):
            up, down = QPointF(end.x(), at - tick), QPointF(end.x(), at + 2)
            halo.draw_line(painter, up, down, color, 1.4)

    size = QSizeF(width + 2 * margin, tick + 2 + 2 * margin)
    bar = halo.sprite(("scale bar", width, theme.hex_color("text2")), size, ratio, paint)
    text = halo.placed(
        x + width / 2,
        y - theme.px(5) - halo.line_height(12),
        words,
        ratio,
        align=Qt.AlignmentFlag.AlignHCenter,
        size=12,
        color="text2",
    )
    at = QPoint(round(x) - margin, round(y) - margin - tick)
    return sprite("scale bar", at, bar), sprite("scale", *text)


def crosshair_pieces(
    area: QRectF, scene: Scene, focus: Vector, alpha: float, ratio: float
) -> tuple[Piece, ...]:
    """The lines of the other two planes through the focus, each in the colour of its plane."""
    plane, placement = scene.plane, scene.placement
    if plane is None or placement is None:
        return ()
    column, row, _ = plane.to_image(focus)
    x, y = placement.to_screen((column, row))
    (a, b, _), (c, d, _) = placement.matrix
    lines = tuple(
        (tone, a * along + b * down, c * along + d * down)
        for tone, along, down in _crossing(plane.row_cosine, plane.column_cosine, plane.spacing_mm)
    )
    # Rounded: in a stack the same place comes out a little different on each slice.
    at = (round(x / ratio, 6), round(y / ratio, 6))
    size = (area.width(), area.height())
    return _crosshair(at, size, lines, alpha, ratio, theme.version())


@lru_cache(maxsize=64)
def _crosshair(
    at: tuple[float, float],
    size: tuple[float, float],
    lines: tuple[tuple[str, float, float], ...],
    alpha: float,
    ratio: float,
    version: int,
) -> tuple[Piece, ...]:
    area = QRectF(0, 0, *size)
    (x, y), gap, far = at, theme.px(26), size[0] + size[1]
    bounds = area.toAlignedRect()
    found: list[Piece] = []
    for tone, dx, dy in lines:
        length = math.hypot(dx, dy)
        ux, uy = dx / length, dy / length
        for side in (-1, 1):
            near = QPointF(x + side * ux * gap, y + side * uy * gap)
            end = QPointF(x + side * ux * far, y + side * uy * far)
            held = around(QRectF(near, end).normalized(), margin=2).intersected(bounds)
            if not held.isEmpty():
                key = (x, y, ux, uy, tone, alpha)
                name = f"crosshair {tone} {side}"
                found.append(
                    Piece(name, held, key, _half_line(near, end, tone, alpha, area, ratio))
                )
    return tuple(found)


@lru_cache(maxsize=64)
def _crossing(
    row: Vector, column: Vector, spacing_mm: tuple[float, float]
) -> tuple[tuple[str, float, float], ...]:
    """(colour, columns, rows) along the line in which each other plane meets an image."""
    normal = cross(row, column)
    own = max(DIRECTIONS, key=lambda each: abs(dot(_normal(each), normal)))
    found = []
    for each, tone in PLANE_TONES.items():
        line = cross(normal, _normal(each))
        along, down = dot(line, row) / spacing_mm[1], dot(line, column) / spacing_mm[0]
        if each is not own and math.hypot(along, down) > 1e-9:
            found.append((tone, along, down))
    return tuple(found)


def _half_line(
    a: QPointF, b: QPointF, tone: str, alpha: float, area: QRectF, ratio: float
) -> Callable[[QPainter], None]:
    color = theme.color(tone, alpha)
    straight = QRectF(a, b).normalized()
    if straight.width() < 1e-6 or straight.height() < 1e-6:
        # Of the pixel whose centre is nearest.
        at = QPointF(round(straight.left()), round(straight.top()))
        size = QSizeF(max(1.0, straight.width()), max(1.0, straight.height()))
        seen = QRectF(at, size).intersected(area).toRect()
        if ratio % 1:
            return lambda painter: painter.fillRect(seen, color)
        # A column of mixed pixels is filled ten times as slowly as it is copied.
        column = QPixmap(seen.size() * ratio)
        column.setDevicePixelRatio(ratio)
        column.fill(color)
        return lambda painter: painter.drawPixmap(seen.topLeft(), column)

    def paint(painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(color, 1))
        painter.drawLine(a, b)
        painter.restore()

    return paint


def _normal(plane: Plane) -> Vector:
    row, column = DIRECTIONS[plane]
    return cross(row, column)


def paint_absent(painter: QPainter, absent: NDArray[np.uint8]) -> None:
    """Hatch where slices have not arrived; `absent` is 255 there, at device pixels."""
    if not absent.any():
        return
    height, width = absent.shape
    ratio = painter.device().devicePixelRatio()
    # One bit a pixel, set where it is absent.
    bits = np.packbits(absent > 127, axis=1, bitorder="little")
    bitmap = QBitmap.fromData(QSize(width, height), bits.tobytes(), QImage.Format.Format_MonoLSB)
    region = QRegion(bitmap)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.setClipRegion(region, Qt.ClipOperation.IntersectClip)
    brush = QBrush(QColor("#4a4a4a"), Qt.BrushStyle.BDiagPattern)
    painter.fillRect(QRectF(0, 0, width, height), brush)
    painter.restore()
