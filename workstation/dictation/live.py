"""Running sound to partial and final text: the part of an engine that works in its process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Decoder
from workstation.dictation.segmenting import Segmenter
from workstation.domain.dictation import SAMPLE_RATE, Heard

#: A partial text is made anew when so much more was said.
_PARTIAL_STEP = SAMPLE_RATE * 6 // 10
#: Breadth of the search: partial text is thrown away, final text stays.
PARTIAL_BEAMS, FINAL_BEAMS = 1, 6

#: What the engine is timed with: a sentence of this length, of so many tokens.
_TIMED_SECONDS, _TIMED_TOKENS = 5.0, 24
#: A slower model is given up for a quicker one, where its use was not asked for by name.
PLEASANT_SECONDS = 0.9
#: Slower than this nobody waits for it.
BEARABLE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Told:
    """What the recogniser tells; called while it works."""

    partial: Callable[[str], None]
    final: Callable[[Heard, NDArray[np.int16]], None]


class TimedDecoder(Decoder, Protocol):
    """A decoder that can be timed without anybody speaking."""

    def measure(self, seconds: float, tokens: int, beams: int) -> None:
        """Do the work of a sentence of that length."""


def seconds_for_a_sentence(decoder: TimedDecoder) -> float:
    """How long the decoder works on a sentence of 5 s; the better of two tries."""
    taken = []
    for _ in range(2):
        begin = time.perf_counter()
        decoder.measure(_TIMED_SECONDS, _TIMED_TOKENS, FINAL_BEAMS)
        taken.append(time.perf_counter() - begin)
    return min(taken)


class LiveRecogniser:
    """Cuts sound into utterances; `quick` writes partial text, `exact` the final one."""

    def __init__(
        self, quick: Decoder, exact: Decoder, told: Told, *, pause_seconds: float = 0.7
    ) -> None:
        self._quick, self._exact, self._told = quick, exact, told
        self._pause = pause_seconds
        self._segmenter = Segmenter(pause_seconds)
        self._partial_at = 0

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Make these likelier."""
        self._quick.set_phrases(phrases)
        if self._exact is not self._quick:
            self._exact.set_phrases(phrases)

    def begin(self) -> None:
        """Forget what was before."""
        self._segmenter = Segmenter(self._pause)
        self._partial_at = 0

    def take(self, samples: NDArray[np.int16], stop: Callable[[], bool]) -> None:
        """More sound; finishes the utterances that are over with it."""
        for utterance in self._segmenter.feed(samples):
            self._finish(utterance, stop)

    def partial(self, stop: Callable[[], bool]) -> None:
        """Write what was said so far, where enough was said since the last time."""
        pending = self._segmenter.pending
        if len(pending) - self._partial_at < _PARTIAL_STEP:
            return
        self._partial_at = len(pending)
        heard = self._quick.decode(pending, beams=PARTIAL_BEAMS, stop=stop)
        if heard.text and not stop():
            self._told.partial(heard.text)

    def end(self, stop: Callable[[], bool]) -> None:
        """Finish what is left."""
        rest = self._segmenter.flush()
        if rest is not None:
            self._finish(rest, stop)

    def _finish(self, utterance: NDArray[np.int16], stop: Callable[[], bool]) -> None:
        self._partial_at = 0
        heard = self._exact.decode(utterance, beams=FINAL_BEAMS, stop=stop)
        if not stop():
            self._told.final(heard, utterance)
