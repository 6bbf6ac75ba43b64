"""Segments, contours, dose and measurements named by `inspect` and drawn by `render`."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.dicom import make, seg
from tests.dicom.test_rt_objects import contour, dose, square, structure_set
from tests.dicom.test_segmentations import projection
from tests.dicom.test_sr_measurements import group, measured, region
from workstation.cli import main


@pytest.fixture
def ct(tmp_path: Path) -> Path:
    """A CT with a sphere, contours, dose and a measurement of others beside it."""
    images = seg.series()
    for index, each in enumerate(images):
        (tmp_path / f"ct{index}.dcm").write_bytes(make.to_bytes(each))
    sphere = seg.sphere((8.0, 20.0, 1.0), 6.0)
    (tmp_path / "seg.dcm").write_bytes(seg.written(images, sphere))
    structures = structure_set(*(contour(square(z, 2, 18)) for z in (-1.0, 1.0, 3.0)))
    (tmp_path / "rs.dcm").write_bytes(make.to_bytes(structures))
    grid = dose(ImagePositionPatient=[-4.0, 8.0, -5.0], PixelSpacing=[6.0, 6.0])
    (tmp_path / "rd.dcm").write_bytes(make.to_bytes(grid))
    held = measured(images, group("Target", region(images[4], "POINT", [[10.5, 8.5]]), 20.2))
    (tmp_path / "sr.dcm").write_bytes(held)
    return tmp_path


def test_inspect_names_what_is_drawn_with_volumes_dose_and_values(
    ct: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(ct), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    layers = [
        layer
        for series in told["studies"][0]["series"]
        for shown in series["display_sets"]
        for layer in shown["layers"] or []
    ]
    volume = seg.sphere((8.0, 20.0, 1.0), 6.0).sum() * np.prod(seg.SPACING) / 1000
    assert {(layer["name"], layer["value"]) for layer in layers} == {
        ("Lesion", f"{volume:.2f} ml"),
        ("Tumour", "1.54 ml"),
        ("Dose", "max 29.50 Gy"),
        ("Target", "Diameter 20.2 mm"),
    }
    assert told["received"] == told["shown"] == 14


def rendered(ct: Path, *arguments: str) -> np.ndarray:
    out = ct / "out.png"
    assert main(["render", str(ct / "ct4.dcm"), *arguments, "--out", str(out)]) == 0
    held = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    return held if held.ndim == 2 else cv2.cvtColor(held, cv2.COLOR_BGR2RGB)


def test_a_rendered_segment_is_its_voxels_and_nothing_else(ct: Path) -> None:
    plain = rendered(ct)
    filled = rendered(ct, "--layer", str(ct / "seg.dcm"), "--filled")
    mask = seg.sphere((8.0, 20.0, 1.0), 6.0)[4]
    changed = (filled != plain[..., None]).any(axis=2)
    assert np.array_equal(changed, mask)
    outline = rendered(ct, "--layer", str(ct / "seg.dcm"))
    ring = (outline != plain[..., None]).any(axis=2)
    assert (ring <= mask).all()
    assert 0 < ring.sum() < mask.sum()


@pytest.mark.parametrize("name", ["rs.dcm", "rd.dcm", "sr.dcm"])
def test_each_kind_is_drawn_over_the_picture(ct: Path, name: str) -> None:
    plain = rendered(ct)
    with_layer = rendered(ct, "--layer", str(ct / name))
    assert (with_layer != plain[..., None]).any()


def test_what_belongs_to_other_images_is_refused(
    ct: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = ct / "other.dcm"
    other.write_bytes(make.to_bytes(make.image(np.zeros((8, 8), np.int16))))
    out = str(ct / "x.png")
    assert main(["render", str(other), "--layer", str(ct / "seg.dcm"), "--out", out]) == 1
    assert "belongs to other images" in capsys.readouterr().err
    assert main(["render", str(ct / "ct4.dcm"), "--layer", str(other), "--out", out]) == 1
    assert "nothing that is drawn over images" in capsys.readouterr().err


def test_a_segmentation_of_another_matrix_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = projection()
    mask = np.zeros((1, seg.ROWS, seg.COLUMNS), np.bool_)
    mask[0, 5:15, 8:30] = True
    (tmp_path / "seg.dcm").write_bytes(seg.written([image], mask))
    image.Rows, image.Columns = 2 * seg.ROWS, 2 * seg.COLUMNS
    image.PixelData = np.full((2 * seg.ROWS, 2 * seg.COLUMNS), 900, np.uint16).tobytes()
    (tmp_path / "dx.dcm").write_bytes(make.to_bytes(image))
    arguments = [str(tmp_path / "dx.dcm"), "--layer", str(tmp_path / "seg.dcm")]
    assert main(["render", *arguments, "--out", str(tmp_path / "out.png")]) == 1
    assert "its matrix is another than that of the image" in capsys.readouterr().err
