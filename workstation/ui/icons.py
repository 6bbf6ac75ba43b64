"""Signs by what they mean. The glyphs are Phosphor's, drawn from QtAwesome's font.

The table is the only place that knows a glyph's name, so that a meaning never has two signs.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QIcon,
    QPainter,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication

from workstation.ui import theme

#: meaning → Phosphor glyph
GLYPHS: dict[str, str] = {
    # worklist and delivery
    "worklist": "list",
    "filter": "magnifying-glass",
    "open": "arrow-elbow-down-left",
    "next": "arrow-elbow-down-left",
    "fetch": "download-simple",
    "paused": "pause",
    "queued": "clock",
    "waiting": "clock",
    "here": "check",
    "readable": "eye",
    "draft": "note-pencil",
    "reading": "user",
    "claimed": "lock-simple",
    "lock": "lock-simple",
    "unlock": "lock-simple-open",
    "well": "check-circle",
    "slow": "warning",
    "gone": "cloud-slash",
    "withdrawn": "prohibit",
    "outbox": "tray",
    "send": "paper-plane-tilt",
    "call": "phone",
    "retry": "arrows-clockwise",
    "refresh": "arrows-clockwise",
    "service": "hard-drives",
    "disk": "hard-drive",
    "ring": "circle",
    "hand_back": "arrow-bend-up-left",
    "back": "arrow-left",
    # checks and signing
    "checks": "checks",
    "block": "warning-octagon",
    "refused": "warning-octagon",
    "warning": "warning",
    "sign": "pencil-line",
    "info": "info",
    # viewport
    "scroll": "arrows-down-up",
    "window": "circle-half",
    "zoom": "magnifying-glass-plus",
    "pan": "arrows-out-cardinal",
    "length": "ruler",
    "ellipse": "circle-dashed",
    "polygon": "polygon",
    "rectangle": "selection",
    "probe": "eyedropper",
    "polyline": "line-segments",
    "centre_line": "arrows-in-line-horizontal",
    "cardiothoracic": "heartbeat",
    "freehand": "scribble-loop",
    "calibrate": "arrows-out-line-horizontal",
    "crosshair": "crosshair",
    "link": "link-simple",
    "layout": "grid-four",
    "reset": "arrow-counter-clockwise",
    "more": "dots-three",
    "flip": "arrows-left-right",
    "rotate": "arrow-clockwise",
    "invert": "circle-half-tilt",
    "key_image": "star",
    "cine": "play",
    "cannot_show": "eye-slash",
    "visible": "eye",
    "overlays": "stack",
    "image": "image",
    "volume": "cube",
    "fit": "corners-out",
    # report
    "phrase": "quotes",
    "undo": "arrow-u-up-left",
    "redo": "arrow-u-up-right",
    "prior": "clock-counter-clockwise",
    "changes": "git-diff",
    "hide_panel": "arrow-line-right",
    "show_panel": "arrow-line-left",
    "microphone": "microphone",
    "microphone_off": "microphone-slash",
    "document": "file-text",
    "request": "clipboard-text",
    "copy": "copy",
    "discard": "trash",
    # general
    "settings": "gear-six",
    "keys": "keyboard",
    "close": "x",
    "up": "caret-up",
    "down": "caret-down",
    "left": "caret-left",
    "right": "caret-right",
    "add": "plus",
}

#: drawn here because Phosphor 1.3 has no such sign
DRAWN = frozenset({"angle", "cobb", "bidirectional", "rotated_ellipse", "measuring"})

_pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}


@cache
def _phosphor() -> tuple[str, dict[str, str]]:
    """(family, glyph → character) of the font that QtAwesome carries.

    Its code is not imported: that wraps every class of Qt, a seventh of the whole start.
    """
    package = importlib.util.find_spec("qtawesome")
    places = package.submodule_search_locations if package is not None else None
    if not places:
        raise ImportError("QtAwesome, which carries the signs, is not installed.")
    fonts = Path(places[0]) / "fonts"
    number = QFontDatabase.addApplicationFont(str(fonts / "phosphor-1.3.0.ttf"))
    points = json.loads((fonts / "phosphor-charmap-1.3.0.json").read_text(encoding="utf-8"))
    family = QFontDatabase.applicationFontFamilies(number)[0]
    return family, {name: chr(int(point, 16)) for name, point in points.items()}


def _ratio() -> float:
    app = QApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QApplication) else 1.0


def _write(name: str, pixmap: QPixmap, color: QColor) -> None:
    """The glyph, its em as high as the pixmap."""
    family, characters = _phosphor()
    font = QFont(family)
    font.setPixelSize(pixmap.height())
    painter = QPainter(pixmap)
    painter.setPen(color)
    painter.setFont(font)
    painter.drawText(pixmap.rect(), Qt.AlignmentFlag.AlignCenter, characters[GLYPHS[name]])
    painter.end()


def _draw(name: str, pixmap: QPixmap, color: QColor) -> None:
    side = pixmap.width() / pixmap.devicePixelRatio()
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, side * 0.08, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)

    def line(x0: float, y0: float, x1: float, y1: float) -> None:
        painter.drawLine(QPointF(side * x0, side * y0), QPointF(side * x1, side * y1))

    if name == "angle":
        _draw_angle(painter, side)
    elif name == "cobb":
        line(0.12, 0.2, 0.88, 0.36)
        line(0.12, 0.82, 0.88, 0.66)
    elif name == "bidirectional":
        line(0.14, 0.86, 0.86, 0.14)
        line(0.32, 0.38, 0.62, 0.68)
    elif name == "rotated_ellipse":
        painter.translate(side / 2, side / 2)
        painter.rotate(-38)
        painter.drawEllipse(QPointF(0, 0), side * 0.42, side * 0.22)
    else:
        # A line with end bars, and the mark of a menu.
        line(0.1, 0.4, 0.9, 0.4)
        line(0.1, 0.22, 0.1, 0.58)
        line(0.9, 0.22, 0.9, 0.58)
        line(0.4, 0.76, 0.5, 0.86)
        line(0.5, 0.86, 0.6, 0.76)
    painter.end()


def _draw_angle(painter: QPainter, side: float) -> None:
    corner = QPointF(side * 0.14, side * 0.8)
    painter.drawPolyline(
        QPolygonF([QPointF(side * 0.78, side * 0.16), corner, QPointF(side * 0.9, side * 0.8)])
    )
    reach = side * 0.42
    square = QRectF(corner.x() - reach, corner.y() - reach, 2 * reach, 2 * reach)
    painter.drawArc(square, 0, 45 * 16)


def pixmap(name: str, color: str = "text2", size: float = 18) -> QPixmap:
    """A sign in a colour token at a size of the drawings; KeyError for an unknown meaning."""
    side, ratio = theme.px(size), _ratio()
    key = (name, theme.hex_color(color), side, ratio)
    held = _pixmaps.get(key)
    if held is not None:
        return held
    pixels = int(side * ratio + 0.5)
    made = QPixmap(pixels, pixels)
    made.fill(Qt.GlobalColor.transparent)
    if name in DRAWN:
        made.setDevicePixelRatio(ratio)
        _draw(name, made, theme.color(color))
    else:
        _write(name, made, theme.color(color))
        made.setDevicePixelRatio(ratio)
    _pixmaps[key] = made
    return made


def icon(name: str, color: str = "text2", size: float = 18, on: str = "accent") -> QIcon:
    """The sign for a button: `on` colours it when checked, `off` grey when disabled."""
    made = QIcon()
    mode, state = QIcon.Mode, QIcon.State
    bright = "text" if color == "text2" else color
    for tone, each_mode, each_state in (
        (color, mode.Normal, state.Off),
        (on, mode.Normal, state.On),
        (bright, mode.Active, state.Off),
        (on, mode.Active, state.On),
        ("off", mode.Disabled, state.Off),
        ("off", mode.Disabled, state.On),
    ):
        made.addPixmap(pixmap(name, tone, size), each_mode, each_state)
    return made
