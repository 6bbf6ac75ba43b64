"""A task becomes ours, or says whose it is; handing it back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from workstation.domain.clock import Clock
from workstation.domain.errors import (
    LeaseLost,
    NotFoundOnService,
    ServiceAnswerInvalid,
    ServiceUnreachable,
    TaskTaken,
    TaskWithdrawn,
)
from workstation.domain.identity import Reader, new_uid
from workstation.domain.reading_task import InputReadiness, Lease, ReadingTask


class ClaimSource(Protocol):
    """What claiming asks of a reading service."""

    @property
    def service_id(self) -> str:
        """The service's identifier in the settings."""
        ...

    def claim(self, task: ReadingTask, reader: Reader, transaction_uid: str) -> None:
        """Take and confirm; TaskTaken or TaskWithdrawn otherwise."""
        ...

    def hand_back(
        self, workitem_uid: str, transaction_uid: str, reason_text: str, reason_code: str
    ) -> None:
        """Set the task to CANCELED with its reason; LeaseLost where it is not ours."""
        ...


class LeaseStore(Protocol):
    """Leases on this disk. `save` returns only when the lease would survive a power cut."""

    def save(self, lease: Lease) -> None:
        """Keep it, in place of one on the same task."""
        ...

    def load(self, workitem_uid: str) -> Lease | None:
        """The lease on a task."""
        ...

    def discard(self, workitem_uid: str) -> None:
        """Forget it; nothing happens where there is none."""
        ...

    def all(self) -> tuple[Lease, ...]:
        """Every lease."""
        ...


class Claiming:
    """Sole writer of the leases. Its calls block on the network: never on the Qt thread."""

    def __init__(
        self,
        sources: Iterable[ClaimSource],
        leases: LeaseStore,
        reader: Reader,
        clock: Clock,
    ) -> None:
        self._sources = {source.service_id: source for source in sources}
        self._leases = leases
        self._reader = reader
        self._clock = clock
        self._lock = threading.Lock()
        self._busy: dict[str, threading.Lock] = {}
        self._listeners: list[Callable[[str], None]] = []

    def lease(self, workitem_uid: str) -> Lease | None:
        """Our hold on the task, or None."""
        return self._leases.load(workitem_uid)

    def leases(self) -> tuple[Lease, ...]:
        """All tasks we hold."""
        return self._leases.all()

    def listen(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Be told the work item whose lease changed; returns what ends it."""
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return end

    def claim(self, task: ReadingTask) -> Lease:
        """Make the task ours.

        The Transaction UID is on the disk before the service hears of it, and a second attempt
        uses the same one: a claim whose answer was lost is found to be ours, never taken twice.
        Raises TaskTaken, TaskWithdrawn, or the failure of the link (the lease is kept then).
        """
        self._refuse(task)
        source = self._source(task.service_id)
        with self._one_at_a_time(task.workitem_uid):
            lease = self._leases.load(task.workitem_uid)
            if lease is None:
                lease = Lease(task.workitem_uid, task.service_id, new_uid(), self._clock())
                self._leases.save(lease)
            try:
                source.claim(task, self._reader, lease.transaction_uid)
            except (TaskTaken, TaskWithdrawn, NotFoundOnService, ServiceAnswerInvalid):
                self._leases.discard(task.workitem_uid)
                self._tell(task.workitem_uid)
                raise
        self._tell(task.workitem_uid)
        return lease

    def hand_back(self, workitem_uid: str, reason: str, reason_code: str = "unspecified") -> None:
        """Give the task back to the site with the reason. Drafts are not touched.

        Raises LeaseLost where it was no longer ours (the lease is forgotten), or the failure of
        the link (the lease is kept).
        """
        with self._one_at_a_time(workitem_uid):
            lease = self._leases.load(workitem_uid)
            if lease is None:
                raise LeaseLost(
                    "This task is not yours to hand back.", remedy="Refresh the worklist."
                )
            try:
                self._source(lease.service_id).hand_back(
                    workitem_uid, lease.transaction_uid, reason, reason_code
                )
            except (LeaseLost, NotFoundOnService):
                self.forget(workitem_uid)
                raise
            self.forget(workitem_uid)

    def forget(self, workitem_uid: str) -> None:
        """Drop a lease that the service has ended: completed, cancelled or lost."""
        self._leases.discard(workitem_uid)
        self._tell(workitem_uid)

    def _refuse(self, task: ReadingTask) -> None:
        """What can be refused without asking anybody."""
        assigned = task.scheduled_performer
        if assigned is not None and assigned.code and assigned.code != self._reader.code:
            raise TaskTaken(
                f"This task is assigned to {assigned.name.display}.",
                means="It is not yours to read.",
                remedy="Ask the site to assign it to you.",
                owner=assigned.name.display,
            )
        if task.readiness is InputReadiness.INCOMPLETE:
            raise ServiceAnswerInvalid(
                "The site is still sending images of this study.",
                means="It cannot be claimed before it is whole.",
                remedy="It becomes free by itself once the site says that it is ready.",
            )

    def _source(self, service_id: str) -> ClaimSource:
        source = self._sources.get(service_id)
        if source is None:
            raise ServiceUnreachable(
                "The service of this task is not configured any more.",
                remedy="Add it in the settings.",
            )
        return source

    def _one_at_a_time(self, workitem_uid: str) -> threading.Lock:
        with self._lock:
            return self._busy.setdefault(workitem_uid, threading.Lock())

    def _tell(self, workitem_uid: str) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(workitem_uid)
