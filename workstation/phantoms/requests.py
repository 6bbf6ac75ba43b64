"""Who the phantoms are and why they were examined. Every person, place and number is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from workstation.phantoms.uids import uid

FARROW = "Farrow Point General"
SALTMERE = "Saltmere District"
HOLLIN = "Hollin Field Unit"

_ISSUERS = {FARROW: "FARROW", SALTMERE: "SALTMERE", HOLLIN: "HOLLIN"}


@dataclass(frozen=True)
class Person:
    """An invented patient. `name` is the PN as it is written, `latin` its form for the paper."""

    name: str
    latin: str
    patient_id: str
    sex: str
    #: completed years at the time of the current study
    age: int
    #: month and day of birth
    born: tuple[int, int]
    site: str
    weight_kg: float = 70.0
    height_m: float = 1.70

    @property
    def issuer(self) -> str:
        """Issuer of Patient ID (0010,0021)."""
        return _ISSUERS[self.site]

    def birth_date(self, today: date) -> date:
        """The day of birth that gives `age` on `today`."""
        month, day = self.born
        year = today.year - self.age - ((today.month, today.day) < self.born)
        return date(year, month, day)


@dataclass(frozen=True)
class Request:
    """One requested study; the table of them is `workstation.phantoms.catalogue.STUDIES`.

    `minutes_ago` counts back from the midnight that begins the day of `now`, so that all that is
    written depends on the day alone.
    """

    name: str
    person: Person
    procedure: str
    modality: str
    body_part: str
    minutes_ago: int
    accession: str
    reason: str
    notes: str
    referrer: str
    priority: str = "ROUTINE"
    deadline_minutes: int = 240
    readiness: str = "READY"
    performer: tuple[str, str] | None = None
    prior: bool = False
    #: why the study is broken on purpose; empty for a sound one
    broken: str = ""

    @property
    def study_uid(self) -> str:
        """Study Instance UID, the same for ever."""
        return uid("study", self.name)

    def moment(self, today: date) -> datetime:
        """When the study began, local time of the facility."""
        midnight = datetime(today.year, today.month, today.day)
        return midnight - timedelta(minutes=self.minutes_ago)

    def worklist_entry(self) -> dict[str, Any]:
        """What `worklist.json` says about the study."""
        code, name = self.performer or ("", "")
        return {
            "name": self.name,
            "priority": self.priority,
            "deadline_minutes": self.deadline_minutes,
            "reason": self.reason,
            "clinical_notes": self.notes,
            "accession_number": self.accession,
            "referrer": self.referrer,
            "site": self.person.site,
            "procedure": self.procedure,
            "modality": self.modality,
            "body_part": self.body_part,
            "performer": {"code": code, "name": name} if self.performer else None,
            "readiness": self.readiness,
            "prior": self.prior,
        }
