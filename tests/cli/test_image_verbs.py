"""The verbs render, measure and reslice keep their contract."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.dicom import make
from tests.realdata import require
from workstation.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any, str]:
    status = main([str(word) for word in words])
    said = capsys.readouterr()
    return status, json.loads(said.out) if said.out.startswith("{") else said.out, said.err


HEAD = "ct-headphantom-prior/current_S21570_5mm"


def test_a_series_becomes_an_array_in_display_order_with_its_geometry(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, document, _ = run(
        capsys,
        "render",
        require(HEAD),
        "--out",
        tmp_path / "s.npy",
        "--stage",
        "modality",
        "--json",
    )
    assert status == 0
    assert document["shape"] == [28, 512, 512]
    array = np.load(tmp_path / "s.npy")
    geometry = json.loads((tmp_path / "s.json").read_text())
    assert array.shape == (28, 512, 512)
    assert set(geometry) == {
        "origin_lps_mm",
        "row_cosine",
        "column_cosine",
        "slice_step_mm",
        "spacing_mm",
        "positions_mm",
        "sop_instance_uids",
        "unit",
    }
    assert geometry["unit"] == "HU"
    assert geometry["spacing_mm"] == pytest.approx([5.0, 0.451171875, 0.451171875])
    assert np.diff(geometry["positions_mm"]) == pytest.approx(5.0)
    assert len(set(geometry["sop_instance_uids"])) == 28


def test_a_reslice_at_a_slice_is_that_slice(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = require(HEAD)
    run(capsys, "render", folder, "--out", tmp_path / "s.npy")
    array = np.load(tmp_path / "s.npy")
    held = json.loads((tmp_path / "s.json").read_text())
    step = held["spacing_mm"][1]
    center = [
        origin + 255.5 * step * (row + column) + 7 * slice_step
        for origin, row, column, slice_step in zip(
            held["origin_lps_mm"],
            held["row_cosine"],
            held["column_cosine"],
            held["slice_step_mm"],
            strict=True,
        )
    ]
    status, document, _ = run(
        capsys,
        "reslice",
        folder,
        "--center=" + ",".join(map(repr, center)),
        "--row=1,0,0",
        "--column=0,1,0",
        "--size=512,512",
        f"--spacing={step}",
        "--out",
        tmp_path / "r.npy",
        "--json",
    )
    assert (status, document["unit"]) == (0, "HU")
    made = np.load(tmp_path / "r.npy")
    assert made.dtype == np.float32
    inner = made[1:-1, 1:-1]
    assert np.abs(inner - array[7, 1:-1, 1:-1]).max() < 0.01


def test_a_plane_that_is_none_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["--center=0,0,0", "--size=4,4", "--spacing=1", "--out", tmp_path / "r.npy"]
    status, _, error = run(capsys, "reslice", tmp_path, "--row=1,0,0", "--column=1,0,0", *words)
    assert status == 1
    assert "right angles" in error
    status, _, error = run(capsys, "reslice", tmp_path, "--row=0,0,0", "--column=1,0,0", *words)
    assert (status, "no length" in error) == (1, True)


def series(folder: Path, positions: tuple[float, ...]) -> np.ndarray:
    """A made series; the file names run against the positions. The voxels in display order."""
    rng = np.random.default_rng(7)
    made = []
    for index, position in enumerate(positions):
        pixels = rng.integers(0, 2000, (8, 10)).astype(np.uint16)
        dataset = make.slice_of(
            index,
            position,
            RescaleSlope=1,
            RescaleIntercept=-1024,
            **make_pixels(pixels),
        )
        (folder / f"{len(positions) - index}.dcm").write_bytes(make.to_bytes(dataset))
        made.append(pixels.astype(int) - 1024)
    return np.stack(made)


def make_pixels(pixels: np.ndarray) -> dict[str, Any]:
    return {
        "PixelData": pixels.tobytes(),
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
    }


def test_the_gap_of_a_missing_slice_is_blank_in_what_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    voxels = series(tmp_path, (0.0, 2.0, 4.0, 8.0, 10.0))
    status, document, _ = run(capsys, "render", tmp_path, "--out", tmp_path / "s.npy", "--json")
    assert (status, document["type"]) == (0, "int16")
    assert np.array_equal(np.load(tmp_path / "s.npy"), voxels)
    held = json.loads((tmp_path / "s.json").read_text())
    assert held["positions_mm"] == pytest.approx([0, 2, 4, 8, 10])
    assert held["spacing_mm"][0] == pytest.approx(2.0)
    origin, step = held["origin_lps_mm"], held["spacing_mm"][2]
    center = (origin[0] + 3 * step, origin[1], origin[2] + 5.0)
    words = ["--center=" + ",".join(map(str, center)), "--row=1,0,0", "--column=0,0,1"]
    status, document, _ = run(
        capsys,
        "reslice",
        tmp_path,
        *words,
        "--size=3,11",
        "--spacing=1",
        "--out",
        tmp_path / "r.npy",
        "--json",
    )
    assert status == 0
    assert "missing" in " ".join(document["problems"])
    void = np.isnan(np.load(tmp_path / "r.npy")).all(axis=1)
    assert np.flatnonzero(void).tolist() == [5, 6, 7]


def test_stored_values_are_masked_and_extended_and_the_picture_is_the_viewers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = require("overlay-signed-lut/test16signed.dcm")
    assert run(capsys, "render", file, "--stage", "stored", "--out", tmp_path / "s.npy")[0] == 0
    stored = np.load(tmp_path / "s.npy")
    assert stored.dtype == np.int16
    assert stored.min() < 0
    assert run(capsys, "render", file, "--out", tmp_path / "p.png")[0] == 0
    assert run(capsys, "render", file, "--stage", "display", "--out", tmp_path / "d.npy")[0] == 0
    picture = cv2.imread(str(tmp_path / "p.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(picture, np.load(tmp_path / "d.npy"))
    assert picture.dtype == np.uint8
    assert picture.shape == stored.shape


def test_colours_are_written_in_their_order(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = require("us-mixed/examples_palette.dcm")
    run(capsys, "render", file, "--stage", "display", "--out", tmp_path / "d.npy")
    run(capsys, "render", file, "--out", tmp_path / "p.png")
    picture = cv2.imread(str(tmp_path / "p.png"), cv2.IMREAD_COLOR)
    assert np.array_equal(picture[..., ::-1], np.load(tmp_path / "d.npy"))


def test_all_frames_come_first_and_one_frame_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = next(iter(sorted(require("nm-heart-13f").glob("*.dcm"))))
    run(capsys, "render", file, "--stage", "stored", "--out", tmp_path / "a.npy")
    run(capsys, "render", file, "--stage", "stored", "--frame", "3", "--out", tmp_path / "o.npy")
    every = np.load(tmp_path / "a.npy")
    assert every.ndim == 3
    assert np.array_equal(every[2], np.load(tmp_path / "o.npy"))
    beyond = len(every) + 1
    status, _, error = run(capsys, "render", file, "--frame", beyond, "--out", tmp_path / "o.npy")
    assert status == 1
    assert f"no frame {beyond}" in error


@pytest.mark.parametrize(
    "words",
    [
        ("--voi", "1,0"),
        ("--voi", "0"),
        ("--voi", "x"),
        ("--voi", "1,2,3"),
        ("--frame", "0"),
        ("--suv", "fat"),
        ("--stage", "raw"),
        ("--out", "picture.jpg"),
    ],
)
def test_wrong_words_are_wrong_usage(tmp_path: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["render", str(tmp_path), "--out", str(tmp_path / "p.png"), *words])
    assert ended.value.code == 2


def test_what_is_no_image_is_refused_with_a_reason_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = tmp_path / "a.txt"
    words.write_text("no image")
    for path in (words, tmp_path / "none", tmp_path):
        status, _, error = run(capsys, "render", path, "--out", tmp_path / "p.png")
        assert status == 1
        assert error.strip()
        assert "Traceback" not in error
    assert not (tmp_path / "p.png").exists()
    status, _, error = run(
        capsys, "render", require("mr-brain-brainix"), "--out", tmp_path / "p.png"
    )
    assert (status, "2 series" in error) == (1, True)


def test_a_view_that_the_image_does_not_have_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = require("overlay-signed-lut/overlay.dcm")
    status, _, error = run(capsys, "render", file, "--voi", "99", "--out", tmp_path / "p.png")
    assert status == 1
    assert "no view 99" in error


def test_a_measurement_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    file = require("us-mixed/examples_palette.dcm")
    status, document, _ = run(capsys, "measure", file, "--length", "200,100,300,100", "--json")
    assert status == 0
    assert document["points"] == [[200.0, 100.0], [300.0, 100.0]]
    assert (document["kind"], document["unit"]) == ("length", "mm")
    assert document["value"] == pytest.approx(26.228787661969978)
    assert (document["calibration"], document["interpolated"]) == ("ultrasound region", False)
    assert document["statistics"] is None
    across = run(capsys, "measure", file, "--length", "200,100,200,540", "--json")[1]
    assert (across["value"], across["unit"], across["calibration"]) == (440.0, "px", "none")


def test_suv_is_measured_and_refused_by_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = require("suv-dro/DRO_0_0")
    words = ("--frame", 10, "--ellipse", "110,110,140,140", "--json")
    status, document, _ = run(capsys, "measure", folder, "--suv", "bw", *words)
    assert (status, document["unit"]) == (0, "g/ml")
    assert document["statistics"]["median"] == pytest.approx(1.0, rel=1e-3)
    assert set(document["statistics"]) == {
        "n",
        "mean",
        "sd",
        "min",
        "max",
        "median",
        "area_mm2",
        "excluded_padding",
        "unit",
    }
    status, _, error = run(capsys, "measure", folder, "--suv", "lbm", *words)
    assert status == 1
    assert "PatientSex" in error
    ct = next(iter(sorted(require(HEAD).glob("*.dcm"))))
    assert run(capsys, "measure", ct, "--suv", "bw", "--probe", "5,5")[0] == 1


def test_one_file_of_a_series_counts_from_the_series_earliest_acquisition(
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = sorted(require("pet-wb-qin-headneck-0024").glob("*.dcm"))[20]
    whole = run(capsys, "measure", file, "--probe", "64,64", "--json")[1]
    scaled = run(capsys, "measure", file, "--suv", "bw", "--probe", "64,64", "--json")[1]
    assert scaled["value"] == pytest.approx(whole["value"] * 0.0002944804, rel=1e-6)


def test_a_presentation_state_shows_what_dcmtk_shows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = require("gspr-luts")
    image, state = folder / "imageForPrLUTs.dcm", folder / "prLUTs.dcm"
    out = tmp_path / "p.png"
    assert run(capsys, "render", image, "--presentation-state", state, "--out", out)[0] == 0
    if shutil.which("dcmp2pgm") is None:
        pytest.skip("dcmtk is not here")
    other = tmp_path / "p.pgm"
    subprocess.run(["dcmp2pgm", "--pstate", state, image, other], check=True, capture_output=True)
    ours, theirs = (cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in (out, other))
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_a_presentation_state_of_another_image_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    state = require("gspr-luts/prLUTs.dcm")
    other = require("overlay-signed-lut/overlay.dcm")
    status, _, error = run(
        capsys, "render", other, "--presentation-state", state, "--out", tmp_path / "p.png"
    )
    assert (status, "does not refer" in error) == (1, True)
    status, _, error = run(
        capsys, "render", other, "--presentation-state", other, "--out", tmp_path / "p.png"
    )
    assert (status, "no softcopy presentation state" in error) == (1, True)


@pytest.mark.parametrize(
    ("name", "options", "flags"),
    [
        ("overlay-signed-lut/overlay.dcm", ["--overlays", "--voi", "2048,4096"], "+Ww 2048 4096"),
        ("overlay-signed-lut/overlay.dcm", ["--voi", "2048,4096"], "-O +Ww 2048 4096"),
        ("overlay-signed-lut/test16signed.dcm", ["--voi", "0,300"], "+Ww 0 300"),
        # A sigmoid of the header, and the first of its tables, with which a mammogram opens.
        ("mg-mlo-GH133/GH133.dcm", ["--voi", "4"], "+Wi 1"),
        ("mg-mlo-GH133/GH133.dcm", [], "+Wl 1"),
    ],
)
def test_pictures_agree_with_dcmtk_within_a_grey_level(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    options: list[str],
    flags: str,
) -> None:
    file = require(name)
    if shutil.which("dcmj2pnm") is None:
        pytest.skip("dcmtk is not here")
    assert run(capsys, "render", file, *options, "--out", tmp_path / "a.png")[0] == 0
    command = ["dcmj2pnm", "--write-png", *flags.split()]
    made = subprocess.run([*command, file, tmp_path / "b.png"], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("dcmtk does not decode this file")
    ours, theirs = (
        cv2.imread(str(tmp_path / name), cv2.IMREAD_GRAYSCALE) for name in ("a.png", "b.png")
    )
    assert np.abs(ours.astype(int) - theirs).max() <= 1
