"""Slips of the words: side, sex, contradiction, comparison, size, another patient.

Each function returns `Slip`s: what is wrong, in which section, and the words to jump to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from workstation.domain.identity import Patient, Sex
from workstation.domain.reading_task import PriorStudy
from workstation.domain.report import Report, SectionKind
from workstation.workflow.checks import lexicon
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

_BODY = (SectionKind.FINDINGS, SectionKind.IMPRESSION)


@dataclass(frozen=True, slots=True)
class Slip:
    """One warning; `words` is the text to jump to."""

    title: str
    detail: str
    section: SectionKind
    words: str


def _shortened(text: str, limit: int = 90) -> str:
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
            each for each in described if each.finding == claim.finding and _same_place(each, claim)
        ]
        if same and all(each.side is claim.side.other for each in same):
            found.append(
                Slip(
                    _which(claim.finding, claim.side),
                    f"The findings say “{_shortened(same[0].sentence.text)}”.",
                    SectionKind.IMPRESSION,
                    claim.sentence.text,
                )
            )
    return found or _organs_between_sections(report)


def _organs_between_sections(report: Report) -> list[Slip]:
    """The same for an organ without a known finding, where each section names it on one side."""
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
                    f"The findings say “{_shortened(words.text)}”.",
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
            if side is Side.NONE:
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
    held = sentences_of(report, *_BODY)
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
    """Organs that a patient of this sex does not have; silent where the sex is unknown."""
    pattern = {Sex.FEMALE: lexicon.MALE, Sex.MALE: lexicon.FEMALE}.get(sex)
    if pattern is None:
        return []
    for sentence in sentences_of(report, SectionKind.TECHNIQUE, *_BODY):
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
    """A finding that is denied in one place and asserted in another."""
    held = [each for sentence in sentences_of(report, *_BODY) for each in statements(sentence)]
    denied = [each for each in held if each.polarity is Polarity.DENIED and not each.qualified]
    found: dict[str, Slip] = {}
    for claim in held:
        if claim.polarity is not Polarity.ASSERTED or claim.finding in found:
            continue
        for denial in denied:
            if denial.sentence == claim.sentence or not _contradict(denial, claim):
                continue
            found[claim.finding] = Slip(
                f"{claim.finding.capitalize()}: there or not?",
                f"“{_shortened(denial.sentence.text)}” in the {denial.sentence.section.value}.",
                claim.sentence.section,
                claim.sentence.text,
            )
            break
    return list(found.values())


def _contradict(denial: Statement, claim: Statement) -> bool:
    if denial.finding != claim.finding or not denial.places <= claim.places:
        return False  # "no renal lesion" says nothing of a lesion elsewhere
    sides = {Side.LEFT, Side.RIGHT}
    if denial.side in sides and claim.side is not denial.side:
        return False
    return not (denial.side is Side.BOTH and claim.side is Side.NONE and bool(denial.organs))


# -- comparison ------------------------------------------------------------------------------

_NONE = re.compile(
    r"^\W*(?:none|nil|no (?:prior|previous|earlier|relevant|comparison|comparative)|not available"
    r"|unavailable)|\b(?:none|not|un)\s?available\b|\bno (?:prior|previous)s?\b",
    re.IGNORECASE,
)
_COMPARES = re.compile(
    r"\b(?:unchanged|(?:compared|in comparison|comparison) (?:to|with)|as compared|since (?:the )?"
    r"(?:prior|previous|last|[0-9])|interval (?:increase|decrease|growth|change|development"
    r"|improvement|resolution|worsening|progression|reduction|enlargement|healing)"
    r"|(?:increased|decreased|enlarged|grown|improved|worsened|progressed|regressed) (?:since"
    r"|from|compared)|previously (?:seen|noted|described|measur(?:ed|ing))|(?:prior|previous)"
    r" (?:ct|mri?|study|examination|exam|radiographs?|films?|ultrasound|mammograms?|scan|imaging)"
    r"|no longer (?:seen|visible|present|identified)|stable (?:since|compared|in size|appearance"
    r"|from)|new (?:since|from|compared))\b",
    re.IGNORECASE,
)
_NOT_COMPARING = re.compile(
    r"\bcompar(?:ed|ison) (?:to|with) (?:the )?(?:left|right|contralateral|opposite|other|normal"
    r"|muscle|liver|spleen|adjacent|surrounding|cortex|grey|gray|white|csf|fat|background)[^.]*"
    r"|\b(?:no|without|if|when|should|once|obtain|correlat\w*|recommend\w*|request\w*|advis\w*)\b[^.]*"
    r"\b(?:prior|previous) (?:ct|mri?|study|examination|exam|radiographs?|films?|ultrasound"
    r"|mammograms?|scan|imaging)\b[^.]*"
    r"|\b(?:compar\w+) (?:to|with) (?:any )?(?:outside|prior|previous|old|earlier)[^.]*"
    r"\b(?:recommended|advised|suggested|helpful|useful|would|if available)\b[^.]*"
    r"|\bprevious(?:ly)? (?:surgery|resection|operation|resected|treated|known)\b[^.]*",
    re.IGNORECASE,
)


def comparison_without_a_prior(report: Report) -> list[Slip]:
    """Words of comparison, though the report says that there is nothing to compare with."""
    told = report.section(SectionKind.COMPARISON).text
    if not _NONE.search(told):
        return []
    for sentence in sentences_of(report, *_BODY):
        match = _COMPARES.search(_NOT_COMPARING.sub(" ", sentence.text))
        if match is not None:
            return [
                Slip(
                    f"“{match[0]}”, but no comparison is named",
                    f"The comparison section says “{_shortened(told.strip())}”.",
                    sentence.section,
                    match[0],
                )
            ]
    return []


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(
    r"\b(?P<day>[0-3]?[0-9])(?:st|nd|rd|th)? (?P<month>[A-Z][a-z]{2,8}),? (?P<year>[12][0-9]{3})\b"
    r"|\b(?P<month2>[A-Z][a-z]{2,8}) (?P<day2>[0-3]?[0-9]),? (?P<year2>[12][0-9]{3})\b"
    r"|\b(?P<year3>[12][0-9]{3})-(?P<month3>[01][0-9])-(?P<day3>[0-3][0-9])\b"
)


def dates_in(text: str) -> list[date]:
    """The dates that a text names, day, month and year; what is ambiguous is left out."""
    found = []
    for match in _DATE.finditer(text):
        if match["year3"]:
            year, month, day = match["year3"], int(match["month3"]), match["day3"]
        else:
            word = (match["month"] or match["month2"])[:3].lower()
            if word not in _MONTHS:
                continue
            month = _MONTHS.index(word) + 1
            year, day = match["year"] or match["year2"], match["day"] or match["day2"]
        try:
            found.append(date(int(year), month, int(day)))
        except ValueError:
            continue
    return found


def comparison_with_an_unknown_study(
    report: Report, priors: Sequence[PriorStudy] | None, opened: frozenset[str] | None
) -> list[Slip]:
    """The comparison names a date that no earlier study has, or a study that was not opened.

    `priors` None: nobody can tell which there are. `opened` are Study Instance UIDs; None: it is
    not known which were looked at.
    """
    text = report.section(SectionKind.COMPARISON).text
    named = dates_in(text)
    if priors is None or not named:
        return []
    by_day = {
        each.study_datetime.date(): each for each in priors if each.study_datetime is not None
    }
    for day in named:
        words = f"{day.day} {day:%b %Y}"
        if day not in by_day:
            known = ", ".join(f"{each.day} {each:%b %Y}" for each in sorted(by_day, reverse=True))
            return [
                Slip(
                    f"No earlier study of {words}",
                    f"Earlier studies: {known}." if known else "No earlier study has a date.",
                    SectionKind.COMPARISON,
                    text.strip(),
                )
            ]
        if opened is not None and by_day[day].study_instance_uid not in opened:
            return [
                Slip(
                    f"The study of {words} was not looked at",
                    "The report names it as comparison.",
                    SectionKind.COMPARISON,
                    text.strip(),
                )
            ]
    return []


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
            patterns.append(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|patient)\.?\s+{name}\b")
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
