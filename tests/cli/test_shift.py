"""`nocturne shift` counts what is signed in the home folder and writes the CSV."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.test_export_report import sign
from workstation.cli import main
from workstation.domain.report import Version
from workstation.settings import Home


def test_the_csv_and_the_document_tell_the_same_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home.at(tmp_path / "home")
    now = datetime.now(UTC)
    sign(home, 1, Version.ORIGINAL, now - timedelta(hours=2))
    sign(home, 2, Version.ADDENDUM, now - timedelta(hours=1))
    file = tmp_path / "shift.csv"
    words = ["shift", "--home", str(home.root), "--csv", str(file), "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["total"]["reads"], told["total"]["amendments"]) == (1, 1)
    head, line = file.read_text(encoding="utf-8").splitlines()
    assert head.startswith("signed_at,site,modality")
    assert line.split(",")[0] == told["reads"][0]["signed_at"]
    assert main(["shift", "--home", str(home.root), "--hours", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["reads"] == 0


def test_an_empty_home_has_an_empty_shift(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["shift", "--home", str(tmp_path)]) == 0
    assert "0 read, 0 late" in capsys.readouterr().out
