"""Corner text in a viewport that is too narrow for it: lines that go on below, and nothing over
anything else."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF

from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.overlay import Corners
from workstation.workflow.viewing import PLANE_NAMES

Lines = list[tuple[str, str]]

#: Kept free at the right of the upper left block: the colours of a fused picture stand there.
_COLOUR_BAR = 56
#: The dot before the name of a plane.
DOT = 16


def fitted(area: QRectF, words: Corners) -> Corners:
    """The same words in lines that are no wider than their part of `area`."""
    room = area.width() - 2 * theme.px(8)
    return replace(
        words,
        upper_left=_wrapped(words.upper_left, room - theme.px(_COLOUR_BAR)),
        lower_left=_wrapped(words.lower_left, room),
        lower_right=_wrapped(words.lower_right, max(0.6 * room, min(room, theme.px(200)))),
    )


def _wrapped(lines: Lines, width: float) -> Lines:
    return [(part, tone) for text, tone in lines for part in halo.wrapped(text, width)]


def widths(lines: Lines, *, dot: bool = False) -> list[float]:
    """How wide each line is; the one that names a plane has a dot before it."""
    found = []
    for index, (text, _) in enumerate(lines):
        indent = theme.px(DOT) if dot and text.split("  ")[0] in PLANE_NAMES.values() else 0
        found.append(indent + halo.text_width(text, weight=600 if index == 0 else 500))
    return found


def right_of_upper_left(area: QRectF, words: Corners) -> int:
    """Lines that the upper right block stands lower, so that it meets no line of the left one."""
    room = area.width() - 3 * theme.px(8)
    left, right = widths(words.upper_left, dot=bool(words.dot)), widths(words.upper_right)
    meet = any(one + other > room for one, other in zip(left, right, strict=False))
    return len(left) if meet else 0


def top_letter_line(area: QRectF, words: Corners, letter: str) -> int:
    """Lines that the letter at the middle of the upper edge stands lower for the same reason."""
    if not letter:
        return 0
    reach = area.width() / 2 - halo.text_width(letter, weight=600) / 2 - theme.px(16)
    left = widths(words.upper_left, dot=bool(words.dot))
    lower = right_of_upper_left(area, words)
    right = [0.0] * lower + widths(words.upper_right)
    taken = {index for side in (left, right) for index, wide in enumerate(side) if wide > reach}
    return next(line for line in range(len(taken) + 1) if line not in taken)


def meet(left: list[float], right: list[float], ends: tuple[float, float], room: float) -> bool:
    """Whether two blocks of lines that end at `ends` (px from the top) run into each other."""
    line = halo.line_height()
    lefts = [(ends[0] - line * (n + 1), wide) for n, wide in enumerate(reversed(left))]
    rights = [(ends[1] - line * (n + 1), wide) for n, wide in enumerate(reversed(right))]
    return any(
        abs(y - other) < line and wide + across > room
        for y, wide in lefts
        for other, across in rights
    )
