"""Marks of detection programs on mammograms, and layers that cannot be drawn, with real keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import Qt

from tests.conformance.conforms import conforms
from tests.conformance.test_mammography import mammogram
from tests.dicom import make, reports, seg
from tests.dicom.states import item
from tests.dicom.test_segmentations import projection
from tests.gui.opening import Opener
from tests.gui.test_overlays import colours
from tests.gui.test_reading_room import Open
from workstation.dicom.overlay_objects import PALETTE
from workstation.dicom.sr_measurements import read_measurements
from workstation.ui.viewport import composing

CAD = "1.2.840.10008.5.1.4.1.1.88.50"
#: The image that the program looked at, which was not sent: FOR PROCESSING.
RAW = f"{make.ROOT}.99"
SHIFT = Qt.KeyboardModifier.ShiftModifier
INTENTS = {"required": "111150", "optional": "111151", "none": "111152"}


def finding(intent: str, x: float, y: float) -> Dataset:
    """A Single Image Finding (TID 4006) with its outline on the raw image."""
    source = reports.image(RAW, sop_class="1.2.840.10008.5.1.4.1.1.1.2.1")
    source.RelationshipType = "SELECTED FROM"
    outline = reports.item(
        "SCOORD",
        reports.code("111041", "DCM", "Outline"),
        source,
        GraphicType="POLYLINE",
        GraphicData=[x, y, x + 10, y, x + 10, y + 10, x, y + 10, x, y],
    )
    wish = reports.coded(
        reports.code("111056", "DCM", "Rendering Intent"),
        reports.code(INTENTS[intent], "DCM", intent),
    )
    made = reports.coded(
        reports.code("111059", "DCM", "Single Image Finding"),
        reports.code("4147007", "SCT", "Mass"),
    )
    made.ContentSequence = [wish, outline]
    return made


def cad(*findings: Dataset) -> Dataset:
    made = reports.report(CAD, reports.code("111036", "DCM", "Mammography CAD Report"), *findings)
    made.SeriesDescription = "CAD"
    return made


def shown_image(preserved: str) -> Dataset:
    """FOR PRESENTATION, made of the raw one."""
    made = mammogram("L", "CC", ("A", "R"))
    source = item(
        ReferencedSOPClassUID="1.2.840.10008.5.1.4.1.1.1.2.1",
        ReferencedSOPInstanceUID=RAW,
        SpatialLocationsPreserved=preserved,
    )
    made.SourceImageSequence = Sequence([source])
    return made


@pytest.fixture
def opened(opener: Opener) -> Callable[..., Open]:
    return partial(opener.files, modality="MG")


def there(made: Open) -> None:
    """What is listed was read."""
    overlaying = made.room.images.overlaying
    made.until(lambda: all(overlaying.content(each.description) for each in overlaying.listed()))


def warnings(made: Open) -> list[str]:
    pane, built = made.active.pane, made.active.built()
    assert pane is not None
    assert built is not None
    return made.room.images.layer_problems(pane, built)


@conforms("13 marks", "PS3.4 O.2.2.1, PS3.3 C.12.4: Spatial Locations Preserved")
def test_marks_made_on_the_raw_image_are_off_at_first_and_one_key_shows_them(
    opened: Callable[..., Open],
) -> None:
    made = opened(
        make.to_bytes(shown_image("YES")), make.to_bytes(cad(finding("required", 12, 20)))
    )
    made.until(lambda: made.active.view.hung is not None and made.active.view.hung.on_breast)
    width = made.active.width()
    before = colours(made.active)
    assert not made.room.images.overlaying.board.shown
    made.key(Qt.Key.Key_Z, SHIFT)
    there(made)
    after = colours(made.active)
    assert not np.array_equal(before, after)
    assert warnings(made) == []
    # The outline lies on the pixels that the program named: its first corner is drawn in colour.
    at = made.active.to_screen((11.5, 24.5))
    near = after[round(at.y()) - 2 : round(at.y()) + 3, round(at.x()) - 2 : round(at.x()) + 3]
    assert (near.max(axis=-1).astype(int) - near.min(axis=-1)).max() > 60
    # No list takes room of the image, so that it keeps its scale.
    assert made.active.width() == width
    made.key(Qt.Key.Key_Z, SHIFT)
    assert np.array_equal(colours(made.active), before)


@conforms("13 marks", "PS3.4 O.2.2.1, PS3.16 CID 6034")
def test_what_is_not_for_presentation_is_left_out_and_what_is_optional_waits() -> None:
    content = make.to_bytes(
        cad(finding("required", 0, 0), finding("optional", 20, 0), finding("none", 40, 0))
    )
    held = read_measurements(content, PALETTE).measurements
    assert [each.item.optional for each in held] == [False, True]
    assert [each.marks[0].points[0] for each in held] == [(-0.5, -0.5), (19.5, -0.5)]


@pytest.mark.parametrize("preserved", ["NO", "REORIENTED_ONLY"])
def test_marks_of_an_image_whose_pixels_moved_are_not_drawn_and_the_picture_says_so(
    opened: Callable[..., Open], preserved: str
) -> None:
    made = opened(
        make.to_bytes(shown_image(preserved)), make.to_bytes(cad(finding("required", 12, 20)))
    )
    made.until(lambda: made.active.view.hung is not None and made.active.view.hung.on_breast)
    before = colours(made.active)[100:-100, 100:-100]
    made.key(Qt.Key.Key_Z, SHIFT)
    there(made)
    assert np.array_equal(colours(made.active)[100:-100, 100:-100], before)
    assert warnings(made) == [
        "CAD is not drawn: it was drawn on an image whose pixels lie elsewhere"
    ]


def test_a_segmentation_of_another_matrix_says_why_it_is_not_drawn(
    opened: Callable[..., Open],
) -> None:
    """A radiograph that was sent at another size than the one that was segmented."""
    image = projection()
    mask = np.zeros((1, seg.ROWS, seg.COLUMNS), np.bool_)
    mask[0, 5:15, 8:30] = True
    content = seg.written([image], mask)
    image.Rows, image.Columns = 2 * seg.ROWS, 2 * seg.COLUMNS
    image.PixelData = np.full((2 * seg.ROWS, 2 * seg.COLUMNS), 900, np.uint16).tobytes()
    made = opened(make.to_bytes(image), content)
    assert warnings(made) == []
    made.key(Qt.Key.Key_L, SHIFT)
    there(made)
    sentence = "Lesions is not drawn: its matrix is another than that of the image"
    assert warnings(made) == [sentence]
    pane, built = made.active.pane, made.active.built()
    assert pane is not None
    assert built is not None
    pieces = composing.text_pieces(made.active, made.room.images, pane, built)
    assert any(piece.name.startswith("warning") for piece in pieces)


def test_a_segmentation_of_surfaces_is_listed_with_the_reason_why_it_is_not_drawn(
    opened: Callable[..., Open],
) -> None:
    """PS3.3 A.57: meshes, which no voxels are made of here."""
    ct = seg.series()
    segment = item(SegmentNumber=1, SegmentLabel="Liver")
    surfaces = item(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.66.5",
        SOPInstanceUID=f"{make.ROOT}.80",
        StudyInstanceUID=ct[0].StudyInstanceUID,
        SeriesInstanceUID=f"{make.ROOT}.81",
        Modality="SEG",
        PatientID=ct[0].PatientID,
        PatientName=ct[0].PatientName,
        FrameOfReferenceUID=ct[0].FrameOfReferenceUID,
        SeriesDescription="Surfaces",
        SegmentSequence=Sequence([segment]),
    )
    made = opened(*(make.to_bytes(each) for each in ct), make.to_bytes(surfaces))
    made.key(Qt.Key.Key_L, SHIFT)
    made.until(lambda: bool(made.room.overlays.lines[0].listed.problem))
    lines = made.room.overlays.lines
    assert lines[0].value == "not drawn"
    assert lines[0].listed.problem.startswith("Its segments are surfaces, which are not drawn.")
    assert [each.item.name for each in lines if each.item is not None] == ["Liver"]
