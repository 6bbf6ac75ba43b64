"""Real public studies: geometry as EXPECTED.tsv has it, and an answer for every file."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from tests.realdata import require, root
from workstation.cli import main
from workstation.cli.verbs import inspect
from workstation.dicom.decoding import open_pixels
from workstation.dicom.display_sets import build_studies
from workstation.dicom.folder import scan
from workstation.dicom.reading import read_object
from workstation.domain.errors import ReaderError
from workstation.domain.study import DisplaySet

#: Rows of EXPECTED.tsv that are one stack of slices.
STACKS = [
    "ct-chest-lidc0314",
    "ct-head-tilt-varspacing",
    "ct-headphantom-prior/current_S21570_5mm",
    "ct-headphantom-prior/prior_S21610_tilt",
    "dicomdir-pydicom/77654033/CT2",
    "dicomdir-pydicom/98892001/CT5N",
    "mr-decubitus/HFDR",
    "mr-decubitus/HFS",
    "pet-wb-qin-headneck-0024",
    "petct-sts026/CT",
    "petct-sts026/MR_T1",
    "petct-sts026/PET",
    "rt-lung-phantom-ibsi1",
    "series-traps/failing/gantrytilting/001",
    "series-traps/failing/sliceincrement/001",
    "suv-dro/DRO_0_0",
    "suv-dro/DRO_4_2",
]


def expected(name: str) -> dict[str, str]:
    table = require("EXPECTED.tsv")
    with table.open(encoding="utf-8") as file:
        for row in csv.reader(file, delimiter="\t"):
            if row[0] == name and row[1] == "geometry":
                return dict(re.findall(r"(\w+)=(\[[^]]*\]|\S+)", row[2]))
    pytest.fail(f"EXPECTED.tsv has no geometry of {name}")


def largest(name: str) -> DisplaySet:
    sets = [shown for study in build_studies(*scan(require(name))) for shown in study.display_sets]
    return max(sets, key=lambda shown: len(shown.frames))


@pytest.mark.parametrize("name", STACKS)
def test_geometry_of_real_stacks(name: str) -> None:
    want, shown = expected(name), largest(name)
    assert len(shown.frames) == int(want["positions"])
    form = shown.frames[0].pixel_format
    assert want["matrix"] == f"{form.rows}x{form.columns}"
    assert shown.spacing_min_mm == pytest.approx(float(want["spacing_along_normal_min"]), abs=1e-3)
    assert shown.spacing_max_mm == pytest.approx(float(want["max"]), abs=1e-3)
    plane = shown.frames[0].plane
    assert plane is not None
    assert plane.spacing_mm == pytest.approx(json.loads(want["ps"]), abs=1e-6)
    if shown.volume is not None:
        tilt = float(want["shear_angle_deg"])
        assert shown.volume.shear_degrees == pytest.approx(tilt, abs=0.011)
        assert any("tilted" in problem for problem in shown.problems) == (tilt > 1)


def test_ultrasound_regions_are_those_of_the_header() -> None:
    rows = 0
    with require("EXPECTED.tsv").open(encoding="utf-8") as file:
        for name, what, words, *_ in csv.reader(file, delimiter="\t"):
            if not what.startswith("US region"):
                continue
            want = {key: float(held) for key, held in re.findall(r"(\w+)=(\S+)", words)}
            region = read_object(require(name)).frames[0].ultrasound_regions[int(what[-1])]
            assert (region.min_x, region.min_y) == (want["x0"], want["y0"])
            assert (region.max_x, region.max_y) == (want["x1"], want["y1"])
            assert (region.units_x, region.units_y) == (want["unitsX"], want["unitsY"])
            assert (region.delta_x, region.delta_y) == (want["dX"], want["dY"])
            assert (region.spatial_format, region.data_type) == (want["format"], want["type"])
            rows += 1
    assert rows == 8


def test_both_series_of_a_brain_are_whole() -> None:
    (study,) = build_studies(*scan(require("mr-brain-brainix")))
    assert [len(shown.frames) for shown in study.display_sets] == [22, 22]
    assert [shown.frames[0].pixel_format.rows for shown in study.display_sets] == [288, 256]


def test_enhanced_objects_are_volumes_and_a_moving_knee_is_a_film() -> None:
    brain = build_studies(*scan(require("mr-brain-enhanced-BRTUM")))
    kinds = [shown.kind.value for study in brain for shown in study.display_sets]
    assert kinds == ["volume"] * 5
    assert largest("mr-knee-enhanced-MOVEKNEE").kind.value == "cine"


def test_the_name_in_every_character_set() -> None:
    """The names of PS3.5 Annexes H to K."""
    want = {
        "chrArab": "قباني^لنزار",
        "chrFren": "Buc^Jérôme",
        "chrGerm": "Äneas^Rüdiger",
        "chrGreek": "Διονυσιος",
        "chrH31": "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "chrH32": "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        "chrHbrw": "שרון^דבורה",
        "chrI2": "Hong^Gildong=洪^吉洞=홍^길동",
        "chrRuss": "Люкceмбypг",
        "chrX1": "Wang^XiaoDong=王^小東",
        "chrX2": "Wang^XiaoDong=王^小东",
    }
    folder = require("charset")
    for name, words in want.items():
        assert read_object(folder / f"{name}.dcm").patient.name.to_dicom() == words


def every_folder() -> list[str]:
    folder = root()
    if folder is None:
        return []
    return sorted(
        each.name for each in folder.iterdir() if each.is_dir() and each.name != "dictation"
    )


@pytest.mark.parametrize("name", every_folder())
def test_every_file_is_shown_or_listed_with_a_reason(name: str) -> None:
    studies = build_studies(*scan(require(name)))
    told = inspect.document(studies)
    json.dumps(told, allow_nan=False)
    not_shown = told["not_shown"]
    assert isinstance(not_shown, list)
    assert told["received"] == told["shown"] + len(not_shown)  # type: ignore[operator]
    assert all(each["reason"].endswith(".") for each in not_shown)
    for study in studies:
        for shown in study.display_sets:
            assert shown.frames or shown.volume_refused or shown.documents


def test_every_odd_file_opens_or_fails_with_a_sentence() -> None:
    for path in sorted(require("odd").iterdir()):
        try:
            reader = open_pixels(path)
            reader.frame(1)
        except ReaderError as error:
            assert error.happened.endswith("."), path  # noqa: PT017 - all files in one loop


def test_inspect_prints_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    path: Path = require("series-traps/failing/sliceincrement/001")
    assert main(["inspect", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (shown,) = told["studies"][0]["series"][0]["display_sets"]
    assert (told["received"], told["shown"], told["not_shown"]) == (4, 4, [])
    assert shown["kind"] == "volume"
    assert shown["missing_slices"] == 1
    assert shown["spacing_mm"] == pytest.approx([5.0, 0.429688, 0.429688], abs=1e-4)
    assert shown["orientation_letters"] == {"left": "R", "right": "L", "top": "A", "bottom": "P"}
    assert main(["inspect", str(path)]) == 0
    assert "4 received, 4 shown, 0 not shown" in capsys.readouterr().out


def test_inspect_of_nothing_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["inspect", str(tmp_path / "none")]) == 1
    assert "does not exist" in capsys.readouterr().err
