"""Real public studies: an answer for every file (EXPECTED.tsv: tests/conformance)."""

from __future__ import annotations

import json
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


def largest(name: str) -> DisplaySet:
    sets = [shown for study in build_studies(*scan(require(name))) for shown in study.display_sets]
    return max(sets, key=lambda shown: len(shown.frames))


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
