"""Judges words and suggests others. Slow: a dictionary is read first, so never on the Qt thread."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator

from workstation.workflow.spelling.english import Dictionary, english
from workstation.workflow.spelling.forms import (
    american,
    distance,
    is_built,
    singular,
    without_accents,
)
from workstation.workflow.spelling.own_words import OwnWords
from workstation.workflow.spelling.tokens import is_latin, tokens

#: Verdicts that are kept; a report holds some hundred different words.
_MOST_KEPT = 20_000
#: How far a suggestion may be from what was typed.
_FARTHEST = 3
#: What the dictionary is asked for before the nearest are chosen.
_ASKED = 8
#: How many words are suggested.
MOST_SUGGESTED = 5
#: So many unknown words, and this share of all, mean another language than English.
_LEAST_UNKNOWN, _FOREIGN_SHARE = 3, 1 / 3


def is_foreign(unknown: int, of: int) -> bool:
    """Whether a text with so many unknown words is in another language than English."""
    return unknown >= _LEAST_UNKNOWN and unknown > of * _FOREIGN_SHARE


class Spelling:
    """Knows English, the words of radiology that it is given, the reader's own, and those of the
    case. `verdict` answers at once, from what was judged before; all else takes its time."""

    def __init__(
        self,
        vocabulary: Callable[[], Iterable[str]],
        own: OwnWords,
        load: Callable[[], Dictionary] = english,
    ) -> None:
        self._vocabulary_of, self._own, self._load = vocabulary, own, load
        self._lock = threading.Lock()
        self._dictionary: Dictionary | None = None
        self._terms: dict[str, str] = {}
        self._added: frozenset[str] = frozenset()
        self._case: frozenset[str] = frozenset()
        self._verdicts: dict[str, bool] = {}

    # -- what is known ---------------------------------------------------------------------

    def know(self, texts: Iterable[str]) -> None:
        """Take the words of the open case as known: names, order, template, earlier reports. They
        take the place of those of the case before."""
        self._case = frozenset(_words(texts))

    def add(self, word: str) -> None:
        """Keep a word as known for good; WordsDamaged where the disk refuses."""
        self._own.add(word)
        self._added |= {word.lower()}

    def verdict(self, word: str) -> bool | None:
        """Whether a word is right; None where it was not judged yet. Any thread, at once."""
        plain = _plain(word)
        if plain in self._case or plain in self._added:
            return True
        return self._verdicts.get(word)

    def judge(self, words: Iterable[str]) -> None:
        """Judge the words, so that `verdict` knows. The first call reads the dictionary."""
        with self._lock:
            dictionary = self._ready()
            if len(self._verdicts) > _MOST_KEPT:
                self._verdicts.clear()
            for word in words:
                if word not in self._verdicts:
                    self._verdicts[word] = self._is_known(word, dictionary)

    def _ready(self) -> Dictionary:
        if self._dictionary is None:
            self._terms = {
                word.lower(): word for word in _words(self._vocabulary_of(), lower=False)
            }
            dictionary = self._load()
            self._dictionary = dictionary
            self._added |= {word.lower() for word in self._own.read()}
        return self._dictionary

    def _is_known(self, word: str, dictionary: Dictionary) -> bool:
        plain = _plain(word)

        def held(form: str) -> bool:
            return form in self._terms or dictionary.lookup(form)

        def known(form: str) -> bool:
            return held(form) or any(map(held, american(form)))

        def term(form: str) -> bool:
            return form in self._terms or any(each in self._terms for each in american(form))

        # The dictionary knows the plurals of its own words; those of ours are found by rule.
        if any(map(term, singular(plain))):
            return True
        forms = dict.fromkeys((word, plain, plain.capitalize(), without_accents(plain)))
        return any(map(known, forms)) or is_built(plain, known)

    # -- what may have been meant ----------------------------------------------------------

    def suggest(self, word: str) -> tuple[str, ...]:
        """Words that may have been meant, the likeliest first, with the capital of `word`."""
        plain = _plain(word)
        with self._lock:
            dictionary = self._ready()
            found = {
                term: spelt
                for term, spelt in self._terms.items()
                if len(term) > 2 and distance(plain, term, _FARTHEST) <= _FARTHEST
            }
            near = [
                (distance(plain, term, _FARTHEST), term[:1] != plain[:1], 0, spelt)
                for term, spelt in found.items()
            ]
            for each in itertools.islice(dictionary.suggest(plain), _ASKED):
                away = distance(plain, each.lower(), _FARTHEST)
                if each.lower() not in found and away <= _FARTHEST:
                    near.append((away, each[:1].lower() != plain[:1], 1, each))
        near.sort(key=lambda held: held[:3])
        capital = word[:1].isupper()
        words = (each[:1].upper() + each[1:] if capital else each for *_, each in near)
        return tuple(dict.fromkeys(words))[:MOST_SUGGESTED]


def _plain(word: str) -> str:
    """The word as it is looked up: small, with a straight apostrophe, without its genitive."""
    small = word.lower().replace("’", "'")
    return small.removesuffix("'s")


def _words(texts: Iterable[str], *, lower: bool = True) -> Iterator[str]:
    """Every word of some texts, each part of a hyphened one."""
    for text in texts:
        for piece in text.replace("-", " ").replace("/", " ").split():
            word = piece.strip(".,;:!?()[]{}\"“”'’^=")
            if word and is_latin(word):
                yield _plain(word) if lower else word


def unknown_words(spelling: Spelling, line: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of the words of a line that were judged as wrong; none of a line that is in
    another language."""
    held = [(each, spelling.verdict(each.text)) for each in tokens(line)]
    wrong = [each for each, verdict in held if verdict is False]
    if is_foreign(len(wrong), len(held)):
        return ()
    # A letter with an accent was typed on purpose, by somebody who quotes another language.
    return tuple((each.start, each.end) for each in wrong if _plain(each.text).isascii())
