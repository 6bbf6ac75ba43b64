"""Mammograms hang by laterality and view, whatever way they were stored (display rules §13).

rule: §13 Mammography
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.conformance.conforms import conforms
from tests.dicom import make
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.study import DisplaySet, Study
from workstation.domain.view import Edge, ViewState
from workstation.imaging.letters import edge_letters
from workstation.imaging.picture import render
from workstation.imaging.placement import Placement
from workstation.imaging.voi import opening_voi
from workstation.workflow import hanging, viewing
from workstation.workflow.mammography import EXPECTED, view_of

MG = "1.2.840.10008.5.1.4.1.1.1.2"
CODES = {"CC": "399162004", "MLO": "399368009"}
#: What the rows and columns of an image may be stored along.
STORED = {
    "CC": [(x, y) for x, y in itertools.permutations(("P", "A", "L", "R"), 2)],
    "MLO": [("P", "FL"), ("A", "FR"), ("A", "HL"), ("P", "HR"), ("F", "A"), ("HR", "P")],
}


def mammogram(
    side: str, view: str, stored: tuple[str, str], number: int = 0, **values: Any
) -> Dataset:
    """The breast lies along the posterior edge: bright there, dark at the other."""
    ramp = np.linspace(100, 3000, 40)
    row, column = stored[0][0], stored[1][0]
    if row in "PA":
        pixels = np.tile(ramp if row == "P" else ramp[::-1], (60, 1))
    else:
        pixels = np.tile(ramp if column == "P" else ramp[::-1], (60, 1)).T
    made = make.image(pixels.astype(np.uint16).copy(), SOPClassUID=MG, Modality="MG")
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = CODES[view], "SCT", "view"
    made.ViewCodeSequence = Sequence([code])
    made.ImageLaterality = side
    made.PatientOrientation = list(stored)
    made.ImagerPixelSpacing = [0.1, 0.1]
    made.SOPInstanceUID = f"{make.ROOT}.60.{number}"
    made.SeriesInstanceUID = f"{make.ROOT}.61.{number}"
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def study_of(*datasets: Dataset) -> Study:
    (study,) = build_studies([read_object(make.to_bytes(each)) for each in datasets])
    return study


def opened(study: Study, shown: DisplaySet, stage: hanging.Stage | None = None) -> ViewState:
    plan = hanging.CellPlan(study.study_instance_uid, shown.identifier)
    for cell in stage.cells if stage else ():
        if cell is not None and cell.display_set == shown.identifier:
            plan = cell
    return viewing.opening_view(plan, shown)


def placed(shown: DisplaySet, view: ViewState, width: int, height: int) -> Placement:
    form = shown.frames[0].pixel_format
    return Placement.of(
        view,
        rows=form.rows,
        columns=form.columns,
        pixel_aspect=1.0,
        width=width,
        height=height,
    )


@pytest.mark.parametrize(("side", "view"), list(EXPECTED))
@conforms("13 hanging", "IHE MAMMO")
def test_a_mammogram_hangs_to_the_expected_patient_orientation(side: str, view: str) -> None:
    """RCC P\\L, LCC A\\R, RMLO P\\FL, LMLO A\\FR from every way it may be stored."""
    for stored in STORED[view]:
        if {letter[0] for letter in stored} in ({"P", "A"}, {"L", "R"}):
            continue
        (shown,) = study_of(mammogram(side, view, stored)).display_sets
        held = opened(study_of(mammogram(side, view, stored)), shown)
        edges = edge_letters(None, shown.frames[0].patient_orientation, held)
        wanted = EXPECTED[side, view]
        assert (edges.right[:1], edges.bottom[:1]) == wanted, stored


@pytest.mark.parametrize(("side", "view"), list(EXPECTED))
@conforms("13 chest wall", "geometry of the viewport")
def test_the_chest_wall_lies_on_the_edge_towards_the_other_breast(side: str, view: str) -> None:
    width, height = 301, 233
    for stored in (EXPECTED[side, view], ("A", "L"), ("P", "R")):
        stored = stored if view == "CC" else (stored[0], "F")
        study = study_of(mammogram(side, view, stored))
        (shown,) = study.display_sets
        held = opened(study, shown)
        placement = placed(shown, held, width, height)
        form = shown.frames[0].pixel_format
        corners = [
            placement.to_screen(corner)
            for corner in ((-0.5, -0.5), (form.columns - 0.5, form.rows - 0.5))
        ]
        left, right = sorted(x for x, _ in corners)
        if side == "R":
            assert right == pytest.approx(width - 0.5, abs=0.51)
        else:
            assert left == pytest.approx(-0.5, abs=0.51)


@conforms("13 scale", "IHE MAMMO; IPS over ERMF")
def test_all_four_have_one_scale_in_millimetres_whatever_their_detectors() -> None:
    study = study_of(
        mammogram("R", "CC", ("P", "L"), 1),
        mammogram("L", "CC", ("A", "R"), 2, ImagerPixelSpacing=[0.05, 0.05]),
        mammogram("R", "MLO", ("P", "FL"), 3, EstimatedRadiographicMagnificationFactor=1.25),
        mammogram("L", "MLO", ("A", "FR"), 4),
    )
    stage = hanging.stages(study)[0]
    assert [cell.display_set for cell in stage.cells if cell] == [
        next(
            shown.identifier
            for shown in study.display_sets
            if (shown.frames[0].laterality, view_of(shown)) == wanted
        )
        for wanted in (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
    ]
    pitches = []
    for shown in study.display_sets:
        scale = placed(shown, opened(study, shown, stage), 400, 300).scale
        spacing = shown.frames[0].calibration.spacing_mm
        assert spacing is not None
        pitches.append(scale / spacing[1])
    assert pitches == pytest.approx([pitches[0]] * 4, rel=1e-9)
    # IPS over ERMF is the plane of the breast (display rules §6).
    assert study.display_sets[2].frames[0].calibration.spacing_mm == pytest.approx((0.08, 0.08))


@conforms("13 scale", "IHE MAMMO: priors of other makers at the scale of the current images")
def test_priors_of_another_detector_hang_at_the_scale_of_the_current_images() -> None:
    current = study_of(mammogram("R", "CC", ("P", "L"), 1), mammogram("L", "CC", ("A", "R"), 2))
    prior = study_of(
        *(
            mammogram(
                side, "CC", held, number, StudyInstanceUID="2.25.7", ImagerPixelSpacing=[0.07, 0.07]
            )
            for side, held, number in (("R", ("P", "L"), 3), ("L", ("A", "R"), 4))
        )
    )
    stage = next(each for each in hanging.stages(current, [prior]) if each.name == "CC with prior")
    pitches = []
    for cell in stage.cells:
        assert cell is not None
        study = prior if cell.prior else current
        shown = viewing.find(study, cell.display_set)
        assert shown is not None
        spacing = shown.frames[0].calibration.spacing_mm
        assert spacing is not None
        pitches.append(placed(shown, opened(study, shown, stage), 400, 300).scale / spacing[1])
    assert [cell.prior for cell in stage.cells if cell] == [False, False, True, True]
    assert pitches == pytest.approx([pitches[0]] * 4, rel=1e-9)


def test_without_a_patient_orientation_nothing_is_turned() -> None:
    dataset = mammogram("L", "CC", ("A", "R"))
    del dataset.PatientOrientation
    study = study_of(dataset)
    (shown,) = study.display_sets
    held = opened(study, shown)
    assert held.hung is None
    assert (held.rotation, held.flipped) == (0, False)


@pytest.mark.parametrize(
    ("named", "view"), [("XCCL", ""), ("RCC", "CC"), ("CC", "CC"), ("LMLO", "MLO"), ("ML", "")]
)
@conforms("defect 8", "PS3.16 CID 4014")
def test_a_view_is_what_is_named_and_not_what_contains_its_letters(named: str, view: str) -> None:
    """Defect 8 of other viewers: any description with CC is a CC."""
    dataset = mammogram("R", "CC", ("P", "L"), SeriesDescription="R CC MLO")
    del dataset.ViewCodeSequence
    dataset.ViewPosition = named
    assert view_of(study_of(dataset).display_sets[0]) == view


@conforms("13 laterality", "PS3.3 C.8.11.7")
def test_the_image_laterality_comes_before_that_of_the_series() -> None:
    (shown,) = study_of(mammogram("R", "CC", ("P", "L"), Laterality="L")).display_sets
    assert shown.frames[0].laterality == "R"


@conforms("13 tomosynthesis", "PS3.3 C.8.21")
def test_tomosynthesis_stands_apart_from_the_projections() -> None:
    projection = mammogram("R", "CC", ("P", "L"), 1)
    slices = mammogram("R", "CC", ("P", "L"), 2)
    one = np.frombuffer(slices.PixelData, np.uint16).reshape(60, 40)
    slices.NumberOfFrames, slices.PixelData = 3, np.stack([one] * 3).tobytes()
    study = study_of(slices, projection)
    stages = {stage.name: stage for stage in hanging.stages(study)}
    shown = next(each for each in study.display_sets if len(each.frames) == 3)
    cells = [cell.display_set for cell in stages["Tomosynthesis"].cells if cell]
    assert cells == [shown.identifier]
    for name, stage in stages.items():
        if name not in ("Tomosynthesis", "All series"):
            assert shown.identifier not in [cell.display_set for cell in stage.cells if cell]


@conforms("13 background", "PS3.3 C.7.5.1.1.2")
def test_the_background_of_an_inverted_mammogram_stays_black() -> None:
    dataset = mammogram("R", "CC", ("P", "L"), PhotometricInterpretation="MONOCHROME1")
    pixels = np.frombuffer(dataset.PixelData, np.uint16).reshape(60, 40).copy()
    pixels[:, :10] = 4095
    dataset.PixelData, dataset.PixelPaddingValue = pixels.tobytes(), 4095
    (shown,) = study_of(dataset).display_sets
    frame = shown.frames[0]
    for inverted in (False, True):
        picture = render(pixels, frame, opening_voi(pixels, frame), inverted=inverted)
        assert not picture[:, :10].any()


def test_a_reset_brings_back_how_it_hung_and_not_how_it_was_stored() -> None:
    study = study_of(mammogram("L", "CC", ("P", "R")))
    (shown,) = study.display_sets
    held = opened(study, shown)
    assert held.hung is not None
    assert held.hung.edge is Edge.LEFT
    assert replace(held, rotation=90, flipped=False, zoom=3.0).reset() == replace(
        held, voi=None, voi_name=""
    )
