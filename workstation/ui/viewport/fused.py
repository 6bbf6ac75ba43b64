"""What is said and drawn of a volume that lies over a picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from workstation.domain.image import VoiFunction, Window
from workstation.domain.view import Fusion
from workstation.domain.wording import unit_text
from workstation.imaging.colour_map import colour_table
from workstation.imaging.voi import described
from workstation.ui import theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.pieces import Piece, sprite
from workstation.workflow.blending import Laid
from workstation.workflow.layer_values import series_name
from workstation.workflow.presenting import colour_map, colour_map_title

#: Below this height of the drawings a viewport has no room for the colours.
LEAST = 240


def words(laid: Laid, fusion: Fusion | None) -> list[str]:
    """Which series lies over, how opaque, on which scale, and whether it was interpolated."""
    over = laid.over
    if over is None:
        return []
    share = f"{round(100 * laid.opacity)} %"
    first = f"{series_name(over).words} over it, {share}"
    if laid.registered:
        first += ", registered"
    if laid.interpolated:
        first += ", interpolated"
    found = [first]
    if fusion is not None:
        # The name of the window tells the unit: SUV 0 to 5.
        scale = fusion.voi_name or described(fusion.voi)
        if over.suv is not None:
            scale = f"{over.suv.kind.words} {scale.removeprefix('SUV ')}"
        found.append(f"{scale}  {colour_map_title(fusion.colour_map)}")
        if over.suv is not None:
            found += over.suv.notes
        if over.suv_refused:
            found.append(over.suv_refused)
    return found


def bar_pieces(area: QRectF, laid: Laid, fusion: Fusion, ratio: float) -> list[Piece]:
    """The colours of what lies over with the values at their ends, at the right edge."""
    window, over = fusion.voi, laid.over
    if not isinstance(window, Window) or over is None or area.height() < theme.px(LEAST):
        return []
    exact = window.function is VoiFunction.LINEAR_EXACT
    center = window.center if exact else window.center - 0.5
    half = (window.width if exact else window.width - 1) / 2
    unit = over.suv.kind.words if over.suv is not None else ""
    unit = unit or unit_text(over.frames[0].modality_transform.unit)
    ends = (f"{center + half:.4g}", f"{center - half:.4g}")
    key = (fusion.colour_map, ends, unit, ratio, theme.version())
    return [_bar(area.right(), area.top() + theme.px(44), key)]


def _bar(right: float, top: float, key: tuple[str, tuple[str, str], str, float, int]) -> Piece:
    name, ends, unit, ratio, _ = key
    line, gap, wide, tall = halo.line_height(12), theme.px(6), theme.px(10), theme.px(96)
    room = max(halo.text_width(each, 12) for each in (*ends, unit))
    size = QSizeF(max(room, halo.text_width(ends[0], 12) + gap + wide) + 8, line + tall + 8)
    palette = colour_map(name)
    assert palette is not None
    # From the highest value, which stands at the top, down.
    colours = np.ascontiguousarray(np.repeat(colour_table(palette)[::-1, None], 2, axis=1))

    def paint(painter: QPainter) -> None:
        edge, start = size.width() - 4, line + 2
        aligned = Qt.AlignmentFlag.AlignRight
        halo.draw_text(painter, edge, 0, unit, align=aligned, size=12)
        box = QRectF(edge - wide, start, wide, tall)
        image = QImage(colours.data, 2, 256, 6, QImage.Format.Format_RGB888)
        painter.drawImage(box, image)
        painter.setPen(QPen(theme.color("text3"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        for text, y in zip(ends, (start - 2, start + tall - line + 2), strict=True):
            halo.draw_text(painter, edge - wide - gap, y, text, align=aligned, size=12)

    held = halo.sprite(("fusion bar", *key), size, ratio, paint)
    return sprite("fusion bar", QPoint(round(right - theme.px(4) - size.width()), round(top)), held)
