"""What may be done with a row, and in words why not."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.workflow.worklist_rows import RowState, ServiceState, WorklistRow

_OURS = frozenset({RowState.MINE, RowState.DRAFT})


@dataclass(frozen=True, slots=True)
class Allowed:
    """The reason against each action; an empty one means that it may be done."""

    open: str = ""
    claim: str = ""
    hand_back: str = ""


def service_of(row: WorklistRow, services: tuple[ServiceState, ...]) -> ServiceState | None:
    """The service that the task came from, where it is still configured."""
    return next((each for each in services if each.id == row.task.service_id), None)


def allowed(row: WorklistRow, services: tuple[ServiceState, ...]) -> Allowed:
    """The rules of the three buttons and keys."""
    service = service_of(row, services)
    gone = service is None or not service.reachable
    link = f"{service.name if service else 'The service'} does not answer: this needs the link."
    if row.state is RowState.TAKEN:
        other = f"{row.owner or 'Another reader'} has claimed this case."
        return Allowed(other, other, "Only who has claimed a case can hand it back.")
    if row.state is RowState.WITHDRAWN:
        gone_case = "The site has withdrawn this case."
        return Allowed(gone_case, gone_case, gone_case)
    if row.state in (RowState.SIGNED, RowState.DELIVERED):
        signed = "The report on this case is signed."
        return Allowed(signed, signed, signed)
    ours = row.state in _OURS
    open_reason = claim = hand_back = ""
    if gone and row.here == 0:
        open_reason = "No image of this case is on this disk. " + link
    if row.state is RowState.INCOMPLETE:
        # Claiming is refused by the site's own word: Input Readiness State INCOMPLETE.
        claim = "The site is still sending images of this case."
        open_reason = open_reason or claim
    if ours:
        claim = "This case is yours already."
    elif claim:
        pass
    elif row.state is not RowState.FREE:
        claim = link
    elif row.owner:
        claim = f"{row.owner} has claimed this case."
    if gone:
        claim = claim or link
        hand_back = link
    if not ours:
        hand_back = "Only a case that you have claimed can be handed back."
    return Allowed(open_reason, claim, hand_back)


def is_readable(row: WorklistRow) -> bool:
    """Whether `next case` may land on it."""
    return row.state in _OURS | {RowState.FREE, RowState.OFFLINE_ONLY}
