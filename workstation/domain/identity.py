"""Identifiers and persons (PS3.5 9.1, PS3.5 6.2 PN)."""

from __future__ import annotations

import re
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

_UID = re.compile(r"[0-9]+(\.[0-9]+)*")


def is_uid(text: str) -> bool:
    """Whether `text` is a UID in the character set and length of PS3.5 9.1.

    Leading zeros in a component are tolerated: devices write them.
    """
    return 0 < len(text) <= 64 and _UID.fullmatch(text) is not None


def new_uid() -> str:
    """A fresh UID from a random UUID (PS3.5 B.2)."""
    return f"2.25.{uuid.UUID(int=secrets.randbits(128), version=4).int}"


class Sex(StrEnum):
    """Patient's Sex (0010,0040); UNKNOWN where it is absent or not a defined term."""

    FEMALE = "F"
    MALE = "M"
    OTHER = "O"
    UNKNOWN = ""

    @classmethod
    def from_dicom(cls, text: str) -> Sex:
        """The defined term, or UNKNOWN."""
        return cls(text) if text in {"F", "M", "O"} else cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class PersonName:
    """A decoded PN: alphabetic, ideographic and phonetic groups (PS3.5 6.2.1)."""

    alphabetic: str = ""
    ideographic: str = ""
    phonetic: str = ""

    @classmethod
    def from_dicom(cls, text: str) -> PersonName:
        """Split a decoded PN value at its `=` delimiters."""
        groups = [*text.split("="), "", "", ""]
        return cls(groups[0].strip(), groups[1].strip(), groups[2].strip())

    def to_dicom(self) -> str:
        """The PN value with trailing empty groups left out."""
        return "=".join((self.alphabetic, self.ideographic, self.phonetic)).rstrip("=")

    def _component(self, index: int) -> str:
        source = self.alphabetic or self.ideographic or self.phonetic
        parts = source.split("^")
        return parts[index].strip() if index < len(parts) else ""

    @property
    def family(self) -> str:
        """Family name complex."""
        return self._component(0)

    @property
    def given(self) -> str:
        """Given name complex with middle names."""
        return " ".join(part for part in (self._component(1), self._component(2)) if part)

    @property
    def display(self) -> str:
        """`FAMILY, Given`, or `Unknown name` where the object carries none."""
        if not self.family and not self.given:
            return "Unknown name"
        if not self.given:
            return self.family.upper()
        return f"{self.family.upper()}, {self.given}"


@dataclass(frozen=True, slots=True)
class Patient:
    """Who the images belong to. Two are the same when ID and issuer agree."""

    patient_id: str = ""
    name: PersonName = field(default_factory=PersonName)
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    issuer_of_patient_id: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the patient: IDs clash across facilities without their issuer."""
        return (self.issuer_of_patient_id, self.patient_id)

    def age_years(self, on: date) -> int | None:
        """Completed years on a day, or None where the birth date is unknown or cannot be right."""
        born = self.birth_date
        if born is None or self.age_is_implausible(on):
            return None
        return _years(born, on)

    def age_is_implausible(self, on: date) -> bool:
        """Whether the birth date gives an age on a day that nobody has: a mistake of typing, or
        what a site writes for unknown."""
        born = self.birth_date
        return born is not None and not 0 <= _years(born, on) <= _OLDEST


#: Nobody is known to have lived for more than 122 years.
_OLDEST = 130


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


class Role(StrEnum):
    """As what somebody signs. A resident signs preliminary reports only."""

    RADIOLOGIST = "radiologist"
    RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class Reader:
    """The radiologist at this workstation, as a coded human performer."""

    code: str
    name: PersonName
    organization: str = ""
    station_name: str = "NOCTURNE"
    role: Role = Role.RADIOLOGIST

    def __post_init__(self) -> None:
        if not self.code or not self.name.alphabetic:
            raise ValueError("a reader needs a code and a name")
