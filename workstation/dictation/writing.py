"""Heard words to the text of the report: correction, then the table of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from workstation.dictation import formatting
from workstation.dictation.correction import Corrector
from workstation.dictation.doubting import doubted
from workstation.domain.dictation import Dictated, Heard, PhrasesRefused
from workstation.domain.errors import ReaderError


class Writer:
    """Writes with one list of phrases. `correct` switches the correction by sound; `refused` says
    what of the reader's own phrases is not among them. `ordinary`: the words that are known though
    they are of no phrase; asked for once, when something is mended."""

    def __init__(
        self,
        phrases: Sequence[str],
        ordinary: Callable[[], Iterable[str]],
        *,
        correct: bool = True,
        refused: PhrasesRefused | None = None,
    ) -> None:
        self.phrases = tuple(phrases)
        self.refused: ReaderError | None = refused
        self._ordinary = ordinary
        self._correct = correct

    @cached_property
    def _corrector(self) -> Corrector:
        return Corrector(self.phrases, self._ordinary())

    @cached_property
    def _names(self) -> frozenset[str]:
        """Words that stand with a capital in every phrase."""
        capital = {word for phrase in self.phrases for word in phrase.split() if word[:1].isupper()}
        small = {word for phrase in self.phrases for word in phrase.split() if word[:1].islower()}
        return frozenset(word.lower() for word in capital if word.lower() not in small)

    def prepare(self) -> None:
        """Work out what mending needs, so that the first sentence does not wait for it."""
        self.mend(Heard((), 0.0, "none"))

    def mend(self, heard: Heard) -> Heard:
        """With the words that sound like a phrase replaced, and those marked that have to be looked
        at; takes some 5 ms a sentence."""
        words = self._corrector.correct(heard.words) if self._correct else heard.words
        return replace(heard, words=doubted(words))

    def write(self, mended: Heard, before: str = "") -> Dictated:
        """The text as it follows `before` in the report."""
        return formatting.write(mended.words, before=before, names=self._names)
