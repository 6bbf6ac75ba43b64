"""Words that the engine did not know, replaced by the phrase that sounds like them.

Double Metaphone (Philips, C/C++ Users Journal, June 2000) writes how a word sounds; Jaro-Winkler
(Winkler 1990) compares both the sounds and the letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from metaphone import doublemetaphone
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from workstation.dictation.formatting.table import is_unit
from workstation.dictation.protecting import allows, is_protected, words_of
from workstation.domain.dictation import HeardWord

#: An unknown word is replaced from this likeness on, the mean of sounds and letters.
ENOUGH = 0.78
#: A word alone has nothing beside it that speaks for the change.
ENOUGH_OF_ONE = 0.81
#: The same of the words alone that are not in both.
_ENOUGH_OF_CORE = 0.74
#: The same where words beside them are those of the phrase.
_ENOUGH_OF_BACKED_CORE = 0.65
#: Known words that form no known phrase must sound the same and look nearly so.
ENOUGH_OF_KNOWN = 0.85
#: A word that the engine was this sure of stays, known or not.
SURE = 0.97
_LONGEST = 4
#: Candidates that are looked at for each stretch.
_TRIED = 8
#: What each word that stays is worth in likeness.
_SHARED = 0.03
_SHORTEST_LETTERS = 5
_LETTERS = re.compile(r"[^a-z]")
#: Words that no term begins or ends with.
_LINKS = words_of(
    "a an and are at by for from in into is no not of on or the there to with was were has have"
    " be been this that these its"
)


@lru_cache(maxsize=65536)
def sounds(text: str) -> str:
    """How a text sounds: the codes of its words one after the other."""
    return "".join(doublemetaphone(word)[0] for word in text.split())


@lru_cache(maxsize=65536)
def _letters(text: str) -> str:
    return _LETTERS.sub("", text.lower())


@dataclass(frozen=True, slots=True)
class Correction:
    """`written` stands for the heard words from `begin` up to `end`."""

    begin: int
    end: int
    written: str
    likeness: float


class Corrector:
    """Knows the phrases; `ordinary` are words of plain language that are never unknown."""

    def __init__(self, phrases: Iterable[str], ordinary: Iterable[str]) -> None:
        self._phrases = tuple(phrases)
        terms = dict.fromkeys(term for phrase in self._phrases for term in _terms(phrase))
        self._terms = [term for term in terms if len(_letters(term)) >= _SHORTEST_LETTERS]
        self._known_terms = {_plain(term) for term in terms}
        self._known = {_plain(word) for word in ordinary}
        self._known |= {_plain(word) for phrase in self._phrases for word in phrase.split()}
        self._sounds = [sounds(_plain(term)) for term in self._terms]
        self._spelled = [_letters(term) for term in self._terms]

    def knows(self, word: str) -> bool:
        """Whether a word, or the word that it is a form of, is one of ours."""
        plain = _plain(word)
        if plain in self._known or not _letters(plain) or is_unit(plain):
            return True
        if "-" in plain and all(self.knows(part) for part in plain.split("-")):
            return True
        return any(
            plain.endswith(ending) and plain.removesuffix(ending) + stem in self._known
            for ending, stem in _ENDINGS
        )

    def correct(self, words: Sequence[HeardWord]) -> tuple[HeardWord, ...]:
        """The words, those that were corrected with what was heard as their original."""
        chosen = self._choose(self._found(words))
        written: list[HeardWord] = []
        at = 0
        for each in chosen:
            written += words[at : each.begin]
            replaced = words[each.begin : each.end]
            parts = _dressed(each.written, replaced).split()
            confidence = min(word.confidence for word in replaced)
            heard = " ".join(word.text for word in replaced).rstrip(".,;:!?")
            written += [HeardWord(part, confidence, heard) for part in parts]
            at = each.end
        return tuple(
            word
            if word.original or self.knows(word.text) or is_protected(word.text)
            else replace(word, unknown=True)
            for word in (*written, *words[at:])
        )

    def _found(self, words: Sequence[HeardWord]) -> list[Correction]:
        windows = list(self._windows(words))
        if not windows or not self._terms:
            return []
        texts = [text for _, _, text, _ in windows]
        heard = process.cdist(
            [sounds(text) for text in texts],
            self._sounds,
            scorer=JaroWinkler.normalized_similarity,
            dtype=np.float32,
        )
        # Jaro-Winkler trusts the beginning: two phrases that only begin alike would pass with it.
        spelled = process.cdist(
            [_letters(text) for text in texts],
            self._spelled,
            scorer=Levenshtein.normalized_similarity,
            dtype=np.float32,
        )
        likeness = (heard + spelled) / 2
        found = []
        every = np.arange(len(self._terms))
        short = len(self._terms) > _TRIED
        for row, (begin, end, text, enough) in enumerate(windows):
            best = np.argpartition(likeness[row], -_TRIED)[-_TRIED:] if short else every
            ranked = sorted(
                ((float(likeness[row, at]), self._terms[int(at)]) for at in best),
                key=lambda pair: pair[0] + _SHARED * _shared(text, _plain(pair[1])),
                reverse=True,
            )
            for value, written in ranked:
                if value < enough or _plain(written) == text:
                    continue
                if allows(text, written) and self._sensible(text, _plain(written)):
                    found.append(_narrowed(Correction(begin, end, written, value), text))
                    break
        return found

    def _sensible(self, heard: str, written: str) -> bool:
        """Whether what really changes is alike: words that both share prove nothing."""
        one, other = _core(heard.split(), written.split())
        if not one or not other:
            return False
        if all(self.knows(word) for word in one):
            # Words of the language stay unless they sound exactly so, and are no other form of it.
            joined, meant = "".join(one), "".join(other)
            same = sounds(" ".join(one)) == sounds(" ".join(other))
            inflected = any(joined + e == meant or meant + e == joined for e in ("s", "es", "ed"))
            return same and not inflected and len(joined) > 3
        letters = Levenshtein.normalized_similarity("".join(one), "".join(other))
        spoken = JaroWinkler.normalized_similarity(sounds(" ".join(one)), sounds(" ".join(other)))
        backed = len(one) < len(heard.split())
        return (letters + spoken) / 2 >= (_ENOUGH_OF_BACKED_CORE if backed else _ENOUGH_OF_CORE)

    def _windows(self, words: Sequence[HeardWord]) -> Iterable[tuple[int, int, str, float]]:
        """(begin, end, text, likeness that is enough) of the stretches that may be corrected."""
        plain = [_plain(word.text) for word in words]
        unknown = [not self.knows(word.text) and word.confidence < SURE for word in words]
        for begin in range(len(words)):
            for end in range(begin + 1, min(begin + _LONGEST, len(words)) + 1):
                if is_protected(words[end - 1].text):
                    break
                text = " ".join(plain[begin:end])
                if text in self._known_terms or len(_letters(text)) < _SHORTEST_LETTERS:
                    pass
                elif any(unknown[begin:end]):
                    yield begin, end, text, ENOUGH if end - begin > 1 else ENOUGH_OF_ONE
                elif end - begin > 1 and not {plain[begin], plain[end - 1]} & _LINKS:
                    yield begin, end, text, ENOUGH_OF_KNOWN
                if words[end - 1].text[-1:] in ".;:!?":
                    break

    @staticmethod
    def _choose(found: list[Correction]) -> list[Correction]:
        """The likeliest ones that do not overlap; longer ones first where they are as likely."""
        chosen: list[Correction] = []
        for each in sorted(found, key=lambda c: (-round(c.likeness, 2), c.begin - c.end)):
            if all(each.end <= other.begin or each.begin >= other.end for other in chosen):
                chosen.append(each)
        return sorted(chosen, key=lambda c: c.begin)


_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
    ("ly", ""), ("al", ""), ("'s", ""), ("er", ""), ("ally", ""), ("ity", ""), ("d", ""),
)  # fmt: skip


def _plain(text: str) -> str:
    return text.lower().strip(' .,;:!?"()')


def _terms(phrase: str) -> Iterable[str]:
    """The phrase, its words, and its stretches of two to four words between content words."""
    words = phrase.split()
    for begin in range(len(words)):
        for end in range(begin + 1, min(begin + _LONGEST, len(words)) + 1):
            if words[begin].lower() not in _LINKS and words[end - 1].lower() not in _LINKS:
                yield " ".join(words[begin:end])


def _core(heard: list[str], written: list[str]) -> tuple[list[str], list[str]]:
    """Both without the words that they begin and end with in common."""
    one, other = [word.removesuffix("s") for word in heard], [w.removesuffix("s") for w in written]
    begin = 0
    while begin < min(len(one), len(other)) and one[begin] == other[begin]:
        begin += 1
    end = 0
    while end < min(len(one), len(other)) - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    return heard[begin : len(heard) - end], written[begin : len(written) - end]


def _shared(heard: str, written: str) -> int:
    return len(set(heard.split()) & set(written.split()))


def _narrowed(found: Correction, heard: str) -> Correction:
    """Without the words that stay as they were heard."""
    said, written = heard.split(), found.written.split()
    plain = [_plain(word) for word in written]
    begin = 0
    while begin < min(len(said), len(plain)) - 1 and said[begin] == plain[begin]:
        begin += 1
    end = 0
    while end < min(len(said), len(plain)) - begin - 1 and said[-1 - end] == plain[-1 - end]:
        end += 1
    return Correction(
        found.begin + begin,
        found.end - end,
        " ".join(written[begin : len(written) - end]),
        found.likeness,
    )


def _dressed(written: str, replaced: Sequence[HeardWord]) -> str:
    """With the capital and the punctuation of what it replaces."""
    first, last = replaced[0].text, replaced[-1].text
    if first[:1].isupper():
        written = written[:1].upper() + written[1:]
    return written + last[len(last.rstrip(".,;:!?")) :]
