"""Killed with SIGKILL around the moment in which a sentence is written: it is there afterwards."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from workstation.phantoms import write_all


def life(work: Path, end: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.journey.killed_child", str(work), end],
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.parametrize("end", ["shown", "written", "before-written"])
def test_a_sentence_that_was_on_the_screen_when_the_program_was_killed_is_there_once(
    tmp_path: Path, end: str
) -> None:
    write_all(tmp_path / "studies", only=("dx-chest",))
    killed = life(tmp_path, end)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    found = life(tmp_path, "look")
    assert found.returncode == 0, found.stderr
    assert found.stdout.count("effusion on the left.") == 1, found.stdout
