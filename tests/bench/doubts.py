"""How many misheard numbers, negations and sides are marked for the reader, and how many right
words are marked for nothing."""

from __future__ import annotations

from difflib import SequenceMatcher

from tests.dictation.speech import plain_words
from workstation.dictation.protecting import turns_the_sense
from workstation.domain.dictation import Dictated

HEAD = "wrong no/number/side: marked   right words, and those no/number/side: marked for nothing"


class Doubts:
    """Counts over dictated sentences. A wrong place counts as marked where a word in it, or beside
    it, is in doubt or was corrected: that is where the reader is led to."""

    def __init__(self) -> None:
        self.wrong = self.found = 0
        self.right = self.marked = 0
        self.turning = self.turning_marked = 0

    def add(self, wanted: list[str], made: Dictated) -> None:
        """One sentence: `wanted` as `plain_words` gives it."""
        words: list[str] = []
        marks: list[bool] = []
        for each in made.words:
            for word in plain_words(made.word(each)):
                words.append(word)
                marks.append(each.doubtful or bool(each.original))
        matcher = SequenceMatcher(None, wanted, words, autojunk=False)
        for what, a, b, c, d in matcher.get_opcodes():
            if what == "equal":
                self._count_right(words[c:d], marks[c:d])
            elif _turning(wanted[a:b]) != _turning(words[c:d]):
                self.wrong += 1
                self.found += any(marks[max(0, c - 1) : d + 1])

    def _count_right(self, words: list[str], marks: list[bool]) -> None:
        for word, mark in zip(words, marks, strict=True):
            self.right += 1
            self.marked += mark
            if turns_the_sense(word):
                self.turning += 1
                self.turning_marked += mark

    @property
    def line(self) -> str:
        """The numbers behind `HEAD`."""
        rate = 100 * self.marked / max(1, self.right)
        turning = 100 * self.turning_marked / max(1, self.turning)
        return (
            f"{self.found:3} of {self.wrong:3}   {rate:4.1f} % of {self.right:4}"
            f"   {turning:4.1f} % of {self.turning:3}"
        )


def _turning(words: list[str]) -> list[str]:
    return sorted(word for word in words if turns_the_sense(word))
