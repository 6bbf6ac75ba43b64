"""Corner text, letters and scale of one viewport never lie over each other."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from workstation.imaging.letters import EdgeLetters
from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.corner_text import corner_pieces, letter_pieces
from workstation.ui.viewport.overlay import Corners
from workstation.ui.viewport.overlay_pieces import _scale_bar, scale_left

BAR = {"scale", "scale bar"}
SHORT = Corners(lower_left=[("W 400  L 40", "text")], lower_right=[("40 / 80", "text")])
LONG = Corners(
    lower_left=[("W 2,500  L 1,500  STANDARD", "text"), ("Zoom 0.33×, interpolated", "text")],
    lower_right=[
        ("kV 29  force 96 N  breast 54 mm", "text2"),
        ("spacing corrected for magnification", "text"),
    ],
)
WORDY = Corners(
    dot="cor",
    upper_left=[
        ("Coronal  SUV 0 to 10", "text"),
        ("MPR  MIP 100 mm", "text"),
        ("S1  HEAD_NECK_PET_AC_image over it, 50 %, registered, interpolated", "text"),
    ],
    upper_right=[("190 of 250 here", "text")],
    lower_left=[
        ("W 5.00  L 2.50  SUV 0 to 5  inverted", "text"),
        ("Zoom 2.2×, interpolated", "text"),
    ],
    lower_right=[
        ("thick 5.0 mm  TR 10002 ms  TE 165 ms  TI 2200 ms", "text2"),
        ("12 / 24", "text"),
        ("z −429.8 mm", "text"),
        ("Lossy JPEG 2000 10:1", "urgent"),
    ],
    warnings=["3 slices missing, the first at −43 mm, left blank"],
)


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("width", [320, 420, 560, 800, 1200])
@pytest.mark.parametrize("words", [SHORT, LONG, WORDY], ids=["short", "long", "wordy"])
def test_nothing_at_the_upper_and_lower_edge_lies_over_anything_else(
    qapp: QApplication, words: Corners, width: int, scale: float
) -> None:
    if width < 320 * scale:
        return  # narrower than the narrowest viewport at this text size
    theme.apply(qapp, scale=scale)
    try:
        area = QRectF(0, 0, width, 700)
        letters = letter_pieces(area, EdgeLetters("R", "L", "A", "FHL"), 1.0, words)
        bar = _scale_bar(
            scale_left(area), 700 - theme.px(11), width / 8, "2 cm", 1.0, theme.version()
        )
        corners = corner_pieces(area, words, False, 1.0)
        lines = [*letters, *bar, *corners]
        assert len(lines) >= 7
        assert all(each.area.left() >= 0 and each.area.right() < width for each in lines)
        for one, other in itertools.combinations(lines, 2):
            if one.name.split()[:2] == other.name.split()[:2] or {one.name, other.name} == BAR:
                continue  # lines of one block, or the scale and its words
            inner = [each.area.adjusted(3, 4, -3, -4) for each in (one, other)]  # without the halo
            assert not inner[0].intersects(inner[1]), (one.name, other.name)
    finally:
        theme.apply(qapp, scale=1.0)


def test_a_name_and_its_value_stay_on_one_line(qapp: QApplication) -> None:
    words = "thick 5.0 mm  TR 10002 ms  TE 165 ms  TI 2200 ms"
    for width in (120, 180, 240):
        lines = halo.wrapped(words, width)
        assert [part for line in lines for part in line.split("  ")] == words.split("  ")
