"""Layers over an image: reading, cutting and painting thirty segments of a CT, and a dose.

Run: QT_QPA_PLATFORM=offscreen python -m tests.bench.layers
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from workstation.domain.geometry import PlaneGeometry, VolumeGeometry, add, unit
from workstation.domain.overlays import (
    DoseGrid,
    Mask,
    MaskGrid,
    OverlayItem,
    Segment,
    Segmentation,
)
from workstation.domain.view import ViewState
from workstation.imaging import overlay_layers
from workstation.imaging.overlay_layers import Layer
from workstation.imaging.placement import Placement
from workstation.ui import theme
from workstation.ui.viewport import overlay_paint
from workstation.ui.viewport.overlay_paint import PaintedLayer

SIDE, SEGMENTS = 512, 30
SCREEN = 900


def plane(z: float = 0.0) -> PlaneGeometry:
    return PlaneGeometry((0, 0, z), (1, 0, 0), (0, 1, 0), (0.8, 0.8), SIDE, SIDE)


def segmentation() -> Segmentation:
    """Thirty overlapping balls of 20 to 70 pixels, each in the box that it fills, as readers
    give them."""
    random = np.random.default_rng(1)
    held = []
    for number in range(1, SEGMENTS + 1):
        k, j, i = (int(part) for part in random.uniform((30, 100, 100), (90, 400, 400)))
        radius = int(random.uniform(20, 70))
        deep = min(int(radius / 2.5), k)
        z, y, x = np.ogrid[-deep : deep + 1, -radius : radius + 1, -radius : radius + 1]
        voxels = ((z * 2.5) ** 2 + y**2 + x**2 <= radius**2).astype(np.uint8)
        start = plane().to_patient((i - radius, j - radius))
        box = PlaneGeometry(
            (start[0], start[1], 2.0 * (k - deep)),
            (1, 0, 0),
            (0, 1, 0),
            (0.8, 0.8),
            2 * radius + 1,
            2 * radius + 1,
        )
        places = tuple(2.0 * step for step in range(2 * deep + 1))
        item = OverlayItem(number, f"s{number}", (79, 209, 139))
        held.append(Segment(item, Mask(MaskGrid(box, (0.0, 0.0, 1.0), places, 2.0), voxels)))
    return Segmentation(tuple(held))


def dose() -> DoseGrid:
    z, y, x = np.mgrid[:60, :120, :150].astype(np.float32)
    bell = 60 * np.exp(-(((x - 75) / 30) ** 2 + ((y - 60) / 25) ** 2 + ((z - 30) / 15) ** 2))
    first = PlaneGeometry((0, 0, 0), (1, 0, 0), (0, 1, 0), (2.5, 2.5), 120, 150)
    geometry = VolumeGeometry(first, (0.0, 0.0, 4.0), tuple(4.0 * k for k in range(60)))
    return DoseGrid(OverlayItem(1, "Dose", (0, 0, 0)), geometry, bell.astype(np.float32), "Gy")


def milliseconds(work: Callable[[], object], times: int = 7) -> float:
    """The median."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return float(np.median(found))


def painting(layers: list[Layer], *, filled: bool) -> Callable[[], None]:
    placement = Placement.of(
        ViewState(), rows=SIDE, columns=SIDE, pixel_aspect=1.0, width=SCREEN, height=SCREEN
    )
    image = QImage(SCREEN, SCREEN, QImage.Format.Format_RGB32)
    painted = [PaintedLayer(layer, filled, 0.4, str(at)) for at, layer in enumerate(layers)]

    def paint() -> None:
        painter = QPainter(image)
        overlay_paint.paint(painter, QRectF(0, 0, SCREEN, SCREEN), placement, painted)
        painter.end()

    return paint


def main() -> int:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app)
    content, grid = segmentation(), dose()
    every = set(range(1, SEGMENTS + 1))
    axial = plane(120.0)
    row, column = unit((1.0, 1.0, 0.0)), unit((-1.0, 1.0, 1.0))
    corner = add(add((205.0, 205.0, 120.0), row, -200.0), column, -200.0)
    oblique = PlaneGeometry(corner, row, column, (0.8, 0.8), 500, 500)
    seen = overlay_layers.segment_layers(content, None, axial, every)
    lines = sum(len(layer.lines) for layer in seen)
    wash = overlay_layers.dose_layer(grid, axial, 0.4)
    assert wash is not None
    rows = (
        (
            f"cut {len(seen)} of {SEGMENTS} segments, axial",
            lambda: overlay_layers.segment_layers(content, None, axial, every),
        ),
        (
            "cut, oblique",
            lambda: overlay_layers.segment_layers(content, None, oblique, every),
        ),
        (f"paint {lines} edges", painting(seen, filled=False)),
        ("paint, filled", painting(seen, filled=True)),
        ("cut a dose with its lines", lambda: overlay_layers.dose_layer(grid, axial, 0.4)),
        ("paint a dose", painting([wash], filled=True)),
    )
    print(f"{'layers over 512 x 512':38} {'ms':>8}")
    for words, work in rows:
        print(f"{words:38} {milliseconds(work):8.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
