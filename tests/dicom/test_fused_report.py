"""A region on a fused picture in the coded reports: the CT and the PET, each with its own image."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import highdicom
import pytest

from tests.dicom.test_measurement_report import PLANE, measurement
from tests.dicom.test_report_objects import IMAGE, content, instance
from workstation.dicom.measurement_report import build_measurements
from workstation.dicom.sr import build_report
from workstation.dicom.sr_reading import read_report
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.identity import new_uid
from workstation.domain.image import FrameKey
from workstation.domain.measurement import (
    LayerValue,
    Measurement,
    MeasurementKind,
    RoiStatistics,
    SeriesName,
)
from workstation.domain.quantities import quantities_of
from workstation.domain.report_content import Reference
from workstation.domain.suv import SuvKind

PET = Reference("1.2.840.10008.5.1.4.1.1.128", "1.2.3.6.1", "1.2.3.6")
MEAN, SD, MAXIMUM, AREA = "373098007", "386136009", "56851009", "42798000"
CT_VALUES = [(MEAN, 49.2, "[hnsf'U]"), (SD, 23.1, "[hnsf'U]"), (AREA, 190.4, "mm2")]
PET_VALUES = [
    (MEAN, 5.03, "g/ml{SUVbw}"), (SD, 0.12, "g/ml{SUVbw}"), (MAXIMUM, 7.2, "g/ml{SUVbw}")
]  # fmt: skip


def fused(plane: PlaneGeometry | None, frame: FrameKey | None) -> Measurement:
    """An ellipse on a CT under a PET."""
    held = measurement(MeasurementKind.ELLIPSE, plane)
    below = RoiStatistics(309, 49.2, 23.1, -14, 150, 48, 190.4, 0, "HU")
    over = RoiStatistics(309, 5.03, 0.12, 4.1, 7.2, 5.0, 190.4, 0, SuvKind.BW.words)
    layer = LayerValue(
        SeriesName("PT", 6), SeriesName("CT", 4), PET.series_instance_uid, over.mean, over.unit,
        over, interpolated=True, frame=frame,
    )  # fmt: skip
    result = replace(held.result, value=49.2, unit="HU", statistics=below, layer=layer)
    return replace(held, result=result)


PLACES = pytest.mark.parametrize("plane", [None, PLANE], ids=["image", "patient"])


@PLACES
def test_another_library_reads_both_values_each_with_the_image_of_its_series(
    plane: PlaneGeometry | None,
) -> None:
    held = fused(plane, FrameKey(PET.sop_instance_uid))
    made = build_measurements(new_uid(), instance(), [IMAGE, PET], content(), [held])
    assert made is not None
    document = highdicom.sr.srread(io.BytesIO(made.content))
    (group,) = document.content.get_image_measurement_groups()
    told = {}
    for number in group.get_measurements():
        (value,) = number
        source = ""
        for below in value.ContentSequence:
            if below.ValueType == "IMAGE":
                source = below.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
            for image in below.get("ContentSequence", ()):
                source = image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        told.setdefault(source, []).append((number.name.value, number.value, number.unit.value))
    assert told == {IMAGE.sop_instance_uid: CT_VALUES, PET.sop_instance_uid: PET_VALUES}
    listed = document.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
    series = {
        item.ReferencedSOPInstanceUID: each.SeriesInstanceUID
        for each in listed
        for item in each.ReferencedSOPSequence
    }
    for image in (IMAGE, PET):
        assert series[image.sop_instance_uid] == image.series_instance_uid


@PLACES
@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dcmtk is not installed")
@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools are not installed")
def test_two_programs_of_others_find_no_fault_in_the_coded_reports(
    tmp_path: Path, plane: PlaneGeometry | None
) -> None:
    held = fused(plane, FrameKey(PET.sop_instance_uid))
    whole = replace(content(), quantities=quantities_of(held))
    numbers = build_measurements(new_uid(), instance(), [IMAGE, PET], whole, [held])
    assert numbers is not None
    for made in (build_report(instance(), [IMAGE, PET], whole), numbers):
        file = tmp_path / "r.dcm"
        file.write_bytes(made.content)
        judged = subprocess.run(["dciodvfy", str(file)], capture_output=True, text=True)
        assert [each for each in judged.stderr.splitlines() if each.startswith("Error")] == []
        shown = subprocess.run(["dsrdump", "+Pu", str(file)], capture_output=True, text=True)
        assert shown.returncode == 0
        for value, image in (("49.2", "CT"), ("5.03", "P[ET]+|PI")):
            named = {"49.2": IMAGE, "5.03": PET}[value].sop_instance_uid
            source = rf'="{re.escape(value)}"[^=]*\n[^=]*Source of Measurement"\)=\((?:{image})'
            assert re.search(rf'{source} image,"{re.escape(named)}"', shown.stdout) or (
                # Where the number carries its place, the image is that of the place.
                value == "49.2"
                and plane is None
                and re.search(rf'="49.2".*\n.*SCOORD.*\n.*"{re.escape(named)}"', shown.stdout)
            )


def test_the_report_itself_comes_back_with_both_and_its_signature_fits() -> None:
    whole = replace(
        content(), quantities=quantities_of(fused(None, FrameKey(PET.sop_instance_uid)))
    )
    read = read_report(build_report(instance(), [IMAGE, PET], whole).content)
    assert read.agrees
    assert [
        (each.name.value, each.value, each.unit.value, each.sop_instance_uid)
        for each in read.content.quantities
    ] == [(*each, IMAGE.sop_instance_uid) for each in CT_VALUES] + [
        (*each, PET.sop_instance_uid) for each in PET_VALUES
    ]


def test_a_value_whose_image_is_not_known_is_no_coded_number() -> None:
    """What an earlier version kept names no frame of the volume that lay over the picture."""
    assert [each.name.value for each in quantities_of(fused(None, None))] == [MEAN, SD, AREA]
