"""A size of the impression that the findings do not give: turned digits, lost points, mm for cm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workstation.domain.report import Report, SectionKind
from workstation.workflow.checks.content_words import content_words
from workstation.workflow.checks.lexicon import findings_in, organs_in
from workstation.workflow.checks.sizes import SIZE, millimetres
from workstation.workflow.checks.slips import Slip, shortened
from workstation.workflow.checks.statements import Sentence, Side, sentences_of, side_of

#: A size of another time, a limit, a distance or a change is not the size of the thing.
_NOT_ITS_SIZE = re.compile(
    r"(?:[<>≤≥]|\b(?:than|under|over|below|above|within|by|least|most|previous(?:ly)?|prior|was"
    r"|were"
    r"|formerly|from|every|margin|threshold|beyond|exceed\w*|criteri\w+|if|when|slices?|sum))\s*"
    r"(?:of |a |an |about |measuring )?\(?$",
    re.IGNORECASE,
)
_NOT_ITS_SIZE_BEHIND = re.compile(
    r"^\s*(?:above|below|from|proximal|distal|caudal|cranial|previously|before|slices?|threshold"
    r"|margin"
    r"|or (?:more|larger|greater|less)|away|short of|\(?previous)",
    re.IGNORECASE,
)
_ROUNDED = 0.12


@dataclass(frozen=True, slots=True)
class _Told:
    """One size: its numbers in mm, what it is of, on which side."""

    words: str
    values: tuple[float, ...]
    things: frozenset[str]
    side: Side
    sentence: Sentence
    step: float


def _sizes(report: Report, kind: SectionKind) -> Iterator[_Told]:
    for sentence in sentences_of(report, kind):
        found = list(SIZE.finditer(sentence.plain))
        for index, match in enumerate(found):
            begin = found[index - 1].end() if index else 0
            end = found[index + 1].start() if index + 1 < len(found) else len(sentence.plain)
            before, behind = (
                sentence.plain[begin : match.start()],
                sentence.plain[match.end() : end],
            )
            if _NOT_ITS_SIZE.search(before) or _NOT_ITS_SIZE_BEHIND.search(behind):
                continue
            #: what stands with it: up to the next stop on either side
            near = f"{before[-60:]} {re.split(r'[,;()]', behind[:60])[0]}"
            things = {word.name for word in findings_in(near)} or set(content_words(near))
            side = side_of(sentence.plain)
            unit = match["unit"].lower()
            exact = "." in match["values"] or "," in match["values"]
            step = 10.0 if unit.startswith("c") else 1.0
            yield _Told(
                match[0],
                tuple(millimetres(match["values"], match["unit"])),
                frozenset(things),
                side_of(sentence.heading) if side is Side.NONE else side,
                sentence,
                step / 10 if exact else step,
            )


def _agree(one: float, other: float, step: float) -> bool:
    return abs(one - other) <= max(_ROUNDED * other, 0.6 * step, 0.6)


def sizes_between_sections(report: Report) -> list[Slip]:
    """A size in the impression that stands nowhere in the findings, though they measure that thing.

    Rounding is no slip; a size of an earlier study, a limit or a distance is not compared.
    """
    described = list(_sizes(report, SectionKind.FINDINGS))
    written = [
        value
        for sentence in sentences_of(report, SectionKind.FINDINGS)
        for match in SIZE.finditer(sentence.plain)
        for value in millimetres(match["values"], match["unit"])
    ]
    for claim in _sizes(report, SectionKind.IMPRESSION):
        longest = max(claim.values)
        if any(_agree(longest, value, claim.step) for value in written):
            continue
        same = [
            each
            for each in described
            if each.things & claim.things
            and {each.side, claim.side} != {Side.LEFT, Side.RIGHT}
            and not _elsewhere(each.sentence, claim.sentence)
        ]
        if same:
            return [
                Slip(
                    f"{claim.words.strip()} here, {same[0].words.strip()} in the findings",
                    f"The findings say “{shortened(same[0].sentence.text)}”.",
                    SectionKind.IMPRESSION,
                    claim.words,
                )
            ]
    return []


def _elsewhere(one: Sentence, other: Sentence) -> bool:
    """Whether both name organs, and none in common."""
    organs = [
        {word.name for word in organs_in(f"{each.heading} {each.plain}")} for each in (one, other)
    ]
    return bool(organs[0] and organs[1] and not organs[0] & organs[1])
