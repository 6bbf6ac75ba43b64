"""What the worklist needs of services and of this disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from workstation.domain.delivery import OutboxEntry
from workstation.domain.reading_task import Lease, PriorStudy, ReadingTask, TaskEvent
from workstation.workflow.jobs import CancelToken


class StudiesOfPatient(Protocol):
    """What a service has of one patient."""

    @property
    def instances_expected(self) -> int | None:
        """Of the study of the task; None where the service does not say."""
        ...

    @property
    def priors(self) -> tuple[PriorStudy, ...] | None:
        """The others, newest first; None where nobody can tell."""
        ...


class TaskSource(Protocol):
    """Tasks of one service."""

    @property
    def service_id(self) -> str:
        """The service's identifier in the settings."""
        ...

    @property
    def name(self) -> str:
        """The service's name for people."""
        ...

    def search(self, cancel: CancelToken | None = None) -> Sequence[ReadingTask]:
        """Tasks that wait or are being read."""
        ...

    def get(self, workitem_uid: str) -> ReadingTask:
        """One task as it is now."""
        ...

    def studies_of(self, task: ReadingTask, cancel: CancelToken | None = None) -> StudiesOfPatient:
        """The patient's studies."""
        ...

    def watch(self, on_event: Callable[[TaskEvent], None], cancel: CancelToken) -> None:
        """Hand on events until cancelled; returns where the service has none."""
        ...


class SeenTasks(Protocol):
    """Tasks as last seen, on this disk."""

    def replace(self, service_id: str, tasks: Iterable[ReadingTask]) -> None:
        """Keep what one service listed."""
        ...

    def load(self, service_id: str = "") -> Sequence[ReadingTask]:
        """What was kept."""
        ...


class ImageCounts(Protocol):
    """The study store, as far as the list needs it."""

    def count(self, study_uid: str) -> int:
        """Instances of the study on this disk."""
        ...


class DraftTimes(Protocol):
    """Drafts, as far as the list needs them."""

    def saved_times(self) -> Mapping[str, datetime]:
        """Study Instance UID -> when its draft was saved."""
        ...


class Deliveries(Protocol):
    """The outbox, as far as the list needs it."""

    def entries(self) -> Sequence[OutboxEntry]:
        """All of them."""
        ...


class Leases(Protocol):
    """What is ours."""

    def all(self) -> Sequence[Lease]:
        """Every lease."""
        ...
