"""What was drawn is what truth.json says, measured from the written pixels alone."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from workstation.phantoms import STUDIES, UnknownPhantom, write_all

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
    write_all(tmp_path, now=NOW.replace(hour=23))

    def digests(of: Path) -> dict[str, str]:
        return {
            str(path.relative_to(of)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(of.rglob("*"))
            if path.is_file()
        }

    assert digests(folder) == digests(tmp_path)


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
