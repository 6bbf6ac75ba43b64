"""`nocturne measure`: every tool by its numbers, and every ultrasound region of EXPECTED.tsv."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from tests.realdata import require, root
from workstation.cli import main

SPACING = (0.5, 2.0)


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any], str]:
    status = main([str(each) for each in words])
    held = capsys.readouterr()
    return status, json.loads(held.out) if held.out else {}, held.err


def phantom(path: Path, **changes: Any) -> Path:
    """A CT slice whose value is 3 column + 2 row - 1000 HU, with pixels four times as wide as high.

    `changes` replace attributes; None leaves one out.
    """
    image = pydicom.Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID, image.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "2.25.71"
    image.StudyInstanceUID, image.SeriesInstanceUID = "2.25.72", "2.25.73"
    image.Modality, image.PatientID, image.InstanceNumber = "CT", "P", 1
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.FrameOfReferenceUID = "2.25.74"
    image.ImageOrientationPatient, image.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 0]
    image.PixelSpacing, image.RescaleSlope, image.RescaleIntercept = list(SPACING), 1, -1000
    image.Rows, image.Columns = 80, 100
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 16, 15
    image.PixelRepresentation, image.SamplesPerPixel = 0, 1
    image.PhotometricInterpretation = "MONOCHROME2"
    rows, columns = np.mgrid[:80, :100]
    image.PixelData = (3 * columns + 2 * rows).astype("<u2").tobytes()
    for name, value in changes.items():
        if value is None:
            delattr(image, name)
        else:
            setattr(image, name, value)
    image.save_as(path, enforce_file_format=True)
    return path


@pytest.mark.parametrize(
    ("words", "value", "unit", "details"),
    [
        # Columns are 2.0 mm wide, rows 0.5 mm high.
        (("--polyline", "10,10,13,10,13,26"), 6 + 8, "mm", {}),
        (("--cobb", "0,0,10,0,0,40,10,80"), 45.0, "deg", {"other angle": 135.0}),
        (("--bidirectional", "10,10,30,10,20,4,20,20"), 40.0, "mm", {"short axis": 8.0}),
        (("--centre-line", "20,0,20,50,35,17"), 30.0, "mm", {}),
        (
            ("--cardiothoracic", "10,40,90,40,30,20,70,20"),
            0.5,
            "1",
            {"heart": 80.0, "thorax": 160.0},
        ),
    ],
)
def test_each_tool_is_measured_by_its_numbers(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    words: tuple[str, str],
    value: float,
    unit: str,
    details: dict[str, float],
) -> None:
    status, document, _ = run(capsys, "measure", phantom(tmp_path / "a.dcm"), *words, "--json")
    assert status == 0
    assert document["kind"] == words[0][2:]
    assert (document["value"], document["unit"]) == (pytest.approx(value), unit)
    assert document["calibration"] == "patient"
    found = {each["name"]: each["value"] for each in document["details"]}
    assert found == {name: pytest.approx(each) for name, each in details.items()}


@pytest.mark.parametrize("turn", [0.0, 0.4, 1.2])
def test_a_circle_of_the_patient_has_the_same_statistics_however_it_is_turned(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, turn: float
) -> None:
    """A circle of 15 mm about (50, 40), given by two axes that are turned: its mean is exactly
    that of its centre, since the field is linear and the pixels lie evenly about it."""
    radius, centre = 15.1, (50, 40)
    along = (radius * math.cos(turn) / SPACING[1], radius * math.sin(turn) / SPACING[0])
    across = (-radius * math.sin(turn) / SPACING[1], radius * math.cos(turn) / SPACING[0])
    numbers = [
        centre[0] - along[0], centre[1] - along[1], centre[0] + along[0], centre[1] + along[1],
        centre[0] + across[0], centre[1] + across[1],
    ]  # fmt: skip
    status, document, _ = run(
        capsys,
        "measure",
        phantom(tmp_path / "a.dcm"),
        "--rotated-ellipse=" + ",".join(f"{each!r}" for each in numbers),
        "--json",
    )
    assert status == 0
    statistics = document["statistics"]
    rows, columns = np.mgrid[:80, :100]
    away = ((columns - 50) * SPACING[1]) ** 2 + ((rows - 40) * SPACING[0]) ** 2
    assert statistics["n"] == int((away <= radius**2).sum())
    assert statistics["mean"] == pytest.approx(3 * 50 + 2 * 40 - 1000)
    assert statistics["area_mm2"] == pytest.approx(math.pi * radius**2)
    assert document["counted_area_mm2"] == pytest.approx(statistics["n"] * 1.0)


def test_a_freehand_outline_is_a_polygon_of_many_points(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = phantom(tmp_path / "a.dcm")
    square = "20,20,40,20,40,40,20,40"
    one = run(capsys, "measure", file, "--freehand", square, "--json")[1]
    other = run(capsys, "measure", file, "--polygon", square, "--json")[1]
    assert one["statistics"] == other["statistics"]
    assert one["statistics"]["n"] == 21 * 21
    assert one["statistics"]["area_mm2"] == pytest.approx(20 * 20 * 1.0)


def test_a_detector_and_its_magnification_are_told_beside_the_value(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """PS3.3 10.7: detector spacing, and the same over the magnification factor."""
    film = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.1.1",
        "Modality": "DX",
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "FrameOfReferenceUID": None,
        "PixelSpacing": None,
        "ImagerPixelSpacing": [0.2, 0.2],
    }
    words = ("--length", "10,10,60,10", "--json")
    plain = run(capsys, "measure", phantom(tmp_path / "a.dcm", **film), *words)[1]
    assert (plain["value"], plain["calibration"]) == (pytest.approx(10.0), "detector")
    film["EstimatedRadiographicMagnificationFactor"] = 1.25
    near = run(capsys, "measure", phantom(tmp_path / "b.dcm", **film), *words)[1]
    assert (near["value"], near["calibration"]) == (pytest.approx(8.0), "magnification corrected")
    assert near["calibration_detail"] == "ERMF 1.25"
    film |= {
        "PixelSpacing": [0.15, 0.15],
        "PixelSpacingCalibrationType": "FIDUCIAL",
        "PixelSpacingCalibrationDescription": "25 mm ball",
    }
    ball = run(capsys, "measure", phantom(tmp_path / "c.dcm", **film), *words)[1]
    assert (ball["value"], ball["calibration"]) == (pytest.approx(7.5), "fiducial")
    assert ball["calibration_detail"] == "25 mm ball"


def regions() -> list[tuple[str, dict[str, float]]]:
    """(file, numbers) of the rows of EXPECTED.tsv that tell of an ultrasound region."""
    folder = root()
    if folder is None or not (folder / "EXPECTED.tsv").exists():
        return []
    found = []
    with (folder / "EXPECTED.tsv").open(encoding="utf-8") as lines:
        for row in csv.reader(lines, delimiter="\t"):
            if len(row) > 2 and row[1].startswith("US region"):
                numbers = dict(part.split("=") for part in row[2].split())
                found.append((row[0], {name: float(each) for name, each in numbers.items()}))
    return found


UNITS = {3: "mm", 4: "s", 7: "cm/s"}


@pytest.mark.parametrize(("file", "region"), regions(), ids=lambda held: str(held)[:60])
def test_every_ultrasound_region_measures_in_its_own_units(
    capsys: pytest.CaptureFixture[str], file: str, region: dict[str, float]
) -> None:
    inner = [
        held
        for name, held in regions()
        if name == file and held is not region and held["unitsX"] and held["x0"] >= region["x0"]
    ]
    x, y = region["x0"] + 3, region["y0"] + 3
    for across, down in ((40.0, 0.0), (0.0, 20.0)):
        if not across and y + down > region["y1"]:
            continue
        ends = ((x, y), (x + across, y + down))
        covered = any(
            all(r["x0"] <= px <= r["x1"] and r["y0"] <= py <= r["y1"] for px, py in ends)
            for r in inner
        )
        if covered and not region["unitsX"]:
            continue
        line = f"{x},{y},{x + across},{y + down}"
        status, found, _ = run(capsys, "measure", require(file), "--length", line, "--json")
        assert status == 0
        units = int(region["unitsX"] if across else region["unitsY"])
        if units not in UNITS:
            assert (found["unit"], found["calibration"]) == ("px", "none")
            assert found["value"] == pytest.approx(across + down)
            continue
        step = abs(region["dX"] if across else region["dY"])
        expected = (across + down) * step * (10 if units == 3 else 1)
        assert (found["unit"], found["calibration"]) == (UNITS[units], "ultrasound region")
        assert found["value"] == pytest.approx(expected)
