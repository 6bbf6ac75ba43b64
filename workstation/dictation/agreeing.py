"""How sure it is what was said, where the same may be written in several ways.

"L four" and "L4", "Impression, no" and "Impression no": an engine divides what it believes among
them, and each looks unsure. Where the sense turns on a word, what it believes of the others that
say the same belongs to it too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Protocol

from workstation.dictation.formatting.numbers import ORDINALS, VALUES
from workstation.dictation.protecting import turns_the_sense

#: Another way of writing a word takes at most so many tokens more: what stands behind is another
#: word.
_NEAR = 3
_PARTS = re.compile(r"\d+|[a-z']+")
_AS_FIGURES = {**VALUES, **ORDINALS}

_UNITS = {
    **dict.fromkeys(("mm", "millimeter", "millimeters"), "mm"),
    **dict.fromkeys(("cm", "centimeter", "centimeters"), "cm"),
    **dict.fromkeys(("ml", "milliliter", "milliliters", "cc"), "ml"),
    "percent": "percent",
}


class Writing(Protocol):
    """One way to write a sentence: tokens, with the log probability of each."""

    @property
    def tokens(self) -> Sequence[int]:
        """Token numbers."""
        ...

    @property
    def chances(self) -> Sequence[float]:
        """Natural logarithms."""
        ...


def says(word: str) -> bool:
    """Whether a word is a number, a negation, a side, or a unit of one."""
    return turns_the_sense(word) or any(part in _UNITS for part in _PARTS.findall(word.lower()))


def senses(text: str) -> tuple[str, ...]:
    """The numbers, in figures, their units, the negations and the sides of a text, in order."""
    words = (_UNITS.get(word, word) for word in _PARTS.findall(text.lower()))
    return tuple(str(_AS_FIGURES.get(word, word)) for word in words if says(word))


def alike(
    best: Writing,
    begin: int,
    end: int,
    others: Sequence[Writing],
    decode: Callable[[Sequence[int]], str],
) -> list[float]:
    """The log probability of each token from `begin` up to `end`, with that of the tokens in its
    place by which `others` say the same there.

    Only what was weighed against these very tokens counts: others that were written alike until
    then.
    """
    said = senses(decode(best.tokens[:end]))
    agreeing = [
        each for each in others if senses(decode(each.tokens[: end + _NEAR]))[: len(said)] == said
    ]
    found = []
    for at in range(begin, end):
        before = list(best.tokens[:at])
        chances = {
            each.tokens[at]: each.chances[at]
            for each in (*agreeing, best)
            if len(each.tokens) > at and list(each.tokens[:at]) == before
        }
        found.append(math.log(min(1.0, sum(math.exp(each) for each in chances.values()))))
    return found
