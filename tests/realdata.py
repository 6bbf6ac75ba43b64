"""Real public studies for tests; the project's own tests pass without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def root() -> Path | None:
    """The folder of real studies, or None where there is none."""
    named = os.environ.get("NOCTURNE_TEST_DATA")
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    for candidate in (Path(named) if named else None, beside):
        if candidate is not None and candidate.is_dir():
            return candidate
    return None


def require(name: str) -> Path:
    """The path of one study or file; skips the test where the data is missing."""
    folder = root()
    if folder is None or not (folder / name).exists():
        pytest.skip(f"real data {name} is not here: set NOCTURNE_TEST_DATA")
    return folder / name
