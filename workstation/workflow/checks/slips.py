"""Slips of the words: sex and contradiction.

Each function returns `Slip`s: what is wrong, in which section, and the words to jump to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workstation.domain.identity import Sex
from workstation.domain.report import Report, SectionKind
from workstation.workflow.checks import lexicon, normal_organs, phrases, sexes
from workstation.workflow.checks.statements import (
    Polarity,
    Side,
    Statement,
    sentences_of,
    statements,
)

BODY = (SectionKind.FINDINGS, SectionKind.IMPRESSION)


@dataclass(frozen=True, slots=True)
class Slip:
    """One warning; `words` is the text to jump to, `at` its place in the section where it could
    stand there twice."""

    title: str
    detail: str
    section: SectionKind
    words: str
    at: int | None = None


def shortened(text: str, limit: int = 90) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


# -- sex -------------------------------------------------------------------------------------


def organs_of_the_other_sex(report: Report, sex: Sex) -> list[Slip]:
    """Organs that a patient of this sex does not have.

    Silent where the sex is unknown, where the report itself says why both occur, and of relatives.
    """
    pattern = {Sex.FEMALE: sexes.MALE, Sex.MALE: sexes.FEMALE}.get(sex)
    if pattern is None:
        return []
    if any(sexes.BOTH_SEXES.search(section.text) for section in report.sections):
        return []
    for sentence in sentences_of(report, SectionKind.TECHNIQUE, *BODY):
        if sexes.RELATIVES.search(sentence.text):
            continue
        text = sexes.OF_ANYBODY.sub(" ", sentence.text)
        match = pattern.search(text)
        if match is None and sex is Sex.MALE:
            match = sexes.FEMALE_CERVIX.search(text)
        if match is not None:
            person = "woman" if sex is Sex.FEMALE else "man"
            return [
                Slip(
                    f"“{match[0]}” in the report of a {person}",
                    f"The order gives the patient's sex as {sex.value}.",
                    sentence.section,
                    match[0],
                )
            ]
    return []


# -- contradictions --------------------------------------------------------------------------


def contradictions(report: Report) -> list[Slip]:
    """A finding that is denied in one place, in words or by a normal organ, and asserted in
    another; an organ that was removed and is described."""
    said = sentences_of(report, *BODY)
    held = [each for sentence in said for each in statements(sentence)]
    denied = [each for each in held if each.polarity is Polarity.DENIED and not each.gone]
    denied += [each for sentence in said for each in normal_organs.denials(sentence)]
    denials: dict[str, list[Statement]] = {}
    for denial in denied:
        denials.setdefault(denial.finding, []).append(denial)
    found: dict[str, Slip] = {}
    for claim in held:
        if claim.polarity is not Polarity.ASSERTED or claim.finding in found:
            continue
        near = lexicon.kinds_in_place(claim.finding)
        for denial in (
            each
            for kind in (*lexicon.kinds_of(claim.finding), *sorted(near))
            for each in denials.get(kind, ())
        ):
            if denial.sentence == claim.sentence or not _contradict(denial, claim):
                continue
            if denial.finding in near and not denial.places:
                continue
            found[claim.finding] = Slip(
                f"{claim.finding.capitalize()}: there or not?",
                f"“{shortened(denial.sentence.text)}” in the {denial.sentence.section.value}.",
                claim.sentence.section,
                claim.sentence.text,
            )
            break
    for phrase, denied_by, asserted_by in phrases.denied_and_asserted(said):
        found.setdefault(
            phrase,
            Slip(
                f"{phrase.capitalize()}: there or not?",
                f"“{shortened(denied_by.text)}” in the {denied_by.section.value}.",
                asserted_by.section,
                asserted_by.text,
            ),
        )
    for organ, removed, described in normal_organs.removed_and_described(said):
        found[organ] = Slip(
            f"{organ.capitalize()}: removed or not?",
            f"“{shortened(removed.text)}” in the {removed.section.value}.",
            described.section,
            described.text,
        )
    return list(found.values())


def _says(claim: Statement, word: str) -> bool:
    """Whether the claim holds the word that narrows a denial; "undisplaced" is not "displaced"."""
    if word in claim.narrowed:
        return True
    whole = rf"(?<![\w-])(?<!non ){re.escape(word)}(?!\w)"
    return re.search(whole, claim.sentence.plain, re.IGNORECASE) is not None


def _contradict(denial: Statement, claim: Statement) -> bool:
    if not denial.places <= claim.places:
        return False  # "no renal lesion" says nothing of a lesion elsewhere
    if any(not _says(claim, each) for each in denial.narrowed):
        return False  # "no acute fracture" says nothing of an old one
    sides = {Side.LEFT, Side.RIGHT}
    if denial.side in sides and claim.side is not denial.side:
        return False
    return not (denial.side is Side.BOTH and claim.side is Side.NONE and bool(denial.organs))
