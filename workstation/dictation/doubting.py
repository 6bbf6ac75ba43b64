"""Heard words on which the sense turns, and which may well be others: marked, never changed.

An engine that mishears a number, a negation or a side mostly writes an ordinary word for it ("A
salmon millimeter nodule", "measures in millimeters"): nothing is unsure then but what stands beside
it. So a measure without a number is doubted too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from workstation.dictation.protecting import is_number, turns_the_sense
from workstation.domain.dictation import HeardWord

#: A word that turns the sense is looked at unless it is likelier right than wrong (measured
#: in tests/bench).
EVEN_CHANCES = 0.5
_MEASURES = re.compile(
    r"(?:milli|centi)(?:met|lit)(?:er|re)s?|mm|cm|ml|cc|percent|hounsfield|degrees?"
)
#: Words between a number and its measure, and words that stand for a number.
_AS_A_NUMBER = re.compile(
    r".*\d|a|an|per|by|cubic|square|few|several|some|half|quarter|hundred|thousand|each|of|point"
    # the unit before it, of a product of two: milligray centimeters
    r"|(?:milli|centi)?grays?|mgy|cgy|gy"
)
_NUMBER_PART = re.compile(r"[\s-]")


def doubted(words: Sequence[HeardWord]) -> tuple[HeardWord, ...]:
    """The words, with a mark on those that turn the sense and are less sure than even, and on
    measures without a number."""
    found = []
    before = ""
    for word in words:
        plain = word.text.lower().strip('.,;:!?"()')
        unsure = word.confidence < EVEN_CHANCES and turns_the_sense(word.text)
        bare = _MEASURES.fullmatch(plain) is not None and not _is_number(before)
        found.append(replace(word, doubted=True) if unsure or bare else word)
        before = plain
    return tuple(found)


def _is_number(word: str) -> bool:
    last = _NUMBER_PART.split(word)[-1]
    return _AS_A_NUMBER.fullmatch(last) is not None or is_number(last)
