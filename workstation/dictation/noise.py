"""Words that an engine invents where nobody speaks."""

from __future__ import annotations

from dataclasses import replace

from workstation.domain.dictation import Heard

#: Whoever speaks says a word in less than this, pauses at both ends included.
_SECONDS_A_WORD = 2.5
#: Nobody says more words in a second, or more than these in a moment.
_WORDS_A_SECOND, _WORDS_AT_ONCE = 6.0, 2
#: A long word that was really said is surer than this.
_UNSURE = 0.5


def without_noise(heard: Heard) -> Heard:
    """The same, or nothing where few unsure words stand for seconds of sound, or many for a moment.

    Moonshine and Whisper write "You" or "Thank you" for a fan or a passing trolley.
    """
    if len(heard.words) > _WORDS_AT_ONCE + _WORDS_A_SECOND * heard.seconds:
        return replace(heard, words=())
    if not heard.words or heard.seconds / len(heard.words) < _SECONDS_A_WORD:
        return heard
    sure = sum(word.confidence for word in heard.words) / len(heard.words)
    return heard if sure >= _UNSURE else replace(heard, words=())
