"""One viewport: a picture blitted one to one, with everything else painted above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from workstation.domain.geometry import Point, Vector
from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.view import Plane, ViewState
from workstation.imaging.letters import edge_letters, spoken
from workstation.ui import theme
from workstation.ui.parts import OWN_RING
from workstation.ui.viewport import halo, marks, overlay, slice_bar, state_marks
from workstation.ui.viewport.scene import Scene, SceneMaker
from workstation.workflow.viewing import Pane, step_at, steps_of

#: What a thumbnail carries when it is dragged: study UID and display set, one a line.
MIME = "application/x-nocturne-display-set"


class Surroundings(Protocol):
    """What a viewport asks of the images that it belongs to; nothing here waits."""

    @property
    def superior(self) -> str: ...
    @property
    def crosshair(self) -> bool: ...
    @property
    def measuring_now(self) -> bool: ...
    def measurements(self, pane: Pane) -> tuple[Measurement, ...]: ...
    def is_key_image(self, pane: Pane, index: int) -> bool: ...
    def bar(self, pane: Pane, view: ViewState) -> slice_bar.BarContent: ...
    def arrival(self, pane: Pane) -> overlay.Arrival: ...
    def focus_of(self, viewport: Viewport) -> Vector | None: ...
    def label_place(self, identifier: str) -> Point | None: ...
    def keep_label_place(self, identifier: str, place: Point) -> None: ...
    def want(self, viewport: Viewport, scene: Scene) -> None: ...
    def paint_overlays(self, painter: QPainter, viewport: Viewport, scene: Scene) -> None: ...
    def painted(self, viewport: Viewport) -> None: ...


class MouseHands(Protocol):
    """What is done with the mouse."""

    def press(self, viewport: Viewport, event: QMouseEvent) -> None: ...
    def move(self, viewport: Viewport, event: QMouseEvent) -> None: ...
    def release(self, viewport: Viewport, event: QMouseEvent) -> None: ...
    def double_click(self, viewport: Viewport, event: QMouseEvent) -> None: ...
    def wheel(self, viewport: Viewport, event: QWheelEvent) -> None: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A measurement that is being drawn, in image coordinates."""

    kind: MeasurementKind
    points: tuple[Point, ...]
    words: str = ""


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
        self._image: QImage | None = None
        self.active = False
        self.note = ""
        self.empty_words = "Drag a series here"
        self.chosen = ""
        self.draft: Draft | None = None
        self._marks: list[marks.Mark] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty(OWN_RING, True)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
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
        if view is not None or pane is None:
            self._view = view or ViewState()
        self.chosen, self.draft = "", None
        self.refresh()

    def show_view(self, view: ViewState) -> None:
        """Look at something else of the same display set."""
        if view != self._view:
            self._view = view
            self.refresh()

    def refresh(self) -> None:
        """Paint anew from the pixels: something behind the picture changed."""
        self._scene = None
        self._image = None
        self.update()
        self._describe()

    def _describe(self) -> None:
        pane = self._pane
        if pane is None:
            self.setAccessibleName("Empty viewport")
            return
        head = "Prior " if pane.prior else ""
        count = steps_of(self._view, pane.shown)
        words = f"{head}{overlay.series_words(pane.shown) or pane.shown.modality}"
        self.setAccessibleName(f"{words}, image {step_at(self._view, pane.shown) + 1} of {count}")

    def bar_area(self) -> QRectF:
        """Where the slice bar is; empty where there is none."""
        pane = self._pane
        if pane is None or steps_of(self._view, pane.shown) < 2:
            return QRectF()
        width = theme.px(slice_bar.WIDTH)
        return QRectF(self.width() - width, 0, width, self.height())

    def picture_area(self) -> QRectF:
        """Where the picture is."""
        return QRectF(0, 0, self.width() - self.bar_area().width(), self.height())

    def device_size(self) -> tuple[int, int]:
        """Size of the picture in device pixels."""
        ratio, area = self.devicePixelRatioF(), self.picture_area()
        return max(1, round(area.width() * ratio)), max(1, round(area.height() * ratio))

    def built(self) -> Scene | None:
        """The scene, made now where it is not there yet."""
        if self._scene is None and self._pane is not None and self.width() > 1:
            width, height = self.device_size()
            scene = self.maker.make(self._pane, self._view, width, height)
            self._scene = scene
            if scene.buffer is not None:
                buffer = scene.buffer
                form = QImage.Format.Format_Grayscale8
                if buffer.ndim == 3:
                    form = QImage.Format.Format_RGB888
                image = QImage(buffer.data, width, height, buffer.strides[0], form)
                image.setDevicePixelRatio(self.devicePixelRatioF())
                self._image = image
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
        found: list[marks.Mark] = []
        for held in self._around.measurements(pane):
            placed = marks.image_points(held, pane, scene)
            if placed is None:
                continue
            points = tuple(self.to_screen(point) for point in placed[0])
            size = marks.label_size(held, placed[1])
            taken = [mark.label for mark in found]
            corner = self._label_corner(held, points, size, scene, taken)
            found.append(marks.Mark(held, points, placed[1], QRectF(corner.x(), corner.y(), *size)))
        return found

    def _label_corner(
        self,
        held: Measurement,
        points: tuple[QPointF, ...],
        size: tuple[float, float],
        scene: Scene,
        taken: list[QRectF],
    ) -> QPointF:
        inner = self.picture_area().adjusted(
            theme.px(28), theme.px(44), -theme.px(28), -theme.px(48)
        )
        kept = self._around.label_place(held.identifier)
        if kept is None:
            ratio = self.devicePixelRatioF()
            corner = marks.quiet_place(points, size, inner, scene.buffer, ratio, taken)
            first = self.to_image(points[0])
            place = self.to_image(corner)
            if first is not None and place is not None:
                offset = (place[0] - first[0], place[1] - first[1])
                self._around.keep_label_place(held.identifier, offset)
            return corner
        first = self.to_image(points[0])
        if first is None:
            return points[0]
        corner = self.to_screen((first[0] + kept[0], first[1] + kept[1]))
        area = self.picture_area()
        return QPointF(
            min(max(corner.x(), 2.0), max(2.0, area.width() - size[0] - 2)),
            min(max(corner.y(), 2.0), max(2.0, area.height() - size[1] - 2)),
        )

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

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("image"))
        pane = self._pane
        if pane is None:
            self._paint_words(painter, (self.empty_words,))
        else:
            self._paint_pane(painter, pane)
        if self.active:
            width = theme.px(2)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pen = QPen(theme.color("accent"), width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            half = width / 2
            painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))
        painter.end()
        self._around.painted(self)

    def _paint_pane(self, painter: QPainter, pane: Pane) -> None:
        scene = self.built()
        if scene is None:
            return
        area = self.picture_area()
        if self._image is not None:
            painter.drawImage(QPointF(0, 0), self._image)
        if scene.absent is not None:
            overlay.paint_absent(painter, scene.absent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = scene.look
        state = look.presentation if look is not None and self._view.overlays else None
        if state is not None and scene.buffer is not None and scene.placement is not None:
            size = (scene.columns, scene.rows)
            state_marks.paint(painter, area, state, scene.placement, size)
        if scene.words:
            self._paint_words(painter, scene.words)
        else:
            self._paint_graphics(painter, area, scene)
        arrival = self._around.arrival(pane)
        height = area.height() / theme.scale()
        words = overlay.corners(pane, self._view, scene, arrival, height, self.note)
        if not self.active:
            # Said once, where the reader works; a missing slice is said wherever it shows.
            words.warnings = [each for each in words.warnings if each not in pane.shown.problems]
        index = self._view.frame_index
        acquired = self._view.plane is Plane.ACQUIRED
        star = acquired and self._around.is_key_image(pane, index)
        overlay.paint_corners(painter, area, words, star)
        orientation = ("", "") if scene.frame is None else scene.frame.patient_orientation
        letters = edge_letters(scene.plane, orientation, self._view)
        overlay.paint_letters(painter, area, spoken(letters, self._around.superior))
        bar = self.bar_area()
        if not bar.isEmpty():
            slice_bar.paint(painter, bar, self._around.bar(pane, self._view))

    def _paint_graphics(self, painter: QPainter, area: QRectF, scene: Scene) -> None:
        self._around.paint_overlays(painter, self, scene)
        ratio = self.devicePixelRatioF()
        overlay.paint_scale_bar(painter, area, scene, ratio)
        focus = self._around.focus_of(self) if self._around.crosshair else None
        if focus is not None:
            faint = self.active and self._around.measuring_now
            overlay.paint_crosshair(
                painter, area, self._view, scene, focus, 0.45 if faint else 0.75
            )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(area)
        self._marks = self.marks()
        for mark in self._marks:
            chosen = mark.measurement.identifier == self.chosen
            tone = theme.color("mark" if chosen else "markoff")
            marks.paint_line(painter, mark.measurement.kind, mark.points, tone)
            if chosen:
                marks.paint_handles(painter, mark.points)
        for mark in self._marks:
            marks.paint_label(painter, mark, mark.measurement.identifier == self.chosen)
        draft = self.draft
        if draft is not None:
            points = [self.to_screen(point) for point in draft.points]
            marks.paint_line(painter, draft.kind, points, theme.color("mark"))
            if draft.words:
                halo.draw_text(
                    painter,
                    points[-1].x() + theme.px(14),
                    points[-1].y() + theme.px(10),
                    draft.words,
                    size=14,
                    weight=600,
                    color="mark",
                )
        painter.restore()

    def _paint_words(self, painter: QPainter, words: tuple[str, ...]) -> None:
        """What there is instead of a picture, in the middle and in words."""
        painter.setFont(theme.font(14))
        lines = [part for part in words if part]
        box = self.picture_area().adjusted(theme.px(24), 0, -theme.px(24), 0)
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.setPen(theme.color("text2" if self._pane is not None else "text3"))
        painter.drawText(box, flags, "\n".join(lines))

    # -- events ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.refresh()

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
