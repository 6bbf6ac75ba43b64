"""Running sound to partial and final text: the part of an engine that works in its process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Decoder
from workstation.dictation.noise import without_noise
from workstation.dictation.segmenting import Segmenter
from workstation.domain.dictation import SAMPLE_RATE, Heard

#: A partial text is made anew when so much more was said.
_PARTIAL_STEP = SAMPLE_RATE * 6 // 10
#: Breadth of the search: partial text is thrown away, final text stays.
PARTIAL_BEAMS, FINAL_BEAMS = 1, 6


@dataclass(frozen=True, slots=True)
class Told:
    """What the recogniser tells; called while it works."""

    partial: Callable[[str], None]
    final: Callable[[Heard, NDArray[np.int16]], None]


class LiveRecogniser:
    """Cuts sound into utterances; `quick`, where there is one, writes partial text, `exact` the
    final one.

    When an utterance is over, the quick decoder writes all of it at once, so that nobody waits for
    the exact one to read what was said.
    """

    def __init__(
        self, quick: Decoder | None, exact: Decoder, told: Told, *, pause_seconds: float = 0.7
    ) -> None:
        self._quick, self._exact, self._told = quick, exact, told
        self._pause = pause_seconds
        self._segmenter = Segmenter(pause_seconds)
        self._partial_at = 0

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Make these likelier."""
        self._exact.set_phrases(phrases)
        if self._quick is not None and self._exact is not self._quick:
            self._quick.set_phrases(phrases)

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
        if self._quick is None:
            return
        pending = self._segmenter.pending
        if len(pending) - self._partial_at < _PARTIAL_STEP:
            return
        self._partial_at = len(pending)
        self._tell_quickly(self._quick, pending, stop)

    def _tell_quickly(
        self, quick: Decoder, sound: NDArray[np.int16], stop: Callable[[], bool]
    ) -> None:
        heard = without_noise(quick.decode(sound, beams=PARTIAL_BEAMS, stop=stop))
        if heard.text and not stop():
            self._told.partial(heard.text)

    def end(self, stop: Callable[[], bool]) -> None:
        """Finish what is left."""
        rest = self._segmenter.flush()
        if rest is not None:
            self._finish(rest, stop)

    def _finish(self, utterance: NDArray[np.int16], stop: Callable[[], bool]) -> None:
        self._partial_at = 0
        if self._quick is not None and self._quick is not self._exact:
            self._tell_quickly(self._quick, utterance, stop)
        heard = without_noise(self._exact.decode(utterance, beams=FINAL_BEAMS, stop=stop))
        if not stop():
            self._told.final(heard, utterance)
