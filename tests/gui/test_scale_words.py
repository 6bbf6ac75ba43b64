"""What stands beside a value of where its millimetres are from, and how thick its plane was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from PySide6.QtCore import QPoint, Qt

from tests.conformance.conforms import conforms
from tests.dicom import make
from tests.gui.opening import Opener
from tests.gui.test_fused_values import TOOLS, draw, field_of_ct, hu, measured
from tests.gui.test_fusion import scene
from tests.gui.test_reading_room import Open
from workstation.domain.view import Plane
from workstation.domain.wording import report_text
from workstation.ui.report.tray import calibration_text
from workstation.ui.viewport import overlay
from workstation.ui.viewport.mark_labels import badge_of, label_rows
from workstation.ui.viewport.overlay_pieces import scale_words


def radiograph(**values: Any) -> Dataset:
    return make.image(
        np.full((200, 160), 500, np.uint16),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.1",
        Modality="CR",
        **values,
    )


@conforms("6 unknown", "PS3.3 10.7: neither type nor detector spacing tells the plane")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"PixelSpacing": [0.2, 0.2]}, "in a plane not stated"),
        ({"NominalScannedPixelSpacing": [0.2, 0.2]}, "on the film"),
        ({"ImagerPixelSpacing": [0.2, 0.2]}, "at detector"),
        ({"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.2, 0.2]}, "at detector"),
    ],
)
def test_the_plane_of_a_spacing_is_claimed_only_where_the_image_tells_it(
    opener: Opener, values: dict[str, Any], words: str
) -> None:
    made = opener.files(radiograph(**values), modality="CR")
    middle = made.active.rect().center()
    made.key(Qt.Key.Key_L)
    made.drag(middle - QPoint(80, 0), middle + QPoint(80, 0))
    held = measured(made)
    assert held.result.unit == "mm"
    assert badge_of(True, held) == (words, True)
    assert calibration_text(held) == words
    assert report_text(held).endswith(f" mm ({words})")
    assert overlay.calibration_words(scene(made))[0] == f"spacing {words}"
    # It is said once.
    assert len(label_rows(held, True)) == 1
    assert scale_words(20.0, scene(made)) == f"2 cm {words}"


@pytest.fixture
def on_a_slab(opener: Opener) -> Callable[[str], Open]:
    def make_one(mode: str) -> Open:
        made = opener.files(*field_of_ct())
        made.room.verbs.show_plane(Plane.CORONAL)
        made.volume_there()
        for _ in range(2):
            made.room.verbs.next_slab()
        for _ in range(("mean", "MIP", "MinIP").index(mode)):
            made.room.verbs.next_slab_mode()
        made.pictures_there()
        return made

    return make_one


@conforms("11 slab", "analytic linear field: the far and the near face of the slab")
@pytest.mark.parametrize(("mode", "off"), [("mean", 0.0), ("MIP", 5.0), ("MinIP", -5.0)])
def test_a_value_on_a_slab_tells_the_slab_on_the_picture_and_in_the_report(
    on_a_slab: Callable[[str], Open], mode: str, off: float
) -> None:
    made = on_a_slab(mode)
    assert made.active.view.slab_mm == 10.0
    draw(made, *TOOLS[0])
    held = measured(made)
    plane = held.plane
    assert plane is not None
    ((column, row),) = held.points
    x, y, z = plane.to_patient((round(column), round(row)))
    # The field grows from front to back: its ends are the faces, 5 mm away.
    assert held.result.value == pytest.approx(hu((x, y + off, z)), abs=0.05)
    assert badge_of(True, held)[0].endswith(f"MPR {mode} 10 mm, interpolated")
    assert report_text(held).endswith(f" HU ({mode} 10 mm)")
    # A thin plane through the same place says nothing of a slab.
    made.key(Qt.Key.Key_Delete)
    made.room.verbs.next_slab()
    made.pictures_there()
    draw(made, *TOOLS[0])
    thin = measured(made)
    assert badge_of(True, thin)[0].endswith("MPR, interpolated")
    assert report_text(thin).endswith(" HU")
