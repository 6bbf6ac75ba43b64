"""One viewport: a picture blitted one to one, with everything else painted above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from workstation.domain.geometry import Point
from workstation.domain.measurement import MeasurementKind
from workstation.domain.shapes import strokes
from workstation.domain.view import ViewState
from workstation.ui import theme
from workstation.ui.parts import OWN_RING
from workstation.ui.viewport import (
    composing,
    mark_pieces,
    mark_placing,
    marks,
    overlay,
    slice_bar,
)
from workstation.ui.viewport.pieces import (
    Piece,
    beside,
    changed,
    gathered,
    paint_parts,
    region_of,
)
from workstation.ui.viewport.scene import Scene, SceneMaker
from workstation.ui.viewport.surroundings import MouseHands, Surroundings
from workstation.workflow.viewing import Pane, step_at, steps_of

#: What a thumbnail carries when it is dragged: study UID and display set, one a line.
MIME = "application/x-nocturne-display-set"

_CHANGED = QEvent.Type(QEvent.registerEventType())


@dataclass(frozen=True, slots=True)
class Draft:
    """A measurement that is being drawn, in image coordinates."""

    kind: MeasurementKind
    points: tuple[Point, ...]
    words: str = ""
    #: height of a pixel over its width
    aspect: float = 1.0


class Viewport(QWidget):
    """Shows a view of a display set. It knows neither the network nor the disk."""

    dropped = Signal(str, str)

    def __init__(self, maker: SceneMaker, around: Surroundings, hands: MouseHands) -> None:
        super().__init__()
        self.maker = maker
        self._around = around
        self._hands = hands
        self._pane: Pane | None = None
        self._view = ViewState()
        self._scene: Scene | None = None
        self._picture: composing.Picture | None = None
        self._bar = slice_bar.SliceBar()
        self._pieces: list[Piece] | None = None
        #: the pieces that the screen holds, and whether a look for changes is asked for
        self._on_screen: list[Piece] | None = None
        self._asked = False
        #: rectangles that the next paint is done in one after the other, and all of them together
        self._parts: tuple[list[QRect], QRegion] | None = None
        self._ratio = 0.0
        self._parted: tuple[QRectF, QRectF] | None = None
        self.active = False
        self.note = ""
        self.empty_words = "Drag a series here"
        self.chosen = ""
        self.draft: Draft | None = None
        self._marks: list[marks.Mark] = []
        self._placing = mark_placing.MarkPlacing()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(OWN_RING, True)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setMinimumSize(QSize(80, 80))
        self.setAccessibleName("Empty viewport")

    # -- what it shows ---------------------------------------------------------------------

    @property
    def pane(self) -> Pane | None:
        """The display set that is held."""
        return self._pane

    @property
    def view(self) -> ViewState:
        """What is looked at."""
        return self._view

    @property
    def scene(self) -> Scene | None:
        """The scene of the last paint."""
        return self._scene

    def show_pane(self, pane: Pane | None, view: ViewState | None = None) -> None:
        """Hold another display set, or nothing."""
        self._pane = pane
        self._picture = None
        if view is not None or pane is None:
            self._view = view or ViewState()
        if pane is None:
            self.maker.forget()
            self._marks = []
        self.chosen, self.draft = "", None
        self._placing = mark_placing.MarkPlacing()
        self.refresh()

    def show_view(self, view: ViewState) -> None:
        """Look at something else of the same display set."""
        if view != self._view:
            self._view = view
            self.refresh()

    def refresh(self) -> None:
        """Make the picture anew from the pixels: something behind it changed."""
        self._scene = self._parted = None
        self.update()
        self._describe()

    def marks_changed(self) -> None:
        """Measurements or the scale of the series changed; the picture stays."""
        if self._scene is not None and self._pane is not None:
            self._scene = self._around.with_scale(self._pane, self._scene)
        self.update()

    def _describe(self) -> None:
        pane = self._pane
        if pane is None:
            self.setAccessibleName("Empty viewport")
            return
        head = "Prior " if pane.prior else ""
        count = steps_of(self._view, pane.shown)
        words = f"{head}{overlay.series_words(pane.shown) or pane.shown.modality}"
        self.setAccessibleName(f"{words}, image {step_at(self._view, pane.shown) + 1} of {count}")

    def _areas(self) -> tuple[QRectF, QRectF]:
        """(picture, slice bar); the bar is empty where there is none. Nobody changes them."""
        if self._parted is None:
            bar = self._pane is not None and steps_of(self._view, self._pane.shown) > 1
            across = theme.px(slice_bar.WIDTH) if bar else 0
            self._parted = slice_bar.parted(self.width(), self.height(), across)
        return self._parted

    def bar_area(self) -> QRectF:
        """Where the slice bar is."""
        return self._areas()[1]

    def picture_area(self) -> QRectF:
        """Where the picture is."""
        return self._areas()[0]

    def device_size(self) -> tuple[int, int]:
        """Size of the picture in device pixels."""
        ratio, area = self.devicePixelRatioF(), self.picture_area()
        return max(1, round(area.width() * ratio)), max(1, round(area.height() * ratio))

    def built(self) -> Scene | None:
        """The scene, made now where it is not there yet."""
        if self._scene is None and self._pane is not None and self.width() > 1:
            width, height = self.device_size()
            scene = self.maker.make(self._pane, self._view, width, height)
            scene = self._scene = self._around.with_scale(self._pane, scene)
            held = self._picture
            if scene.rendering is None or scene.placement is None:
                self._picture = None
            elif held is None or held.scene is not scene:
                ratio = self.devicePixelRatioF()
                self._picture = composing.Picture(scene, width, height, ratio)
            self._around.want(self, scene)
        return self._scene

    # -- coordinates -----------------------------------------------------------------------

    def to_image(self, at: QPointF) -> Point | None:
        """Widget pixels to (column, row)."""
        scene = self.built()
        if scene is None or scene.placement is None:
            return None
        ratio = self.devicePixelRatioF()
        # A pixel's centre lies half a pixel inside its corner, where widgets count from.
        return scene.placement.to_image((at.x() * ratio - 0.5, at.y() * ratio - 0.5))

    def to_screen(self, point: Point) -> QPointF:
        """(column, row) to widget pixels."""
        scene = self.built()
        if scene is None or scene.placement is None:
            return QPointF()
        ratio = self.devicePixelRatioF()
        x, y = scene.placement.to_screen(point)
        return QPointF((x + 0.5) / ratio, (y + 0.5) / ratio)

    def marks(self) -> list[marks.Mark]:
        """The measurements that the picture holds, as they are on the screen."""
        pane, scene = self._pane, self.built()
        if pane is None or scene is None or scene.placement is None or scene.words:
            return []
        return self._placing.of(self, self._around, pane, scene)

    def mark_under(self, at: QPointF) -> bool:
        """Whether a measurement of the last paint is under the mouse."""
        return any(
            mark.label.contains(at)
            or marks.on_line(mark, at)
            or marks.nearest_point(mark.points, at) is not None
            for mark in self._marks
        )

    def bar_content(self) -> slice_bar.BarContent:
        """What the slice bar shows."""
        assert self._pane is not None
        return self._around.bar(self._pane, self._view)

    # -- painting --------------------------------------------------------------------------

    def update(self, *area: Any) -> None:
        """Something that is shown may have changed: what did is found before the next paint.

        With an area, as QWidget: paint that again.
        """
        if area:
            super().update(*area)
            return
        self._pieces = None
        if not self._asked:
            self._asked = True
            QCoreApplication.postEvent(self, QEvent(_CHANGED))

    def _paint_changes(self) -> None:
        self._asked = False
        before, now = self._on_screen, self.pieces()
        self._on_screen = now
        areas = None if before is None else changed(before, now)
        if areas is None:
            super().update()
        elif areas:
            if now[0].name == "picture" and before and now[0] != before[0]:
                areas = gathered(areas, now[0].area)
                self._parts = areas, region_of(areas)
                super().update(self._parts[1])
            else:
                super().update(region_of(areas))

    def pieces(self) -> list[Piece]:
        """What is painted over the background, in order."""
        if self._pieces is None:
            self._pieces = self._composed()
        return self._pieces

    def _composed(self) -> list[Piece]:
        found: list[Piece] = []
        self._marks = []
        pane, scene = self._pane, self.built()
        if pane is None:
            found.append(composing.words_piece(self, (self.empty_words,), "text3"))
        elif scene is not None:
            if self._picture is not None:
                found.append(self._picture.piece())
            found += composing.state_pieces(self, scene)
            if scene.words:
                found.append(composing.words_piece(self, scene.words, "text2"))
            else:
                found += self._graphics(scene)
            found += composing.text_pieces(self, self._around, pane, scene)
            area = self.bar_area()
            if not area.isEmpty():
                content, ratio = self._around.bar(pane, self._view), self.devicePixelRatioF()
                found += self._bar.pieces(area, content, ratio)
        if self.active:
            found.append(composing.ring_piece(self.rect()))
        return found

    def _graphics(self, scene: Scene) -> list[Piece]:
        area = self.picture_area()
        focus = self._around.focus_of(self) if self._around.crosshair else None
        found: list[Piece] = []
        if self._around.overlays_shown:
            # What others drew changes in many ways: it is painted at each change of anything.
            draw = self._around.paint_overlays
            paint = lambda painter: draw(painter, self, scene)  # noqa: E731
            found.append(Piece("overlays", self.rect(), object(), paint))
        found += composing.graphic_pieces(self, self._around, scene, focus)
        self._marks = self.marks()
        found += composing.mark_pieces(self, self._marks, area)
        draft = self.draft
        if draft is not None:
            lines = [
                [self.to_screen(point) for point in stroke]
                for stroke in strokes(draft.kind, draft.points, draft.aspect)
            ]
            last, ratio = self.to_screen(draft.points[-1]), self.devicePixelRatioF()
            made = mark_pieces.draft_piece(lines, last, draft.kind, draft.words, ratio)
            found.append(composing.clipped(made, area))
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._ratio != self.devicePixelRatioF():
            # The window went to another screen; all of it is painted anyway.
            self._ratio = self.devicePixelRatioF()
            self._scene = self._pieces = None
        held, parts, self._parts = self.pieces(), self._parts, None
        region, black = event.region(), theme.color("image")
        shown = QRect() if self._picture is None else self._picture.ready()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if parts is None or not (region - parts[1]).isEmpty():
            # A picture that is grabbed leaves what the screen waits for.
            self._parts = parts
            for ground in beside(self.rect(), shown):
                if region.intersects(ground):
                    painter.fillRect(ground, black)
            for piece in held:
                if region.intersects(piece.area):
                    piece.paint(painter)
        else:
            paint_parts(painter, parts[0], held, shown, black)
        painter.end()
        self._around.painted(self)

    # -- events ----------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hides_what_lies_below()

    def _hides_what_lies_below(self) -> None:
        # Else the grounds of the window and of all between are painted below at each step. A style
        # sheet takes it away when it is applied: before the first showing, and with another theme.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_screen = None
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._hides_what_lies_below()
            self._on_screen = None
            self.refresh()

    def customEvent(self, event: QEvent) -> None:
        if event.type() == _CHANGED:
            self._paint_changes()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hands.press(self, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hands.move(self, event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hands.release(self, event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._hands.double_click(self, event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hands.wheel(self, event)
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        text = bytes(event.mimeData().data(MIME).data()).decode()
        study_uid, _, identifier = text.partition("\n")
        self.dropped.emit(study_uid, identifier)
        event.acceptProposedAction()


#: Makes a viewport; the grid asks for as many as its layout has cells.
MakeViewport = Callable[[], Viewport]
