"""What the fault tests share."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.orthanc import orthanc as orthanc

MEMORY = Path("/dev/shm")


@pytest.fixture
def fast_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has one: what is killed here is a process, not the
    power, and a busy disk takes seconds for an fsync."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    made = Path(tempfile.mkdtemp(prefix="nocturne-faults-", dir=MEMORY))
    yield made
    shutil.rmtree(made)
