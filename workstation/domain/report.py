"""The report and its life: a state table, sections, links to what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from workstation.domain.dictated_text import DictatedSpan, in_order, moved
from workstation.domain.errors import StateRefused
from workstation.domain.identity import PersonName, Reader


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


class Version(StrEnum):
    """What a signed version is to the one before it. What is final is never changed: it is added
    to, or followed by a corrected one that says why."""

    ORIGINAL = "original"
    ADDENDUM = "addendum"
    CORRECTION = "correction"


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
    COMMUNICATION = "communication of critical results"
    ADDENDUM = "addendum"


#: What a reader writes from a template; the other sections come of themselves.
BODY = (
    SectionKind.CLINICAL_INFORMATION,
    SectionKind.COMPARISON,
    SectionKind.TECHNIQUE,
    SectionKind.FINDINGS,
    SectionKind.IMPRESSION,
)

#: LOINC codes and meanings of the headings.
LOINC = {
    SectionKind.CLINICAL_INFORMATION: ("55752-0", "Clinical information"),
    SectionKind.COMPARISON: ("18834-2", "Radiology comparison study"),
    SectionKind.TECHNIQUE: ("55111-9", "Current imaging procedure descriptions"),
    SectionKind.FINDINGS: ("59776-5", "Procedure findings"),
    SectionKind.IMPRESSION: ("19005-8", "Radiology - Impression"),
    SectionKind.COMMUNICATION: ("73568-8", "Communication of critical results"),
    SectionKind.ADDENDUM: ("55107-7", "Addendum"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One section as plain text. Measurement links are written inline as `{{m:IDENTIFIER}}` and
    key images as `{{k:SOP_UID:FRAME}}`; signing replaces them by words.

    An addendum that is signed has its own name `by` and time `at`; other sections have those of
    the whole document. `dictated` tells of a draft which characters were dictated."""

    kind: SectionKind
    text: str = ""
    by: str = ""
    at: datetime | None = None
    dictated: tuple[DictatedSpan, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.by) != (self.at is not None):
            raise ValueError("who wrote a section stands with when")
        if not in_order(self.dictated, len(self.text)):
            raise ValueError("dictated spans lie in the text, one behind the other")

    def with_text(self, text: str) -> Section:
        """The section with another text; what stays of the dictated words stays marked."""
        return replace(self, text=text, dictated=moved(self.dictated, self.text, text))

    def plain(self) -> Section:
        """The section without what is known of its dictated words."""
        return replace(self, dictated=()) if self.dictated else self


class Discrepancy(StrEnum):
    """How an attending's final report differs from a preliminary one, by what it meant for the
    patient."""

    NONE = "no discrepancy"
    WORDING = "wording only"
    MINOR = "minor, care unchanged"
    MAJOR = "major, care may change"


@dataclass(frozen=True, slots=True)
class Report:
    """One version of the report on one study."""

    identifier: str
    study_instance_uid: str
    workitem_uid: str
    template: str = ""
    state: ReportState = ReportState.DRAFT
    sections: tuple[Section, ...] = field(
        default_factory=lambda: tuple(Section(kind) for kind in BODY)
    )
    revision: int = 0
    saved_at: datetime | None = None
    signed_at: datetime | None = None
    signed_by: Reader | None = None
    #: SOP Instance UID of the document this version replaces
    predecessor_sop_instance_uid: str = ""
    title: str = ""
    version: Version = Version.ORIGINAL
    #: series and class of that document; empty for one of this reader's own
    predecessor_series_instance_uid: str = ""
    predecessor_sop_class_uid: str = ""
    #: what that document says, word for word, where this version adds to it or follows on it
    base: tuple[Section, ...] = ()
    #: who wrote the preliminary report that this reader answers for
    author: PersonName | None = None
    #: why a corrected report was needed
    reason: str = ""
    #: SHA-256 over the canonical content, in hexadecimal, once signed
    digest: str = ""
    #: what an attending thought of the preliminary report; never leaves this disk
    discrepancy: Discrepancy | None = None

    def __post_init__(self) -> None:
        if (self.state is ReportState.DRAFT) != (self.signed_at is None):
            raise ValueError("a report has a time of signing exactly when it is signed")
        if (self.signed_at is None) != (self.signed_by is None):
            raise ValueError("a signature has a name and a time")
        signed = self.state is not ReportState.DRAFT
        if signed and any(section.dictated for section in self.sections):
            raise ValueError("nothing is known of dictation once a report is signed")
        if self.version is not Version.ORIGINAL and not self.predecessor_sop_instance_uid:
            raise ValueError("an addendum or a correction names the document it follows")
        if self.version is not Version.ORIGINAL and self.state is ReportState.PRELIMINARY:
            raise ValueError("an addendum or a correction is final")
        if signed and self.version is Version.CORRECTION and not self.reason.strip():
            raise ValueError("a corrected report says why")

    def section(self, kind: SectionKind) -> Section:
        """The section of that kind, empty where the report has none."""
        return next((held for held in self.sections if held.kind is kind), Section(kind))


class CheckSeverity(StrEnum):
    """A block stops signing; a warning is settled by the reader."""

    BLOCK = "block"
    WARNING = "warning"


class Entry(StrEnum):
    """What a reader enters beside the text of a report."""

    REASON = "reason of the correction"
    DISCREPANCY = "class of the discrepancy"
    TOLD = "who was told of a critical result"


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One open point before signing: what, why, and what settles it."""

    check: str
    severity: CheckSeverity
    title: str
    explanation: str
    #: what it is about: a section, a series instance UID
    section: SectionKind | None = None
    series_instance_uid: str = ""
    #: what has to be entered beside the text
    entry: Entry | None = None
    #: the text in the section that it is about, to go to, and its place where that is known
    words: str = ""
    at: int | None = None
