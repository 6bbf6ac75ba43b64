"""The report and its life: a state table, sections, links to what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from workstation.domain.errors import StateRefused
from workstation.domain.identity import Reader


class ReportState(StrEnum):
    """Draft until signed; a final report never changes, it gets an addendum."""

    DRAFT = "draft"
    PRELIMINARY = "preliminary"
    FINAL = "final"


#: From each state, the states that signing may lead to. FINAL leads nowhere.
TRANSITIONS: dict[ReportState, frozenset[ReportState]] = {
    ReportState.DRAFT: frozenset({ReportState.PRELIMINARY, ReportState.FINAL}),
    ReportState.PRELIMINARY: frozenset({ReportState.FINAL}),
    ReportState.FINAL: frozenset(),
}


def require_transition(now: ReportState, then: ReportState) -> None:
    """Raise `StateRefused` unless the table allows the step."""
    if then not in TRANSITIONS[now]:
        raise StateRefused(
            f"A {now} report cannot become {then}.",
            remedy="What was signed stays as it was signed: phone what has changed.",
        )


class SectionKind(StrEnum):
    """Sections in their order, with the heading's LOINC code in `LOINC`."""

    CLINICAL_INFORMATION = "clinical information"
    COMPARISON = "comparison"
    TECHNIQUE = "technique"
    FINDINGS = "findings"
    IMPRESSION = "impression"


#: LOINC codes and meanings of the headings.
LOINC = {
    SectionKind.CLINICAL_INFORMATION: ("55752-0", "Clinical information"),
    SectionKind.COMPARISON: ("18834-2", "Radiology comparison study"),
    SectionKind.TECHNIQUE: ("55111-9", "Current imaging procedure descriptions"),
    SectionKind.FINDINGS: ("59776-5", "Procedure findings"),
    SectionKind.IMPRESSION: ("19005-8", "Radiology - Impression"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One section as plain text. Measurement links are written inline as `{{m:IDENTIFIER}}` and
    key images as `{{k:SOP_UID:FRAME}}`; `resolved_text` of the report replaces them."""

    kind: SectionKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One version of the report on one study."""

    identifier: str
    study_instance_uid: str
    workitem_uid: str
    template: str = ""
    state: ReportState = ReportState.DRAFT
    sections: tuple[Section, ...] = field(
        default_factory=lambda: tuple(Section(kind) for kind in SectionKind)
    )
    revision: int = 0
    saved_at: datetime | None = None
    signed_at: datetime | None = None
    signed_by: Reader | None = None
    #: SOP Instance UID of the document this version replaces
    predecessor_sop_instance_uid: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        if (self.state is ReportState.DRAFT) != (self.signed_at is None):
            raise ValueError("a report has a time of signing exactly when it is signed")
        if (self.signed_at is None) != (self.signed_by is None):
            raise ValueError("a signature has a name and a time")

    def section(self, kind: SectionKind) -> Section:
        """The section of that kind, empty where the report has none."""
        return next((held for held in self.sections if held.kind is kind), Section(kind))


class CheckSeverity(StrEnum):
    """A block stops signing; a warning is settled by the reader."""

    BLOCK = "block"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One open point before signing: what, why, and what settles it."""

    check: str
    severity: CheckSeverity
    title: str
    explanation: str
    #: titles of the buttons that settle it, each the id of an action the panel knows
    remedies: tuple[str, ...] = ()
    #: what it is about: a section, a series instance UID
    section: SectionKind | None = None
    series_instance_uid: str = ""
