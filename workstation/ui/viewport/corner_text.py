"""Corner text and orientation letters as pieces.

They are kept with all that they depend on: most of them are the same at the next step.
"""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from workstation.imaging.letters import EdgeLetters
from workstation.ui import icons, theme
from workstation.ui.viewport import corner_lines, halo
from workstation.ui.viewport.overlay import Corners
from workstation.ui.viewport.overlay_pieces import scale_left
from workstation.ui.viewport.pieces import Piece, sprite
from workstation.workflow.viewing import PLANE_NAMES

#: Lines of text with their colours.
_Words = tuple[tuple[str, str], ...]
#: x, y, width, height.
_Box = tuple[float, float, float, float]


def corner_pieces(area: QRectF, words: Corners, key_image: bool, ratio: float) -> list[Piece]:
    """Corner text inside `area`."""
    box, look = area.getRect(), (ratio, theme.version())
    lefts, rights = tuple(words.upper_left), tuple(words.upper_right)
    lows = tuple(words.lower_left), tuple(words.lower_right)
    return [
        *_uppers(box, words.dot, lefts, rights, key_image, *look),
        *_lowers(box, *lows, tuple(words.warnings), *look),
    ]


@lru_cache(maxsize=64)
def _uppers(
    box: _Box,
    dot: str,
    upper_left: _Words,
    upper_right: _Words,
    key_image: bool,
    ratio: float,
    version: int,
) -> tuple[Piece, ...]:
    """The upper corners."""
    area = QRectF(*box)
    words = Corners(dot, list(upper_left), list(upper_right))
    words = corner_lines.fitted(area, words)
    margin, line = theme.px(8), halo.line_height()
    left, right = area.left() + margin, area.right() - margin
    top = area.top() + theme.px(6)
    look = (ratio, version)
    found = list(_upper_left(left, top, tuple(words.upper_left), dot, *look))
    y = top + line * corner_lines.right_of_upper_left(area, words)
    if key_image:
        found += _key_image(right, y, *look)
        y += line
    found += _lines("upper right", right, y, tuple(words.upper_right), True, *look)
    return tuple(found)


@lru_cache(maxsize=256)
def _lowers(
    box: _Box,
    lower_left: _Words,
    lower_right: _Words,
    warnings: tuple[str, ...],
    ratio: float,
    version: int,
) -> tuple[Piece, ...]:
    """The lower corners, with the warnings above them."""
    area = QRectF(*box)
    words = Corners(lower_left=list(lower_left), lower_right=list(lower_right))
    words = corner_lines.fitted(area, words)
    margin, line = theme.px(8), halo.line_height()
    left, right = area.left() + margin, area.right() - margin
    look = (ratio, version)
    lows = tuple(words.lower_left), tuple(words.lower_right)
    low, lower = _bottoms(box, *lows, version)
    low -= line * len(words.lower_left)
    found = list(_lines("lower left", left, low, lows[0], False, *look))
    y = lower - line * len(words.lower_right)
    found += _lines("lower right", right, y, lows[1], True, *look)
    if warnings:
        indent = theme.px(20)
        wide = [min(right - left, indent + halo.text_width(each, weight=600)) for each in warnings]
        block = corner_lines.widths(words.lower_right)
        room = area.width() - 3 * margin
        at = low - theme.px(10)
        if corner_lines.meet(wide, block, (at, lower), room):
            at = min(at, y - theme.px(4))
        found += _warnings(left, at - line * len(warnings), right - left, warnings, *look)
    return tuple(found)


@lru_cache(maxsize=256)
def _bottoms(
    box: _Box, lower_left: _Words, lower_right: _Words, version: int
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
    right_room = area.right() - scale_left(area) - area.width() / 8 - theme.px(12) - margin
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
    held = words or Corners()
    beside = held.dot, tuple(held.upper_left), tuple(held.upper_right)
    return _letters(area.getRect(), letters, *beside, ratio, theme.version())


@lru_cache(maxsize=64)
def _letters(
    box: _Box,
    letters: EdgeLetters,
    dot: str,
    upper_left: _Words,
    upper_right: _Words,
    ratio: float,
    version: int,
) -> tuple[Piece, ...]:
    area, (x, y, width, height) = QRectF(*box), box
    words = corner_lines.fitted(area, Corners(dot, list(upper_left), list(upper_right)))
    lower = corner_lines.top_letter_line(area, words, letters.top)
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
