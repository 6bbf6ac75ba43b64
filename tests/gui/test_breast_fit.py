"""Mammograms open fitted to the breast at one scale, and one key shows the whole field."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from pydicom.dataset import Dataset
from PySide6.QtCore import Qt

from tests.conformance.conforms import conforms
from tests.conformance.test_mammography import mammogram
from tests.dicom import make
from tests.gui.opening import Opener
from tests.gui.test_reading_room import Open
from workstation.ui.viewport import overlay
from workstation.ui.viewport.overlay import Arrival
from workstation.ui.viewport.viewport import Viewport

UID = f"{make.ROOT}.2"


def breast(
    side: str, view: str, number: int, reach_mm: float, tall_mm: tuple[float, float], step: float
) -> Dataset:
    """200 mm by 160 mm of air, with a breast of so many mm from the chest wall on."""
    rows, columns = round(200 / step), round(160 / step)
    y, x = np.mgrid[0:rows, 0:columns] * step
    middle, half = sum(tall_mm) / 2, (tall_mm[1] - tall_mm[0]) / 2
    inside = (x / reach_mm) ** 2 + ((y - middle) / half) ** 2 <= 1
    pixels = np.where(inside, 2000, 100).astype(np.uint16)
    if side == "R":
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    down = {"CC": "L" if side == "R" else "R", "MLO": "F"}[view]
    made = mammogram(side, view, ("P" if side == "R" else "A", down), number)
    made.Rows, made.Columns, made.PixelData = rows, columns, pixels.tobytes()
    made.ImagerPixelSpacing = [step, step]
    return made


@pytest.fixture
def opened(opener: Opener) -> Callable[..., Open]:
    return partial(opener.files, modality="MG")


def four() -> list[Dataset]:
    return [
        breast("R", "CC", 1, 60, (70, 150), 0.5),
        breast("L", "CC", 2, 70, (60, 150), 0.4),
        breast("R", "MLO", 3, 80, (30, 130), 0.5),
        breast("L", "MLO", 4, 75, (40, 130), 0.4),
    ]


def fitted(made: Open) -> bool:
    return all(
        each.view.hung is not None and each.view.hung.on_breast
        for each in made.room.images.grid.shown
    )


def mm_of_a_pixel(viewport: Viewport) -> float:
    built = viewport.built()
    assert built is not None
    assert built.placement is not None
    assert built.frame is not None
    spacing = built.frame.calibration.spacing_mm
    assert spacing is not None
    return spacing[1] / built.placement.scale


def lit(viewport: Viewport) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the breast on the screen."""
    built = viewport.built()
    assert built is not None
    assert built.buffer is not None
    rows, columns = np.nonzero(built.buffer > 100)
    return columns.min(), rows.min(), columns.max(), rows.max()


@conforms("13 fit", "ellipses of known millimetres")
def test_the_largest_breast_fills_its_viewport_and_all_share_its_scale(
    opened: Callable[..., Open],
) -> None:
    made = opened(*four())
    made.until(lambda: fitted(made))
    shown = made.room.images.grid.shown
    pitches = [mm_of_a_pixel(each) for each in shown]
    assert pitches == pytest.approx([pitches[0]] * 4, rel=1e-6)
    # The tallest is 100 mm, and 4 mm of air are left on either side.
    assert pitches[0] * shown[0].height() == pytest.approx(108, abs=3)
    for viewport in shown:
        left, top, right, bottom = lit(viewport)
        middle = (top + bottom) / 2
        assert middle == pytest.approx(viewport.height() / 2, abs=6)
        assert top > 2
        assert bottom < viewport.height() - 2
        assert viewport.view.hung is not None
        # The chest wall stays on the inner edge.
        at_wall = right if viewport.view.hung.edge == "right" else left
        wall = viewport.device_size()[0] - 1 if viewport.view.hung.edge == "right" else 0
        assert at_wall == pytest.approx(wall, abs=1)
    assert sum(lit(shown[0])[0:3:2]) > shown[0].width()


@conforms("13 fit", "the size of the detector in mm")
def test_one_key_shows_the_whole_field_and_the_same_key_the_breast_again(
    opened: Callable[..., Open],
) -> None:
    made = opened(*four())
    made.until(lambda: fitted(made))
    viewport = made.active

    def zoom_words() -> str:
        built = viewport.built()
        assert built is not None
        assert viewport.pane is not None
        lines = overlay.corners(viewport.pane, viewport.view, built, Arrival(1), 600).lower_left
        return next(text for text, _ in lines if text.startswith("Zoom"))

    assert zoom_words().endswith(", fitted to breast")
    made.key(Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
    whole = [mm_of_a_pixel(each) for each in made.room.images.grid.shown]
    assert whole == pytest.approx([whole[0]] * 4, rel=1e-6)
    assert whole[0] * viewport.height() == pytest.approx(200, abs=2)
    assert "fitted" not in zoom_words()
    # It stays so in the next stage.
    made.key(Qt.Key.Key_Period)
    made.pictures_there()
    assert not fitted(made)
    made.key(Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
    made.until(lambda: fitted(made))


def test_without_a_mammogram_the_key_says_so(opened: Callable[..., Open]) -> None:
    made = opened(make.slice_of(0, 0.0))
    said: list[str] = []
    made.room.images.said.connect(said.append)
    made.key(Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
    assert said == ["No mammogram that hangs on its chest wall is shown."]


@conforms("13 words", "IHE MAMMO: annotation lies off the breast")
def test_nothing_is_written_on_the_side_of_the_chest_wall(opened: Callable[..., Open]) -> None:
    made = opened(*four())
    made.until(lambda: fitted(made))
    for viewport in made.room.images.grid.shown:
        built, hung = viewport.built(), viewport.view.hung
        assert built is not None
        assert hung is not None
        assert viewport.pane is not None
        words = overlay.corners(viewport.pane, viewport.view, built, Arrival(1), 600)
        left, right = (
            words.upper_left + words.lower_left,
            words.upper_right + words.lower_right,
        )
        wall, air = (right, left) if hung.edge == "right" else (left, right)
        assert wall == []
        label = f"{viewport.pane.shown.frames[0].laterality} "
        assert air[0][0].startswith(label)
        assert any(text.startswith("Zoom") for text, _ in air)
    # Turned by the reader, it hangs no more, and words stand where they do on any image.
    made.key(Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    built = made.active.built()
    assert built is not None
    assert made.active.pane is not None
    words = overlay.corners(made.active.pane, made.active.view, built, Arrival(1), 600)
    assert words.lower_right
    assert words.lower_left
