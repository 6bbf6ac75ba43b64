"""A database and a store in a folder of the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workstation.storage.database import Database
from workstation.storage.study_store import StudyStore
from workstation.storage.vault import OpenVault


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    held = Database(tmp_path / "n.sqlite")
    yield held
    held.close()


@pytest.fixture
def store(tmp_path: Path, database: Database) -> StudyStore:
    return StudyStore(tmp_path / "studies", database, OpenVault())
