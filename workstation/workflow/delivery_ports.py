"""What delivering needs of the world: where reports go, and the outbox and leases of this disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from workstation.domain.delivery import (
    CompletionRecord,
    DeliveryState,
    OutboxEntry,
    OutgoingObject,
    Receipt,
)
from workstation.domain.errors import ReaderError
from workstation.domain.reading_task import Lease, ReadingTask


class ReportSink(Protocol):
    """Where reports are stored, and the task that asked for them."""

    def store(self, study_uid: str, objects: Sequence[OutgoingObject]) -> None:
        """Returns only when the service says of each object that it is stored."""
        ...

    def read_back(self, study_uid: str, item: OutgoingObject) -> bytes:
        """What the service has under the object's UID."""
        ...

    def complete(self, workitem_uid: str, transaction_uid: str, record: CompletionRecord) -> None:
        """List the outputs and set the task to COMPLETED; LeaseLost where it is not ours."""
        ...

    def get(self, workitem_uid: str) -> ReadingTask:
        """The task as it is now."""
        ...


class OutboxStore(Protocol):
    """The outbox on this disk."""

    def entries(self) -> tuple[OutboxEntry, ...]:
        """All, oldest first, without bytes."""
        ...

    def entry(self, identifier: str) -> OutboxEntry:
        """One, with its bytes."""
        ...

    def move(self, identifier: str, state: DeliveryState) -> None:
        """Change the state."""
        ...

    def receipt(self, identifier: str, receipt: Receipt) -> None:
        """Write the proof of a step and go to the next."""
        ...

    def postpone(
        self,
        identifier: str,
        error: ReaderError,
        *,
        state: DeliveryState,
        next_attempt_at: datetime | None,
    ) -> None:
        """Write why it did not go on."""
        ...

    def recover(self) -> None:
        """What was being sent when the program died waits again."""
        ...


class LeaseBook(Protocol):
    """Leases on tasks."""

    def lease(self, workitem_uid: str) -> Lease | None:
        """The lease on a task."""
        ...

    def forget(self, workitem_uid: str) -> None:
        """The task is done."""
        ...
