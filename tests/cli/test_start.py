"""What is not needed is not imported: help and the worklist are there at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Libraries that take a tenth of a second or more, or that only some cases need.
HEAVY = (
    "SimpleITK",
    "highdicom",
    "scipy",
    "pyqtgraph",
    "onnxruntime",
    "pynetdicom",
    "starlette",
    "uvicorn",
    "pydicom.sr",
    "reportlab",
    "av",
    "qtpy",
    "lxml",
    "keyring",
    "workstation.dictation.formatting",
)
#: What help does not need besides.
WINDOW = ("PySide6", "cv2", "pydicom", "imagecodecs", "httpx", "PIL", "sqlite3")

HELP = """
import sys
from workstation.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
"""

WORKLIST = """
import sys
from workstation.cli import main
from workstation.bootstrap import windows

def shown(app):
    from workstation.ui.worklist.table import WorklistTable
    app.processEvents()
    tables = [t for w in app.topLevelWidgets() for t in w.findChildren(WorklistTable)]
    assert any(table.window().isVisible() for table in tables)
    return 0

windows.run_until_closed = shown
assert main(["--home", sys.argv[1]]) == 0
"""


def loaded(script: str, *words: str) -> set[str]:
    """The modules that a process of its own has imported at its end."""
    told = "\nprint('LOADED', *sys.modules)\n"
    run = subprocess.run(
        [sys.executable, "-c", script + told, *words],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return set(run.stdout.split("LOADED ", 1)[1].split())


@pytest.mark.parametrize(
    "verb", ["", "worklist", "fetch", "deliver", "render", "inspect", "doctor"]
)
def test_help_imports_neither_qt_nor_the_libraries_of_images(verb: str) -> None:
    words = [verb, "--help"] if verb else ["--help"]
    assert not loaded(HELP, *words) & {*HEAVY, *WINDOW}


def test_the_worklist_comes_without_the_libraries_that_only_some_cases_need(
    tmp_path: Path,
) -> None:
    there = loaded(WORKLIST, str(tmp_path))
    assert "PySide6.QtWidgets" in there
    assert sorted(there & set(HEAVY)) == []
    assert not [name for name in there if name.startswith("workstation.cli.verbs.")]
