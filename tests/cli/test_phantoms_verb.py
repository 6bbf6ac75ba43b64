"""`nocturne phantoms` writes what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.cli import main


def test_verb_writes_one_study_and_prints_its_truth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["phantoms", "--out", str(tmp_path), "--only", "us-abdomen", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed["studies"]) == ["us-abdomen"]
    assert printed == json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert len(list(tmp_path.rglob("*.dcm"))) == printed["studies"]["us-abdomen"]["instances"]


def test_verb_refuses_a_study_that_does_not_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["phantoms", "--out", str(tmp_path / "x"), "--only", "ct-toe"]) == 1
    assert "ct-head" in capsys.readouterr().err
