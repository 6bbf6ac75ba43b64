"""The mouse on a viewport: left as the tool says, middle pans, right zooms, the wheel pages."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QMouseEvent, QWheelEvent

from workstation.domain.geometry import Point, Vector
from workstation.domain.image import LookupTable, Window
from workstation.domain.shapes import moved as moved_point
from workstation.domain.view import Fusion, ViewState
from workstation.imaging.voi import as_window
from workstation.ui import theme
from workstation.ui.viewport import marks, slice_bar
from workstation.ui.viewport.drawing import CLICK, KINDS, Drawn, Pen
from workstation.ui.viewport.viewport import Draft, Viewport


class Handled(Drawn, Protocol):
    """The images as the mouse sees them."""

    @property
    def crosshair(self) -> bool: ...
    def activate(self, viewport: Viewport) -> None: ...
    def change(self, viewport: Viewport, view: ViewState) -> None: ...
    def page_view(self, viewport: Viewport, steps: int) -> None: ...
    def go_to_step(self, viewport: Viewport, step: int) -> None: ...
    def move_focus(self, viewport: Viewport, position: Vector) -> None: ...
    def focus_of(self, viewport: Viewport) -> Vector | None: ...
    def remeasured(
        self, viewport: Viewport, identifier: str, points: tuple[Point, ...]
    ) -> None: ...
    def keep_label_place(self, identifier: str, place: Point) -> None: ...
    def toggle_maximised(self, viewport: Viewport) -> None: ...
    def change_over(self, viewport: Viewport, **changes: object) -> None: ...


@dataclass
class Gesture:
    """What goes on while a button is held."""

    move: Callable[[QPointF], None]
    release: Callable[[QPointF], None] = lambda _: None


def dragged_window(view: ViewState, start: object, dx: float, dy: float) -> ViewState:
    """Right widens, down raises the level; a VOI LUT becomes a window over its inputs."""
    if isinstance(start, LookupTable):
        start = as_window(start)
    if not isinstance(start, Window):
        return view
    width = min(max(start.width * math.exp(dx / 220.0), 1e-3), 1e7)
    if start.width >= 50:
        width = max(1.0, float(round(width)))
    center = start.center + dy * max(start.width, 1e-3) / 350.0
    if start.width >= 50:
        center = float(round(center))
    return replace(view, voi=start.changed(center, width), voi_name="")


def zoomed(viewport: Viewport, view: ViewState, factor: float, anchor: QPointF) -> ViewState:
    """Zoomed by a factor about a point of the widget, which stays where it is."""
    scene = viewport.built()
    if scene is None or scene.placement is None:
        return view
    now = view.zoom if view.zoom is not None else scene.placement.fit_scale
    then = min(max(now * factor, 0.02), 64.0)
    width, height = viewport.device_size()
    ratio = viewport.devicePixelRatioF()
    ax, ay = anchor.x() * ratio - (width - 1) / 2, anchor.y() * ratio - (height - 1) / 2
    change = then / now
    pan = (ax - (ax - view.pan[0]) * change, ay - (ay - view.pan[1]) * change)
    return replace(view, zoom=then, pan=pan)


class Hands:
    """One for all viewports: a gesture begins on one and stays there."""

    def __init__(self, images: Handled) -> None:
        self._images = images
        self._gesture: Gesture | None = None
        self._wheel = 0.0
        self._pen = Pen(images)
        self._on: Viewport | None = None

    def cancel(self) -> bool:
        """Drop what is being drawn; True when something was."""
        had = self._pen.cancel() or self._gesture is not None
        if self._on is not None:
            self._on.draft = None
            self._on.update()
        self._gesture, self._on = None, None
        return had

    def finish(self) -> bool:
        """End an outline that is being drawn; True when there is one."""
        return self._pen.finish()

    def take_back(self) -> bool:
        """Take back the last point of what is being drawn; True when something is."""
        return self._pen.take_back()

    # -- events ----------------------------------------------------------------------------

    def press(self, viewport: Viewport, event: QMouseEvent) -> None:
        """Begin a gesture."""
        viewport.setFocus(Qt.FocusReason.MouseFocusReason)
        self._images.activate(viewport)
        at = event.position()
        if viewport.pane is None or viewport.built() is None:
            return
        if viewport.bar_area().contains(at):
            self._begin(viewport, self._bar(viewport), at)
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._begin(viewport, self._pan(viewport, at), at)
        elif event.button() == Qt.MouseButton.RightButton:
            self._begin(viewport, self._zoom(viewport, at), at)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._left(viewport, at, event.modifiers())

    def move(self, viewport: Viewport, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what is under the mouse."""
        at = event.position()
        if self._gesture is not None and viewport is self._on:
            self._gesture.move(at)
        elif self._pen.on(viewport):
            self._pen.hover(viewport, at)
        else:
            self._hover(viewport, at)

    def release(self, viewport: Viewport, event: QMouseEvent) -> None:
        """End the gesture."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None and viewport is self._on:
            gesture.release(event.position())

    def double_click(self, viewport: Viewport, event: QMouseEvent) -> None:
        """One viewport alone, or all again."""
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._pen.on(viewport) and self._pen.finish():
            return
        if left and self._images.tool not in KINDS:
            self.cancel()
            self._images.toggle_maximised(viewport)
        else:
            self.press(viewport, event)

    def wheel(self, viewport: Viewport, event: QWheelEvent) -> None:
        """Page; with Ctrl zoom about the mouse, with Shift fade what lies over."""
        delta = event.angleDelta().y() or event.angleDelta().x()
        self._images.activate(viewport)
        if viewport.pane is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = math.exp(delta / 600.0)
            view = zoomed(viewport, viewport.view, factor, event.position())
            self._images.change(viewport, view)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and viewport.view.fusion:
            # As many tenths as the wheel has clicks.
            opacity = viewport.view.fusion.opacity + delta / 1200.0
            self._images.change_over(viewport, opacity=min(1.0, max(0.0, opacity)))
            return
        self._wheel += -delta / 120.0
        steps = math.trunc(self._wheel)
        if steps:
            self._wheel -= steps
            self._images.page_view(viewport, steps)

    # -- gestures --------------------------------------------------------------------------

    def _begin(self, viewport: Viewport, gesture: Gesture, at: QPointF) -> None:
        self._gesture, self._on = gesture, viewport
        gesture.move(at)

    def _left(self, viewport: Viewport, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        images = self._images
        if not self._pen.on(viewport) and self._grab_mark(viewport, at):
            return
        if keys & Qt.KeyboardModifier.ControlModifier and viewport.view.fusion is not None:
            self._begin(viewport, self._over_window(viewport, at, viewport.view.fusion), at)
            return
        if images.tool in KINDS:
            if self._pen.press(viewport, at) and self._pen.on(viewport):
                self._on = viewport
                self._gesture = Gesture(
                    lambda there: self._pen.drag(viewport, there),
                    lambda there: self._pen.release(viewport, there),
                )
            return
        near = self._near_crosshair(viewport, at)
        if images.crosshair and (near or keys & Qt.KeyboardModifier.ShiftModifier):
            self._begin(viewport, self._crosshair(viewport), at)
            return
        viewport.chosen = ""
        viewport.update()
        made = {"scroll": self._scroll, "zoom": self._zoom, "pan": self._pan}.get(
            images.tool, self._window
        )
        self._begin(viewport, made(viewport, at), at)

    def _window(self, viewport: Viewport, start: QPointF) -> Gesture:
        view, scene = viewport.view, viewport.built()
        voi = None if scene is None else scene.voi

        def move(at: QPointF) -> None:
            dx, dy = at.x() - start.x(), at.y() - start.y()
            if (dx or dy) and voi is not None:
                new = dragged_window(view, voi, dx, dy)
                self._images.change(
                    viewport, replace(viewport.view, voi=new.voi, voi_name=new.voi_name)
                )

        return Gesture(move)

    def _over_window(self, viewport: Viewport, start: QPointF, fusion: Fusion) -> Gesture:
        def move(at: QPointF) -> None:
            dx, dy = at.x() - start.x(), at.y() - start.y()
            if dx or dy:
                new = dragged_window(viewport.view, fusion.voi, dx, dy)
                self._images.change_over(viewport, voi=new.voi, voi_name="")

        return Gesture(move)

    def _pan(self, viewport: Viewport, start: QPointF) -> Gesture:
        view, ratio = viewport.view, viewport.devicePixelRatioF()

        def move(at: QPointF) -> None:
            dx, dy = (at.x() - start.x()) * ratio, (at.y() - start.y()) * ratio
            if dx or dy:
                pan = (view.pan[0] + dx, view.pan[1] + dy)
                self._images.change(viewport, replace(viewport.view, pan=pan))

        return Gesture(move)

    def _zoom(self, viewport: Viewport, start: QPointF) -> Gesture:
        view = viewport.view

        def move(at: QPointF) -> None:
            if at.y() != start.y():
                factor = math.exp((start.y() - at.y()) / 180.0)
                new = zoomed(viewport, view, factor, start)
                self._images.change(viewport, replace(viewport.view, zoom=new.zoom, pan=new.pan))

        return Gesture(move)

    def _scroll(self, viewport: Viewport, start: QPointF) -> Gesture:
        done = 0

        def move(at: QPointF) -> None:
            nonlocal done
            steps = int((at.y() - start.y()) / max(3.0, theme.px(6)))
            if steps != done:
                self._images.page_view(viewport, steps - done)
                done = steps

        return Gesture(move)

    def _bar(self, viewport: Viewport) -> Gesture:
        def move(at: QPointF) -> None:
            pane = viewport.pane
            if pane is not None:
                content = viewport.bar_content()
                step = slice_bar.step_at(viewport.bar_area(), content, at.y())
                self._images.go_to_step(viewport, step)

        return Gesture(move)

    def _near_crosshair(self, viewport: Viewport, at: QPointF) -> bool:
        focus, scene = self._images.focus_of(viewport), viewport.built()
        if focus is None or scene is None or scene.plane is None:
            return False
        column, row, _ = scene.plane.to_image(focus)
        there = viewport.to_screen((column, row))
        return math.hypot(there.x() - at.x(), there.y() - at.y()) < theme.px(14)

    def _crosshair(self, viewport: Viewport) -> Gesture:
        def move(at: QPointF) -> None:
            scene, point = viewport.built(), viewport.to_image(at)
            if scene is not None and scene.plane is not None and point is not None:
                self._images.move_focus(viewport, scene.plane.to_patient(point))

        return Gesture(move)

    # -- measurements ----------------------------------------------------------------------

    def _grab_mark(self, viewport: Viewport, at: QPointF) -> bool:
        held = viewport.marks()
        for mark in sorted(held, key=lambda each: each.measurement.identifier != viewport.chosen):
            identifier = mark.measurement.identifier
            handle = marks.nearest_point(mark.points, at) if mark.own else None
            if handle is not None:
                viewport.chosen = identifier
                self._begin(viewport, self._handle(viewport, mark, handle), at)
                return True
            if mark.label.contains(at):
                viewport.chosen = identifier
                self._begin(viewport, self._label(viewport, mark, at), at)
                return True
            if marks.on_line(mark, at):
                viewport.chosen = identifier
                if mark.own:
                    self._begin(viewport, self._whole(viewport, mark, at), at)
                viewport.update()
                return True
        return False

    def _editing(
        self, viewport: Viewport, mark: marks.Mark, moved: Callable[[QPointF], tuple[Point, ...]]
    ) -> Gesture:
        kind, identifier = mark.measurement.kind, mark.measurement.identifier
        points = mark.measurement.points
        aspect = mark.measurement.pixel_aspect

        def move(at: QPointF) -> None:
            nonlocal points
            points = moved(at)
            if points != mark.measurement.points:
                words = self._images.live_words(viewport, kind, points)
                viewport.draft = Draft(kind, points, words, aspect)
            viewport.update()

        def release(_: QPointF) -> None:
            viewport.draft = None
            if points != mark.measurement.points:
                self._images.remeasured(viewport, identifier, points)
            viewport.update()

        return Gesture(move, release)

    def _handle(self, viewport: Viewport, mark: marks.Mark, index: int) -> Gesture:
        start = mark.measurement.points
        first, aspect = mark.points[index], mark.measurement.pixel_aspect
        grabbed: list[Point] = []

        def moved(at: QPointF) -> tuple[Point, ...]:
            point = viewport.to_image(at)
            if point is None:
                return start
            if not grabbed:
                grabbed.append(point)
            near = math.hypot(at.x() - first.x(), at.y() - first.y()) < CLICK
            if near and point == grabbed[0]:
                return start
            dx, dy = point[0] - grabbed[0][0], point[1] - grabbed[0][1]
            to = (start[index][0] + dx, start[index][1] + dy)
            return moved_point(mark.measurement.kind, start, index, to, aspect)

        return self._editing(viewport, mark, moved)

    def _whole(self, viewport: Viewport, mark: marks.Mark, begun: QPointF) -> Gesture:
        start, first = mark.measurement.points, viewport.to_image(begun)

        def moved(at: QPointF) -> tuple[Point, ...]:
            point = viewport.to_image(at)
            far = math.hypot(at.x() - begun.x(), at.y() - begun.y()) >= CLICK
            if point is None or first is None or not far:
                return start
            dx, dy = point[0] - first[0], point[1] - first[1]
            return tuple((x + dx, y + dy) for x, y in start)

        return self._editing(viewport, mark, moved)

    def _label(self, viewport: Viewport, mark: marks.Mark, begun: QPointF) -> Gesture:
        corner = mark.label.topLeft()

        def move(at: QPointF) -> None:
            place = viewport.to_image(corner + (at - begun))
            first = viewport.to_image(mark.points[0])
            if place is not None and first is not None and at != begun:
                self._images.keep_label_place(
                    mark.label_key, (place[0] - first[0], place[1] - first[1])
                )
            viewport.update()

        return Gesture(move)

    def _hover(self, viewport: Viewport, at: QPointF) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if viewport.pane is not None and not viewport.bar_area().contains(at):
            over = viewport.mark_under(at)
            if over:
                shape = Qt.CursorShape.SizeAllCursor
            elif self._images.tool in KINDS:
                shape = Qt.CursorShape.CrossCursor
        if viewport.cursor().shape() != shape:
            viewport.setCursor(QCursor(shape))
