"""A template as it is typed: strings that may still be wrong, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from workstation.domain.identity import Sex
from workstation.domain.report import BODY, Section, SectionKind
from workstation.domain.wording import FIELD
from workstation.workflow.merge_fields import FIELDS, MERGE
from workstation.workflow.templates import ReportTemplate

#: Places of the form that are no section and no list.
TITLE, MODALITIES, PROCEDURES, AGES = "title", "modalities", "procedures", "ages"
LIST = "list:"
_MODALITY = re.compile(r"[A-Z][A-Z0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """What stands in the form. Modalities, procedures and body parts are parted by commas; a list
    is a statement a line, the first the normal one, an empty first line where there is none."""

    name: str = ""
    title: str = ""
    modalities: str = ""
    procedures: str = ""
    body_parts: str = ""
    sexes: frozenset[Sex] = frozenset()
    first_year: str = ""
    last_year: str = ""
    required: frozenset[SectionKind] = frozenset({SectionKind.IMPRESSION})
    texts: Mapping[SectionKind, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields in the order of the text, then those within statements, then lists
        that no field uses."""
        found = [name for kind in BODY for name in _names(self.texts.get(kind, ""))]
        found += [
            FIELDS[name][1].strip(" []")
            for kind in BODY
            for name in MERGE.findall(self.texts.get(kind, ""))
            if FIELDS.get(name, ("", ""))[1] and self._listed(name)
        ]
        for name in tuple(found):
            found += _names(self.lists.get(name, ""))
        found += [name for name, held in self.lists.items() if held.strip()]
        return tuple(dict.fromkeys(found))

    def _listed(self, merged: str) -> bool:
        return FIELDS[merged][1].strip(" []") in self.lists


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in words. `place` is a section's name, a place of the form, or `list:` with
    the field's name; `line` counts from 1, 0 is the whole."""

    place: str
    words: str
    line: int = 0


def draft_of(template: ReportTemplate) -> TemplateDraft:
    """A template as it is edited."""
    first, last = (map(str, template.ages)) if template.ages is not None else ("", "")
    return TemplateDraft(
        template.name,
        template.title,
        ", ".join(sorted(template.modalities)),
        ", ".join(template.procedures),
        ", ".join(sorted(template.body_parts)),
        template.sexes,
        first,
        last,
        template.required,
        {each.kind: each.text for each in template.sections},
        {name: "\n".join(held) for name, held in template.options.items()},
        template.source,
    )


def read(draft: TemplateDraft) -> tuple[ReportTemplate | None, tuple[Problem, ...]]:
    """The template, or None where something is wrong with it."""
    problems = tuple(_problems(draft))
    if problems:
        return None, problems
    ages = (int(draft.first_year), int(draft.last_year)) if draft.first_year.strip() else None
    template = ReportTemplate(
        name=draft.name,
        title=draft.title.strip(),
        modalities=frozenset(_parted(draft.modalities)),
        body_parts=frozenset(each.upper() for each in _parted(draft.body_parts)),
        procedures=tuple(each.lower() for each in _parted(draft.procedures)),
        sections=tuple(Section(kind, draft.texts.get(kind, "").strip()) for kind in BODY),
        required=draft.required,
        options={
            name: _statements(draft.lists[name])
            for name in draft.fields
            if draft.lists.get(name, "").strip()
        },
        sexes=draft.sexes,
        ages=ages,
        source=draft.source,
    )
    return template, ()


def _parted(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split(",") if each.strip()]


def _statements(text: str) -> tuple[str, ...]:
    first, *rest = text.rstrip("\n").split("\n")
    held = [" ".join(each.split()) for each in rest if each.strip()]
    return tuple(dict.fromkeys([" ".join(first.split()), *held]))


def _names(text: str) -> list[str]:
    return [found[1:-1] for found in FIELD.findall(MERGE.sub("", text))]


def _problems(draft: TemplateDraft) -> Iterator[Problem]:
    if not draft.title.strip():
        yield Problem(TITLE, "The template needs a name.")
    for each in _parted(draft.modalities):
        if _MODALITY.fullmatch(each) is None:
            yield Problem(MODALITIES, f"“{each}” is no modality: write CT, MR, US and so on.")
    yield from _age_problems(draft)
    if not any(draft.texts.get(kind, "").strip() for kind in BODY):
        yield Problem(SectionKind.FINDINGS.value, "No section holds a word yet.")
    for kind in BODY:
        yield from _line_problems(kind.value, draft.texts.get(kind, ""), merges=True)
    used = {name for kind in BODY for name in _names(draft.texts.get(kind, ""))}
    used |= {
        FIELDS[name][1].strip(" []")
        for kind in BODY
        for name in MERGE.findall(draft.texts.get(kind, ""))
        if name in FIELDS
    }
    used |= {inner for held in draft.lists.values() for inner in _names(held)}
    for name, held in draft.lists.items():
        if not held.strip():
            continue
        yield from _line_problems(f"{LIST}{name}", held, merges=False)
        if name not in used:
            yield Problem(
                f"{LIST}{name}",
                f"No field [{name}] stands in the text. Write it there, or empty this list.",
            )


def _age_problems(draft: TemplateDraft) -> Iterator[Problem]:
    first, last = draft.first_year.strip(), draft.last_year.strip()
    if not first and not last:
        return
    if not (first.isdecimal() and last.isdecimal()):
        yield Problem(AGES, "Ages are two whole numbers of years, from and to, or neither.")
    elif int(first) > int(last) or int(last) > 150:
        yield Problem(AGES, f"From {first} to {last} years is no range of ages.")


def _line_problems(place: str, text: str, *, merges: bool) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1):
        words = _wrong(line, merges)
        if words:
            yield Problem(place, words, number)


def _wrong(line: str, merges: bool) -> str:
    for name in re.findall(r"\{\{([^{}]*)\}\}", line):
        if not merges:
            return "A merge field cannot stand in a list of statements."
        if name not in FIELDS:
            return f"There is no merge field {{{{{name}}}}}. Those that exist stand on the right."
    rest = MERGE.sub("", line)
    if "{" in rest or "}" in rest:
        return "A merge field is written {{patient.person}}: two braces on each side."
    opened = -1
    for at, sign in enumerate(rest):
        if sign == "[":
            if opened >= 0:
                return "A field cannot stand in another: close the first with ]."
            opened = at
        elif sign == "]":
            if opened < 0:
                return "A ] stands without its [."
            if not rest[opened + 1 : at].strip():
                return "A field needs a name: [lungs]."
            opened = -1
    return f"“{rest[opened : opened + 24]}” is never closed with ]." if opened >= 0 else ""
