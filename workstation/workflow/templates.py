"""Report templates: plain files under resources/templates, chosen by procedure and modality."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from workstation.domain.errors import ReaderError
from workstation.domain.identity import Sex
from workstation.domain.reading_task import ReadingTask
from workstation.domain.report import BODY, Section, SectionKind
from workstation.domain.wording import FIELD


class TemplateDamaged(ReaderError):
    """A template file cannot be used; the sentence names the file and the line."""


@dataclass(frozen=True, slots=True)
class ReportTemplate:
    """One template. `procedures` are words of the procedure's name; more of them fit better."""

    name: str
    title: str
    modalities: frozenset[str]
    body_parts: frozenset[str]
    procedures: tuple[str, ...]
    sections: tuple[Section, ...]
    required: frozenset[SectionKind]
    #: statements to pick from by the field's name; the first is the normal one, "" for none
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sexes: frozenset[Sex] = frozenset()
    #: first and last year of age, completed
    ages: tuple[int, int] | None = None
    #: who wrote it and under which licence, where it was imported
    source: str = ""

    @property
    def text(self) -> str:
        """All words of the template, for marking what was not touched."""
        return "\n".join(section.text for section in self.sections)

    def normal(self, name: str) -> str:
        """The normal statement of a field, or "" where it has none."""
        first = next(iter(self.options.get(name, ())), "")
        return "" if FIELD.search(first) else first

    def fit(self, task: ReadingTask, today: date | None = None) -> int:
        """How well it fits a task; below 0 it does not. `today` gives the patient's age."""
        if self.modalities and task.modality not in self.modalities:
            return -1
        if self.sexes and task.patient.sex not in self.sexes:
            return -1
        age = task.patient.age_years(today) if today is not None else None
        if self.ages is not None and (age is None or not self.ages[0] <= age <= self.ages[1]):
            return -1
        words = task.procedure.lower()
        hits = [word for word in self.procedures if re.search(rf"\b{re.escape(word)}", words)]
        of_part = task.body_part.upper() in self.body_parts
        if self.procedures and not hits and not of_part:
            return -1
        # The name of the procedure says more than the body part, and a phrase more than a word;
        # of two that fit, the one made for this sex or this age fits better.
        score = 1 if self.modalities else 0
        score += sum(6 + len(word.split()) for word in hits)
        score += 4 * of_part - (1 if self.body_parts and task.body_part and not of_part else 0)
        return score + 2 * bool(self.sexes) + 2 * (self.ages is not None)


def parse(path: Path) -> ReportTemplate:
    """Read one template file."""
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        sections = held["sections"]
        return ReportTemplate(
            name=path.stem,
            title=str(held["title"]),
            modalities=frozenset(held.get("modalities", [])),
            body_parts=frozenset(part.upper() for part in held.get("body_parts", [])),
            procedures=tuple(word.lower() for word in held.get("procedures", [])),
            sections=tuple(
                Section(kind, str(sections.get(kind.value, "")).strip()) for kind in BODY
            ),
            required=frozenset(SectionKind(each) for each in held.get("required", [])),
            options={
                str(name): tuple(map(str, options))
                for name, options in held.get("fields", {}).items()
            },
            sexes=frozenset(Sex(each) for each in held.get("sexes", [])),
            ages=_ages(held.get("ages")),
            source=str(held.get("source", "")),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise TemplateDamaged(
            f"The report template {path.name} cannot be read: {error}.",
            remedy="Mend or remove the file; the other templates still work.",
        ) from error


def _ages(held: object) -> tuple[int, int] | None:
    if held is None:
        return None
    if not isinstance(held, list) or len(held) != 2:
        raise ValueError("ages is [first year, last year]")
    first, last = int(held[0]), int(held[1])
    if not 0 <= first <= last:
        raise ValueError("ages is [first year, last year]")
    return first, last


class Templates:
    """The templates of the package, then those of the reader, which replace others of their name.

    There is always one that fits anything. A damaged file of the reader is in `problems`; the
    others work without it.
    """

    def __init__(self, folder: Path, own: Path | None = None) -> None:
        self._shipped = {each.name: each for each in map(parse, sorted(folder.glob("*.toml")))}
        self._own = own
        #: file name → why it cannot be used
        self.broken: dict[str, TemplateDamaged] = {}
        self._mine: dict[str, ReportTemplate] = {}
        self.reload()
        if "general" not in self._all:
            raise TemplateDamaged(
                "The report template general.toml is missing.", remedy="Install Nocturne again."
            )

    def reload(self) -> None:
        """Read the reader's own files again."""
        mine: dict[str, ReportTemplate] = {}
        broken: dict[str, TemplateDamaged] = {}
        for path in sorted(self._own.glob("*.toml")) if self._own is not None else ():
            if path.name.startswith("."):
                continue  # one that is being written
            try:
                mine[path.stem] = parse(path)
            except TemplateDamaged as error:
                broken[path.name] = error
        # Each takes the place of the old one as a whole: others may be reading.
        self._mine, self.broken = mine, broken
        self._all = {**self._shipped, **mine}

    @property
    def problems(self) -> list[TemplateDamaged]:
        """What of the reader's own cannot be used."""
        return list(self.broken.values())

    def is_own(self, name: str) -> bool:
        """Whether the one in force under a name is the reader's own."""
        return name in self._mine

    def is_shipped(self, name: str) -> bool:
        """Whether the package has one of that name."""
        return name in self._shipped

    def all(self) -> tuple[ReportTemplate, ...]:
        """In the order of their titles."""
        return tuple(sorted(self._all.values(), key=lambda each: each.title))

    def get(self, name: str) -> ReportTemplate | None:
        """One by its name."""
        return self._all.get(name)

    def choose(self, task: ReadingTask, today: date | None = None) -> ReportTemplate:
        """The one that fits a task best; `today` gives the patient's age."""
        general = self._all["general"]
        fits = [(each.fit(task, today), each) for each in self._all.values()]
        score, best = max(fits, key=lambda pair: (pair[0], pair[1] is general))
        return best if score >= 0 else general
