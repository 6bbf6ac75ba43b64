"""The engine of the settings: made late, and anew after a change, never in mid-sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from workstation.dictation.chosen import ChosenEngine
from workstation.dictation.engines import Bias, Capabilities, Listener
from workstation.domain.dictation import SpeechUnavailable


class Engine:
    capabilities = Capabilities(partials=True, bias=Bias.PHRASES, confidence=True)

    def __init__(self) -> None:
        self.listener: Listener | None = None
        self.phrases: Sequence[str] = ()
        self.starts = self.fed = 0
        self.closed = False

    def open(self, listener: Listener) -> None:
        self.listener = listener

    def set_phrases(self, phrases: Sequence[str]) -> None:
        self.phrases = phrases

    def start(self) -> None:
        self.starts += 1

    def feed(self, samples: np.ndarray) -> None:
        self.fed += len(samples)

    def stop(self) -> None: ...
    def cancel(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def ends(self) -> None:
        assert self.listener is not None
        self.listener.ended()


class Bench:
    def __init__(self) -> None:
        self.made: list[Engine] = []
        self.refuses = False
        self.ended = 0
        self.engine = ChosenEngine(self._make)
        self.listener = Listener(*([lambda *_: None] * 3), self._ended, *([lambda *_: None] * 2))

    def _ended(self) -> None:
        self.ended += 1

    def _make(self) -> Engine:
        if self.refuses:
            raise SpeechUnavailable("No model is named for vosk.")
        self.made.append(Engine())
        return self.made[-1]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_nothing_is_made_before_somebody_listens_and_phrases_are_kept_until_then(
    bench: Bench,
) -> None:
    bench.engine.set_phrases(["pleural effusion"])
    assert bench.made == []
    bench.engine.open(bench.listener)
    assert bench.made[0].phrases == ("pleural effusion",)


def test_a_change_takes_hold_at_the_next_sentence(bench: Bench) -> None:
    bench.engine.open(bench.listener)
    bench.engine.start()
    bench.engine.renew()
    bench.engine.feed(np.zeros(10, np.int16))
    assert bench.made[0].fed == 10
    # The next one begins while the last one is still being written: the old engine goes on.
    bench.engine.start()
    assert len(bench.made) == 1
    bench.made[0].ends()
    bench.made[0].ends()
    assert bench.ended == 2
    bench.engine.start()
    assert bench.made[0].closed
    assert bench.made[1].starts == 1


def test_an_engine_that_cannot_be_made_is_refused_and_tried_again(bench: Bench) -> None:
    bench.refuses = True
    with pytest.raises(SpeechUnavailable):
        bench.engine.open(bench.listener)
    bench.refuses = False
    bench.engine.start()
    assert bench.made[0].starts == 1
