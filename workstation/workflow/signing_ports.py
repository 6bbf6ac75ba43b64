"""What signing needs of the world: what was measured, the study and the drafts on this disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from workstation.domain.delivery import OutboxEntry, OutgoingObject
from workstation.domain.measurement import KeyImage, Measurement
from workstation.domain.report import Report
from workstation.domain.study import ManifestInstance


class Marks(Protocol):
    """What was measured and marked on the study."""

    def measurements(self) -> tuple[Measurement, ...]:
        """In the order in which they were made."""
        ...

    def key_images(self) -> tuple[KeyImage, ...]:
        """The marked frames."""
        ...


class SigningStore(Protocol):
    """Writes the signed report with its outbox entry."""

    def sign(self, report: Report, entry: OutboxEntry) -> None:
        """All or nothing."""
        ...

    def signed_with(self, document_uid: str) -> tuple[OutgoingObject, ...]:
        """All objects of the report whose document this is; none where it was not signed here."""
        ...


class StudyObjects(Protocol):
    """The study on this disk."""

    def uids(self, study_uid: str) -> Mapping[str, str]:
        """SOP Instance UID → Series Instance UID."""
        ...

    def read(self, sop_uid: str) -> bytes:
        """Part 10 bytes."""
        ...

    def manifest(self, study_uid: str) -> Sequence[ManifestInstance] | None:
        """The service's list as last seen."""
        ...


class Drafts(Protocol):
    """The drafts, which end with signing."""

    def flush(self, timeout: float = 10.0) -> None:
        """Write what is not written yet."""
        ...

    def close_report(self, identifier: str) -> None:
        """Let go of a report that was signed."""
        ...
