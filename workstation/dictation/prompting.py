"""Phrases for engines that take a text which comes before what is said, and only a short one."""

from __future__ import annotations

from collections.abc import Sequence

#: Whisper reads at most 224 tokens before the text (Radford et al., arXiv 2212.04356, section 2.3);
#: medical words take a token for about three letters.
_LETTERS = 600


def prompt_of(phrases: Sequence[str], letters: int = _LETTERS) -> str:
    """The first phrases that fit: those that are nearest to the case are handed over first.

    A phrase whose words all stand there already is left out.
    """
    taken: list[str] = []
    seen: set[str] = set()
    left = letters
    for phrase in phrases:
        words = set(phrase.lower().split())
        if words <= seen:
            continue
        if len(phrase) + 2 > left:
            break
        taken.append(phrase)
        seen |= words
        left -= len(phrase) + 2
    return ", ".join(taken)
