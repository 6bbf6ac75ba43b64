"""Drawing a measurement: clicks place points, a press that is dragged places two."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF

from workstation.domain.geometry import Point
from workstation.domain.measurement import POINTS, MeasurementKind
from workstation.domain.measurement_kind import OPEN_ENDED
from workstation.domain.shapes import squared
from workstation.ui import theme
from workstation.ui.viewport import marks
from workstation.ui.viewport.overlay import aspect
from workstation.ui.viewport.viewport import Draft, Viewport

#: A press that moved less than this was a click.
CLICK = 4.0
#: The tool that gives a series its scale draws a line, and makes no measurement.
CALIBRATE = "calibrate"
#: Steps of the mouse that a line drawn by hand takes in, and how far it may miss them, in pixels.
_STEP, _MISS = 2.0, 0.8

KINDS = {kind.value: kind for kind in MeasurementKind} | {CALIBRATE: MeasurementKind.LENGTH}


class Drawn(Protocol):
    """The images as drawing sees them."""

    @property
    def tool(self) -> str: ...
    def measured(
        self, viewport: Viewport, kind: MeasurementKind, points: tuple[Point, ...]
    ) -> None: ...
    def scale_drawn(self, viewport: Viewport, points: tuple[Point, ...]) -> None: ...
    def live_words(
        self, viewport: Viewport, kind: MeasurementKind, points: tuple[Point, ...]
    ) -> str: ...


@dataclass
class _Drawing:
    viewport: Viewport
    kind: MeasurementKind
    tool: str
    points: list[Point]
    pressed_at: QPointF


class Pen:
    """What is being drawn, on one viewport, until its last point."""

    def __init__(self, images: Drawn) -> None:
        self._images = images
        self._now: _Drawing | None = None

    def on(self, viewport: Viewport) -> bool:
        """Whether something is being drawn there."""
        return self._now is not None and self._now.viewport is viewport

    def cancel(self) -> bool:
        """Drop it; True when there was something."""
        now, self._now = self._now, None
        if now is None:
            return False
        now.viewport.draft = None
        now.viewport.update()
        return True

    def take_back(self) -> bool:
        """Take the last point back; True when something is being drawn."""
        now = self._now
        if now is None:
            return False
        now.points.pop()
        if not now.points:
            return self.cancel()
        self._show(now, tuple(now.points))
        return True

    def finish(self) -> bool:
        """End a line or outline that takes any number of points; True when one was drawn."""
        now = self._now
        if now is None or now.kind not in OPEN_ENDED:
            return False
        points = _without_repeats(now.points)
        if len(points) < POINTS[now.kind]:
            return True
        self._done(now, points)
        return True

    # -- the mouse -------------------------------------------------------------------------

    def press(self, viewport: Viewport, at: QPointF) -> bool:
        """Place a point; False where no measuring tool is chosen or there is no picture."""
        point, scene = viewport.to_image(at), viewport.built()
        kind = KINDS.get(self._images.tool)
        if kind is None or point is None or scene is None or scene.words:
            return False
        now = self._now
        if now is None or now.viewport is not viewport:
            self.cancel()
            now = self._now = _Drawing(viewport, kind, self._images.tool, [], at)
        now.pressed_at = at
        closes = kind is MeasurementKind.POLYGON and len(now.points) >= POINTS[kind]
        if closes and _near(viewport.to_screen(now.points[0]), at):
            self.finish()
            return True
        self._place(now, point)
        return True

    def drag(self, viewport: Viewport, at: QPointF) -> None:
        """The button is held: a freehand outline grows, else the next point is shown."""
        now, point = self._now, viewport.to_image(at)
        if now is None or point is None:
            return
        if now.kind is MeasurementKind.FREEHAND:
            if not _near(viewport.to_screen(now.points[-1]), at, _STEP):
                now.points.append(point)
                self._show(now, tuple(now.points))
        elif not _near(now.pressed_at, at, CLICK):
            self._show(now, (*now.points, point))

    def release(self, viewport: Viewport, at: QPointF) -> None:
        """Where the press was dragged, its end is a point too."""
        now, point = self._now, viewport.to_image(at)
        if now is None or point is None:
            return
        if now.kind is MeasurementKind.FREEHAND:
            self._end_freehand(now)
        elif not _near(now.pressed_at, at, CLICK):
            self._place(now, point)

    def hover(self, viewport: Viewport, at: QPointF) -> None:
        """Between clicks: show where the next point would be."""
        now, point = self._now, viewport.to_image(at)
        if now is not None and point is not None:
            self._show(now, (*now.points, point))

    # -- inside ----------------------------------------------------------------------------

    def _place(self, now: _Drawing, point: Point) -> None:
        now.points.append(point)
        if now.kind in OPEN_ENDED or len(now.points) < POINTS[now.kind]:
            self._show(now, tuple(now.points))
        else:
            self._done(now, now.points)

    def _end_freehand(self, now: _Drawing) -> None:
        scene = now.viewport.built()
        scale = scene.placement.scale if scene is not None and scene.placement else 1.0
        ratio = now.viewport.devicePixelRatioF()
        drawn = now.points
        ends = (now.viewport.to_screen(drawn[0]), now.viewport.to_screen(drawn[-1]))
        if len(drawn) > 2 and _near(ends[0], ends[1]):
            # It came back to where it began, and closes there.
            drawn = drawn[:-1]
        points = thinned(drawn, _MISS * ratio / scale)
        if len(points) < POINTS[now.kind]:
            self.cancel()
            return
        self._done(now, points)

    def _done(self, now: _Drawing, points: Sequence[Point]) -> None:
        self.cancel()
        made = _shaped(now, points)
        if now.tool == CALIBRATE:
            self._images.scale_drawn(now.viewport, made)
        else:
            self._images.measured(now.viewport, now.kind, made)
        now.viewport.update()

    def _show(self, now: _Drawing, points: tuple[Point, ...]) -> None:
        made = _shaped(now, points)
        words = ""
        if len(made) >= POINTS[now.kind]:
            words = self._images.live_words(now.viewport, now.kind, made)
        scene = now.viewport.built()
        shape = 1.0 if scene is None else aspect(scene)
        now.viewport.draft = Draft(now.kind, made, words, shape)
        now.viewport.update()


def _shaped(now: _Drawing, points: Sequence[Point]) -> tuple[Point, ...]:
    scene = now.viewport.built()
    return squared(now.kind, points, 1.0 if scene is None else aspect(scene))


def _near(a: QPointF, b: QPointF, reach: float = marks.REACH) -> bool:
    return math.hypot(a.x() - b.x(), a.y() - b.y()) < theme.px(reach)


def _without_repeats(points: Sequence[Point]) -> list[Point]:
    return [each for i, each in enumerate(points) if i == 0 or each != points[i - 1]]


def thinned(points: Sequence[Point], miss: float) -> list[Point]:
    """The points of a line that it needs to stay within `miss` of all of them
    (Ramer 1972, Douglas and Peucker 1973)."""
    if len(points) < 3:
        return list(points)
    keep = {0, len(points) - 1}
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        (x0, y0), (x1, y1) = points[first], points[last]
        length = math.hypot(x1 - x0, y1 - y0)
        worst, place = miss, -1
        for index in range(first + 1, last):
            x, y = points[index]
            if length > 0:
                away = abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / length
            else:
                away = math.hypot(x - x0, y - y0)
            if away > worst:
                worst, place = away, index
        if place >= 0:
            keep.add(place)
            waiting += [(first, place), (place, last)]
    return [points[index] for index in sorted(keep)]
