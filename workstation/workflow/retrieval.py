"""One study on its way: what is asked of it, how urgent it is, and what broke."""

from __future__ import annotations

from dataclasses import dataclass, field

from workstation.domain.study import RetrievalState
from workstation.workflow.fetch_plan import FetchPlan
from workstation.workflow.jobs import CancelToken


@dataclass
class Retrieval:
    """One study on its way; guarded by the lock of `Retrieving`."""

    study_uid: str
    service_id: str
    urgent: bool
    order: int
    state: RetrievalState = RetrievalState.QUEUED
    problem: str = ""
    plan: FetchPlan = field(default_factory=FetchPlan)
    token: CancelToken = field(default_factory=CancelToken)
    needs_manifest: bool = True
    listing: bool = False
    verified: bool = False
    not_before: float = 0.0
    link_failures: int = 0

    @property
    def rank(self) -> tuple[bool, int]:
        """Urgent before others; of the urgent the newest, of the others the oldest."""
        return (not self.urgent, -self.order if self.urgent else self.order)

    @property
    def wanted(self) -> bool:
        """Whether there is anything to do for it."""
        return self.state in {RetrievalState.QUEUED, RetrievalState.FETCHING}

    def stop_exchanges(self) -> None:
        """Abort what is on its way; the next attempts get a fresh token."""
        self.token.cancel()
        self.token = CancelToken()
