"""Critical results: found, told, read back; open until somebody who can act has been told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class CriticalCategory(StrEnum):
    """ACR categories of actionable findings: how soon somebody has to know (PS3.16 CID 7035)."""

    MINUTES = "within minutes"
    HOURS = "within hours"
    DAYS = "within days"


#: RadLex codes and meanings of the categories (PS3.16 CID 7035).
CATEGORY_CODES = {
    CriticalCategory.MINUTES: ("RID49480", "ACR Category 1 Actionable Finding"),
    CriticalCategory.HOURS: ("RID49481", "ACR Category 2 Actionable Finding"),
    CriticalCategory.DAYS: ("RID49482", "ACR Category 3 Actionable Finding"),
}


class Means(StrEnum):
    """How it was told."""

    TELEPHONE = "telephone"
    IN_PERSON = "in person"
    MESSAGE = "secure message"


@dataclass(frozen=True, slots=True)
class Communication:
    """Who told whom, by what means, when; whether the other one read it back."""

    told_by: str
    told_to: str
    means: Means
    told_at: datetime
    read_back: bool

    def __post_init__(self) -> None:
        if not self.told_by.strip() or not self.told_to.strip():
            raise ValueError("a communication names who told and who was told")
        if self.told_at.tzinfo is None:
            raise ValueError("times of a communication are aware of their zone")


@dataclass(frozen=True, slots=True)
class CriticalResult:
    """One finding that somebody has to know of; open until it has its communication."""

    identifier: str
    study_instance_uid: str
    category: CriticalCategory
    finding: str
    found_at: datetime
    communication: Communication | None = None

    def __post_init__(self) -> None:
        if not self.finding.strip():
            raise ValueError("a critical result names its finding")
        if self.found_at.tzinfo is None:
            raise ValueError("times of a critical result are aware of their zone")
        if self.communication is not None and self.communication.told_at < self.found_at:
            raise ValueError("nothing is told before it was found")

    @property
    def open(self) -> bool:
        """Whether nobody has been told yet."""
        return self.communication is None

    def waiting(self, now: datetime) -> timedelta:
        """From finding to telling, or until now."""
        told = self.communication
        return (now if told is None else told.told_at) - self.found_at
