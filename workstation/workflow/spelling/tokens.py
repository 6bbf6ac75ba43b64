"""The words of a line that are judged: never a number, a unit, a level, a link, a field or a name
within a sentence."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from workstation.domain.wording import FIELD, LINK

#: Letters, digits and the apostrophes inside them. A piece with a digit is a level, a class or a
#: sequence: L4, C5, T2, 18F.
_PIECE = re.compile(r"\w+(?:['’]\w+)*")
#: What stands between two spaces, and what makes an address or a path of it.
_RUN = re.compile(r"\S+")
_OF_ADDRESSES = ("@", "://", "\\")
#: Addresses of another kind, and typed shortcuts of macros.
_NO_PROSE = re.compile(r"www\.\S+|(?:(?<=\s)|^)\.[a-z]+")
#: Behind these a capital letter begins a sentence or a label, and says nothing of a name.
_BEGINS = re.compile(r"(?:(?:^|[.:;!?(\[\n\u2028])\s*|(?:^|\s)[•*–-]\s+|\d[.)]\s*)$")
#: These begin none.
_TITLE = re.compile(r"\b(?:Drs?|Prof|Mrs?|Ms|St|Mt|Sr|Jr|vs)\.\s*$")

#: No mark that begins a sentence, and no title, stands farther before a word.
_NEAR = 24

#: Units of measurement that would pass for words.
_UNITS = """
    mm cm ml dl kg mg mcg ms sec min hr hz khz mhz ghz kv kvp mas hu bq kbq mbq gbq mci gy mgy cgy
    sv msv suv ppm mmhg mmol kpa cc fr wt vs tr te ti
"""
UNITS = frozenset(_UNITS.split())
#: Shorter than this a word is an abbreviation more often than a mistake.
SHORTEST = 3
#: Longest run of capitals that is taken for an abbreviation.
_LONGEST_ABBREVIATION = 6


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands in its line."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Behind its last letter."""
        return self.start + len(self.text)


@functools.lru_cache(maxsize=8192)
def tokens(line: str) -> tuple[Token, ...]:
    """The words of one line that are judged. Kept: a long report is looked at line by line after
    each pause."""
    return tuple(_tokens(line))


def _tokens(line: str) -> Iterator[Token]:
    bare = line
    if any(sign in line for sign in _OF_ADDRESSES):
        bare = _RUN.sub(_without_address, line)
    for left_out in (LINK, FIELD, _NO_PROSE):
        bare = left_out.sub(lambda match: "\x00" * len(match[0]), bare)
    for match in _PIECE.finditer(bare):
        if _is_judged(match[0], bare, match.start()):
            yield Token(match.start(), match[0])


def _without_address(run: re.Match[str]) -> str:
    held = run[0]
    return "\x00" * len(held) if any(sign in held for sign in _OF_ADDRESSES) else held


def _is_judged(word: str, line: str, start: int) -> bool:
    if len(word) < SHORTEST or not word.replace("'", "").replace("’", "").isalpha():
        return False
    if word.lower() in UNITS or not is_latin(word):
        return False
    before, after = line[start - 1 : start], line[start + len(word) : start + len(word) + 1]
    if "\x00" in (before, after):
        return False  # grown together with something that is no prose
    if word.isupper():
        return len(word) > _LONGEST_ABBREVIATION
    if not word[1:].islower():
        return False  # CTs, mGy, PowerScribe
    if word.islower():
        return True
    # Only what stands just before it: a report may be one paragraph of 200,000 letters.
    near = max(0, start - _NEAR), start
    return bool(_BEGINS.search(line, *near) and not _TITLE.search(line, *near))


def is_latin(word: str) -> bool:
    """Whether all letters are Latin: a word of another script is no English that went wrong."""
    return (word.isascii() and word.isalpha()) or all(
        "LATIN" in unicodedata.name(letter, "") for letter in word if letter not in ("'", "’")
    )
