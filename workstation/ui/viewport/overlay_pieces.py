"""What is written and drawn over a picture, as pieces: corners, letters, scale bar, crosshair.

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
from workstation.imaging import scale_bar
from workstation.imaging.letters import EdgeLetters
from workstation.imaging.planes import DIRECTIONS
from workstation.ui import icons, theme
from workstation.ui.viewport import corner_lines, halo
from workstation.ui.viewport.overlay import PLANE_TONES, TINY, Corners, mm_per_pixel
from workstation.ui.viewport.pieces import Piece, around, sprite
from workstation.ui.viewport.scene import Scene
from workstation.workflow.viewing import PLANE_NAMES

#: Lines of text with their colours.
_Words = tuple[tuple[str, str], ...]


def corner_pieces(area: QRectF, words: Corners, key_image: bool, ratio: float) -> list[Piece]:
    """Corner text inside `area`."""
    words = corner_lines.fitted(area, words)
    margin, line = theme.px(8), halo.line_height()
    left, right = area.left() + margin, area.right() - margin
    top = area.top() + theme.px(6)
    look = (ratio, theme.version())
    found = list(_upper_left(left, top, tuple(words.upper_left), words.dot, *look))
    y = top + line * corner_lines.right_of_upper_left(area, words)
    if key_image:
        found += _key_image(right, y, *look)
        y += line
    found += _lines("upper right", right, y, tuple(words.upper_right), True, *look)
    lows = tuple(words.lower_left), tuple(words.lower_right)
    low, lower = _bottoms(area.getRect(), *lows, look[1])
    low -= line * len(words.lower_left)
    found += _lines("lower left", left, low, lows[0], False, *look)
    y = lower - line * len(words.lower_right)
    found += _lines("lower right", right, y, lows[1], True, *look)
    if words.warnings:
        said, indent = words.warnings, theme.px(20)
        wide = [min(right - left, indent + halo.text_width(each, weight=600)) for each in said]
        block = corner_lines.widths(words.lower_right)
        room = area.width() - 3 * margin
        at = low - theme.px(10)
        if corner_lines.meet(wide, block, (at, lower), room):
            at = min(at, y - theme.px(4))
        found += _warnings(left, at - line * len(said), right - left, tuple(said), *look)
    return found


@lru_cache(maxsize=256)
def _bottoms(
    box: tuple[float, float, float, float], lower_left: _Words, lower_right: _Words, version: int
) -> tuple[float, float]:
    """Where the lower corners end. A block that would run over letter and scale at the middle of
    the lower edge stands above them, and the right one above the left where both are wide."""
    area, line, margin = QRectF(*box), halo.line_height(), theme.px(8)
    bottom = area.bottom() - theme.px(6)
    middle = theme.px(16) + halo.line_height(12) + theme.px(6)
    rows = math.ceil(middle / line)
    widths = [
        max((halo.text_width(text) for text, _ in held[-rows:]), default=0.0)
        for held in (lower_left, lower_right)
    ]
    # The letter is at the middle; the scale begins beside it and is an eighth of the width at most.
    left_room = area.width() / 2 - theme.px(20) - margin
    right_room = area.right() - _scale_left(area) - area.width() / 8 - theme.px(12) - margin
    left_end = bottom - (middle if widths[0] > left_room else 0.0)
    right_end = bottom - (middle if widths[1] > right_room else 0.0)
    blocks = corner_lines.widths(list(lower_left)), corner_lines.widths(list(lower_right))
    if corner_lines.meet(*blocks, (left_end, right_end), area.width() - 3 * margin):
        right_end = left_end - line * len(lower_left) - theme.px(2)
    return left_end, right_end


@lru_cache(maxsize=512)
def _lines(
    name: str,
    x: float,
    y: float,
    lines: tuple[tuple[str, str], ...],
    ends: bool,
    ratio: float,
    version: int,
) -> tuple[Piece, ...]:
    """Lines (text, colour) below one another that begin, or end, at `x`."""
    align = Qt.AlignmentFlag.AlignRight if ends else Qt.AlignmentFlag.AlignLeft
    line = halo.line_height()
    return tuple(
        sprite(f"{name} {n}", *halo.placed(x, y + n * line, text, ratio, align=align, color=color))
        for n, (text, color) in enumerate(lines)
        if text
    )


@lru_cache(maxsize=128)
def _upper_left(
    left: float,
    top: float,
    lines: tuple[tuple[str, str], ...],
    dot: str,
    ratio: float,
    version: int,
) -> tuple[Piece, ...]:
    found: list[Piece] = []
    line = halo.line_height()
    for index, (text, color) in enumerate(lines):
        x, y = left, top + index * line
        if dot and text.split("  ")[0] in PLANE_NAMES.values():
            x += theme.px(corner_lines.DOT)
            at = QPoint(round(left), round(y + line / 2 - theme.px(5)) - 1)
            found.append(sprite("dot", at, _dot(dot, ratio)))
        if text:
            weight = 600 if index == 0 else 500
            made = halo.placed(x, y, text, ratio, weight=weight, color=color)
            found.append(sprite(f"upper left {index}", *made))
    return tuple(found)


@lru_cache(maxsize=32)
def _key_image(right: float, y: float, ratio: float, version: int) -> tuple[Piece, ...]:
    sign = icons.pixmap("key_image", "mark", 16)
    end = Qt.AlignmentFlag.AlignRight
    made = halo.placed(right - theme.px(20), y, "key image", ratio, align=end, color="mark")
    at = QPoint(round(right - theme.px(16)), round(y))
    return sprite("star", at, sign), sprite("key image", *made)


@lru_cache(maxsize=128)
def _warnings(
    left: float, top: float, width: float, lines: tuple[str, ...], ratio: float, version: int
) -> tuple[Piece, ...]:
    found: list[Piece] = []
    sign, gap = icons.pixmap("warning", "urgent", 15), theme.px(20)
    for index, text in enumerate(lines):
        y = top + index * halo.line_height()
        found.append(sprite(f"sign {index}", QPoint(round(left), round(y)), sign))
        held = halo.elided(text, width - gap, weight=600)
        if held:
            made = halo.placed(left + gap, y, held, ratio, weight=600, color="urgent")
            found.append(sprite(f"warning {index}", *made))
    return tuple(found)


def _dot(tone: str, ratio: float) -> QPixmap:
    """The sign of a plane."""
    radius = theme.px(5)

    def paint(painter: QPainter) -> None:
        painter.setPen(QPen(QColor(0, 0, 0, 204), 1.5))
        painter.setBrush(theme.color(tone))
        painter.drawEllipse(QPointF(radius, radius + 1), radius, radius)

    size = QSizeF(2 * radius + 2, 2 * radius + 2)
    return halo.sprite(("dot", theme.hex_color(tone)), size, ratio, paint)


def letter_pieces(
    area: QRectF, letters: EdgeLetters, ratio: float, words: Corners | None = None
) -> tuple[Piece, ...]:
    """Letters in the middle of the edges; an unknown one stays blank. The upper one stands below
    corner `words` that reach the middle."""
    x, y, width, height = area.x(), area.y(), area.width(), area.height()
    lower = 0
    if words is not None:
        lower = corner_lines.top_letter_line(area, corner_lines.fitted(area, words), letters.top)
    return _letters(x, y, width, height, letters, lower, ratio, theme.version())


@lru_cache(maxsize=64)
def _letters(
    x: float,
    y: float,
    width: float,
    height: float,
    letters: EdgeLetters,
    lower: int,
    ratio: float,
    version: int,
) -> tuple[Piece, ...]:
    margin, line = theme.px(8), halo.line_height()
    middle, center = x + width / 2, y + height / 2 - line / 2
    low = y + height - theme.px(6) - line
    flag = Qt.AlignmentFlag
    found: list[Piece] = []
    for name, along, down, text, align in (
        ("top", middle, y + theme.px(6) + lower * line, letters.top, flag.AlignHCenter),
        ("bottom", middle, low, letters.bottom, flag.AlignHCenter),
        ("left", x + margin, center, letters.left, flag.AlignLeft),
        ("right", x + width - margin, center, letters.right, flag.AlignRight),
    ):
        if text:
            made = halo.placed(along, down, text, ratio, align=align, weight=600, color="text2")
            found.append(sprite(f"letter {name}", *made))
    return tuple(found)


def _scale_left(area: QRectF) -> float:
    """Where the scale begins: beside the letter, which may be three letters wide."""
    return area.center().x() + max(0.04 * area.width(), theme.px(22))


def scale_pieces(area: QRectF, scene: Scene, ratio: float) -> tuple[Piece, ...]:
    """A round length at the lower edge, between letter and corner."""
    step = mm_per_pixel(scene)
    if step is None or area.height() < theme.px(TINY):
        return ()
    found = scale_bar.scale_bar(step * ratio, area.width() / 8)
    if found is None:
        return ()
    length, width = found
    words = scale_bar.words(length)
    if scene.plane is None and scene.frame is not None:
        source = scene.frame.calibration.source
        words += " at detector" if source is CalibrationSource.DETECTOR else ""
    x, y = _scale_left(area), area.bottom() - theme.px(11)
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
