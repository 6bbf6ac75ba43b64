"""What retrieving needs of the world: where images come from, and where they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from workstation.domain.study import ManifestInstance
from workstation.workflow.jobs import CancelToken


class ImageSource(Protocol):
    """Images of one service."""

    @property
    def service_id(self) -> str:
        """The service's identifier in the settings."""
        ...

    def manifest(
        self, study_uid: str, cancel: CancelToken | None = None
    ) -> Sequence[ManifestInstance]:
        """Every instance as the service lists it."""
        ...

    def fetch(
        self, study_uid: str, series_uid: str, sop_uid: str, cancel: CancelToken | None = None
    ) -> bytes:
        """One Part 10 file; leaves within 200 ms of being cancelled."""
        ...


class StudyStore(Protocol):
    """Images on this disk."""

    def put(
        self, study_uid: str, series_uid: str, sop_uid: str, sop_class_uid: str, data: bytes
    ) -> bool:
        """Keep an instance; False where it was there. Raises DiskFull."""
        ...

    def uids(self, study_uid: str) -> Mapping[str, str]:
        """SOP instance UID -> series instance UID of what is held."""
        ...

    def manifest(self, study_uid: str) -> Sequence[ManifestInstance] | None:
        """The list that the service gave last; None where it was never asked."""
        ...

    def set_manifest(self, study_uid: str, instances: Sequence[ManifestInstance]) -> None:
        """Keep that list, so that a whole study is known to be whole without the link."""
        ...
