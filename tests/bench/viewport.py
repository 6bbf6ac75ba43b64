"""The wheel step of four viewports against pyqtgraph's ImageItem, as a ratio in one run.

Ours paints corner text, letters, scale bar and slice bar as well; both are drawn into a pixmap.

Run: QT_QPA_PLATFORM=offscreen python -m tests.bench.viewport
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pyqtgraph
from PySide6.QtWidgets import QApplication

from tests.gui import room as rooms
from tests.workflow import images
from workstation.ui import theme
from workstation.ui.viewport.reading_room import ReadingRoom

STEPS = 20


def best(step: Callable[[int], None]) -> float:
    """Shortest time of a step in milliseconds."""
    times = []
    for index in range(STEPS):
        begin = time.perf_counter()
        step(index)
        times.append(time.perf_counter() - begin)
    return min(times) * 1000


def main() -> int:
    """Print both times and their ratio."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
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
    room.images.set_layout(2, 2)
    for viewport in room.images.grid.viewports:
        room.images.open_in(viewport, pane)
    room.images.linked = True
    app.processEvents()
    sizes = [viewport.size() for viewport in room.images.grid.viewports]

    def ours(index: int) -> None:
        room.images.go_to_step(room.images.active, index % images.SLICES)
        for viewport in room.images.grid.viewports:
            viewport.grab()

    mine = best(ours)
    items, views = [], []
    for size in sizes:
        view = pyqtgraph.GraphicsView()
        view.resize(size)
        box = pyqtgraph.ViewBox(lockAspect=True)
        view.setCentralItem(box)
        item = pyqtgraph.ImageItem(axisOrder="row-major")
        box.addItem(item)
        view.show()
        items.append(item)
        views.append(view)
    app.processEvents()
    frames = [images.pixels(index) for index in range(images.SLICES)]

    def theirs(index: int) -> None:
        for item, view in zip(items, views, strict=True):
            item.setImage(frames[index % len(frames)], levels=(840.0, 1240.0))
            view.grab()

    other = best(theirs)
    print(
        f"four-view wheel step: {mine:.1f} ms, pyqtgraph {other:.1f} ms, ratio {mine / other:.2f}"
    )
    for view in views:
        view.close()
    bench.close(room)
    return 0 if mine / other <= 0.35 else 1


if __name__ == "__main__":
    main()
