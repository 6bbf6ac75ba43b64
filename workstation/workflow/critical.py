"""Critical results: proposed by the words of the report, noted, told, and open until then."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from workstation.domain.clock import Clock
from workstation.domain.critical import (
    Communication,
    CriticalCategory,
    CriticalResult,
    Means,
)
from workstation.domain.errors import StateRefused
from workstation.domain.report import Report, SectionKind
from workstation.workflow.checks.statements import (
    Polarity,
    Side,
    Statement,
    sentences_of,
    statements,
)

#: Findings of `checks.lexicon` that somebody has to know of, and how soon, after the lists of the
#: ACR Actionable Reporting Work Group (Larson et al., J Am Coll Radiol 2014;11:552): its category 1
#: is minutes, category 2 hours. Short on purpose: what is proposed too often is waved away.
PROPOSED: dict[str, CriticalCategory] = {
    "pneumothorax": CriticalCategory.MINUTES,
    "haemothorax": CriticalCategory.MINUTES,
    "free air": CriticalCategory.MINUTES,
    "perforation": CriticalCategory.MINUTES,
    "haemorrhage": CriticalCategory.MINUTES,
    "intra-axial haemorrhage": CriticalCategory.MINUTES,
    "extra-axial haemorrhage": CriticalCategory.MINUTES,
    "active bleeding": CriticalCategory.MINUTES,
    "subdural haematoma": CriticalCategory.MINUTES,
    "epidural": CriticalCategory.MINUTES,
    "subarachnoid": CriticalCategory.MINUTES,
    "herniation": CriticalCategory.MINUTES,
    "midline shift": CriticalCategory.MINUTES,
    "infarct": CriticalCategory.MINUTES,
    "large vessel occlusion": CriticalCategory.MINUTES,
    "dissection": CriticalCategory.MINUTES,
    "rupture of an organ": CriticalCategory.MINUTES,
    "pulmonary embolism": CriticalCategory.MINUTES,
    "bowel ischaemia": CriticalCategory.MINUTES,
    "cord compression": CriticalCategory.MINUTES,
    "unstable spine": CriticalCategory.MINUTES,
    "malpositioned tube": CriticalCategory.MINUTES,
    "torsion": CriticalCategory.MINUTES,
    "volvulus": CriticalCategory.MINUTES,
    "intussusception": CriticalCategory.MINUTES,
    "necrotising infection": CriticalCategory.MINUTES,
    "tamponade": CriticalCategory.MINUTES,
    "ectopic pregnancy": CriticalCategory.MINUTES,
    "closed loop obstruction": CriticalCategory.MINUTES,
    "venous sinus thrombosis": CriticalCategory.MINUTES,
    "epiglottitis": CriticalCategory.MINUTES,
    "transection": CriticalCategory.MINUTES,
    "pseudoaneurysm": CriticalCategory.HOURS,
    "retained object": CriticalCategory.HOURS,
    "abusive injury": CriticalCategory.HOURS,
    "hydrocephalus": CriticalCategory.HOURS,
    "appendicitis": CriticalCategory.HOURS,
    "abscess": CriticalCategory.HOURS,
    "thrombosis": CriticalCategory.HOURS,
}


#: Whoever suspects it has to tell somebody: to wait for certainty is what is feared.
_ON_SUSPICION = frozenset({"abusive injury"})
_SURE = frozenset({Polarity.ASSERTED})
_SUSPECTED = frozenset({Polarity.ASSERTED, Polarity.UNSURE})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A finding of the text that may be a critical result."""

    name: str
    finding: str
    category: CriticalCategory


def proposals(report: Report, known: Sequence[CriticalResult]) -> tuple[Proposal, ...]:
    """Findings that the text asserts as new, each once, without those that were noted.

    What is denied, doubtful, old or a part of the history is not proposed.
    """
    noted = " ".join(each.finding.lower() for each in known)
    found: dict[str, Proposal] = {}
    kinds = (SectionKind.FINDINGS, SectionKind.IMPRESSION, SectionKind.ADDENDUM)
    for sentence in sentences_of(report, *kinds):
        for each in statements(sentence):
            category = PROPOSED.get(each.finding)
            counts = _SUSPECTED if each.finding in _ON_SUSPICION else _SURE
            new = each.polarity in counts and not each.qualified
            if category is not None and new and each.finding not in noted:
                found.setdefault(each.finding, Proposal(each.finding, _words(each), category))
    return tuple(found.values())


def _words(statement: Statement) -> str:
    name = statement.finding[:1].upper() + statement.finding[1:]
    side = {Side.NONE: "", Side.BOTH: ", both sides"}.get(
        statement.side, f", {statement.side.value}"
    )
    return name + side


class CriticalStore(Protocol):
    """Critical results on this disk."""

    def all(self) -> tuple[CriticalResult, ...]:
        """In the order in which they were found."""
        ...

    def save(self, result: CriticalResult) -> None:
        """Write one."""
        ...

    def drop(self, identifier: str) -> None:
        """Forget an open one."""
        ...


class CriticalResults:
    """Sole writer of critical results; what changes is on the disk when a method returns."""

    def __init__(
        self,
        store: CriticalStore,
        clock: Clock,
        escalation: Callable[[str], tuple[str, ...]] = lambda _: (),
    ) -> None:
        self._store = store
        self._clock = clock
        #: whom to call at a site, in order
        self.escalation = escalation
        self._lock = threading.Lock()
        self._held: dict[str, CriticalResult] | None = None
        self._listeners: list[Callable[[], None]] = []

    def _all(self) -> dict[str, CriticalResult]:
        with self._lock:
            if self._held is None:
                self._held = {each.identifier: each for each in self._store.all()}
            return self._held

    def of(self, study_uid: str) -> tuple[CriticalResult, ...]:
        """Those of one study; reads the disk the first time."""
        held = tuple(self._all().values())
        return tuple(each for each in held if each.study_instance_uid == study_uid)

    def all_results(self) -> tuple[CriticalResult, ...]:
        """Those of all studies, open or told."""
        return tuple(self._all().values())

    def open_results(self) -> tuple[CriticalResult, ...]:
        """Those of all studies of which nobody has been told."""
        return tuple(each for each in tuple(self._all().values()) if each.open)

    def note(
        self,
        study_uid: str,
        finding: str,
        category: CriticalCategory,
        found_at: datetime | None = None,
    ) -> CriticalResult:
        """Found now, or when the reader says. Not on the Qt thread.

        StateRefused for a time in the future.
        """
        now = self._clock().replace(microsecond=0)
        found = now if found_at is None else found_at.replace(microsecond=0)
        if found > now:
            raise StateRefused(
                "The finding cannot have been found in the future.",
                remedy="Enter the time as hours and minutes, such as 03:12.",
            )
        made = CriticalResult(str(uuid.uuid4()), study_uid, category, finding.strip(), found)
        self._save(made)
        return made

    def told(
        self,
        identifier: str,
        *,
        told_by: str,
        told_to: str,
        means: Means,
        read_back: bool,
        told_at: datetime,
    ) -> CriticalResult:
        """Somebody knows. StateRefused for a time before it was found or in the future."""
        held = self._all()[identifier]
        told_at = told_at.replace(microsecond=0)
        # Times are entered in minutes.
        if told_at < held.found_at.replace(second=0) or told_at > self._clock():
            raise StateRefused(
                "The time of the call lies before the finding, or in the future.",
                remedy="Enter the time as hours and minutes, such as 03:19.",
            )
        told_at = max(told_at, held.found_at)
        told = Communication(told_by, told_to, means, told_at, read_back)
        done = replace(held, communication=told)
        self._save(done)
        return done

    def withdraw(self, identifier: str) -> None:
        """It was none. StateRefused where somebody was told."""
        self._store.drop(identifier)
        held = self._all()
        with self._lock:
            held.pop(identifier, None)
        self._changed()

    def _save(self, result: CriticalResult) -> None:
        held = self._all()
        self._store.save(result)
        with self._lock:
            held[result.identifier] = result
        self._changed()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told of changes, on the thread that made them."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _changed(self) -> None:
        for listener in tuple(self._listeners):
            listener()
