"""Every row of EXPECTED.tsv: geometry, ultrasound regions, regions of interest, SUV.

rule: §6-§11, all rows of the table of answers
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from tests.conformance.conforms import conforms
from tests.realdata import require, root
from workstation.cli import images, main
from workstation.dicom.reading import read_object
from workstation.dicom.suv import suv_input
from workstation.domain.geometry import PlaneGeometry
from workstation.domain.measurement import MeasurementKind
from workstation.domain.suv import SuvKind
from workstation.imaging.modality import modality_values
from workstation.imaging.segment_volume import segment_volume_ml
from workstation.imaging.statistics import inside
from workstation.imaging.suv import seconds_since_injection, suv_scale

_HERE = root()
_TABLE = _HERE / "EXPECTED.tsv" if _HERE is not None else None


def _rows() -> Iterator[Any]:
    if _TABLE is None or not _TABLE.exists():
        missing = pytest.mark.skip("EXPECTED.tsv is not here: set NOCTURNE_TEST_DATA")
        yield pytest.param("", "", "", id="none", marks=missing)
        return
    with _TABLE.open(encoding="utf-8") as file:
        for name, kind, words, *_ in list(csv.reader(file, delimiter="\t"))[1:]:
            yield pytest.param(name, kind, words, id=f"{name}: {kind}: {words[:12]}")


def _fields(words: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\[[^]]*\]|[^\s;]+)", words))


def _told(name: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The display sets that `nocturne inspect --json` tells of, each with its modality."""
    assert main(["inspect", str(require(name)), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["received"] == told["shown"] + len(told["not_shown"])
    return [
        {**shown, "modality": series["modality"]}
        for study in told["studies"]
        for series in study["series"]
        for shown in series["display_sets"]
        if shown["rows"]
    ]


def _geometry(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    want = _fields(words)
    modality = words.split()[0]
    sets = [
        shown
        for shown in _told(name, capsys)
        if shown["modality"] == modality and f"{shown['rows']}x{shown['columns']}" == want["matrix"]
    ]
    positions = int(want["positions"])
    low, high = float(want["spacing_along_normal_min"]), float(want["max"])
    if positions == 1 or int(want["distinct_orientations"]) > 1:
        # No stack lies in it: every image is shown, and no spacing is claimed.
        assert all(shown["spacing_mm"] is None and shown["volume_refused"] for shown in sets)
        assert all(shown["spacing_min_mm"] in (None, 0.0) for shown in sets)
        # EXPECTED.tsv counts instances by file, and leaves out those without a position.
        assert sum(shown["instances"] for shown in sets) >= int(want["distinct_orientations"])
        return
    (shown,) = (each for each in sets if each["frames"] == positions)
    assert shown["spacing_min_mm"] == pytest.approx(low, abs=1e-3)
    assert shown["spacing_max_mm"] == pytest.approx(high, abs=1e-3)
    row, column = json.loads(want["ps"])
    tilt = float(want["shear_angle_deg"])
    if shown["kind"] == "volume":
        assert shown["spacing_mm"][1:] == pytest.approx([row, column], abs=1e-6)
        assert low - 1e-3 <= shown["spacing_mm"][0] <= high + 1e-3
        assert shown["shear_degrees"] == pytest.approx(tilt, abs=0.011)
        assert any("tilted" in problem for problem in shown["problems"]) == (tilt > 1)
    else:
        assert shown["volume_refused"].endswith(".")
    uneven = high - low > max(0.02, 0.01 * high)
    assert (
        bool(shown["missing_slices"])
        or any("evenly" in problem for problem in shown["problems"])
        or not uneven
    )
    position = want["position"]
    assert position in ("None", _position_of(require(name)))


def _position_of(folder: Path) -> str:
    first = next(path for path in sorted(folder.glob("*")) if path.is_file())
    return str(pydicom.dcmread(first, stop_before_pixels=True).PatientPosition)


def _region(name: str, kind: str, words: str) -> None:
    want = {key: float(held) for key, held in _fields(words).items()}
    region = read_object(require(name)).frames[0].ultrasound_regions[int(kind.split()[-1])]
    assert (region.min_x, region.min_y) == (want["x0"], want["y0"])
    assert (region.max_x, region.max_y) == (want["x1"], want["y1"])
    assert (region.units_x, region.units_y) == (want["unitsX"], want["unitsY"])
    assert (region.delta_x, region.delta_y) == (want["dX"], want["dY"])
    assert (region.spatial_format, region.data_type) == (want["format"], want["type"])


def _region_measures(name: str, kind: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`measure` inside the region: a length along the diagonal, from the header's own deltas."""
    want = {key: float(held) for key, held in _fields(words).items()}
    x0, y0 = want["x0"] + 5, want["y0"] + 5
    x1, y1 = x0 + 30, y0 + 20
    assert main(["measure", str(require(name)), f"--length={x0},{y0},{x1},{y1}", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    units = (want["unitsX"], want["unitsY"])
    if units == (3, 3) and told["calibration"] == "ultrasound region":
        # PS3.3 C.8.5.5: centimetres a pixel, each axis by itself.
        long = 10 * float(np.hypot(30 * want["dX"], 20 * want["dY"]))
        assert told["unit"] == "mm"
        assert told["value"] == pytest.approx(long, rel=1e-6)
    else:
        assert units != (3, 3)
        assert told["unit"] in ("px", "s", "cm/s")


def _contours(path: Path, name: str) -> list[NDArray[np.float64]]:
    for file in sorted(path.rglob("*.dcm")):
        dataset = pydicom.dcmread(file, stop_before_pixels=True)
        if dataset.Modality != "RTSTRUCT":
            continue
        (number,) = (
            roi.ROINumber for roi in dataset.StructureSetROISequence if roi.ROIName.startswith(name)
        )
        return [
            np.asarray(contour.ContourData, float).reshape(-1, 3)
            for roi in dataset.ROIContourSequence
            if roi.ReferencedROINumber == number
            for contour in roi.ContourSequence
        ]
    raise AssertionError("the folder has no contours")


def _roi(name: str, kind: str, words: str) -> None:
    want = {key: float(held) for key, held in _fields(words).items()}
    path = require(name)
    held = images.load(path)
    scaled = held.scaled(images.suv_of(held, "bw")) if name.endswith("PET") else held
    assert held.shown is not None
    assert held.shown.volume is not None
    masks: dict[int, NDArray[np.bool_]] = {}
    planes = [frame.plane for frame in held.frames]
    for points in _contours(path, kind.removesuffix(" ROI")):
        index = _nearest(planes, points[0])
        plane = planes[index]
        assert plane is not None
        flat = [plane.to_image((x, y, z))[:2] for x, y, z in points.tolist()]
        mask = inside(MeasurementKind.POLYGON, flat, (plane.rows, plane.columns))
        masks[index] = masks[index] ^ mask if index in masks else mask
    values = np.concatenate(
        [modality_values(held.stored(k), scaled.frames[k])[m] for k, m in masks.items()]
    ).astype(float)
    whole = np.zeros(held.shown.volume.shape, bool)
    whole.ravel()[: values.size] = True
    found = {
        "n": values.size,
        "vol_ml": segment_volume_ml(whole, held.shown.volume.affine()),
        "mean": values.mean(),
        "sd_pop": values.std(),
        "min": values.min(),
        "max": values.max(),
    }
    assert found["vol_ml"] == pytest.approx(want["vol_ml"], abs=0.011)
    want.pop("vol_ml")
    assert {key: float(found[key]) for key in want} == pytest.approx(want, abs=6e-5)


def _nearest(planes: list[PlaneGeometry | None], point: NDArray[np.float64]) -> int:
    x, y, z = point.tolist()
    return int(np.argmin([abs(p.to_image((x, y, z))[2]) if p else np.inf for p in planes]))


def _whole_body(words: str) -> None:
    factor = float(words.split()[0])
    want = _fields(words)
    files = sorted(require("pet-wb-qin-headneck-0024").glob("*.dcm"))
    said = suv_input(files)
    assert f"{seconds_since_injection(said):.3f}s" == want["dt"]
    held = images.load(require("pet-wb-qin-headneck-0024"))
    scale = suv_scale(said)
    assert scale.factor == pytest.approx(factor, rel=1e-6)
    scaled = held.scaled(scale)
    highest = max(
        float(modality_values(held.stored(k), frame).max()) for k, frame in enumerate(scaled.frames)
    )
    assert highest == pytest.approx(float(words.rsplit("SUVmax volume=", 1)[1]), abs=6e-4)


def _segment(kind: str, words: str) -> None:
    """Voxels of one segment, read from the object's own bits by pydicom."""
    want = {key: float(held) for key, held in _fields(words).items()}
    number = int(kind.split()[1])
    (file,) = require("pet-wb-qin-headneck-0024/seg").glob("*.dcm")
    segmentation = pydicom.dcmread(file)
    bits = segmentation.pixel_array
    held = images.load(require("pet-wb-qin-headneck-0024"))
    scaled = held.scaled(images.suv_of(held, "bw"))
    planes = [frame.plane for frame in held.frames]
    found = []
    for mask, group in zip(bits, segmentation.PerFrameFunctionalGroupsSequence, strict=True):
        if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber != number:
            continue
        place = np.asarray(group.PlanePositionSequence[0].ImagePositionPatient, float)
        index = _nearest(planes, place)
        values = modality_values(held.stored(index), scaled.frames[index])
        found.append(values[mask.astype(bool)])
    values = np.concatenate(found).astype(float)
    assert values.size == want["n"]
    assert values.mean() == pytest.approx(want["SUVmean"], abs=6e-5)
    assert values.max() == pytest.approx(want["SUVmax"], abs=6e-5)


def _reference_objects(words: str) -> None:
    want = [float(level) for level in re.findall(r"=(\d\.\d\d)", words)]
    folders = sorted(path for path in require("suv-dro").iterdir() if path.is_dir())
    assert len(folders) >= 5
    for folder in folders:
        held = images.load(folder)
        scaled = held.scaled(images.suv_of(held, SuvKind.BW.value))
        values = np.stack(
            [modality_values(held.stored(k), frame) for k, frame in enumerate(scaled.frames)]
        )
        body = values[values > 0.01]
        assert [body.min(), np.median(body), body.max()] == pytest.approx(want, abs=5e-3), folder


@pytest.mark.parametrize(("name", "kind", "words"), list(_rows()))
@conforms("10 answers", "EXPECTED.tsv: IBSI masks, headers, QIBA")
def test_every_row_of_the_table_of_answers(
    name: str, kind: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if kind == "geometry":
        _geometry(name, words, capsys)
    elif kind.startswith("US region"):
        _region(name, kind, words)
        _region_measures(name, kind, words, capsys)
    elif kind.endswith(" ROI"):
        _roi(name, kind, words)
    elif kind == "SUVbw factor":
        _whole_body(words)
    elif kind.startswith("segment"):
        _segment(kind, words)
    elif kind == "SUV":
        _reference_objects(words)
    else:
        pytest.fail(f"no test knows a row of the kind {kind}")
