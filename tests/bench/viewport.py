"""The wheel step of four viewports against pyqtgraph's ImageItem, as ratios in one run.

Ours paints corner text, letters, scale bar, slice bar, crosshair, and a length and an ellipse on
every image as well; pyqtgraph paints the bare image, and in a row of its own as many texts and
lines over it. The images alone, without a window, stand in the part `imaging`. Both windows are
painted through their backing stores, in turns.

Run: QT_QPA_PLATFORM=offscreen python -m tests.bench.viewport
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsEllipseItem,
    QGraphicsLineItem,
    QGridLayout,
    QWidget,
)

from tests.bench import holds
from tests.gui import room as rooms
from tests.workflow import images
from workstation.domain.measurement import MeasurementKind
from workstation.ui import theme
from workstation.ui.viewport.reading_room import ReadingRoom

#: DESIGN.md, speed and memory to hold.
HOLD = 0.35
STEPS = 60


def on_screen(app: QApplication, window: QWidget) -> None:
    """Paint now what has changed; a platform would wait for its next refresh."""
    app.processEvents()
    app.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))


def in_turns(*steps: Callable[[int], None]) -> list[tuple[float, float]]:
    """(shortest, median) time of a step in ms, each taken in turn so that a load meets all."""
    taken: list[list[float]] = [[] for _ in steps]
    for index in range(STEPS + 12):
        for step, kept in zip(steps, taken, strict=True):
            begin = time.perf_counter()
            step(index)
            kept.append((time.perf_counter() - begin) * 1000)
    return [(min(kept[12:]), float(np.median(kept[12:]))) for kept in taken]


def opened(app: QApplication) -> tuple[rooms.Workbench, ReadingRoom]:
    """A reading room with four linked viewports of one volume, each image measured."""
    images.ROWS = images.COLUMNS = 1024
    bench = rooms.Workbench(rooms.Small(), images.study())
    room = ReadingRoom(bench, bench.bridge)  # type: ignore[arg-type]
    room.resize(1920, 1080)
    room.show()
    room.show_task(rooms.task(images.STUDY_UID))
    end = time.monotonic() + 20
    while time.monotonic() < end:
        app.processEvents()
        volume = bench.volumes.peek(f"{images.SERIES_UID}/0")
        if volume is not None and volume.present.all() and room.images.active.pane is not None:
            break
    pane = room.images.active.pane
    assert pane is not None
    held = room.images.measuring(images.STUDY_UID)
    for index in range(images.SLICES):
        held.add(MeasurementKind.LENGTH, pane.shown, index, ((300, 400), (520, 470)))
        held.add(MeasurementKind.ELLIPSE, pane.shown, index, ((600, 300), (760, 420)))
    room.images.set_layout(2, 2)
    for viewport in room.images.grid.viewports:
        room.images.open_in(viewport, pane)
    room.images.linked = room.images.crosshair = True
    on_screen(app, room)
    return bench, room


def laid_over(item: pyqtgraph.ImageItem) -> list[pyqtgraph.TextItem]:
    """As much over an image as ours has: two lines across, a length, an ellipse and fourteen texts.
    Returns the two texts that change from image to image."""
    for line in ((0, 500, 1024, 500), (500, 0, 500, 1024), (300, 400, 520, 470)):
        drawn = QGraphicsLineItem(*line, item)
        drawn.setPen(pyqtgraph.mkPen("y", width=0))
    ellipse = QGraphicsEllipseItem(600, 300, 160, 120, item)
    ellipse.setPen(pyqtgraph.mkPen("y", width=0))
    texts = []
    for number in range(14):
        text = pyqtgraph.TextItem(f"CT  chest {number}", color="w")
        text.setParentItem(item)
        text.setPos(20 if number % 2 else 800, 60 * number)
        texts.append(text)
    return texts[:2]


def main() -> int:
    """Print the times and their ratios; 1 where one does not hold."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
    bench, room = opened(app)
    viewports = room.images.grid.viewports
    window = QWidget()
    window.resize(room.images.grid.size())
    layout = QGridLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    items, views = [], []
    for index in range(4):
        view = pyqtgraph.GraphicsView()
        box = pyqtgraph.ViewBox(lockAspect=True)
        view.setCentralItem(box)
        item = pyqtgraph.ImageItem(axisOrder="row-major")
        box.addItem(item)
        layout.addWidget(view, index // 2, index % 2)
        items.append(item)
        views.append(view)
    window.show()
    app.processEvents()
    assert [v.size() for v in views] == [v.size() for v in viewports]
    frames = [images.pixels(index) for index in range(images.SLICES)]

    def turn(index: int) -> None:
        room.images.go_to_step(room.images.active, index % images.SLICES)

    def ours(index: int) -> None:
        turn(index)
        on_screen(app, room)

    def ours_afresh(index: int) -> None:
        turn(index + 1)
        for viewport in viewports:
            viewport.grab()

    def theirs(index: int) -> None:
        for item in items:
            item.setImage(frames[index % len(frames)], levels=(840.0, 1240.0))
        on_screen(app, window)

    def theirs_afresh(index: int) -> None:
        for item, view in zip(items, views, strict=True):
            item.setImage(frames[(index + 1) % len(frames)], levels=(840.0, 1240.0))
            view.grab()

    shown, peer = in_turns(ours, theirs)
    laden = [texts for item in items for texts in laid_over(item)]

    def theirs_laden(index: int) -> None:
        for number, text in enumerate(laden):
            text.setText(f"{index + number} / {images.SLICES}")
        theirs(index)

    shown_too, peer_laden = in_turns(ours, theirs_laden)
    for item in items:
        for child in item.childItems():
            item.scene().removeItem(child)
    afresh, peer_afresh = in_turns(ours_afresh, theirs_afresh)
    pane = room.images.active.pane
    assert pane is not None
    room.images.show_mpr(pane, room.images.active.view)
    (mpr,) = in_turns(ours)
    held = True
    for name, mine, other, hold in (
        ("four views, a wheel step on the screen", shown, peer, HOLD),
        ("the same, pyqtgraph with texts and lines", shown_too, peer_laden, None),
        ("four views, a wheel step grabbed", afresh, peer_afresh, None),
        ("axial, coronal, sagittal and acquired", mpr, peer, None),
    ):
        ratio = mine[1] / other[1]
        good = hold is None or holds.note("wheel in the room", ratio, "pyqtgraph bare")
        held &= good
        print(
            f"{name:42} {mine[0]:6.2f} /{mine[1]:6.2f} ms   pyqtgraph {other[0]:6.2f} /"
            f"{other[1]:6.2f} ms   {ratio:.2f}{'' if good else '  NOT HELD'}"
        )
    window.close()
    bench.close(room)
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
