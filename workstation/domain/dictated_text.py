"""Which characters of a draft were dictated, what was heard there, and whether somebody looked.

It stands beside the text of a section, never in it, and ends with the signature.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

#: How what marks the text of a macro begins that was said: no sound stands behind it.
MACRO = "macro:"

_TOKENS = re.compile(r"\w+|\W")


@dataclass(frozen=True, slots=True)
class DictatedSpan:
    """The characters from `start` up to `end` of a section's text came with an utterance, or with a
    macro that was said (`MACRO`).

    `original` is what was heard where a correction stands; `number` tells the corrections and the
    words in doubt of one utterance apart. `reviewed`: the reader has looked at them.
    """

    start: int
    end: int
    utterance: str
    original: str = ""
    number: int = 0
    doubtful: bool = False
    reviewed: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError("a dictated span has characters")
        if not self.utterance:
            raise ValueError("a dictated span names its utterance")


def in_order(spans: Sequence[DictatedSpan], length: int) -> bool:
    """Whether spans lie in a text of that length, one behind the other."""
    at = 0
    for span in spans:
        if span.start < at or span.end > length:
            return False
        at = span.end
    return True


def moved(spans: Sequence[DictatedSpan], before: str, after: str) -> tuple[DictatedSpan, ...]:
    """The spans of a text in what became of it: what was written over is dictated no more."""
    if not spans or before == after:
        return tuple(spans)
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    old_at, new_at = _offsets(old), _offsets(new)
    found = []
    for block in SequenceMatcher(None, old, new).get_matching_blocks():
        begin, end = old_at[block.a], old_at[block.a + block.size]
        by = new_at[block.b] - begin
        for span in spans:
            start, stop = max(span.start, begin), min(span.end, end)
            if start < stop:
                found.append(replace(span, start=start + by, end=stop + by))
    return tuple(found)


def _offsets(tokens: Sequence[str]) -> list[int]:
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    return offsets
