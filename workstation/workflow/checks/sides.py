"""Left and right: between the sections of a report, and against what was ordered and imaged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from workstation.domain.report import Report, SectionKind
from workstation.workflow.checks import lexicon, normal_organs
from workstation.workflow.checks.abbreviations import written_out
from workstation.workflow.checks.content_words import content_words
from workstation.workflow.checks.slips import BODY, Slip, shortened
from workstation.workflow.checks.statements import (
    Polarity,
    Sentence,
    Side,
    Statement,
    clauses,
    denies,
    one_sided,
    sentences_of,
    side_of,
    statements,
)


def _of(report: Report, kind: SectionKind) -> list[Statement]:
    return [each for sentence in sentences_of(report, kind) for each in statements(sentence)]


def _same_place(one: Statement, other: Statement) -> bool:
    """Whether both may speak of one organ; two lobes of the lungs may be a slip of the tongue."""
    lungs = {"lung", "upper lobe", "middle lobe", "lower lobe"}
    organs = [each.organs | ({"lung"} if each.organs & lungs else set()) for each in (one, other)]
    return not organs[0] or not organs[1] or bool(organs[0] & organs[1])


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
    return found or _organs_between_sections(report) or _words_between_sections(report)


def _sided_words(held: Iterable[Sentence]) -> Iterator[tuple[frozenset[str], Side, Sentence]]:
    """The content words of each part that asserts something, with its side."""
    for sentence in held:
        under = side_of(sentence.heading)
        for clause in clauses(sentence.plain):
            for part, side in one_sided(clause):
                if denies(part) or normal_organs.is_normal(part):
                    continue
                words = content_words(part)
                yield words, under if side is Side.NONE else side, sentence


def _words_between_sections(report: Report) -> list[Slip]:
    """The same for what has no name in the lexicon: the impression shares a word only with what the
    findings say of the other side, and none with what they say of its own or of no side."""
    described = list(_sided_words(sentences_of(report, SectionKind.FINDINGS)))
    for words, side, sentence in _sided_words(sentences_of(report, SectionKind.IMPRESSION)):
        if side not in (Side.LEFT, Side.RIGHT):
            continue
        shared = [each for each in described if each[0] & words]
        if shared and all(each[1] is side.other for each in shared):
            return [
                Slip(
                    f"Left or right? “{shortened(sentence.text, 40)}”",
                    f"The findings say “{shortened(shared[0][2].text)}”.",
                    SectionKind.IMPRESSION,
                    sentence.text,
                )
            ]
    return _only_side(report, described)


#: What lies in or beside the body for treatment; it may be on another side than the finding.
_DEVICES = re.compile(
    r"\b(?:lines?|catheters?|ports?|tubes?|drains?|stents?|pacemakers?|leads?|electrodes?|prosthes[ei]s"
    r"|implants?|clips?|shunts?|arthroplasty|replacement|plates?|screws?|nails?|\w*ectomy|resection"
    r"|surgery|amputation|transplant\w*|graft)\b",
    re.IGNORECASE,
)


def _only_side(
    report: Report, described: Sequence[tuple[frozenset[str], Side, Sentence]]
) -> list[Slip]:
    """All that the findings assert lies on one side, and all that the impression asserts on the
    other: whatever it is called, one of them is wrong."""
    there = {
        side for words, side, sentence in described if words and not _DEVICES.search(sentence.plain)
    }
    claims = [
        (side, sentence)
        for words, side, sentence in _sided_words(sentences_of(report, SectionKind.IMPRESSION))
        if words
    ]
    told = {side for side, _ in claims if side is not Side.NONE}
    side = next(iter(told), Side.NONE)
    if len(told) != 1 or side not in (Side.LEFT, Side.RIGHT) or there != {side.other}:
        return []
    sentence = next(each for own, each in claims if own is side)
    if _DEVICES.search(sentence.plain) or any(_compares_sides(each.plain) for _, each in claims):
        return []
    first = next(each for _, own, each in described if own is side.other)
    return [
        Slip(
            f"Left or right? “{shortened(sentence.text, 40)}”",
            f"The findings tell only of the {side.other.value} side: “{shortened(first.text)}”.",
            SectionKind.IMPRESSION,
            sentence.text,
        )
    ]


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
        parts = [each for clause in clauses(sentence.plain) for each in one_sided(clause)]
        for part, own in parts:
            side = side_of(sentence.heading) if own is Side.NONE else own
            if side is Side.NONE or normal_organs.is_normal(part):
                continue
            sides = {Side.LEFT, Side.RIGHT} if side is Side.BOTH else {side}
            for organ in {word.name for word in lexicon.organs_in(part)}:
                made.setdefault(organ, (set(), sentence))[0].update(sides)
    return made


def side_of_the_order(report: Report, ordered: str, imaged: frozenset[str]) -> list[Slip]:
    """The report speaks only of the side that was neither ordered nor imaged.

    `ordered` is the procedure's name, `imaged` the lateralities of the images (0020,0062): "L",
    "R".
    """
    side = side_of(written_out(ordered))
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
    parts = [(sentence, clause) for sentence in held for clause in clauses(sentence.plain)]
    seen = [
        (sentence, clause, _under(sentence, clause))
        for sentence, clause in parts
        if not _HISTORY.search(clause)
    ]
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


def _under(sentence: Sentence, clause: str) -> Side:
    side = side_of(clause)
    return side_of(sentence.heading) if side is Side.NONE else side


#: Of another time, another study, or of what the patient says.
_HISTORY = re.compile(
    r"\b(?:histor\w+|reports?|complain\w*|prior|previous|earlier) (?:of |to |with )?(?:\w+ ){0,2}"
    r"(?:surgery|operation|procedure|injury|trauma|arthroplasty|replacement|fracture|mastectomy"
    r"|study|examination|radiographs?|imaging|scan)\b",
    re.IGNORECASE,
)


def _compares_sides(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:compar(?:ed|ison)|contralateral|opposite|asymptomatic|than the|other side"
            r"|not (?:imaged|included|examined))\b",
            text,
            re.IGNORECASE,
        )
    )
