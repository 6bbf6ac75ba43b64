"""A service of its own for each test, and an outside client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.local_service import make
from workstation.local_service.running import RunningService

Send = Callable[..., httpx.Response]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    """Running, empty, without a login."""
    with RunningService(tmp_path / "service") as running:
        yield running


@pytest.fixture
def client(service: RunningService) -> Iterator[httpx.Client]:
    """Speaks plain HTTP to the service."""
    with httpx.Client(base_url=f"{service.url}/", timeout=30) as made:
        yield made


@pytest.fixture
def send(client: httpx.Client) -> Send:
    """Stores Part 10 objects by STOW-RS."""

    def store(*objects: bytes, study: str = "", kind: str = "application/dicom") -> httpx.Response:
        path = f"studies/{study}" if study else "studies"
        return client.post(
            path,
            content=make.body(*objects, kind=kind),
            headers={"Content-Type": make.RELATED, "Accept": "application/dicom+json"},
        )

    return store
