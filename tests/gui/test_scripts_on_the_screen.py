"""What the program draws where the system has no font at all: the letters of its reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: One letter that each script has alone, and an unassigned code point, which no font has.
LETTERS = {
    "Latin": "Q", "Cyrillic": "Ж", "Greek": "Ω", "Arabic": "ج", "Hebrew": "ש", "Japanese": "あ",
    "Chinese": "节", "Korean": "엽",
}  # fmt: skip
NONE = "\U0005fff0"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fontconfig tells the fonts there")
def test_every_script_that_is_printed_is_drawn_on_a_machine_without_fonts(tmp_path: Path) -> None:
    bare = tmp_path / "fonts.conf"
    bare.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    told = subprocess.run(
        [sys.executable, "-m", "tests.gui.bare_machine", "".join(LETTERS.values()) + NONE],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=os.environ | {"FONTCONFIG_FILE": str(bare), "QT_QPA_PLATFORM": "offscreen"},
    )
    held = json.loads(told.stdout)
    if set(held["families"]) - {"Monospace", "Sans Serif", "Serif"}:
        pytest.skip("this Qt finds fonts of the system otherwise")
    tofu, blank, drawn = held["drawn"].pop(NONE), held["blank"], held["drawn"]
    assert {name for name, each in LETTERS.items() if drawn[each] in (tofu, blank)} == set()
    assert len(set(drawn.values())) == len(LETTERS)
