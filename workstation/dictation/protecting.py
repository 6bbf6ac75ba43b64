"""What no correction may change: numbers, negation, side, acuity, units.

One word of these reverses a report, and an engine that mishears one is as sure of it as of any
other. A correction that would add, drop or exchange one of them is refused, however it sounds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from workstation.dictation.formatting.numbers import ORDINALS, VALUES


def words_of(text: str) -> frozenset[str]:
    """The words of a list that is written as a text."""
    return frozenset(text.split())


_NUMBERS = frozenset(
    {*VALUES, *ORDINALS, "hundred", "thousand", "point", "half", "quarter", "double", "single"}
    | {"once", "twice", "pair", "dozen", "minus", "plus", "for", "to", "too", "won", "ate"}
)
_NEGATION = words_of(
    "no not non none nor neither never without absent absence negative denies denied exclude"
    " excluded excludes cannot can't isn't aren't wasn't weren't doesn't don't didn't resolved free"
)
_SIDE = words_of(
    "left right bilateral bilaterally unilateral ipsilateral contralateral both lefts rights"
    " left-sided right-sided leftward rightward midline"
)
_ACUITY = words_of(
    "acute subacute chronic old new recent stable unchanged emergent urgent critical worsening"
    " improving increased decreased increasing decreasing larger smaller benign malignant"
)
_UNITS = words_of(
    "mm cm m ml cc l hu percent millimeter millimeters centimeter centimeters meter meters"
    " milliliter milliliters liter liters hounsfield unit units degree degrees bpm mg kg gram grams"
    " week weeks day days month months year years hour hours minute minutes"
)
#: Directions may be put in where nothing of the kind was heard, never taken away.
_DIRECTION = words_of(
    "superior inferior anterior posterior medial lateral proximal distal upper lower middle mid"
    " ascending descending cranial caudal internal external deep superficial ventral dorsal"
)
#: Beginnings that turn a word round. Each must be there as often after a correction as before.
_TURNING = re.compile(
    r"\b(?:non|un(?=[aceioprsdtmfbhl])|hypo|hyper|hydro|hemi|pre|post|ab(?=duct)|ad(?=duct)|anti)"
)
#: Beginnings of a place: what was heard stays.
_PLACE = re.compile(r"\b(?:intra|inter|extra|infra|supra|sub|epi|endo|peri|para|retro|ante)")
_DIGIT = re.compile(r"\d")
_SPLIT = re.compile(r"[\s-]+")

_KEPT = _NUMBERS | _NEGATION | _SIDE | _ACUITY | _UNITS


def _words(text: str) -> list[str]:
    return [word.strip(".,;:!?'\"()") for word in _SPLIT.split(text.lower()) if word]


#: Spoken numbers alone: none of the words that may be one.
_SPOKEN_NUMBERS = frozenset({*VALUES, *ORDINALS, "hundred", "thousand"} - {"oh"})
_TURNS_THE_SENSE = _SPOKEN_NUMBERS | _SIDE | (_NEGATION - {"free", "resolved"})


def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or spoken."""
    return any(part in _SPOKEN_NUMBERS or _DIGIT.search(part) for part in _words(word))


def turns_the_sense(word: str) -> bool:
    """Whether a word is a number, a negation or a side."""
    return any(part in _TURNS_THE_SENSE or _DIGIT.search(part) for part in _words(word))


def is_protected(word: str) -> bool:
    """Whether a correction may never touch this word."""
    return any(part in _KEPT or _DIGIT.search(part) for part in _words(word))


def _turns(text: str) -> Counter[str]:
    joined = text.lower().replace("none ", "non ").replace("non-", "non").replace("non ", "non")
    return Counter(_TURNING.findall(joined))


def _kept(text: str) -> Counter[str]:
    words = (word for word in _words(text) if word in _KEPT or _DIGIT.search(word))
    return Counter(word for word in words if word not in ("non", "none"))


def allows(heard: str, written: str) -> bool:
    """Whether writing `written` for `heard` leaves everything protected as it was."""
    if _kept(heard) != _kept(written) or _turns(heard) != _turns(written):
        return False
    directions = [word for word in _words(heard) if word in _DIRECTION]
    if Counter(directions) - Counter(_words(written)):
        return False
    places = Counter(_PLACE.findall(heard.lower()))
    return not places or places == Counter(_PLACE.findall(written.lower()))


def protected_of(texts: Sequence[str]) -> Counter[str]:
    """The protected words of some texts, to compare before and after."""
    return Counter(word for text in texts for word in _words(text) if is_protected(word))
