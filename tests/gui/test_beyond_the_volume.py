"""A cut plane that looks where the volume is not, or not yet: a series that is still arriving."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.dicom import make
from tests.gui.opening import Opener
from workstation.domain.view import Plane
from workstation.workflow import viewing


@pytest.mark.parametrize(("y", "step"), [(-900.0, 0), (900.0, 63)])
def test_a_plane_beyond_the_volume_is_counted_as_the_nearest_and_paints(
    opener: Opener, y: float, step: int
) -> None:
    pixels = np.full((64, 64), 40, np.int16)
    made = opener.files(
        *(make.slice_of(at, 2.0 * at, pixels=pixels, PixelSpacing=[2.0, 2.0]) for at in range(8))
    )
    made.volume_there()
    made.key(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    viewport = made.active
    assert viewport.view.plane is Plane.CORONAL
    assert viewport.pane is not None
    assert viewport.view.focus is not None
    x, _, z = viewport.view.focus
    viewport.show_view(replace(viewport.view, focus=(x, y, z)))
    assert viewing.steps_of(viewport.view, viewport.pane.shown) == 64
    assert viewing.step_at(viewport.view, viewport.pane.shown) == step
    assert not viewport.grab().isNull()
    # The wheel leads back into the volume.
    made.room.images.page_view(viewport, 0)
    assert viewport.view.focus[1] != y
