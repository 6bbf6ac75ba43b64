"""Our measurements as a report of numbers with their places: every tool, read back and judged."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from tests.dicom.test_report_objects import IMAGE, content, instance
from tests.imaging.frames import described
from workstation.dicom.measurement_report import build_measurements
from workstation.domain.geometry import PlaneGeometry, Point
from workstation.domain.identity import new_uid
from workstation.domain.image import Calibration, CalibrationSource, FrameKey
from workstation.domain.measurement import Measurement, MeasurementKind
from workstation.domain.shapes import squared
from workstation.imaging.statistics import measure, measure_plane

K = MeasurementKind
PLANE = PlaneGeometry((1.0, 2.0, 3.0), (0, 1, 0), (0, 0, -1), (0.5, 0.5), 64, 64, "1.2.9")
POINTS: dict[MeasurementKind, list[Point]] = {
    K.LENGTH: [(10, 10), (30, 10)],
    K.POLYLINE: [(10, 10), (30, 10), (30, 25)],
    K.ANGLE: [(10, 10), (30, 10), (30, 30)],
    K.COBB: [(10, 10), (30, 12), (10, 40), (30, 34)],
    K.BIDIRECTIONAL: [(10, 20), (40, 20), (20, 12), (20, 30)],
    K.CENTRE_LINE: [(30, 5), (30, 55), (38, 20)],
    K.CARDIOTHORACIC: [(5, 50), (60, 50), (20, 40), (48, 40)],
    K.ELLIPSE: [(10, 10), (30, 24)],
    K.ROTATED_ELLIPSE: [(10, 10), (30, 30), (24, 16)],
    K.RECTANGLE: [(10, 10), (30, 24)],
    K.POLYGON: [(10, 10), (30, 12), (22, 34)],
    K.FREEHAND: [(10, 10), (30, 12), (22, 34), (12, 30)],
}
#: Codes of the numbers, of PS3.16 CID 218, 7469 and 7464.
NAMES = {
    K.LENGTH: ["410668003"],
    K.POLYLINE: ["121211"],
    K.ANGLE: ["1483009"],
    K.COBB: ["285285000"],
    K.BIDIRECTIONAL: ["103339001", "103340004"],
    K.CENTRE_LINE: ["121206"],
    K.CARDIOTHORACIC: ["CTR"],
}
REGION = ["373098007", "386136009", "42798000"]


def measurement(kind: MeasurementKind, plane: PlaneGeometry | None = None) -> Measurement:
    stored = np.arange(64 * 64, dtype=np.int16).reshape(64, 64)
    points = squared(kind, POINTS[kind])
    if plane is None:
        frame = described(
            stored, calibration=Calibration(CalibrationSource.DETECTOR, (0.5, 0.5)), modality="DX"
        )
        result = measure(kind, points, stored, frame)
    else:
        result = measure_plane(kind, points, stored.astype(np.float32), plane, "HU")
    return Measurement(
        f"m-{kind}", 1, kind, "s", IMAGE.series_instance_uid, FrameKey(IMAGE.sop_instance_uid),
        "S3/1", points, result, plane=plane,
        positions=tuple(plane.to_patient(each) for each in points) if plane else (),
    )  # fmt: skip


def report(*measurements: Measurement) -> bytes:
    made = build_measurements(new_uid(), instance(), [IMAGE], content(), measurements)
    assert made is not None
    return made.content


def below(item: Dataset, kind: str) -> list[Dataset]:
    found = [item] if item.get("ValueType") == kind else []
    for each in item.get("ContentSequence", []):
        found += below(each, kind)
    return found


@pytest.mark.parametrize("kind", list(POINTS))
def test_every_tool_is_told_with_its_codes_and_the_lines_that_were_drawn(
    kind: MeasurementKind,
) -> None:
    held = measurement(kind)
    tree = pydicom.dcmread(io.BytesIO(report(held)))
    numbers = below(tree, "NUM")
    names = [each.ConceptNameCodeSequence[0].CodeValue for each in numbers]
    wanted = NAMES.get(kind, REGION)
    if held.result.unit not in ("mm", "deg", "1", "HU") and kind not in NAMES:
        wanted = ["42798000"]  # a mean without a unit is not coded
    assert names == wanted
    value = float(numbers[0].MeasuredValueSequence[0].NumericValue)
    if kind in NAMES:
        assert value == pytest.approx(held.result.value, abs=5e-4)
    places = below(numbers[0], "SCOORD")
    lines = {K.COBB: 2, K.BIDIRECTIONAL: 2, K.CENTRE_LINE: 2, K.CARDIOTHORACIC: 2}.get(kind, 1)
    assert len(places) == lines
    drawn = np.asarray(places[0].GraphicData, float).reshape(-1, 2) - 0.5
    if kind in (K.ELLIPSE, K.ROTATED_ELLIPSE):
        assert places[0].GraphicType == "ELLIPSE"
        long, short = np.linalg.norm(drawn[1] - drawn[0]), np.linalg.norm(drawn[3] - drawn[2])
        assert long >= short
        area = np.pi / 4 * long * short * 0.25
        assert held.result.statistics is not None
        assert held.result.statistics.area_mm2 == pytest.approx(area, rel=1e-5)
    elif kind is not K.RECTANGLE:
        assert np.allclose(drawn[: len(held.points)], held.points[: len(drawn)])


@pytest.mark.parametrize("kind", list(POINTS))
def test_what_was_measured_on_a_plane_lies_in_the_patient(kind: MeasurementKind) -> None:
    held = measurement(kind, PLANE)
    tree = pydicom.dcmread(io.BytesIO(report(held)))
    place = below(tree, "SCOORD3D")[0]
    assert place.ReferencedFrameOfReferenceUID == "1.2.9"
    there = np.asarray(place.GraphicData, float).reshape(-1, 3)
    # The plane is that of x = 1.
    assert np.allclose(there[:, 0], 1.0)
    if kind not in (K.ELLIPSE, K.ROTATED_ELLIPSE, K.RECTANGLE):
        count = min(len(there), len(held.positions))
        assert np.allclose(there[:count], held.positions[:count], atol=1e-4)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools are not installed")
@pytest.mark.parametrize("plane", [None, PLANE], ids=["image", "patient"])
def test_a_report_of_every_tool_keeps_to_the_standard(
    tmp_path: Path, plane: PlaneGeometry | None
) -> None:
    file = tmp_path / "r.dcm"
    file.write_bytes(report(*(measurement(kind, plane) for kind in POINTS)))
    told = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True, check=False)
    errors = [line for line in told.stderr.splitlines() if line.startswith("Error")]
    assert errors == []
