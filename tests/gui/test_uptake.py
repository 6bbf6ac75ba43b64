"""A PET viewport in SUV: opening window, corner text, probe and region, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pydicom import dcmread
from PySide6.QtCore import QPoint, Qt

from tests.conformance import pet
from tests.conformance.conforms import conforms
from tests.dicom import make
from tests.gui.opening import Opener
from tests.gui.test_reading_room import Open
from workstation.cli import main
from workstation.domain.image import VoiFunction, Window
from workstation.domain.measurement import Measurement
from workstation.domain.view import Plane
from workstation.domain.wording import value_text
from workstation.ui.viewport import overlay
from workstation.ui.viewport.overlay import Arrival

UID = f"{make.ROOT}.2"


@pytest.fixture
def opened(opener: Opener) -> Callable[..., Open]:
    def show(**values: Any) -> Open:
        made = opener.files(*pet.slices(**values), modality="PT")
        made.volume_there()
        made.pictures_there()
        return made

    return show


def corner_words(made: Open) -> tuple[list[str], list[str]]:
    viewport = made.active
    built = viewport.built()
    assert viewport.pane is not None
    assert built is not None
    found = overlay.corners(viewport.pane, viewport.view, built, Arrival(5), 600)
    lines = [text for text, _ in (*found.upper_left, *found.lower_left)]
    return lines, found.warnings


def marks(made: Open) -> tuple[Measurement, ...]:
    return made.room.images.measuring(UID).measurements()


def test_pet_opens_in_suv_from_0_to_5_inverted_and_says_which(opened: Callable[..., Open]) -> None:
    made = opened()
    built = made.active.built()
    assert built is not None
    assert isinstance(built.voi, Window)
    assert built.voi.function is VoiFunction.LINEAR_EXACT
    assert (built.voi.center, built.voi.width) == (2.5, 5.0)
    assert made.active.view.inverted
    lines, warnings = corner_words(made)
    assert "SUVbw" in lines
    assert any("SUV 0 to 5" in line for line in lines)
    assert not warnings
    assert built.values is not None
    assert np.nanmax(built.values) == pytest.approx(4.0, rel=1e-3)


def test_probe_and_region_are_in_suv_and_name_it(opened: Callable[..., Open]) -> None:
    made = opened()
    width, height = made.active.width(), made.active.height()
    made.key(Qt.Key.Key_P)
    made.drag(QPoint(width // 2 + 20, height // 2), QPoint(width // 2 + 20, height // 2))
    made.key(Qt.Key.Key_E)
    made.drag(QPoint(width // 2 + 12, height // 2 - 10), QPoint(width // 2 + 40, height // 2 + 10))
    texts = [value_text(held) for held in marks(made)]
    assert texts
    assert all("SUVbw" in text for text in texts)
    assert any(text.startswith("4.00") for text in texts)


def test_dragging_the_window_of_a_pet_keeps_it_exact(opened: Callable[..., Open]) -> None:
    made = opened()
    made.drag(QPoint(200, 200), QPoint(260, 200), Qt.MouseButton.RightButton)
    built = made.active.built()
    assert built is not None
    assert isinstance(built.voi, Window)
    assert built.voi.function is VoiFunction.LINEAR_EXACT


def test_without_a_weight_the_values_are_bq_per_ml_and_the_reason_is_seen(
    opened: Callable[..., Open],
) -> None:
    made = opened(PatientWeight=None)
    lines, warnings = corner_words(made)
    assert not any("SUV" in line for line in lines)
    assert any("Bq/ml" in words and "PatientWeight (0010,1030)" in words for words in warnings)
    assert made.active.view.plane is not Plane.ACQUIRED
    assert made.active.view.voi is None


@conforms("10 window", "the other of the two: the viewport and the PNG that render writes")
def test_render_with_suv_gives_the_very_pixels_of_the_viewport(
    opened: Callable[..., Open], tmp_path: Path
) -> None:
    made = opened()
    made.key(Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    made.key(Qt.Key.Key_Equal)
    made.until(lambda: (built := made.active.built()) is not None and built.values is None)
    built = made.active.built()
    assert built is not None
    assert built.buffer is not None
    assert built.placement is not None
    assert built.frame is not None
    left, top = (round(part) for part in built.placement.to_screen((0, 0)))
    shown = built.buffer[top : top + built.rows, left : left + built.columns]
    uid, out = built.frame.key.sop_instance_uid, tmp_path / "out" / "slice.png"
    out.parent.mkdir()
    file = next(p for p in tmp_path.glob("*.dcm") if dcmread(p).SOPInstanceUID == uid)
    assert main(["render", str(file), "--suv", "bw", "--out", str(out)]) == 0
    written = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(written, shown)
    # SUV 4 of 0 to 5, dark on white; what is nothing is white.
    assert abs(int(written[30, 40]) - round(255 * (1 - 4 / 5))) <= 1
    assert written[30, 60] == 255


def test_a_pet_opens_the_same_way_wherever_it_is_dropped(opened: Callable[..., Open]) -> None:
    made = opened()
    pane = made.active.pane
    assert pane is not None
    made.room.images.open_in(made.active, pane)
    built = made.active.built()
    assert built is not None
    assert isinstance(built.voi, Window)
    assert (built.voi.center, built.voi.width) == (2.5, 5.0)
    assert made.active.view.inverted
