"""What is written and drawn over a picture: corner text, letters, scale bar, crosshair."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBitmap, QBrush, QColor, QImage, QPainter, QPen, QRegion

from workstation.domain.geometry import Vector, add, cross, dot
from workstation.domain.image import CalibrationSource, Window
from workstation.domain.study import DisplaySet
from workstation.domain.view import Plane, SlabMode, ViewState
from workstation.imaging import scale_bar
from workstation.imaging.letters import EdgeLetters
from workstation.imaging.planes import DIRECTIONS
from workstation.imaging.voi import described
from workstation.ui import icons, theme
from workstation.ui.viewport import halo
from workstation.ui.viewport.scene import Scene, spacing_aspect
from workstation.workflow.presenting import colour_map_title, states_for
from workstation.workflow.viewing import (
    PLANE_NAMES,
    Pane,
    missing_words,
    plane_name,
    step_at,
    steps_of,
)

PLANE_TONES = {Plane.AXIAL: "ax", Plane.CORONAL: "cor", Plane.SAGITTAL: "sag"}
SLAB_WORDS = {SlabMode.MEAN: "mean", SlabMode.MIP: "MIP", SlabMode.MINIP: "MinIP"}
_PROJECTIONS = {"CR", "DX", "MG", "RG", "IO", "PX", "XA", "RF"}
#: Below these heights of the drawings a viewport leaves out what is looked up less.
_SMALL, _TINY = 300, 170


@dataclass(frozen=True, slots=True)
class Arrival:
    """How much of a series is here; `expected` is None where nobody said."""

    here: int
    expected: int | None = None
    arriving: bool = False


@dataclass(slots=True)
class Corners:
    """Lines (text, colour token) of the four corners, from the edge inward."""

    dot: str = ""
    upper_left: list[tuple[str, str]] = field(default_factory=list)
    upper_right: list[tuple[str, str]] = field(default_factory=list)
    lower_left: list[tuple[str, str]] = field(default_factory=list)
    lower_right: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def series_words(shown: DisplaySet) -> str:
    """`S3  Soft 1.0`."""
    number = "" if shown.series_number is None else f"S{shown.series_number}"
    return "  ".join(part for part in (number, shown.description) if part)


def study_moment(pane: Pane) -> str:
    """`24 Nov 2026  02:51`, as the site wrote it."""
    at = pane.study.study_datetime
    return "" if at is None else f"{at.day} {at:%b %Y}  {at:%H:%M}"


def calibration_words(scene: Scene) -> tuple[str, str]:
    """What the scale of a picture without patient space is: (words, colour)."""
    frame = scene.frame
    if frame is None or scene.plane is not None:
        return "", "text"
    source = frame.calibration.source
    if frame.ultrasound_regions:
        return "scale by region", "text"
    if source is CalibrationSource.NONE or frame.calibration.spacing_mm is None:
        return "no spacing: px only, not to scale", "urgent"
    words = {
        CalibrationSource.DETECTOR: "spacing at detector",
        CalibrationSource.MAGNIFICATION_CORRECTED: "spacing corrected for magnification",
        CalibrationSource.FIDUCIAL: "spacing calibrated by fiducial",
        CalibrationSource.USER: "spacing set by user",
    }
    return words.get(source, ""), "text"


def corners(
    pane: Pane, view: ViewState, scene: Scene, arrival: Arrival, height: float, note: str = ""
) -> Corners:
    """The words of a viewport that is `height` high in pixels of the drawings."""
    shown, found = pane.shown, Corners()
    small, tiny = height < _SMALL, height < _TINY
    plane = plane_name(view, shown)
    preset = view.voi_name
    if pane.named:
        head = "PRIOR" if pane.prior else "CURRENT"
        found.upper_left.append((f"{head}  {study_moment(pane)}".rstrip(), "text"))
    if plane is not None:
        found.dot = PLANE_TONES[plane]
        found.upper_left.append((f"{PLANE_NAMES[plane]}  {preset}".rstrip(), "text"))
    if view.plane is Plane.ACQUIRED:
        frame = scene.frame
        thick = dict(frame.technique).get("thick", "") if frame is not None else ""
        words = series_words(shown)
        view_words = ""
        if frame is not None and shown.modality in _PROJECTIONS:
            parts = (shown.modality, frame.laterality, shown.description, frame.view_position)
            words = "  ".join(part for part in parts if part)
        elif thick and not shown.description:
            view_words = thick
        line = "  ".join(part for part in (words or shown.modality, view_words) if part)
        found.upper_left.append((line, "text"))
    else:
        slab = f"{SLAB_WORDS[view.slab_mode]} {view.slab_mm:g} mm" if view.slab_mm else "thin"
        found.upper_left.append((f"MPR  {slab}", "text"))
    if note:
        found.upper_left.append((note, "text2"))
    found.upper_left += [(words, "text") for words in look_words(pane, view, scene)]
    if scene.look is not None:
        found.warnings += scene.look.warnings
    _arrival_words(found, pane, view, arrival)
    _lower_words(found, pane, view, scene, small, tiny)
    return found


def look_words(pane: Pane, view: ViewState, scene: Scene) -> list[str]:
    """What was done to the picture beyond its window: a state, a mask, a palette, planes off."""
    look, found = scene.look, []
    if look is not None and look.presentation is not None:
        state = look.presentation
        changed = ", window changed" if view.voi is not None else ""
        found.append(f"State {state.label or 'without label'}{changed}")
    elif look is not None and scene.frame is not None:
        count = len(states_for(pane.study, scene.frame.key))
        if count:
            found.append(f"{count} presentation state{'s' if count > 1 else ''}, not applied")
    if look is not None and look.mask is not None and look.mask.frames:
        numbers = ", ".join(str(number) for number in look.mask.frames)
        found.append(f"Mask subtracted: frame {numbers}")
    elif scene.frame is not None and any(mask.recommended for mask in scene.frame.masks):
        found.append("Made to be seen subtracted: Shift+D")
    if view.colour_map:
        found.append(f"Colours: {colour_map_title(view.colour_map)}")
    if look is not None:
        found += look.notes
    if scene.frame is not None and scene.frame.colour_note:
        found.append(scene.frame.colour_note)
    return found


def _arrival_words(found: Corners, pane: Pane, view: ViewState, arrival: Arrival) -> None:
    if arrival.arriving and arrival.expected:
        found.upper_right.append((f"{arrival.here} of {arrival.expected} here", "text"))
    elif view.plane is not Plane.ACQUIRED and arrival.here < len(pane.shown.frames):
        found.upper_right.append((f"{arrival.here} of {len(pane.shown.frames)} here", "text"))
    if not arrival.arriving:
        missing = missing_words(pane.shown)
        if missing:
            found.warnings.append(missing)
    found.warnings += list(pane.study.problems[:1])
    if view.plane is not Plane.ACQUIRED and pane.shown.problems:
        found.warnings.append(pane.shown.problems[0])


def _lower_words(
    found: Corners, pane: Pane, view: ViewState, scene: Scene, small: bool, tiny: bool
) -> None:
    shown, frame = pane.shown, scene.frame
    if scene.voi is not None:
        words = described(scene.voi)
        name = view.voi_name
        if not name and isinstance(scene.voi, Window):
            name = scene.voi.explanation if len(scene.voi.explanation) < 24 else ""
        inverted = "  inverted" if view.inverted else ""
        found.lower_left.append((f"{words}  {name}".rstrip() + inverted, "text"))
    elif view.inverted:
        found.lower_left.append(("inverted", "text"))
    if scene.placement is not None and not tiny:
        scale = scene.placement.scale
        digits = 2 if scale < 1 else 1
        interpolated = "" if abs(scale - round(scale)) < 1e-6 else ", interpolated"
        found.lower_left.append((f"Zoom {scale:.{digits}f}×{interpolated}", "text"))
    count = steps_of(view, shown)
    if count > 1:
        found.lower_right.append((f"{step_at(view, shown) + 1} / {count}", "text"))
    plane = scene.plane
    if plane is not None and not tiny:
        axis = max(range(3), key=lambda index: abs(plane.normal[index]))
        at = f"{plane.center[axis]:.1f} mm".replace("-", "−")
        found.lower_right.append((f"{'xyz'[axis]} {at}", "text"))
    words, tone = calibration_words(scene)
    if words:
        found.lower_right.append((words, tone))
    if frame is not None and frame.lossy:
        found.lower_right.append((frame.lossy, "urgent"))
    if frame is not None and not small and view.plane is Plane.ACQUIRED:
        technique = "  ".join(f"{name} {value}" for name, value in frame.technique[:4])
        if technique:
            found.lower_right.insert(0, (technique, "text2"))


def paint_corners(painter: QPainter, area: QRectF, words: Corners, key_image: bool) -> None:
    """Corner text inside `area`."""
    margin, line = theme.px(8), halo.line_height()
    left, right = area.left() + margin, area.right() - margin
    y = area.top() + theme.px(6)
    indent = 0.0
    for index, (text, color) in enumerate(words.upper_left):
        dotted = bool(words.dot) and text.split("  ")[0] in PLANE_NAMES.values()
        if dotted:
            radius = theme.px(5)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(0, 0, 0, 204), 1.5))
            painter.setBrush(theme.color(words.dot))
            painter.drawEllipse(QPointF(left + radius, y + line / 2), radius, radius)
            indent = theme.px(16)
        weight = 600 if index == 0 else 500
        halo.draw_text(
            painter, left + (indent if dotted else 0), y, text, weight=weight, color=color
        )
        y += line
    y = area.top() + theme.px(6)
    align = Qt.AlignmentFlag.AlignRight
    if key_image:
        sign = icons.pixmap("key_image", "mark", 16)
        painter.drawPixmap(QPointF(right - theme.px(16), y), sign)
        halo.draw_text(painter, right - theme.px(20), y, "key image", align=align, color="mark")
        y += line
    for text, color in words.upper_right:
        halo.draw_text(painter, right, y, text, align=align, color=color)
        y += line
    y = area.bottom() - theme.px(6) - line * len(words.lower_left)
    low = y
    for text, color in words.lower_left:
        halo.draw_text(painter, left, y, text, color=color)
        y += line
    for index, text in enumerate(words.warnings):
        at = low - theme.px(10) - line * (len(words.warnings) - index)
        painter.drawPixmap(QPointF(left, at), icons.pixmap("warning", "urgent", 15))
        room = right - left - theme.px(20)
        held = halo.elided(text, room, weight=600)
        halo.draw_text(painter, left + theme.px(20), at, held, weight=600, color="urgent")
    y = area.bottom() - theme.px(6) - line * len(words.lower_right)
    for text, color in words.lower_right:
        halo.draw_text(painter, right, y, text, align=align, color=color)
        y += line


def paint_letters(painter: QPainter, area: QRectF, letters: EdgeLetters) -> None:
    """Letters in the middle of the edges; an unknown one stays blank."""
    margin, line = theme.px(8), halo.line_height()
    middle = area.center()
    centered = Qt.AlignmentFlag.AlignHCenter
    top, bottom = area.top() + theme.px(6), area.bottom() - theme.px(6) - line
    halo.draw_text(painter, middle.x(), top, letters.top, align=centered, weight=600, color="text2")
    halo.draw_text(
        painter, middle.x(), bottom, letters.bottom, align=centered, weight=600, color="text2"
    )
    y = middle.y() - line / 2
    halo.draw_text(painter, area.left() + margin, y, letters.left, weight=600, color="text2")
    halo.draw_text(
        painter,
        area.right() - margin,
        y,
        letters.right,
        align=Qt.AlignmentFlag.AlignRight,
        weight=600,
        color="text2",
    )


def mm_per_pixel(scene: Scene) -> float | None:
    """Millimetres along the columns of one screen pixel; None where there is no true scale."""
    if scene.placement is None or scene.frame is None:
        return None
    if scene.plane is not None:
        return scene.plane.spacing_mm[1] / scene.placement.scale
    held = scene.frame.calibration
    if held.spacing_mm is None or held.source is CalibrationSource.NONE:
        return None
    return held.spacing_mm[1] / scene.placement.scale


def paint_scale_bar(painter: QPainter, area: QRectF, scene: Scene, ratio: float) -> None:
    """A round length at the lower edge, between letter and corner."""
    step = mm_per_pixel(scene)
    if step is None or area.height() < theme.px(_TINY):
        return
    found = scale_bar.scale_bar(step * ratio, area.width() / 8)
    if found is None:
        return
    length, width = found
    words = scale_bar.words(length)
    if scene.plane is None and scene.frame is not None:
        source = scene.frame.calibration.source
        words += " at detector" if source is CalibrationSource.DETECTOR else ""
    x, y = area.left() + area.width() * 0.54, area.bottom() - theme.px(11)
    color = theme.color("text2")
    halo.draw_line(painter, QPointF(x, y), QPointF(x + width, y), color, 1.4)
    for end in (x, x + width):
        halo.draw_line(painter, QPointF(end, y - theme.px(3)), QPointF(end, y + 2), color, 1.4)
    halo.draw_text(
        painter,
        x + width / 2,
        y - theme.px(5) - halo.line_height(12),
        words,
        align=Qt.AlignmentFlag.AlignHCenter,
        size=12,
        color="text2",
    )


def paint_crosshair(
    painter: QPainter, area: QRectF, view: ViewState, scene: Scene, focus: Vector, alpha: float
) -> None:
    """The lines of the other two planes through the focus, each in the colour of its plane."""
    plane, placement = scene.plane, scene.placement
    if plane is None or placement is None:
        return
    ratio = painter.device().devicePixelRatio()
    column, row, _ = plane.to_image(focus)
    x, y = placement.to_screen((column, row))
    here = QPointF(x / ratio, y / ratio)
    own = max(DIRECTIONS, key=lambda each: abs(dot(_normal(each), plane.normal)))
    gap, far = theme.px(26), area.width() + area.height()
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for each, tone in PLANE_TONES.items():
        if each is own:
            continue
        line = cross(plane.normal, _normal(each))
        column, row, _ = plane.to_image(add(focus, line, 10.0))
        ahead = placement.to_screen((column, row))
        dx, dy = ahead[0] - x, ahead[1] - y
        length = math.hypot(dx, dy)
        if length < 1e-6:
            continue
        ux, uy = dx / length, dy / length
        painter.setPen(QPen(theme.color(tone, alpha), 1))
        for side in (-1, 1):
            painter.drawLine(
                QPointF(here.x() + side * ux * gap, here.y() + side * uy * gap),
                QPointF(here.x() + side * ux * far, here.y() + side * uy * far),
            )
    painter.restore()


def _normal(plane: Plane) -> Vector:
    row, column = DIRECTIONS[plane]
    return cross(row, column)


def paint_absent(painter: QPainter, absent: NDArray[np.uint8]) -> None:
    """Hatch where slices have not arrived; `absent` is 255 there, at device pixels."""
    if not absent.any():
        return
    height, width = absent.shape
    ratio = painter.device().devicePixelRatio()
    held = np.ascontiguousarray(absent)
    mask = QImage(held.data, width, height, width, QImage.Format.Format_Grayscale8)
    region = QRegion(QBitmap.fromImage(mask.createMaskFromColor(0xFFFFFFFF)))
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.setClipRegion(region)
    brush = QBrush(QColor("#333333"), Qt.BrushStyle.BDiagPattern)
    painter.fillRect(QRectF(0, 0, width, height), brush)
    painter.restore()


def aspect(scene: Scene) -> float:
    """Height of a pixel over its width, of the image that the scene shows."""
    if scene.frame is None or scene.values is not None:
        return 1.0
    return spacing_aspect(scene.frame)
