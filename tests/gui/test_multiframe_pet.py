"""Enhanced and Legacy Converted Enhanced PET, from the file to the verbs and the window."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conformance import test_enhanced_pet, test_legacy_pet
from tests.conformance.conforms import conforms
from tests.dicom import make
from tests.dicom.states import item
from tests.gui.opening import Opener
from workstation.cli import main
from workstation.domain.view import Plane
from workstation.ui.viewport import overlay

#: SUVbw of the blocks side by side.
LEVELS = (0.2, 1.0, 4.0, 0.0)


def enhanced() -> Dataset:
    """With what PS3.3 A.56 says of values, doses, times and dimensions; not all of its macros."""
    made = test_enhanced_pet.enhanced()
    kinds = ["ORIGINAL", "PRIMARY", "STATIC", "EMISSION"]
    organization = item(DimensionOrganizationUID=f"{make.ROOT}.60")
    made.DimensionOrganizationSequence = Sequence([organization])
    made.DimensionIndexSequence = Sequence(
        [
            item(
                DimensionOrganizationUID=f"{make.ROOT}.60",
                DimensionIndexPointer=0x00209057,
                FunctionalGroupPointer=0x00209111,
            )
        ]
    )
    made.ImageType, made.ContentQualification = kinds, "RESEARCH"
    made.SeriesDescription, made.SeriesNumber = "PET enhanced", 4
    shared = made.SharedFunctionalGroupsSequence[0]
    shared.PETFrameTypeSequence = Sequence([item(FrameType=kinds)])
    shared.PixelMeasuresSequence[0].SliceThickness = 3
    for index, frame in enumerate(made.PerFrameFunctionalGroupsSequence):
        content = frame.FrameContentSequence[0]
        content.StackID, content.InStackPositionNumber = "1", index + 1
        content.DimensionIndexValues = [index + 1]
        content.FrameReferenceDateTime = content.FrameAcquisitionDateTime
        content.FrameAcquisitionDuration = 60000.0
    return made


OBJECTS: dict[str, Callable[[], Dataset]] = {
    "enhanced": enhanced,
    "converted": test_legacy_pet.converted,
}
#: frames, rows, columns of a block, spacing (slices, rows, columns) in mm
SHAPES = {
    "enhanced": (4, 16, 8, [3.0, 4.0, 4.0]),
    "converted": (5, 64, 16, [3.0, 0.5, 0.5]),
}


def expected(name: str) -> NDArray[np.float64]:
    """SUV of all frames, (frames, rows, columns)."""
    frames, rows, block, _ = SHAPES[name]
    row = np.repeat(np.asarray(LEVELS), block)
    return np.broadcast_to(row, (frames, rows, row.size))


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main([*map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture(params=list(OBJECTS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def file(name: str, tmp_path: Path) -> Path:
    path = tmp_path / "pet.dcm"
    path.write_bytes(make.to_bytes(OBJECTS[name]()))
    return path


@conforms("10 multi-frame", "SUV by construction of the object")
def test_inspect_render_and_measure_give_the_suv_of_every_frame(
    name: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames, rows, block, spacing = SHAPES[name]
    document = told(capsys, "inspect", file)
    assert (document["received"], document["shown"], document["not_shown"]) == (1, 1, [])
    (series,) = document["studies"][0]["series"]
    (shown,) = series["display_sets"]
    assert (series["modality"], shown["kind"], shown["frames"]) == ("PT", "volume", frames)
    assert shown["spacing_mm"] == spacing
    out = tmp_path / "suv.npy"
    told(capsys, "render", file, "--stage", "modality", "--suv", "bw", "--out", out)
    assert np.load(out) == pytest.approx(expected(name), rel=1e-2, abs=1e-3)
    for frame in (1, frames):
        for level, wanted in enumerate(LEVELS):
            box = (level * block + 1, 2, (level + 1) * block - 2, rows - 3)
            arguments = ("--suv", "bw", "--rectangle", ",".join(map(str, box)))
            value = told(capsys, "measure", file, "--frame", frame, *arguments)
            assert value["unit"] == "g/ml"
            assert value["value"] == pytest.approx(wanted, rel=1e-2, abs=1e-3)
            assert value["statistics"]["max"] == pytest.approx(wanted, rel=1e-2, abs=1e-3)
    picture = tmp_path / "suv.png"
    told(capsys, "render", file, "--frame", 2, "--suv", "bw", "--out", picture)
    # From 0 to 5, dark on white.
    wanted_grey = 255 - np.clip(expected(name)[0] / 5, 0, 1) * 255
    assert cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE) == pytest.approx(wanted_grey, abs=1.5)


@conforms("10 multi-frame", "SUV by construction of the object")
@pytest.mark.parametrize("plane", [Plane.ACQUIRED, Plane.CORONAL])
def test_the_window_shows_and_probes_it_in_suv(name: str, opener: Opener, plane: Plane) -> None:
    _, rows, block, _ = SHAPES[name]
    made = opener.files(OBJECTS[name](), modality="PT")
    viewport = made.active
    pane = viewport.pane
    assert pane is not None
    assert pane.shown.suv is not None, pane.shown.suv_refused
    made.room.verbs.show_plane(plane)
    made.volume_there()
    made.pictures_there()
    made.room.images.toggle_maximised(viewport)
    QApplication.processEvents()
    scene = viewport.built()
    assert scene is not None
    assert "SUVbw" in overlay.look_words(pane, viewport.view, scene)
    made.key(Qt.Key.Key_P)
    first = pane.shown.frames[0].plane
    assert first is not None
    plane_shown = scene.plane
    assert plane_shown is not None
    for level, wanted in enumerate(LEVELS):
        place = first.to_patient(((level + 0.5) * block, rows // 2))
        column, row, _ = plane_shown.to_image(place)
        at = viewport.to_screen((column, row)).toPoint()
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
        QApplication.processEvents()
        held = made.room.images.measuring(pane.study.study_instance_uid).measurements()[-1]
        assert held.result.unit == "SUVbw"
        assert held.result.value == pytest.approx(wanted, rel=1e-2, abs=1e-3)
        # Its label may lie where the next click goes.
        made.key(Qt.Key.Key_Delete)


def test_without_an_attribute_verbs_refuse_by_its_name_and_the_window_says_it(
    opener: Opener, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = OBJECTS[name]()
    del dataset.PatientWeight
    path = tmp_path / "lacks.dcm"
    path.write_bytes(make.to_bytes(dataset))
    for verb in (["measure", "--probe", "4,4"], ["render", "--out", str(tmp_path / "no.png")]):
        assert main([verb[0], str(path), "--suv", "bw", *verb[1:]]) == 1
        assert "PatientWeight (0010,1030)" in capsys.readouterr().err
    path.unlink()
    made = opener.files(dataset, modality="PT")
    pane, scene = made.active.pane, made.active.built()
    assert pane is not None
    assert scene is not None
    arrival = overlay.Arrival(1)
    warned = overlay.corners(pane, made.active.view, scene, arrival, 600).warnings
    assert any(
        each.startswith("Values in Bq/ml.") and "PatientWeight (0010,1030)" in each
        for each in warned
    )
