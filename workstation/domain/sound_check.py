"""What a microphone gives, and what an engine made of a sentence that was read aloud."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

#: one level each 20 ms of 16 kHz sound
_FRAME = 320
#: as loud as the number format goes, or nearly
_FULL = 32_600
#: dB below full scale
_NOTHING, _QUIET = -60.0, -42.0
#: dB between voice and room: below it engines lose words (the table of tests/bench says how many)
_CLEAR = 15.0
#: share of the loud samples that may be at the limit
_CLIPPED = 0.001
#: share of the words below which something else than the reader was heard
_FEW = 0.5


class SoundVerdict(StrEnum):
    """The one thing that matters most about a recording."""

    GOOD = "good"
    NOTHING = "nothing"
    CLIPPED = "clipped"
    QUIET = "quiet"
    NOISY = "noisy"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class SoundLevels:
    """`speech` and `noise` in dB below full scale; `clipped` is a share of the loud samples."""

    speech: float
    noise: float
    clipped: float

    def __post_init__(self) -> None:
        if self.noise > self.speech or not 0.0 <= self.clipped <= 1.0:
            raise ValueError("speech is as loud as the room or louder; a share is at most 1")


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word of the sentence that was to be read, and whether it was recognised."""

    text: str
    heard: bool


def levels_of(samples: NDArray[np.int16]) -> SoundLevels:
    """Of a whole recording of at least a fifth of a second (ValueError).

    Noise is what the quietest tenth of it lies under, speech the mean power of the frames that are
    at least 6 dB above it; where there are none, of the loudest tenth.
    """
    if len(samples) < 10 * _FRAME:
        raise ValueError("too short to be judged")
    whole = samples[: len(samples) // _FRAME * _FRAME].astype(np.float64) / 32768.0
    power = np.maximum(np.mean(whole.reshape(-1, _FRAME) ** 2, axis=1), 1e-9)
    noise = float(np.percentile(power, 10))
    loud = power[power >= 4.0 * noise]
    if not len(loud):
        loud = power[power >= np.percentile(power, 90)]
    limit = np.abs(samples.astype(np.int32))
    voiced = limit[limit >= 1_000]
    clipped = float(np.mean(voiced >= _FULL)) if len(voiced) else 0.0
    speech = max(float(np.mean(loud)), noise)
    return SoundLevels(_decibels(speech), _decibels(noise), clipped)


def _decibels(power: float) -> float:
    return 10.0 * float(np.log10(power))


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def words_read(sentence: str, heard: str) -> tuple[ReadWord, ...]:
    """The words of the sentence in their order, each with whether it was recognised there."""
    wanted = sentence.split()
    said = [_plain(word) for word in heard.split()]
    matcher = difflib.SequenceMatcher(None, [_plain(word) for word in wanted], said, autojunk=False)
    found = {
        block.a + offset for block in matcher.get_matching_blocks() for offset in range(block.size)
    }
    return tuple(ReadWord(word, at in found) for at, word in enumerate(wanted))


def verdict_of(levels: SoundLevels, words: Sequence[ReadWord]) -> SoundVerdict:
    """What to say first: a cause comes before what it brings about."""
    if levels.speech < _NOTHING:
        return SoundVerdict.NOTHING
    if levels.clipped > _CLIPPED:
        return SoundVerdict.CLIPPED
    if levels.speech < _QUIET:
        return SoundVerdict.QUIET
    if levels.speech - levels.noise < _CLEAR:
        return SoundVerdict.NOISY
    if sum(word.heard for word in words) < _FEW * len(words):
        return SoundVerdict.STRANGE
    return SoundVerdict.GOOD
