"""A damaged settings file is a sentence, not a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from workstation.cli import main


@pytest.mark.parametrize("words", [["worklist"], ["deliver"], []])
def test_a_damaged_settings_file_is_said_with_its_remedy(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.json").write_text("{", encoding="utf-8")
    assert main(["--home", str(tmp_path), *words]) == 1
    said = capsys.readouterr().err
    assert "settings.json" in said
    assert "Traceback" not in said
