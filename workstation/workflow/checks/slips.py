"""Slips of the words: side, sex, contradiction, another patient.

Each function returns `Slip`s: what is wrong, in which section, and the words to jump to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workstation.domain.identity import Patient, Sex
from workstation.domain.report import Report, SectionKind
from workstation.workflow.checks import lexicon, normal_organs
from workstation.workflow.checks.statements import (
    Polarity,
    Sentence,
    Side,
    Statement,
    clauses,
    sentences_of,
    side_of,
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


def _of(report: Report, kind: SectionKind) -> list[Statement]:
    return [each for sentence in sentences_of(report, kind) for each in statements(sentence)]


def _same_place(one: Statement, other: Statement) -> bool:
    """Whether both may speak of one organ; two lobes of the lungs may be a slip of the tongue."""
    lungs = {"lung", "upper lobe", "middle lobe", "lower lobe"}
    organs = [each.organs | ({"lung"} if each.organs & lungs else set()) for each in (one, other)]
    return not organs[0] or not organs[1] or bool(organs[0] & organs[1])


# -- sides -----------------------------------------------------------------------------------


def _which(thing: str, side: Side) -> str:
    return f"{thing.capitalize()}: {side.value} or {side.other.value}?"


def sides_between_sections(report: Report) -> list[Slip]:
    """The impression puts a finding on the other side than the findings do."""
    described = [
        each
        for each in _of(report, SectionKind.FINDINGS)
        if each.polarity is not Polarity.DENIED and each.side is not Side.NONE
    ]
    found = []
    for claim in _of(report, SectionKind.IMPRESSION):
        if claim.polarity is Polarity.DENIED or claim.side not in (Side.LEFT, Side.RIGHT):
            continue
        same = [
            each
            for each in described
            if (
                lexicon.is_a(each.finding, claim.finding)
                or lexicon.is_a(claim.finding, each.finding)
            )
            and _same_place(each, claim)
        ]
        if same and all(each.side is claim.side.other for each in same):
            found.append(
                Slip(
                    _which(claim.finding, claim.side),
                    f"The findings say “{shortened(same[0].sentence.text)}”.",
                    SectionKind.IMPRESSION,
                    claim.sentence.text,
                )
            )
    return found or _organs_between_sections(report)


def _organs_between_sections(report: Report) -> list[Slip]:
    """The same for an organ without a known finding, where each section names it on one side.

    The side that is only called normal does not count: a healthy twin is described as well.
    """
    described = _organ_sides(sentences_of(report, SectionKind.FINDINGS))
    claimed = _organ_sides(sentences_of(report, SectionKind.IMPRESSION))
    found = []
    for organ, (sides, sentence) in claimed.items():
        if organ not in described or len(sides) != 1:
            continue
        there, words = described[organ]
        (side,) = sides
        if there == {side.other}:
            found.append(
                Slip(
                    _which(organ, side),
                    f"The findings say “{shortened(words.text)}”.",
                    SectionKind.IMPRESSION,
                    sentence.text,
                )
            )
    return found


def _organ_sides(held: Iterable[Sentence]) -> dict[str, tuple[set[Side], Sentence]]:
    made: dict[str, tuple[set[Side], Sentence]] = {}
    for sentence in held:
        for clause in clauses(sentence.text):
            side = side_of(clause)
            if side is Side.NONE or normal_organs.is_normal(clause):
                continue
            sides = {Side.LEFT, Side.RIGHT} if side is Side.BOTH else {side}
            for organ in {word.name for word in lexicon.organs_in(clause)}:
                made.setdefault(organ, (set(), sentence))[0].update(sides)
    return made


def side_of_the_order(report: Report, ordered: str, imaged: frozenset[str]) -> list[Slip]:
    """The report speaks only of the side that was neither ordered nor imaged.

    `ordered` is the procedure's name, `imaged` the lateralities of the images (0020,0062): "L",
    "R".
    """
    side = side_of(ordered)
    what = f"The order is “{ordered}”."
    if side not in (Side.LEFT, Side.RIGHT):
        known = {"L": Side.LEFT, "R": Side.RIGHT}
        sides = {known[each] for each in imaged if each in known}
        if len(sides) != 1 or "B" in imaged:
            return []
        (side,) = sides
        what = f"The images are of the {side.value} side."
    held = sentences_of(report, *BODY)
    organs = {word.name for word in lexicon.organs_in(ordered)}
    parts = [(sentence, clause) for sentence in held for clause in clauses(sentence.text)]
    seen = [(sentence, clause, side_of(clause)) for sentence, clause in parts]
    if any(each in (side, Side.BOTH) for _, _, each in seen):
        return []
    wrong = [
        (sentence, clause)
        for sentence, clause, each in seen
        if each is side.other and not _compares_sides(clause)
    ]
    for sentence, clause in wrong:
        named = {word.name for word in lexicon.organs_in(clause)}
        if not organs or not named or organs & named or lexicon.findings_in(clause):
            return [
                Slip(
                    f"The report speaks of the {side.other.value} side",
                    what,
                    sentence.section,
                    sentence.text,
                )
            ]
    return []


def _compares_sides(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:compar(?:ed|ison)|contralateral|opposite|asymptomatic|than the|other side"
            r"|not (?:imaged|included|examined))\b",
            text,
            re.IGNORECASE,
        )
    )


# -- sex -------------------------------------------------------------------------------------


def organs_of_the_other_sex(report: Report, sex: Sex) -> list[Slip]:
    """Organs that a patient of this sex does not have.

    Silent where the sex is unknown, where the report itself says why both occur, and of relatives.
    """
    pattern = {Sex.FEMALE: lexicon.MALE, Sex.MALE: lexicon.FEMALE}.get(sex)
    if pattern is None:
        return []
    if any(lexicon.BOTH_SEXES.search(section.text) for section in report.sections):
        return []
    for sentence in sentences_of(report, SectionKind.TECHNIQUE, *BODY):
        if lexicon.RELATIVES.search(sentence.text):
            continue
        match = pattern.search(lexicon.OF_ANYBODY.sub(" ", sentence.text))
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
        for denial in (
            each for kind in lexicon.kinds_of(claim.finding) for each in denials.get(kind, ())
        ):
            if denial.sentence == claim.sentence or not _contradict(denial, claim):
                continue
            found[claim.finding] = Slip(
                f"{claim.finding.capitalize()}: there or not?",
                f"“{shortened(denial.sentence.text)}” in the {denial.sentence.section.value}.",
                claim.sentence.section,
                claim.sentence.text,
            )
            break
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
    return re.search(whole, claim.sentence.text, re.IGNORECASE) is not None


def _contradict(denial: Statement, claim: Statement) -> bool:
    if not denial.places <= claim.places:
        return False  # "no renal lesion" says nothing of a lesion elsewhere
    if any(not _says(claim, each) for each in denial.narrowed):
        return False  # "no acute fracture" says nothing of an old one
    sides = {Side.LEFT, Side.RIGHT}
    if denial.side in sides and claim.side is not denial.side:
        return False
    return not (denial.side is Side.BOTH and claim.side is Side.NONE and bool(denial.organs))


# -- another patient -------------------------------------------------------------------------


def another_patient(report: Report, patient: Patient, others: Iterable[Patient]) -> list[Slip]:
    """The name or the number of somebody else on the worklist stands in the text."""
    own = {patient.name.family.lower(), patient.name.given.lower(), ""}
    texts = [(each.kind, each.text) for each in report.sections]
    for other in others:
        if other.patient_id == patient.patient_id:
            continue
        family, given = other.name.family, other.name.given
        patterns = []
        if len(other.patient_id) >= 4:
            patterns.append(rf"(?<![\w-]){re.escape(other.patient_id)}(?![\w-])")
        if family.lower() not in own and len(family) >= 2:
            name = re.escape(family)
            patterns.append(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|patient)\.?\s+{name}\b")
            if given:
                first = re.escape(given.split()[0])
                patterns.append(rf"\b{first}\s+{name}\b|\b{name},?\s+{first}\b")
        for pattern in patterns:
            for kind, text in texts:
                match = re.search(pattern, text, re.IGNORECASE)
                if match is not None:
                    return [
                        Slip(
                            "Another patient's name or number",
                            f"“{match[0]}” belongs to somebody else on the worklist.",
                            kind,
                            match[0],
                        )
                    ]
    return []
