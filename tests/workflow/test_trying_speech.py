"""Ten seconds of reading: what is told when, and what comes of it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.workflow.test_dictating import Engine, Scribe
from workstation.domain.dictation import SpeechUnavailable
from workstation.domain.errors import ReaderError
from workstation.domain.sound_check import SoundVerdict
from workstation.workflow.trying_speech import (
    SECONDS,
    SENTENCE,
    Readiness,
    TrialParts,
    TrialResult,
    TrialState,
    TryingSpeech,
)

SECOND = 16_000


def voice(amplitude: float) -> np.ndarray:
    at = np.arange(SECOND) / SECOND
    return (amplitude * 32767 * np.sin(2 * np.pi * 300 * at)).astype(np.int16)


class Bench:
    def __init__(self) -> None:
        self.engines: list[Engine] = []
        self.refuses: ReaderError | None = None
        self.time = 100.0
        self.trying = TryingSpeech(
            TrialParts(
                self._engine, lambda **calls: calls, Scribe, lambda: Readiness(True, "here", "")
            ),
            now=lambda: self.time,
        )
        self.states: list[TrialState] = []
        self.results: list[TrialResult] = []
        self.failures: list[ReaderError] = []

    def _engine(self) -> Engine:
        made = Engine()
        made.refuses = self.refuses
        self.engines.append(made)
        return made

    def begin(self) -> None:
        self.trying.begin(self.states.append, self.results.append, self.failures.append)

    @property
    def engine(self) -> Engine:
        return self.engines[-1]

    def listen(self) -> None:
        self.begin()
        self.engine.listener["ready"]("Listening with test.")

    def hear(self, amplitude: float) -> bool:
        level = -90.0 if not amplitude else 20 * float(np.log10(amplitude)) - 3
        return self.trying.hear(voice(amplitude), level)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_nothing_is_read_before_the_engine_listens(bench: Bench) -> None:
    bench.begin()
    assert bench.states == [TrialState.LOADING]
    bench.hear(0.2)
    assert bench.engine.fed == 0
    bench.engine.listener["ready"]("Listening with test.")
    assert bench.states[-1] is TrialState.READING


def test_a_good_reading_is_good_and_the_delay_counts_from_the_last_loud_sound(
    bench: Bench,
) -> None:
    bench.listen()
    bench.hear(0.0005)
    bench.hear(0.2)
    bench.time = 101.0
    bench.hear(0.0005)
    bench.trying.stop()
    bench.time = 100.6
    bench.engine.says(SENTENCE)
    bench.engine.listener["ended"]()
    (result,) = bench.results
    assert result.verdict is SoundVerdict.GOOD
    assert all(word.heard for word in result.words)
    assert result.delay == pytest.approx(0.6)
    assert result.engine == "Listening with test."
    assert result.heard == SENTENCE


def test_ten_seconds_are_enough(bench: Bench) -> None:
    bench.listen()
    more = [bench.hear(0.1) for _ in range(int(SECONDS))]
    assert more == [True] * 9 + [False]


def test_silence_is_told_as_no_sound(bench: Bench) -> None:
    bench.listen()
    bench.hear(0.0)
    bench.trying.stop()
    bench.engine.listener["ended"]()
    (result,) = bench.results
    assert result.verdict is SoundVerdict.NOTHING
    assert result.delay is None
    assert result.heard == ""


def test_no_sound_at_all_is_a_failure_in_words(bench: Bench) -> None:
    bench.listen()
    bench.trying.stop()
    bench.engine.listener["ended"]()
    assert "no sound" in bench.failures[0].happened


def test_an_engine_that_is_not_here_is_told(bench: Bench) -> None:
    bench.refuses = SpeechUnavailable("No model is named for vosk.", remedy="Name it.")
    bench.begin()
    assert bench.failures == [bench.refuses]


def test_a_trial_that_is_given_up_tells_nothing_more(bench: Bench) -> None:
    bench.listen()
    old = bench.engine
    bench.trying.cancel()
    assert old.calls[-1] == "close"
    old.listener["ready"]("late")
    old.listener["ended"]()
    assert bench.trying.state is TrialState.IDLE
    assert bench.results == []
