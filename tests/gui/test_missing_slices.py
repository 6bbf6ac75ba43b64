"""A gap of missing slices in the real window: blank and hatched, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.conformance.conforms import conforms
from tests.dicom import make
from tests.gui.opening import Opener
from tests.gui.test_reading_room import Open
from workstation.domain.view import Plane
from workstation.ui.viewport import overlay_pieces


@pytest.fixture
def gapped(opener: Opener) -> Open:
    """Sixteen slices of soft tissue, four of them missing in the middle."""
    pixels = np.full((64, 64), 40, np.int16)
    made = opener.files(
        *(
            make.slice_of(
                index, 2.0 * index, pixels=pixels, PixelSpacing=[0.5, 0.5], RescaleType="HU"
            )
            for index in [*range(6), *range(10, 16)]
        )
    )
    made.volume_there()
    return made


@conforms("8 missing", "arithmetic of the gap, in the real window")
def test_the_gap_is_hatched_and_the_tissue_is_not(gapped: Open) -> None:
    made = gapped
    made.key(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert made.active.view.plane is Plane.CORONAL
    made.pictures_there()
    built = made.active.built()
    assert built is not None
    assert built.absent is not None
    assert built.buffer is not None
    absent = built.absent > 127
    # 8 mm between the planes that are here, of the 30 mm of the stack.
    assert absent.sum() / (absent.sum() + (built.buffer > 0).sum()) == pytest.approx(
        10 / 31, abs=0.05
    )
    # Its two rims, half of a row of sixteen each, are blended with what is beside it.
    assert (built.buffer[absent] > 0).mean() < 0.08
    assert not made.active.grab().toImage().isNull()


def test_the_hatch_is_drawn_where_slices_are_absent_and_nowhere_else(qtbot: QtBot) -> None:
    absent = np.zeros((40, 61), np.uint8)
    absent[10:20, 5:50] = 255
    image = QImage(61, 40, QImage.Format.Format_Grayscale8)
    image.fill(QColor("black"))
    painter = QPainter(image)
    overlay_pieces.paint_absent(painter, absent)
    painter.end()
    held = np.frombuffer(image.constBits(), np.uint8).reshape(40, image.bytesPerLine())[:, :61]
    drawn = held > 0
    assert drawn[absent > 0].any()
    assert not drawn[absent == 0].any()
