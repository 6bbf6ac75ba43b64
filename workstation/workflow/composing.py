"""Rows of the worklist from what is known: tasks, leases, drafts, deliveries, images. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from workstation.domain.delivery import DeliveryState
from workstation.domain.identity import Reader
from workstation.domain.reading_task import (
    InputReadiness,
    Lease,
    PriorStudy,
    ProcedureStepState,
    ReadingTask,
)
from workstation.domain.study import RetrievalProgress
from workstation.workflow.worklist_rows import RowState, WorklistRow


@dataclass(frozen=True, slots=True)
class Known:
    """Everything a row is made from, by work item UID or study instance UID."""

    reader: Reader
    leases: Mapping[str, Lease] = field(default_factory=dict)
    deliveries: Mapping[str, DeliveryState] = field(default_factory=dict)
    draft_times: Mapping[str, datetime] = field(default_factory=dict)
    here: Mapping[str, int] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)
    priors: Mapping[str, tuple[PriorStudy, ...]] = field(default_factory=dict)
    retrievals: Mapping[str, RetrievalProgress] = field(default_factory=dict)
    cancel_requested: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    #: services that answered the last time they were asked
    reachable: frozenset[str] = frozenset()


def row_state(task: ReadingTask, known: Known) -> tuple[RowState, str]:
    """(state, who has it). What we did ourselves is told before what the service says, since the
    service may not have heard of it yet."""
    delivery = known.deliveries.get(task.workitem_uid)
    if delivery is DeliveryState.DELIVERED:
        return RowState.DELIVERED, ""
    if delivery is not None:
        return RowState.SIGNED, ""
    if task.state in {ProcedureStepState.CANCELED, ProcedureStepState.COMPLETED}:
        return RowState.WITHDRAWN, ""
    ours = task.workitem_uid in known.leases
    draft = task.study_instance_uid in known.draft_times
    if task.state is ProcedureStepState.IN_PROGRESS:
        actual = task.actual_performer
        if ours and not (actual is not None and actual.code not in {"", known.reader.code}):
            # A claim whose request was lost leaves a lease on what somebody else then took.
            return (RowState.DRAFT if draft else RowState.MINE), known.reader.name.display
        owner = task.actual_performer or task.scheduled_performer
        return RowState.TAKEN, owner.name.display if owner else "another reader"
    assigned = task.scheduled_performer
    if assigned is not None and assigned.code and assigned.code != known.reader.code:
        return RowState.TAKEN, assigned.name.display
    if draft:
        return RowState.DRAFT, ""
    if task.readiness is InputReadiness.INCOMPLETE:
        return RowState.INCOMPLETE, ""
    if task.service_id not in known.reachable:
        return RowState.OFFLINE_ONLY, ""
    return RowState.FREE, ""


def worth_keeping(task: ReadingTask, known: Known) -> bool:
    """Whether a task that the service no longer lists stays in the list: there is work in it."""
    return (
        task.workitem_uid in known.leases
        or task.workitem_uid in known.deliveries
        or task.study_instance_uid in known.draft_times
    )


def compose(tasks: Sequence[ReadingTask], known: Known) -> tuple[WorklistRow, ...]:
    """The rows in reading order."""
    rows = []
    for task in sorted(tasks, key=lambda each: each.reading_order):
        state, owner = row_state(task, known)
        study = task.study_instance_uid
        retrieval = known.retrievals.get(study)
        expected = retrieval.expected if retrieval is not None and retrieval.expected else None
        rows.append(
            WorklistRow(
                task=replace(task, cancel_requested=True)
                if task.workitem_uid in known.cancel_requested
                else task,
                state=state,
                owner=owner,
                here=known.here.get(study, 0),
                expected=expected or known.expected.get(study, task.instances_expected),
                priors=known.priors.get(study),
                retrieval=retrieval,
                draft_saved_at=known.draft_times.get(study),
                new=task.workitem_uid in known.new,
            )
        )
    return tuple(rows)
