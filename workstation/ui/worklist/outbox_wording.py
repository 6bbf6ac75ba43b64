"""What a delivery says, in words: no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.delivery import DeliveryState, DeliveryStep, OutboxEntry
from workstation.domain.report import Version
from workstation.ui.worklist.wording import Words, clock_text

#: What each step says once it has its receipt, while it runs and when it was refused.
_STEPS = {
    DeliveryStep.STORE: ("Report stored", "storing the report", "Storing was refused"),
    DeliveryStep.READ_BACK: ("Read back, identical", "reading back", "Reading back failed"),
    DeliveryStep.COMPLETE_TASK: (
        "Task completed",
        "completing the task",
        "Completing the task was refused",
    ),
    DeliveryStep.DONE: ("Done", "finishing", "Not done"),
}


_KINDS = {Version.ADDENDUM: "Addendum signed", Version.CORRECTION: "Correction signed"}
_SUFFIXES = {Version.ADDENDUM: ", addendum", Version.CORRECTION: ", corrected"}


def kind(entry: OutboxEntry) -> str:
    """What was signed, before the time of it."""
    return "Preliminary" if entry.preliminary else _KINDS.get(entry.version, "Signed")


def report_text(entry: OutboxEntry) -> str:
    """The procedure, and which version of the report on it."""
    suffix = ", preliminary" if entry.preliminary else _SUFFIXES.get(entry.version, "")
    return entry.procedure + suffix


def digest_text(digest: str) -> str:
    """The digest in groups that can be read out on the telephone."""
    groups = " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))
    return f"Signature {groups}"


def step_states(entry: OutboxEntry) -> tuple[str, ...]:
    """ "done", "open" or "refused" for each step in order."""
    steps = list(DeliveryStep)
    reached = steps.index(entry.next_step)
    delivered = entry.state is DeliveryState.DELIVERED
    states = []
    for index, _step in enumerate(steps):
        if delivered or index < reached:
            states.append("done")
        elif index == reached and entry.state is DeliveryState.REFUSED:
            states.append("refused")
        else:
            states.append("open")
    return tuple(states)


def receipts_text(count: int) -> str:
    """`4 receipts`."""
    return f"{count} receipt" if count == 1 else f"{count} receipts"


def state_words(entry: OutboxEntry) -> Words:
    """The last column."""
    match entry.state:
        case DeliveryState.DELIVERED:
            at = entry.receipts[-1].at.astimezone() if entry.receipts else None
            when = f"{at:%H:%M:%S}, " if at else ""
            return Words("Delivered", f"{when}{receipts_text(len(entry.receipts))}", "here")
        case DeliveryState.REFUSED:
            return Words("Refused", entry.problem_happened or "see beside", "refused", "stat")
        case DeliveryState.SENDING:
            return Words("Sending", _STEPS[entry.next_step][1], "send")
    if entry.next_attempt_at is not None:
        return Words("Waiting", f"next try {clock_text(entry.next_attempt_at)}", "queued")
    return Words("Waiting", "to be sent", "queued")


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the pane: what was done, its proof, and when."""

    title: str
    detail: str
    at: str
    state: str


def step_lines(entry: OutboxEntry) -> tuple[StepLine, ...]:
    """Steps and receipts; a step may have several receipts, one for each object."""
    lines: list[StepLine] = []
    for step, state in zip(DeliveryStep, step_states(entry), strict=True):
        receipts = [each for each in entry.receipts if each.step is step]
        done, running, refused = _STEPS[step]
        if state == "done":
            detail = "; ".join(dict.fromkeys(each.detail for each in receipts if each.detail))
            at = f"{receipts[-1].at.astimezone():%H:%M:%S}" if receipts else ""
            lines.append(StepLine(done, detail, at, state))
        elif state == "refused":
            lines.append(StepLine(refused, entry.problem_happened, "", state))
        else:
            sending = entry.state is DeliveryState.SENDING and step is entry.next_step
            lines.append(StepLine(done, running if sending else "not reached", "", state))
    return tuple(lines)


def message(entry: OutboxEntry) -> tuple[str, str, str]:
    """The three paragraphs."""
    if entry.problem_happened:
        return (entry.problem_happened, entry.problem_means, entry.problem_remedy)
    match entry.state:
        case DeliveryState.DELIVERED:
            return (
                "The report was stored, read back and found identical, and the task is completed.",
                f"{entry.site or 'The site'} has the report.",
                "Nothing.",
            )
        case DeliveryState.SENDING:
            return (
                "The report is on its way.",
                "It stays on this disk until each part has its receipt.",
                "Nothing: this goes on by itself.",
            )
    return (
        "The report is signed and waits to be sent.",
        "The ward cannot see it yet. It is safe on this disk.",
        "Nothing: it is sent by itself once the service answers. Send it now to try at once.",
    )


def title(entry: OutboxEntry) -> tuple[str, str, str]:
    """Heading of the pane with its sign and colour."""
    place = entry.site or "The service"
    match entry.state:
        case DeliveryState.REFUSED:
            return (f"{place} refused the report", "refused", "stat")
        case DeliveryState.DELIVERED:
            return (f"Delivered to {place}", "here", "text2")
        case DeliveryState.SENDING:
            return (f"Sending to {place}", "send", "accent")
    return (f"Waiting for {place}", "queued", "urgent" if entry.attempts else "text2")
