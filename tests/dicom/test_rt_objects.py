"""RT Structure Sets and RT Dose: real ones against published answers, broken ones by name."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.dicom import make
from tests.realdata import require
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.folder import scan
from workstation.dicom.reading import read_object
from workstation.dicom.rt_dose import read_dose
from workstation.dicom.rt_structures import read_structures
from workstation.domain.errors import OverlayRefused
from workstation.domain.overlays import ContourKind, OverlayKind
from workstation.imaging.contour_cut import in_plane, rasterised, structure_volume_ml

STRUCTURES = "1.2.840.10008.5.1.4.1.1.481.3"
DOSE = "1.2.840.10008.5.1.4.1.1.481.2"


def square(z: float, low: float, high: float) -> list[float]:
    return [low, low, z, high, low, z, high, high, z, low, high, z]


def contour(data: list[float], kind: str = "CLOSED_PLANAR") -> Dataset:
    made = Dataset()
    made.ContourGeometricType = kind
    made.NumberOfContourPoints = len(data) // 3
    made.ContourData = [f"{value:.2f}" for value in data]
    return made


def structure_set(*contours: Dataset, name: str = "Tumour") -> Dataset:
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = STRUCTURES, f"{make.ROOT}.80"
    made.StudyInstanceUID, made.SeriesInstanceUID = f"{make.ROOT}.2", f"{make.ROOT}.81"
    made.Modality, made.PatientID = "RTSTRUCT", "TEST-1"
    made.StructureSetLabel = "Plan"
    frame = Dataset()
    frame.FrameOfReferenceUID = f"{make.ROOT}.5"
    made.ReferencedFrameOfReferenceSequence = [frame]
    roi = Dataset()
    roi.ROINumber, roi.ROIName = 4, name
    roi.ReferencedFrameOfReferenceUID = f"{make.ROOT}.5"
    made.StructureSetROISequence = [roi]
    drawn = Dataset()
    drawn.ReferencedROINumber, drawn.ROIDisplayColor = 4, [0, 230, 0]
    drawn.ContourSequence = list(contours)
    made.ROIContourSequence = [drawn]
    return made


def dose(**changes: object) -> Dataset:
    values = np.arange(3 * 4 * 5, dtype=np.uint32).reshape(3, 4, 5)
    made = make.image(
        values,
        SOPClassUID=DOSE,
        Modality="RTDOSE",
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        ImagePositionPatient=[-4, 2, 10],
        PixelSpacing=[2.0, 2.5],
        GridFrameOffsetVector=[0.0, 3.0, 6.0],
        FrameOfReferenceUID=f"{make.ROOT}.5",
        DoseUnits="GY",
        DoseType="PHYSICAL",
        DoseSummationType="PLAN",
        DoseGridScaling="0.5",
    )
    for keyword, value in changes.items():
        if value is None:
            delattr(made, keyword)
        else:
            setattr(made, keyword, value)
    return made


def test_a_structure_keeps_its_points_name_and_colour() -> None:
    content = make.to_bytes(structure_set(contour(square(2.5, -10, 10))))
    structure = read_structures(content).structures[0]
    assert (structure.item.name, structure.item.colour) == ("Tumour", (0, 230, 0))
    assert structure.contours[0].kind is ContourKind.CLOSED
    assert structure.contours[0].points.ravel().tolist() == square(2.5, -10, 10)
    overlay = read_object(content).overlay
    assert overlay is not None
    assert overlay.kind is OverlayKind.STRUCTURES
    assert overlay.title == "Plan"
    assert overlay.frame_of_reference_uids == (f"{make.ROOT}.5",)


def test_a_contour_within_a_contour_is_a_hole() -> None:
    held = [
        contour(square(z, low, high)) for z in (0.0, 3.0, 6.0) for low, high in ((-10, 10), (-5, 5))
    ]
    structure = read_structures(make.to_bytes(structure_set(*held))).structures[0]
    assert structure_volume_ml(structure) == pytest.approx((400 - 100) * 9 / 1000)


def test_a_structure_without_contours_is_listed_and_has_no_volume() -> None:
    structure = read_structures(make.to_bytes(structure_set())).structures[0]
    assert structure.contours == ()
    assert structure_volume_ml(structure) is None


def _wrong_count(held: Dataset) -> None:
    held.ROIContourSequence[0].ContourSequence[0].NumberOfContourPoints = 7


def _no_points(held: Dataset) -> None:
    held.ROIContourSequence[0].ContourSequence[0].ContourData = ["1.0", "2.0"]


def _far_away(held: Dataset) -> None:
    """Finite each, and no number is left of their products."""
    item = held.ROIContourSequence[0].ContourSequence[0]
    item.ContourData = ["1e308", "-1e308", "0"] * int(item.NumberOfContourPoints)


def _unknown_type(held: Dataset) -> None:
    held.ROIContourSequence[0].ContourSequence[0].ContourGeometricType = "SPLINE"


def _foreign(held: Dataset) -> None:
    held.ROIContourSequence[0].ReferencedROINumber = 9


def _none_listed(held: Dataset) -> None:
    held.StructureSetROISequence = []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_wrong_count, "Contour 1 of Tumour says 7 points and holds 4"),
        (_no_points, "coordinates that are no points"),
        (_far_away, "coordinates that are no points"),
        (_unknown_type, "is of no known type"),
        (_foreign, "a structure that is not listed"),
        (_none_listed, "lists no structure"),
    ],
)
def test_a_broken_structure_set_is_refused_by_name(
    spoil: Callable[[Dataset], None], words: str
) -> None:
    held = structure_set(contour(square(0, -10, 10)))
    spoil(held)
    with pytest.raises(OverlayRefused, match=re.escape(words)):
        read_structures(make.to_bytes(held))


@pytest.mark.parametrize(
    ("folder", "name", "row"),
    [
        ("rt-lung-phantom-ibsi1", "rt-lung-phantom-ibsi1/mask/DCM_RS_00060.dcm", "GTV-1 ROI"),
        ("petct-sts026/CT", "petct-sts026/CT/RS.dcm", "GTV_Mass ROI"),
        ("petct-sts026/PET", "petct-sts026/PET/RS.dcm", "GTV_Mass ROI"),
        ("petct-sts026/MR_T1", "petct-sts026/MR_T1/RS.dcm", "GTV_Mass ROI"),
    ],
)
def test_real_contours_enclose_the_voxels_that_ibsi_published(
    folder: str, name: str, row: str
) -> None:
    wanted: dict[str, float] = {}
    with require("EXPECTED.tsv").open(encoding="utf-8") as file:
        for line in file:
            if line.startswith(f"{folder}\t{row}"):
                wanted = {k: float(v) for k, v in re.findall(r"(\w+)=(-?[\d.]+)", line)}
    assert wanted
    sets = [
        shown for study in build_studies(*scan(require(folder))) for shown in study.display_sets
    ]
    shown = max(sets, key=lambda each: len(each.frames))
    structure = read_structures(require(name)).structures[0]
    count = 0
    for frame in shown.frames:
        assert frame.plane is not None
        here = [
            points
            for each in structure.contours
            if (points := in_plane(each, frame.plane)) is not None
        ]
        if here:
            count += int(rasterised(here, frame.plane.rows, frame.plane.columns).sum())
    assert count == wanted["n"]
    assert structure_volume_ml(structure) == pytest.approx(wanted["vol_ml"], rel=1e-3)


def test_dose_is_stored_values_times_scaling_in_gray() -> None:
    content = make.to_bytes(dose())
    held = read_dose(content, open_pixels(content).frame)
    assert held.unit == "Gy"
    assert np.array_equal(held.values, np.arange(60).reshape(3, 4, 5) * 0.5)
    assert held.geometry.spacing_mm == (3.0, 2.0, 2.5)
    assert held.geometry.first_plane.origin == (-4.0, 2.0, 10.0)
    assert held.maximum == 29.5


def test_planes_that_run_against_the_normal_are_taken_in_its_order() -> None:
    content = make.to_bytes(dose(GridFrameOffsetVector=[0.0, -3.0, -6.0]))
    held = read_dose(content, open_pixels(content).frame)
    assert held.geometry.first_plane.origin == (-4.0, 2.0, 4.0)
    assert held.values[0, 0, 0] == 20.0


def test_a_relative_dose_has_no_gray() -> None:
    content = make.to_bytes(dose(DoseUnits="RELATIVE"))
    assert read_dose(content, open_pixels(content).frame).unit == "relative"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DoseGridScaling": None}, "no Dose Grid Scaling"),
        ({"GridFrameOffsetVector": None}, "does not say where its grid lies"),
        ({"ImagePositionPatient": None}, "does not say where its grid lies"),
        ({"PixelData": None}, "no grid of dose"),
    ],
)
def test_a_broken_dose_is_refused_by_name(changes: dict[str, object], words: str) -> None:
    content = make.to_bytes(dose(**changes))
    with pytest.raises(OverlayRefused, match=words):
        read_dose(content, lambda _: np.zeros((4, 5)))


def test_a_real_dose_equals_the_values_of_another_reader() -> None:
    path = require("sr-pdf-rt-wave/rtdose.dcm")
    held = read_dose(path, open_pixels(path).frame)
    other = pydicom.dcmread(path)
    assert np.allclose(held.values, other.pixel_array * float(other.DoseGridScaling), rtol=1e-6)
