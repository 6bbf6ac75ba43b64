"""The guided tour in a real display with a window manager, as a fresh machine takes it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.xvfb
def test_the_tour_leaves_its_pictures_and_the_delivered_report(tmp_path: Path) -> None:
    for program in ("Xvfb", "openbox"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    out = tmp_path / "tour"
    taken = subprocess.run(
        [
            "sh",
            str(ROOT / "installer" / "with_display.sh"),
            sys.executable,
            "-m",
            "workstation",
            "tour",
            "--out",
            str(out),
            "--json",
        ],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert taken.returncode == 0, taken.stderr[-3000:]
    document = json.loads((out / "tour.json").read_text(encoding="utf-8"))
    assert json.loads(taken.stdout) == document
    assert document["state"] == "COMPLETED"
    assert document["report"] in document["outputs"]
    pictures = sorted(path.name for path in out.glob("*.png"))
    assert pictures == document["pictures"]
    assert len(pictures) >= 12
    assert any(name.endswith("pet-ct-layers.png") for name in pictures)
    if shutil.which("dciodvfy") is not None:
        judged = subprocess.run(
            ["dciodvfy", str(out / "report.dcm")], capture_output=True, text=True
        )
        assert [line for line in judged.stderr.splitlines() if line.startswith("Error")] == []
    # Qt complained about nothing on the way.
    assert "QWidget" not in taken.stderr
    assert "QPainter" not in taken.stderr
