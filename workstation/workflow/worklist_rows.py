"""What the worklist shows of a task and of a service: plain records, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workstation.domain.reading_task import PriorStudy, ReadingTask
from workstation.domain.study import RetrievalProgress


class RowState(StrEnum):
    """Who has the task and how far it is."""

    FREE = "free"
    MINE = "mine"
    TAKEN = "taken"
    DRAFT = "draft"
    SIGNED = "signed"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    INCOMPLETE = "incomplete"
    OFFLINE_ONLY = "offline only"


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One task with what this workstation knows about it.

    `owner` names who claimed it, "" for nobody. `here` counts the instances on this disk,
    `expected` those that the service lists (None: unknown). `priors` is None until asked.
    """

    task: ReadingTask
    state: RowState
    owner: str = ""
    here: int = 0
    expected: int | None = None
    priors: tuple[PriorStudy, ...] | None = None
    retrieval: RetrievalProgress | None = None
    draft_saved_at: datetime | None = None
    new: bool = False


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Whether a reading service answers; `since` is when that began."""

    id: str
    name: str
    reachable: bool
    since: datetime | None = None
    latency_ms: float | None = None
    problem: str = ""
