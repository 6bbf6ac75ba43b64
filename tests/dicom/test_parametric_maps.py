"""Parametric maps are images whose probe tells the real world: written by highdicom."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from highdicom.pm import ParametricMap, RealWorldValueMapping
from numpy.typing import NDArray
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from tests.dicom import seg
from workstation.cli import main
from workstation.dicom.display_sets import build_studies
from workstation.dicom.reading import read_object
from workstation.domain.image import Window
from workstation.domain.study import DisplaySetKind

ADC = Code("um2/s", "UCUM", "um2/s")


def written(
    values: NDArray[np.generic], slope: float = 1.0, intercept: float = 0.0, width: float = 800.0
) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mapping = RealWorldValueMapping(
            lut_label="ADC",
            lut_explanation="Apparent diffusion",
            unit=ADC,
            value_range=(0.0, 4000.0) if values.dtype.kind == "f" else (0, 4000),
            slope=slope,
            intercept=intercept,
            quantity_definition=codes.DCM.ApparentDiffusionCoefficient
            if hasattr(codes.DCM, "ApparentDiffusionCoefficient")
            else Code("113041", "DCM", "Apparent Diffusion Coefficient"),
        )
        made = ParametricMap(
            source_images=seg.series(),
            pixel_array=values,
            series_instance_uid="2.25.777.1",
            series_number=30,
            sop_instance_uid="2.25.777.2",
            instance_number=1,
            manufacturer="Test",
            manufacturer_model_name="Test",
            software_versions="1",
            device_serial_number="1",
            contains_recognizable_visual_features=False,
            real_world_value_mappings=[mapping],
            window_center=700.5,
            window_width=width,
        )
        stream = io.BytesIO()
        made.save_as(stream)
    return stream.getvalue()


def ramp(kind: type[np.generic]) -> NDArray[np.generic]:
    k, j, i = np.mgrid[: seg.SLICES, : seg.ROWS, : seg.COLUMNS]
    return (100 * k + 10 * j + i).astype(kind)


def test_a_map_is_a_volume_of_images_with_its_unit_and_quantity() -> None:
    (study,) = build_studies([read_object(written(ramp(np.float32)))])
    (shown,) = study.display_sets
    assert shown.kind is DisplaySetKind.VOLUME
    first = shown.frames[0]
    assert first.modality_transform.unit == "µm²/s"
    assert ("map", "Apparent Diffusion Coefficient") in first.technique
    assert study.received == study.shown == 1


@pytest.mark.parametrize(
    ("kind", "slope", "shift"), [(np.float32, 1.0, 0.0), (np.uint16, 0.5, -20)]
)
def test_a_probe_tells_the_real_world_value_with_its_unit(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: type[np.generic],
    slope: float,
    shift: float,
) -> None:
    path = tmp_path / "map.dcm"
    path.write_bytes(written(ramp(kind), slope, shift))
    assert main(["measure", str(path), "--frame", "4", "--probe", "7,11", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    stored = float(pydicom.dcmread(path).pixel_array[3, 11, 7])
    assert told["value"] == pytest.approx(slope * stored + shift)
    assert told["unit"] == "µm²/s"


def test_a_window_goes_where_the_values_go() -> None:
    plain = read_object(written(ramp(np.uint16))).frames[0].voi[0]
    scaled = read_object(written(ramp(np.uint16), 0.5, -20.0)).frames[0].voi[0]
    assert isinstance(plain, Window)
    assert isinstance(scaled, Window)
    assert (plain.center, plain.width) == (700.5, 800.0)
    assert scaled.center == pytest.approx(700 * 0.5 - 20)
    assert scaled.width == pytest.approx(799 * 0.5)
