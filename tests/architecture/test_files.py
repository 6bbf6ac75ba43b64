"""What no commit may carry, and the size at which a file asks to be two."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MACHINE_PATH = re.compile(r"(?<![\w.])/(work|farm|root|home/\w+|Users/\w+)/")


def tracked() -> list[Path]:
    if shutil.which("git") is None:
        pytest.skip("git is not installed: what belongs to the repository is not known")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode != 0:
        pytest.skip("this is no git checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_no_file_carries_a_path_of_somebodys_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".ttf", ".png"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in MACHINE_PATH.finditer(text)]
    assert found == []


def test_no_module_of_the_package_is_longer_than_it_should_be() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / "workstation").rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}


def test_no_dicom_object_is_in_the_repository() -> None:
    for path in tracked():
        with path.open("rb") as file:
            assert file.read(132)[128:] != b"DICM", path
