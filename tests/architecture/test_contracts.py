"""The import contracts hold, and each of them fails when it is broken on purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: contract -> (module that breaks it, the forbidden line)
BREACHES = {
    "dictation knows domain and settings alone": (
        "workstation/dictation/breach.py",
        "import workstation.imaging",
    ),
    "onnxruntime only in dictation": ("workstation/bootstrap/breach.py", "import onnxruntime"),
    "layers": ("workstation/domain/breach.py", "import workstation.imaging"),
    "qt only in ui": ("workstation/workflow/breach.py", "import PySide6"),
    "ui and commands reach the world only through workflow": (
        "workstation/ui/breach.py",
        "import workstation.storage",
    ),
    "domain imports no toolkit": ("workstation/domain/breach.py", "import sqlite3"),
    "pydicom only where DICOM objects live": ("workstation/imaging/breach.py", "import pydicom"),
    "highdicom, imagecodecs and pyhanko only in dicom": (
        "workstation/storage/breach.py",
        "import pyhanko",
    ),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    # NO_COLOR keeps the names of the contracts free of escape codes.
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def declared() -> list[str]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return [contract["name"] for contract in contracts]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(
        ROOT / "workstation",
        folder / "workstation",
        ignore=shutil.ignore_patterns("__pycache__", "*.so"),
    )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_has_a_breach_to_prove_it() -> None:
    assert sorted(declared()) == sorted(BREACHES)


def test_the_tree_keeps_its_contracts(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("contract", sorted(BREACHES))
def test_a_broken_contract_is_reported(copy: Path, contract: str) -> None:
    module, line = BREACHES[contract]
    breach = copy / module
    breach.write_text(f"{line}\n", encoding="utf-8")
    try:
        result = lint(copy)
    finally:
        breach.unlink()
    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout


def test_every_module_but_the_windows_imports_without_qt() -> None:
    modules = sorted(
        str(path.relative_to(ROOT).with_suffix("")).replace(os.sep, ".").removesuffix(".__init__")
        for path in (ROOT / "workstation").rglob("*.py")
        if "ui" not in path.relative_to(ROOT / "workstation").parts
        and path.name not in {"__main__.py"}
    )
    code = (
        "import sys, importlib\n"
        "for name in ('PySide6', 'shiboken6', 'pyqtgraph', 'qtawesome'):\n"
        "    sys.modules[name] = None\n"
        f"for module in {modules!r}:\n"
        "    importlib.import_module(module)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr[-2000:]
