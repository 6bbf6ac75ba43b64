"""Pictures and planes against memcpy, SimpleITK, pyqtgraph and, where it is installed, VTK.

Both sides of a row run in turns in one process: only the ratio counts.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.bench import holds
from tests.imaging.frames import described
from workstation.domain.geometry import PlaneGeometry, VolumeGeometry, add, cross, unit
from workstation.domain.image import (
    FrameDescription,
    ModalityTransform,
    PixelPadding,
    VoiFunction,
    Window,
)
from workstation.domain.view import SlabMode, ViewState
from workstation.imaging import lut, reslice
from workstation.imaging.blit import Pyramid, for_screen, to_viewport
from workstation.imaging.picture import grey, render
from workstation.imaging.placement import Placement
from workstation.imaging.volume import Volume

WINDOW = Window(40, 400)
SIGMOID = Window(40, 400, VoiFunction.SIGMOID)
#: What else a table holds: all but the last are lines.
VARIANTS: dict[str, dict[str, Any]] = {
    "padding": {"padding": PixelPadding(0, 0)},
    "inverted": {},
    "sigmoid": {},
}


@dataclass(frozen=True)
class Row:
    """One line of the table; times in ms, the shortest and the median of the runs."""

    stage: str
    peer: str
    mine: tuple[float, float]
    theirs: tuple[float, float]
    #: its key in `holds`
    hold: str = ""

    @property
    def ratio(self) -> float:
        """Of the medians: both sides ran in turns under the same load."""
        return self.mine[1] / self.theirs[1]


def in_turns(
    mine: Callable[[], object], theirs: Callable[[], object], runs: int = 9
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Times in ms of both, taken alternately so that a load meets both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for work, kept in zip((mine, theirs), taken, strict=True):
            begin = time.perf_counter()
            work()
            kept.append((time.perf_counter() - begin) * 1e3)
    one, two = ((min(kept), float(np.median(kept))) for kept in taken)
    return one, two


def frame(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return chance.integers(0, 4096, (rows, columns)).astype(np.uint16)


def description(stored: np.ndarray) -> FrameDescription:
    return described(stored, bits=12, modality_transform=ModalityTransform(1, -1024, None, "HU"))


def window_level(*, peers: bool = True) -> Iterator[Row]:
    """The table of 65,536 entries on frames that are not in the processor's cache."""
    for rows, columns in ((512, 512), (2048, 2048), (5120, 4096)):
        frames = [frame(rows, columns, seed) for seed in range(8)]
        about = description(frames[0])
        table = grey(about, WINDOW, signed=False)
        out, copy = np.empty((rows, columns), np.uint8), np.empty_like(frames[0])
        turns, others = itertools.cycle(frames), itertools.cycle(frames)
        name = f"window/level {columns} x {rows}"

        def mine(out: np.ndarray = out, turns: Iterator[np.ndarray] = turns) -> None:
            lut.apply(next(turns), table, out)  # noqa: B023 - called within the iteration

        def memcpy(copy: np.ndarray = copy, others: Iterator[np.ndarray] = others) -> None:
            np.copyto(copy, next(others))

        hold = f"window {columns}" if rows >= 2048 else ""
        yield Row(name, "memcpy", *in_turns(mine, memcpy, 31), hold)
        for what, changes in VARIANTS.items():
            other = replace(about, **changes)
            voi = SIGMOID if what == "sigmoid" else WINDOW
            held = grey(other, voi, inverted=what == "inverted", signed=False)

            def variant(held: lut.Grey = held, out: np.ndarray = out) -> None:
                lut.apply(next(turns), held, out)  # noqa: B023 - called within the iteration

            wanted = hold if held.line is not None else ""
            yield Row(f"{name}, {what}", "memcpy", *in_turns(variant, memcpy, 31), wanted)
        if not peers:
            continue
        import pyqtgraph
        import SimpleITK as sitk

        image = sitk.GetImageFromArray(frames[0])

        def whole(stored: np.ndarray = frames[0], about: FrameDescription = about) -> None:
            render(stored, about, WINDOW)

        def graph(stored: np.ndarray = frames[0]) -> None:
            made, _ = pyqtgraph.makeARGB(stored, levels=(864, 1264))
            pyqtgraph.functions.ndarray_to_qimage(made, pyqtgraph.QtGui.QImage.Format.Format_ARGB32)

        def itk(image: object = image) -> None:
            sitk.GetArrayViewFromImage(
                sitk.Cast(sitk.IntensityWindowing(image, 864, 1264, 0, 255), sitk.sitkUInt8)
            )

        yield Row(f"{name}, with its table", "pyqtgraph", *in_turns(whole, graph, 5))
        yield Row(f"{name}, with its table", "SimpleITK", *in_turns(whole, itk, 5))


def viewport() -> Iterator[Row]:
    """A mammogram fitted to a viewport, as at each step of window and pan."""
    import cv2

    stored = frame(5120, 4096)
    table = grey(description(stored), WINDOW, signed=False)
    pyramid = Pyramid(stored, None, 0)
    placement = Placement.of(
        ViewState(), rows=5120, columns=4096, pixel_aspect=1.0, width=1200, height=1000
    )

    def mine() -> None:
        to_viewport(
            stored,
            lambda part: lut.apply(part, table),
            placement,
            1200,
            1000,
            pyramid=pyramid,
            blend=True,
        )

    def area() -> None:
        lut.apply(cv2.resize(stored, (800, 1000), interpolation=cv2.INTER_AREA), table)

    yield Row("4096 x 5120 to 1200 x 1000", "cv2 area, LUT", *in_turns(mine, area))


def volume() -> Volume:
    geometry = VolumeGeometry(
        PlaneGeometry((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.7, 0.7), 512, 512),
        (0.0, 0.0, 1.0),
        tuple(float(index) for index in range(600)),
    )
    voxels = np.random.default_rng(0).integers(-1000, 2000, (600, 512, 512), np.int16)
    return Volume(voxels, geometry, np.ones(600, bool))


def oblique(spacing: float = 0.7, side: int = 512) -> PlaneGeometry:
    row = unit((1.0, 0.3, 0.2))
    column = unit(cross(unit(cross(row, (0.1, 1.0, 0.3))), row))
    middle = (511 * 0.7 / 2, 511 * 0.7 / 2, 300.0)
    half = -(side - 1) / 2 * spacing
    origin = add(add(middle, row, half), column, half)
    return PlaneGeometry(origin, row, column, (spacing, spacing), side, side)


def planes(held: Volume) -> Iterator[Row]:
    """Oblique planes and slabs of 512 x 512 x 600 int16."""
    plane = oblique()
    slab = 9.0 * held.geometry.slice_spacing_mm

    def one() -> None:
        reslice.reslice(held, plane)

    def projected() -> None:
        reslice.reslice(held, plane, slab_mm=slab, mode=SlabMode.MIP)

    def averaged() -> None:
        reslice.reslice(held, plane, slab_mm=39.0, mode=SlabMode.MEAN)

    import SimpleITK as sitk

    # The image is made once: only the resampling is compared.
    image = sitk.GetImageFromArray(held.voxels)
    image.SetSpacing((0.7, 0.7, 1.0))
    normal = plane.normal
    directions = [
        value
        for axis in range(3)
        for value in (plane.row_cosine[axis], plane.column_cosine[axis], normal[axis])
    ]

    def itk(depth: int = 1) -> None:
        origin = add(plane.origin, normal, -(depth - 1) / 2)
        made = sitk.Resample(
            image,
            (plane.columns, plane.rows, depth),
            sitk.Transform(),
            sitk.sitkLinear,
            origin,
            (plane.spacing_mm[1], plane.spacing_mm[0], 1.0),
            directions,
            -1024.0,
            sitk.sitkInt16,
        )
        if depth > 1:
            sitk.GetArrayViewFromImage(made).max(axis=0)

    path = "kernel" if reslice.has_kernel() else "SimpleITK path"
    yield Row(f"oblique plane, {path}", "SimpleITK", *in_turns(one, itk))
    yield Row("MIP of 10", "SimpleITK", *in_turns(projected, lambda: itk(10), 5))
    if importlib.util.find_spec("vtk") is None:
        return
    vtk_reslice = _vtk(held, plane)
    yield Row(
        "oblique plane", "vtkImageReslice", *in_turns(one, lambda: vtk_reslice(1, 0), 25), "plane"
    )
    turns = in_turns(projected, lambda: vtk_reslice(10, 1))
    yield Row("MIP of 10", "vtkImageReslice", *turns, "mip")
    yield Row("mean of 40", "vtkImageReslice", *in_turns(averaged, lambda: vtk_reslice(40, 0), 3))


def _vtk(held: Volume, plane: PlaneGeometry) -> Callable[[int, int], None]:
    import vtk
    from vtk.util import numpy_support

    image = vtk.vtkImageData()
    slices, rows, columns = held.voxels.shape
    image.SetDimensions(columns, rows, slices)
    image.SetSpacing(0.7, 0.7, 1.0)
    image.GetPointData().SetScalars(numpy_support.numpy_to_vtk(held.voxels.ravel()))
    axes = vtk.vtkMatrix4x4()
    for axis in range(3):
        axes.SetElement(axis, 0, plane.row_cosine[axis])
        axes.SetElement(axis, 1, plane.column_cosine[axis])
        axes.SetElement(axis, 2, plane.normal[axis])
        axes.SetElement(axis, 3, plane.origin[axis])

    def run(depth: int, mode: int) -> None:
        cut = vtk.vtkImageReslice()
        cut.SetInputData(image)
        cut.SetResliceAxes(axes)
        cut.SetInterpolationModeToLinear()
        cut.SetNumberOfThreads(reslice.THREADS)
        cut.SetOutputDimensionality(2)
        cut.SetOutputExtent(0, plane.columns - 1, 0, plane.rows - 1, 0, 0)
        cut.SetOutputSpacing(plane.spacing_mm[1], plane.spacing_mm[0], 1.0)
        cut.SetOutputOrigin(0.0, 0.0, 0.0)
        if depth > 1:
            cut.SetSlabNumberOfSlices(depth)
            if mode:
                cut.SetSlabModeToMax()
            else:
                cut.SetSlabModeToMean()
        cut.Update()

    return run


def wheel_step() -> Iterator[Row]:
    """Four views of a new 1024 x 1024 frame a step, painted into widgets."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter, QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    application = QApplication.instance() or QApplication([])
    frames = [frame(1024, 1024, seed) for seed in range(8)]
    about = description(frames[0])
    table = grey(about, WINDOW, signed=False)
    side = 800
    placement = Placement.of(
        ViewState(), rows=1024, columns=1024, pixel_aspect=1.0, width=side, height=side
    )

    class View(QWidget):
        """One blit of the viewport's buffer; nothing is painted below it, as in a viewport."""

        buffer: np.ndarray | None = None

        def __init__(self) -> None:
            super().__init__()
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

        def paintEvent(self, event: QPaintEvent) -> None:
            if self.buffer is not None:
                shape = self.buffer.shape
                image = QImage(self.buffer.data, shape[1], shape[0], QImage.Format.Format_RGB32)
                QPainter(self).drawImage(0, 0, image)

    views = [View() for _ in range(4)]
    graphs = [pyqtgraph.GraphicsView() for _ in range(4)]
    items = []
    for view in views:
        view.resize(side, side)
    for graph in graphs:
        graph.resize(side, side)
        box = pyqtgraph.ViewBox(lockAspect=True)
        graph.setCentralItem(box)
        item = pyqtgraph.ImageItem(frames[0], levels=(864, 1264), axisOrder="row-major")
        box.addItem(item)
        items.append(item)
    turn, other = itertools.cycle(frames), itertools.cycle(frames)

    def mine() -> None:
        for view in views:
            made = to_viewport(
                next(turn), lambda part: lut.apply(part, table), placement, side, side, blend=True
            )
            view.buffer = for_screen(made, (0, 0, side, side))
            view.grab()

    def theirs() -> None:
        for graph, item in zip(graphs, items, strict=True):
            item.setImage(next(other), autoLevels=False)
            graph.grab()

    row = Row(
        "wheel step of four views", "pyqtgraph ImageItem", *in_turns(mine, theirs, 25), "wheel"
    )
    for widget in (*views, *graphs):
        widget.close()
    application.processEvents()
    yield row


def rows() -> Iterator[Row]:
    """All lines of the table."""
    yield from window_level()
    yield from viewport()
    yield from planes(volume())
    yield from wheel_step()


def main() -> int:
    """Print the table; 1 where a ratio does not hold."""
    print(
        f"{'stage':44} {'ms min/median':>18}  {'peer':22} {'ms min/median':>18} {'ratio':>6} hold"
    )
    held, worst = True, dict[str, float]()
    for row in rows():
        detail = f"{reslice.THREADS} threads each" if row.hold in ("plane", "mip") else ""
        worst[row.hold] = max(worst.get(row.hold, 0.0), row.ratio)
        good = not row.hold or holds.note(row.hold, worst[row.hold], detail)
        held &= good
        mark = "" if not row.hold else f"{holds.HOLDS[row.hold].limit:g}"
        mark += "" if good else "  NOT HELD"
        mine, theirs = (f"{pair[0]:8.2f} /{pair[1]:8.2f}" for pair in (row.mine, row.theirs))
        print(f"{row.stage:44} {mine:>18}  {row.peer:22} {theirs:>18} {row.ratio:6.2f} {mark}")
    return 0 if held else 1
