"""Everything that one viewport shows over its background, in painting order."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from workstation.domain.geometry import Point, Vector
from workstation.domain.view import Plane, ViewState
from workstation.imaging.blit import covered, for_screen
from workstation.imaging.letters import letters_of, spoken
from workstation.imaging.placement import Placement
from workstation.ui import theme
from workstation.ui.viewport import (
    corner_text,
    fused,
    marks,
    overlay,
    overlay_pieces,
    slice_bar,
    state_marks,
)
from workstation.ui.viewport.mark_pieces import pieces_of
from workstation.ui.viewport.pieces import Piece, around, beside
from workstation.ui.viewport.scene import Scene
from workstation.workflow.viewing import Pane


class Shown(Protocol):
    """A viewport as it is composed."""

    active: bool
    chosen: str
    note: str

    @property
    def pane(self) -> Pane | None: ...
    @property
    def view(self) -> ViewState: ...
    def rect(self) -> QRect: ...
    def devicePixelRatioF(self) -> float: ...
    def picture_area(self) -> QRectF: ...
    def bar_area(self) -> QRectF: ...
    def to_screen(self, point: Point) -> QPointF: ...


class Told(Protocol):
    """What the images around a viewport tell of it."""

    @property
    def superior(self) -> str: ...
    @property
    def quiet(self) -> bool: ...
    @property
    def measuring_now(self) -> bool: ...
    def is_key_image(self, pane: Pane, index: int) -> bool: ...
    def arrival(self, pane: Pane) -> overlay.Arrival: ...
    def bar(self, pane: Pane, view: ViewState) -> slice_bar.BarContent: ...
    def dose_shown(self, pane: Pane) -> bool: ...
    def layer_problems(self, pane: Pane, scene: Scene) -> list[str]: ...


@lru_cache(maxsize=64)
def _lying(
    placement: Placement, size: tuple[int, int, int, int], ratio: float
) -> tuple[tuple[int, int, int, int], QPointF, QRect]:
    """Where (rows, columns) of an image lie in a viewport of (width, height): device pixels, their
    corner in the widget, and the whole widget pixels that hold it and else background."""
    x0, y0, x1, y1 = box = covered(placement, *size)
    corner = QPointF(x0 / ratio, y0 / ratio)
    held = QRectF(corner, QPointF(x1 / ratio, y1 / ratio))
    return box, corner, around(held, margin=0)


class Picture:
    """The picture of a scene as the screen takes it; converted when it is painted first."""

    def __init__(self, scene: Scene, width: int, height: int, ratio: float) -> None:
        assert scene.placement is not None
        self.scene = scene
        self._ratio = ratio
        size = (scene.rows, scene.columns, width, height)
        self._box, self._at, self.area = _lying(scene.placement, size, ratio)
        #: what is drawn, with the bytes that it lies on
        self._drawn: tuple[QImage, NDArray[np.uint8]] | None = None

    def piece(self) -> Piece:
        """The picture, with the hatch of what has not arrived."""
        return Piece("picture", self.area, self.scene, self._paint)

    def ready(self) -> QRect:
        """Render and convert the picture before anything is painted. Returns its area."""
        x0, y0, x1, y1 = self._box
        if self._drawn is None and x1 > x0 and y1 > y0:
            # In one go with the painting, since what was written last is copied fastest.
            self._drawn = self._converted()
        return self.area

    def _paint(self, painter: QPainter) -> None:
        self.ready()
        if self._drawn is not None:
            painter.drawImage(self._at, self._drawn[0])
        if self.scene.absent is not None:
            overlay_pieces.paint_absent(painter, self.scene.absent)

    def _converted(self) -> tuple[QImage, NDArray[np.uint8]]:
        assert self.scene.rendering is not None
        part = self.scene.rendering.cut(self._box)
        rows, columns = part.shape[:2]
        held = for_screen(part, (0, 0, columns, rows), self.scene.output)
        image = QImage(held.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self._ratio)
        return image, held


def words_piece(viewport: Shown, words: tuple[str, ...], color: str) -> Piece:
    """What there is instead of a picture, in the middle and in words."""
    box = viewport.picture_area().adjusted(theme.px(24), 0, -theme.px(24), 0)
    text = "\n".join(part for part in words if part)

    def paint(painter: QPainter) -> None:
        painter.setFont(theme.font(14))
        painter.setPen(theme.color(color))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(box, flags, text)

    # Words may be longer than the box is high.
    return Piece("words", viewport.rect(), (text, color, theme.scale()), paint)


def ring_piece(area: QRect) -> Piece:
    """The frame of the viewport that the keys act on."""
    return _ring(area.width(), area.height(), theme.px(2))


@lru_cache(maxsize=16)
def _ring(across: int, down: int, width: int) -> Piece:
    area = QRect(0, 0, across, down)
    sides = beside(area, area.adjusted(width, width, -width, -width))

    def paint(painter: QPainter) -> None:
        color = theme.color("accent")
        for side in sides:
            painter.fillRect(side, color)

    return Piece("ring", area, width, paint)


def mark_pieces(viewport: Shown, found: list[marks.Mark], area: QRectF) -> list[Piece]:
    """Lines, then labels, so that no line crosses a number."""
    ratio, version = viewport.devicePixelRatioF(), theme.version()
    made = [
        pieces_of(each, each.measurement.identifier == viewport.chosen, ratio, version)
        for each in found
    ]
    lines, labels = [pair[0] for pair in made], [pair[1] for pair in made]
    inside = area.toAlignedRect().contains
    return [piece if inside(piece.area) else clipped(piece, area) for piece in (*lines, *labels)]


def clipped(piece: Piece, area: QRectF) -> Piece:
    """Kept off the slice bar."""
    bounds = area.toAlignedRect()

    def paint(painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        piece.paint(painter)
        painter.restore()

    if bounds.contains(piece.area):
        return piece
    return piece._replace(area=piece.area.intersected(bounds), paint=paint)


def text_pieces(viewport: Shown, told: Told, pane: Pane, scene: Scene) -> list[Piece]:
    """Corner text and orientation letters."""
    area, view, ratio = viewport.picture_area(), viewport.view, viewport.devicePixelRatioF()
    room = min(area.width(), area.height()) / theme.scale()
    words = overlay.corners(pane, view, scene, told.arrival(pane), room, viewport.note)
    words.warnings += told.layer_problems(pane, scene)
    if told.quiet:
        words = overlay.at_rest(words)
    if not viewport.active:
        # Said once, where the reader works; a missing slice is said wherever it shows.
        words.warnings = [each for each in words.warnings if each not in pane.shown.problems]
    star = view.plane is Plane.ACQUIRED and told.is_key_image(pane, view.frame_index)
    acquired = view.plane is Plane.ACQUIRED
    edges = letters_of(scene.frame, scene.plane, view, acquired=acquired)
    letters = spoken(edges, told.superior)
    return [
        *corner_text.corner_pieces(area, words, star, ratio),
        *corner_text.letter_pieces(area, letters, ratio, words),
    ]


def state_pieces(viewport: Shown, scene: Scene) -> list[Piece]:
    """Annotations of the presentation state."""
    look, placement, area = scene.look, scene.placement, viewport.picture_area()
    state = look.presentation if look is not None and viewport.view.overlays else None
    if state is None or scene.rendering is None or placement is None:
        return []
    size = (scene.columns, scene.rows)

    def paint(painter: QPainter) -> None:
        state_marks.paint(painter, area, state, placement, size)

    return [Piece("state", area.toAlignedRect(), (id(state), placement), paint)]


def graphic_pieces(viewport: Shown, told: Told, scene: Scene, focus: Vector | None) -> list[Piece]:
    """Scale bar and crosshair; `focus` is None where no crosshair is shown."""
    area, ratio = viewport.picture_area(), viewport.devicePixelRatioF()
    found = list(overlay_pieces.scale_pieces(area, scene, ratio))
    laid, fusion = scene.laid, viewport.view.fusion
    if laid is not None and laid.rgb is not None and fusion is not None:
        # The legend of a dose stands at the edge itself.
        pane = viewport.pane
        aside = theme.px(150) if pane is not None and told.dose_shown(pane) else 0
        room = area.adjusted(0, 0, -aside, 0)
        found += fused.bar_pieces(room, laid, fusion, ratio)
    if focus is not None:
        alpha = 0.45 if viewport.active and told.measuring_now else 0.75
        found += overlay_pieces.crosshair_pieces(area, scene, focus, alpha, ratio)
    return found
