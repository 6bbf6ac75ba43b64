"""What was drawn is what truth.json says, measured from the written pixels alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from workstation.phantoms import STUDIES, UnknownPhantom, write_all

#: Drawn by code that others share, and left out where all would be drawn a second time.
SLOW = {"ct-chest", "dx-chest-prior"}

NOW = datetime(2026, 3, 14, 2, 30)


@pytest.fixture(scope="session")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("phantoms")
    return folder, write_all(folder, now=NOW)["studies"]


def load(folder: Path, name: str, series: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Modality values (slices, rows, columns), voxel (z, y, x) in mm and first position."""
    held = [pydicom.dcmread(path) for path in (folder / name / f"{series:02d}").glob("*.dcm")]
    held.sort(key=lambda each: float(each.ImagePositionPatient[2]))
    values = np.stack([each.pixel_array * float(each.RescaleSlope) for each in held])
    values = values + float(held[0].RescaleIntercept)
    step = float(held[1].ImagePositionPatient[2]) - float(held[0].ImagePositionPatient[2])
    spacing = np.array([step, *map(float, held[0].PixelSpacing)])
    return values, spacing, np.array([float(p) for p in held[0].ImagePositionPatient])


def coordinates(shape: tuple[int, ...], spacing: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """LPS of each voxel of an axial volume, shape (3, ...): x, y, z."""
    k, j, i = np.indices(shape).astype(np.float32)
    return np.stack(
        [
            origin[0] + i * spacing[2],
            origin[1] + j * spacing[1],
            origin[2] + k * spacing[0],
        ]
    )


def test_unknown_name_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnknownPhantom, match="ct-toe"):
        write_all(tmp_path / "out", only=["ct-toe"])
    assert not (tmp_path / "out").exists()


def test_two_runs_are_equal_byte_for_byte(
    phantoms: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    folder, _ = phantoms
    again = [name for name in STUDIES if name not in SLOW]
    write_all(tmp_path, only=again, now=NOW.replace(hour=23))

    def digests(of: Path) -> dict[str, str]:
        return {
            str(path.relative_to(of)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(of.rglob("*"))
            if path.is_file() and path.parts[len(of.parts)] in again
        }

    assert digests(folder) == digests(tmp_path)
    assert len(digests(folder)) > 200


def test_the_whole_set_is_smaller_than_150_megabytes(
    phantoms: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = phantoms
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 150e6


def test_each_series_passes_dciodvfy_without_error(
    phantoms: tuple[Path, dict[str, Any]],
) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy of Debian's dicom3tools is not installed")
    folder, _ = phantoms
    for name, phantom in STUDIES.items():
        if phantom.request.broken:
            continue
        for series in sorted((folder / name).iterdir()):
            path = sorted(series.glob("*.dcm"))[0]
            said = subprocess.run(
                ["dciodvfy", str(path)], capture_output=True, text=True, check=False
            )
            errors = [line for line in said.stderr.splitlines() if line.startswith("Error")]
            assert errors == [], f"{name}/{series.name}"


def test_haemorrhage_has_its_volume_and_density(phantoms: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = phantoms
    known = truth["ct-head"]["haemorrhage"]
    values, spacing, origin = load(folder, "ct-head", 3)
    at = coordinates(values.shape, spacing, origin)
    center = np.array(known["center_lps_mm"]).reshape(3, 1, 1, 1)
    near = ((at - center) ** 2).sum(axis=0) < 27**2
    # the noise of one voxel is averaged away before the threshold between brain and blood
    total = sum(np.roll(values, shift, axis) for axis in range(3) for shift in (-1, 0, 1)) / 9
    inside = near & (total > 45) & (total < 120)
    assert inside.sum() * spacing.prod() / 1000 == pytest.approx(known["volume_ml"], rel=0.05)
    core = ((at - center) ** 2).sum(axis=0) < 8**2
    assert values[core].mean() == pytest.approx(known["hu"], abs=1)


def test_the_segmentation_is_the_haemorrhage(phantoms: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = phantoms
    known = truth["ct-head"]["haemorrhage"]
    values, spacing, origin = load(folder, "ct-head", 3)
    held = pydicom.dcmread(folder / "ct-head" / "80" / "0001.dcm")
    mask = np.zeros(values.shape, bool)
    for frame, groups in zip(held.pixel_array, held.PerFrameFunctionalGroupsSequence, strict=True):
        z = float(groups.PlanePositionSequence[0].ImagePositionPatient[2])
        mask[round((z - origin[2]) / spacing[0])] = frame
    assert mask.sum() * spacing.prod() / 1000 == pytest.approx(known["volume_ml"], rel=0.01)
    assert mask.sum() * spacing.prod() / 1000 == pytest.approx(known["segmented_ml"], abs=1e-3)
    middle = coordinates(values.shape, spacing, origin)[:, mask].mean(axis=1)
    assert middle == pytest.approx(known["center_lps_mm"], abs=1.0)
    # the rim is oedema and partial volume: most of it is blood
    assert np.median(values[mask]) == pytest.approx(known["hu"], abs=3)


def test_the_contours_enclose_the_spheres(phantoms: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = phantoms
    held = pydicom.dcmread(folder / "pet-ct" / "80" / "0001.dcm")
    spheres = truth["pet-ct"]["spheres"]
    names = [str(roi.ROIName) for roi in held.StructureSetROISequence]
    assert names == [sphere["name"] for sphere in spheres]
    for sphere, drawn in zip(spheres, held.ROIContourSequence, strict=True):
        center = np.array(sphere["center_lps_mm"])
        for contour in drawn.ContourSequence:
            points = np.array(contour.ContourData, float).reshape(-1, 3)
            away = np.linalg.norm(points - center, axis=1)
            assert away == pytest.approx(sphere["diameter_mm"] / 2, abs=0.002)


@pytest.mark.parametrize(
    ("name", "series"), [("ct-chest", 3), ("ct-chest", 2), ("ct-chest-prior", 2)]
)
def test_nodule_has_its_place_and_diameter(
    phantoms: tuple[Path, dict[str, Any]], name: str, series: int
) -> None:
    folder, truth = phantoms
    known = truth[name]["nodule"]
    values, spacing, origin = load(folder, name, series)
    at = coordinates(values.shape, spacing, origin)
    center = np.array(known["center_lps_mm"]).reshape(3, 1, 1, 1)
    radius = known["diameter_mm"] / 2
    distance = np.sqrt(((at - center) ** 2).sum(axis=0))
    near = distance < radius + 2
    # what is above lung, as a share of the step from lung to nodule, adds up to the volume
    lung = np.median(values[(distance > radius + 4) & (distance < radius + 9)])
    share = (values - lung) / (known["hu"] - lung)
    volume = share[near].sum() * spacing.prod() / 1000
    diameter = (volume * 6000 / np.pi) ** (1 / 3)
    assert diameter == pytest.approx(known["diameter_mm"], abs=0.8)
    middle = (at[:, near] * share[near]).sum(axis=1) / share[near].sum()
    assert np.abs(middle - center.ravel()).max() < 0.6
    core = distance < radius / 2
    assert values[core].mean() == pytest.approx(known["hu"], abs=12)


def test_radiograph_shows_the_nodule_where_the_rays_put_it(
    phantoms: tuple[Path, dict[str, Any]],
) -> None:
    folder, truth = phantoms
    for shown in truth["dx-chest"]["series"]:
        number = 1 if shown["view"] == "PA" else 2
        held = pydicom.dcmread(folder / "dx-chest" / f"{number:02d}" / "0001.dcm")
        # independent of the writer: a point source, a flat detector, similar triangles
        x, y, z = truth["dx-chest"]["nodule"]["center_lps_mm"]
        along, across = (-y, x) if shown["view"] == "PA" else (x, y)
        scale = float(held.DistanceSourceToDetector) / (float(held.DistanceSourceToPatient) + along)
        pitch = float(held.ImagerPixelSpacing[0])
        column = (held.Columns - 1) / 2 + across * scale / pitch
        row = (held.Rows - 1) / 2 - z * scale / pitch
        assert shown["nodule_column_row"] == pytest.approx([column, row], abs=0.01)
        if shown["view"] == "LL":
            continue  # the shoulders cover it
        picture = held.pixel_array.astype(float)
        rows, columns = np.indices(picture.shape)
        distance = np.hypot(columns - column, rows - row)
        radius = shown["nodule_diameter_px"] / 2
        inside = picture[distance < 0.6 * radius].mean()
        ring = picture[(distance > 1.2 * radius) & (distance < 1.8 * radius)].mean()
        assert inside > ring + 80


def test_radiograph_agrees_with_the_ct_it_was_made_from(
    phantoms: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = phantoms
    values, spacing, origin = load(folder, "ct-chest", 3)
    body = np.where(coordinates_y(values.shape, spacing, origin) < 125, values, -1000)
    integral = (np.maximum(body, -1000) + 1000).sum(axis=1) * spacing[1]
    held = pydicom.dcmread(folder / "dx-chest" / "01" / "0001.dcm")
    picture = held.pixel_array.astype(float)
    pitch = float(held.ImagerPixelSpacing[0])
    scale = float(held.EstimatedRadiographicMagnificationFactor) / pitch
    rays, greys = [], []
    for k in range(10, values.shape[0] - 10, 6):
        for i in range(60, values.shape[2] - 60, 6):
            x, z = origin[0] + i * spacing[2], origin[2] + k * spacing[0]
            column = round((held.Columns - 1) / 2 + x * scale)
            row = round((held.Rows - 1) / 2 - z * scale)
            rays.append(integral[k - 1 : k + 2, i - 1 : i + 2].mean())
            greys.append(picture[row - 2 : row + 3, column - 2 : column + 3].mean())
    order = [np.argsort(np.argsort(np.array(held))) for held in (rays, greys)]
    assert np.corrcoef(*order)[0, 1] > 0.9


def coordinates_y(shape: tuple[int, ...], spacing: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """y of each voxel, to broadcast."""
    return (origin[1] + np.arange(shape[1]) * spacing[1]).reshape(1, -1, 1)


def test_infarct_has_its_volume_and_diffusion(phantoms: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = phantoms
    known = truth["mr-brain"]["infarct"]
    held = [pydicom.dcmread(path) for path in sorted((folder / "mr-brain" / "05").glob("*.dcm"))]
    low = [each for each in held if each.DiffusionBValue == 0]
    high = [each for each in held if each.DiffusionBValue == 1000]
    assert len(low) == len(high) == 24
    first = low[0]
    row, column = np.array(first.ImageOrientationPatient, float).reshape(2, 3)
    assert abs(row @ column) < 1e-5
    normal = np.cross(row, column)
    step = float(first.SpacingBetweenSlices)
    spacing = float(first.PixelSpacing[0])
    near, diffusion = [], []
    for b0, b1000 in zip(low, high, strict=True):
        origin = np.array(b0.ImagePositionPatient, float)
        assert np.allclose(origin, np.array(b1000.ImagePositionPatient, float))
        j, i = np.indices((b0.Rows, b0.Columns))
        at = origin + i[..., None] * spacing * row + j[..., None] * spacing * column
        distance = np.linalg.norm(at - known["center_lps_mm"], axis=-1)
        ratio = b0.pixel_array / np.maximum(b1000.pixel_array.astype(float), 1)
        near.append((distance < 24) & (b1000.pixel_array > 270))
        diffusion.append((np.log(np.maximum(ratio, 1e-3)) * 1000, distance))
    volume = np.sum(near) * spacing**2 * step / 1000
    assert volume == pytest.approx(known["volume_ml"], rel=0.12)
    core = np.concatenate([adc[distance < 8] for adc, distance in diffusion])
    assert core.mean() == pytest.approx(known["adc_um2_per_s"], rel=0.05)
    distance_between = np.array(low[1].ImagePositionPatient, float) - np.array(
        low[0].ImagePositionPatient, float
    )
    assert distance_between @ normal == pytest.approx(step, abs=1e-3)


def test_cyst_has_its_diameter_in_every_frame(phantoms: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = phantoms
    known = truth["us-abdomen"]["cyst"]
    held = pydicom.dcmread(folder / "us-abdomen" / "01" / "0001.dcm")
    region = held.SequenceOfUltrasoundRegions[0]
    assert region.PhysicalUnitsXDirection == region.PhysicalUnitsYDirection == 3
    millimetre = float(region.PhysicalDeltaX) * 10
    assert len(held.pixel_array) == 40
    heights = []
    for picture, (column, row) in zip(held.pixel_array, known["column_row_by_frame"], strict=True):
        assert region.RegionLocationMinX0 < column < region.RegionLocationMaxX1
        rows, columns = np.indices(picture.shape)
        near = np.hypot(columns - column, rows - row) < known["diameter_px"] / 2 + 2.5
        dark = near & (picture < 25)
        diameter = 2 * np.sqrt(dark.sum() / np.pi) * millimetre
        assert diameter == pytest.approx(known["diameter_mm"], abs=1.5)
        heights.append(rows[dark].mean())
    assert np.ptp(heights) * millimetre == pytest.approx(12, abs=1)


def test_mammogram_hangs_back_to_back_and_holds_its_calcifications(
    phantoms: tuple[Path, dict[str, Any]],
) -> None:
    folder, truth = phantoms
    seen = set()
    for number, shown in enumerate(truth["mg-screening"]["series"], start=1):
        held = pydicom.dcmread(folder / "mg-screening" / f"{number:02d}" / "0001.dcm")
        picture = held.pixel_array.astype(float)
        side, view = held.ImageLaterality, held.ViewPosition
        seen.add((side, view))
        # PS3.3 C.7.6.1.1.1 with IHE MAMMO: what a hung view must say
        expected = {"RCC": "P L", "LCC": "A R", "RMLO": "P FL", "LMLO": "A FR"}[side + view]
        assert " ".join(held.PatientOrientation) == expected
        inside = (picture > 0).sum(axis=0)
        chest_wall = inside[-5:] if side == "R" else inside[:5]
        assert chest_wall.mean() > 900
        assert picture[:, : 40 if side == "R" else None][:, -40:].max() == 0
        calcifications = shown["calcifications_column_row_diameter_px"]
        assert len(calcifications) == (14 if side == "L" else 0)
        for column, row, _ in calcifications:
            i, j = round(column), round(row)
            around = picture[j - 25 : j + 26, i - 25 : i + 26]
            assert picture[j - 1 : j + 2, i - 1 : i + 2].max() > np.median(around) + 350
    assert seen == {("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")}


def seconds(text: str) -> float:
    return int(text[:2]) * 3600 + int(text[2:4]) * 60 + float(text[4:])


def test_spheres_have_their_suv(phantoms: tuple[Path, dict[str, Any]]) -> None:
    folder, truth = phantoms
    held = [pydicom.dcmread(path) for path in (folder / "pet-ct" / "03").glob("*.dcm")]
    held.sort(key=lambda each: float(each.ImagePositionPatient[2]))
    first = held[0]
    drug = first.RadiopharmaceuticalInformationSequence[0]
    # QIBA: decay from the injection to the beginning of the series, all on one day or past midnight
    waited = (seconds(first.SeriesTime) - seconds(drug.RadiopharmaceuticalStartTime)) % 86400
    assert waited == truth["pet-ct"]["suv"]["uptake_s"]
    dose = float(drug.RadionuclideTotalDose) * 2 ** (-waited / float(drug.RadionuclideHalfLife))
    factor = float(first.PatientWeight) * 1000 / dose
    assert factor == pytest.approx(truth["pet-ct"]["suv"]["factor_g_per_bq"], rel=1e-6)
    values = np.stack([each.pixel_array * float(each.RescaleSlope) for each in held]) * factor
    spacing = np.array([4.0, *map(float, first.PixelSpacing)])
    at = coordinates(values.shape, spacing, np.array(first.ImagePositionPatient, float))
    for known in truth["pet-ct"]["spheres"]:
        center = np.array(known["center_lps_mm"]).reshape(3, 1, 1, 1)
        core = np.sqrt(((at - center) ** 2).sum(axis=0)) < known["diameter_mm"] / 2 - 5.5
        assert core.sum() >= 4
        assert values[core].mean() == pytest.approx(known["suv"], rel=0.05)


def test_broken_study_names_each_file_and_what_it_lacks(
    phantoms: tuple[Path, dict[str, Any]],
) -> None:
    folder, truth = phantoms
    listed = {held["file"]: held for held in truth["ct-pelvis-broken"]["broken"]}
    files = {
        path.relative_to(folder).as_posix()
        for path in (folder / "ct-pelvis-broken").rglob("*.dcm")
        if path.parent.name != "90"
    }
    assert files == set(listed)
    for name, entry in listed.items():
        held = pydicom.dcmread(folder / name, stop_before_pixels=True)
        assert held.SOPInstanceUID == entry["sop_instance_uid"]
        whole = pydicom.dcmread(folder / name) if "ends early" not in entry["reason"] else held
        if entry["reason"] == "pixel data ends early":
            wanted = held.Rows * held.Columns * 2
            tail = (folder / name).read_bytes().split(b"\xe0\x7f\x10\x00OW\x00\x00")[1][4:]
            assert 0 < len(tail) < wanted
        elif entry["reason"] == "no pixel data":
            assert "PixelData" not in whole
        elif entry["reason"] == "unknown transfer syntax":
            assert held.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.999"
        else:
            assert held.SOPClassUID == "1.2.840.10008.5.1.4.1.1.999.1"


def test_every_study_has_a_request_on_paper_and_an_entry_in_the_worklist(
    phantoms: tuple[Path, dict[str, Any]],
) -> None:
    folder, truth = phantoms
    worklist = json.loads((folder / "worklist.json").read_text(encoding="utf-8"))["studies"]
    assert set(worklist) == {held["study_instance_uid"] for held in truth.values()}
    assert {held["site"] for held in worklist.values()} == {
        "Farrow Point General",
        "Saltmere District",
        "Hollin Field Unit",
    }
    for name, phantom in STUDIES.items():
        held = pydicom.dcmread(folder / name / "90" / "0001.dcm")
        pdf = held.EncapsulatedDocument[: held.EncapsulatedDocumentLength]
        assert pdf.startswith(b"%PDF-1.4")
        assert pdf.endswith(b"%%EOF\n")
        table = int(pdf.split(b"startxref\n")[1].split()[0])
        assert pdf[table:].startswith(b"xref")
        assert phantom.request.accession.encode() in pdf
        moment = datetime.strptime(held.StudyDate + held.StudyTime, "%Y%m%d%H%M%S")
        assert moment < NOW
        assert worklist[held.StudyInstanceUID]["name"] == name
