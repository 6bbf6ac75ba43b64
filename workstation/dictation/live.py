"""Running sound to partial and final text: the part of an engine that works in its process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Decoder
from workstation.dictation.noise import without_noise
from workstation.dictation.segmenting import Segmenter, Stretch
from workstation.domain.dictation import SAMPLE_RATE, Heard

#: A partial text is made anew when so much more was said.
_PARTIAL_STEP = SAMPLE_RATE * 6 // 10
#: Breadth of the search: partial text is thrown away, final text stays.
PARTIAL_BEAMS, FINAL_BEAMS = 1, 6


@dataclass(frozen=True, slots=True)
class Told:
    """What the recogniser tells; called while it works, one at a time, `partial` on any thread."""

    partial: Callable[[str], None]
    final: Callable[[Heard, NDArray[np.int16]], None]


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What was written before the pause was over; nothing where more was said meanwhile."""

    words: NDArray[np.int16]
    heard: Heard | None

    def is_of(self, words: NDArray[np.int16]) -> bool:
        return np.array_equal(self.words, words)


class LiveRecogniser:
    """Cuts sound into utterances; `quick`, where there is one, writes partial text, `exact` the
    final one.

    `use_pauses`: from the first moments of a pause on it is certain what will be heard if nothing
    more is said, so that the exact decoder writes it before anybody knows that the utterance is
    over. Where the key went up sooner, the quick decoder writes all of it at once beside the exact
    one, so that nobody waits for that to read what was said, and that waits for nobody.
    """

    def __init__(
        self,
        quick: Decoder | None,
        exact: Decoder,
        told: Told,
        *,
        pause_seconds: float = 0.7,
        use_pauses: bool = True,
    ) -> None:
        self._quick, self._exact, self._told = quick, exact, told
        self._use_pauses = use_pauses
        self._pause = pause_seconds
        self._segmenter = Segmenter(pause_seconds)
        self._partial_at = 0
        self._ahead: _Ahead | None = None

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Make these likelier."""
        self._exact.set_phrases(phrases)
        if self._quick is not None and self._exact is not self._quick:
            self._quick.set_phrases(phrases)

    def begin(self) -> None:
        """Forget what was before."""
        self._segmenter = Segmenter(self._pause)
        self._partial_at = 0
        self._ahead = None

    def take(self, samples: NDArray[np.int16], stop: Callable[[], bool]) -> None:
        """More sound; finishes the utterances that are over with it."""
        for stretch in self._segmenter.feed(samples):
            self._finish(stretch, stop)

    def holds_speech(self, samples: NDArray[np.int16]) -> bool:
        """Whether somebody speaks in sound that was not taken yet."""
        return self._segmenter.holds_speech(samples)

    def ahead(self, stop: Callable[[], bool]) -> None:
        """In a pause: write what will be the final text, if nothing more is said. `stop`: more was
        said."""
        words = self._segmenter.settled if self._use_pauses else None
        if words is None or (self._ahead is not None and self._ahead.is_of(words)):
            return
        heard = self._decode(words, stop)
        self._ahead = _Ahead(words, None if stop() else heard)
        if self._ahead.heard is not None and heard.text:
            self._partial_at = len(self._segmenter.pending)
            self._told.partial(heard.text)

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

    def _finish(self, stretch: Stretch, stop: Callable[[], bool]) -> None:
        ahead, self._ahead = self._ahead, None
        self._partial_at = 0
        heard = ahead.heard if ahead is not None and ahead.is_of(stretch.words) else None
        if heard is None:
            with self._quick_text_meanwhile(stretch.words, stop):
                heard = self._decode(stretch.words, stop)
        if not stop():
            seconds = len(stretch.sound) / SAMPLE_RATE
            self._told.final(replace(heard, seconds=seconds), stretch.sound)

    @contextmanager
    def _quick_text_meanwhile(
        self, words: NDArray[np.int16], stop: Callable[[], bool]
    ) -> Iterator[None]:
        """What is done inside goes on while the quick decoder writes; that has ended behind it, and
        tells nothing any more."""
        if self._quick is None or self._quick is self._exact:
            yield
            return
        late = threading.Event()
        with ThreadPoolExecutor(1, "quick-text") as beside:
            quick = beside.submit(
                self._tell_quickly, self._quick, words, lambda: late.is_set() or stop()
            )
            try:
                yield
            finally:
                late.set()
            quick.result()

    def _decode(self, words: NDArray[np.int16], stop: Callable[[], bool]) -> Heard:
        return without_noise(self._exact.decode(words, beams=FINAL_BEAMS, stop=stop))
