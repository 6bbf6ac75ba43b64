"""What is printed is whole under every encoding of standard output, and who reads may stop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.dicom import make

NAME = "Yamada^Tarou=山田^太郎"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    dataset = make.image(np.zeros((4, 5), np.uint16), SpecificCharacterSet="ISO_IR 192")
    dataset.PatientName = NAME
    made = tmp_path / "image.dcm"
    made.write_bytes(make.to_bytes(dataset))
    return made


def inspect(*words: str, encoding: str, into: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "workstation", "inspect", *words],
        stdout=into,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_json_is_utf_8_whatever_the_encoding_of_the_system(file: Path, encoding: str) -> None:
    running = inspect("--json", str(file), encoding=encoding)
    printed, said = running.communicate(timeout=120)
    assert (running.returncode, said) == (0, b"")
    assert json.loads(printed.decode("utf-8"))["studies"][0]["patient_name"] == NAME


def test_a_sentence_with_a_sign_that_the_system_lacks_is_still_printed(file: Path) -> None:
    running = inspect(str(file), encoding="ascii")
    printed, said = running.communicate(timeout=120)
    assert (running.returncode, said) == (0, b"")
    assert b"1 received, 1 shown, 0 not shown" in printed


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of POSIX")
def test_who_reads_may_stop_before_the_end(file: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    running = inspect("--json", str(file), encoding="utf-8", into=writes)
    os.close(writes)
    _, said = running.communicate(timeout=120)
    assert (running.returncode, said) == (0, b"")
