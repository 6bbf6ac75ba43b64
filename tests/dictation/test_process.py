"""The engine in its process: what it tells, and what happens when it dies."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.dictation import speech
from tests.dictation.recipes import TestRecipe
from workstation.dictation.engines import Listener
from workstation.dictation.moonshine import MoonshineRecipe
from workstation.dictation.no_engine import NoEngine
from workstation.dictation.process import EngineChoice, EngineProcess
from workstation.dictation.sound import read_wav
from workstation.domain.dictation import SpeechUnavailable


class Ears:
    """Keeps what an engine tells, in order."""

    def __init__(self) -> None:
        self._told: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.seen: list[tuple[str, Any]] = []
        self.listener = Listener(
            ready=lambda words: self._told.put(("ready", words)),
            partial=lambda words: self._told.put(("partial", words)),
            final=lambda heard, sound: self._told.put(("final", (heard, sound))),
            ended=lambda: self._told.put(("ended", None)),
            error=lambda error: self._told.put(("error", error)),
            lost=lambda sound: self._told.put(("lost", sound)),
        )

    def until(self, kind: str) -> Any:
        """Wait for the next of a kind; what came before is kept."""
        while True:
            told = self._told.get(timeout=120)
            self.seen.append(told)
            if told[0] == kind:
                return told[1]

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.seen]


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def engine(ears: Ears) -> Iterator[EngineProcess]:
    files = speech.need("tiny").files("tiny")
    made = EngineProcess(EngineChoice((MoonshineRecipe("tiny", files),)))
    made.set_phrases(["focal consolidation", "pleural effusion"])
    made.open(ears.listener)
    yield made
    made.close()


def speak(engine: EngineProcess, name: str = "piper-joe_0.wav") -> np.ndarray:
    sound = read_wav(speech.recordings() / name)
    for start in range(0, len(sound), 1600):
        engine.feed(sound[start : start + 1600])
    return sound


def test_sound_becomes_partial_and_then_final_text(engine: EngineProcess, ears: Ears) -> None:
    assert "tiny" in ears.until("ready")
    engine.start()
    # As slowly as it is spoken: each piece waits until the engine has told something of it.
    speak(engine)
    ears.until("partial")
    engine.stop()
    heard, sound = ears.until("final")
    ears.until("ended")
    assert "consolidation" in heard.text
    assert len(sound) > 3 * 16000
    assert all(0 <= word.confidence <= 1 for word in heard.words)


def test_silence_ends_without_a_word(engine: EngineProcess, ears: Ears) -> None:
    engine.start()
    engine.feed(np.zeros(32000, np.int16))
    engine.stop()
    ears.until("ended")
    assert "final" not in ears.kinds()


def test_cancelled_words_are_not_told(engine: EngineProcess, ears: Ears) -> None:
    ears.until("ready")
    engine.start()
    speak(engine)
    engine.cancel()
    ears.until("ended")
    engine.start()
    speak(engine, "piper-joe_1.wav")
    engine.stop()
    heard, _ = ears.until("final")
    assert "nodule" in heard.text
    assert ears.kinds().count("final") == 1


def test_a_crash_is_told_and_the_words_are_heard_again_by_a_fresh_process(
    engine: EngineProcess, ears: Ears
) -> None:
    ears.until("ready")
    engine.start()
    first = engine.process_id
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    speak(engine)
    engine.stop()
    os.kill(first, signal.SIGKILL)
    error = ears.until("error")
    assert "crashed" in error.happened
    heard, _ = ears.until("final")
    ears.until("ended")
    assert "consolidation" in heard.text
    assert engine.process_id != first


def test_after_a_second_crash_the_sound_is_given_back_as_lost(
    engine: EngineProcess, ears: Ears
) -> None:
    ears.until("ready")
    engine.start()
    sound = speak(engine)
    for _ in range(2):
        process = engine.process_id
        assert process is not None
        os.kill(process, signal.SIGKILL)
        ears.until("error")
    ears.until("ended")
    lost = [held for kind, held in ears.seen if kind == "lost"]
    assert len(lost) == 1
    assert sound.tobytes().endswith(lost[0].tobytes())
    with pytest.raises(SpeechUnavailable):
        engine.start()


def test_no_engine_says_what_to_do() -> None:
    with pytest.raises(SpeechUnavailable) as caught:
        NoEngine().open(Ears().listener)
    assert "typing works" in caught.value.means
    assert "nocturne dictation install" in caught.value.remedy


# -- with engines of the test, which need no model -------------------------------------------------

LOUD = np.random.default_rng(4).normal(0, 6000, 3 * 16_000).astype(np.int16)


@pytest.fixture
def run(ears: Ears) -> Iterator[Callable[..., EngineProcess]]:
    made: list[EngineProcess] = []

    def begin(*ladder: TestRecipe, quick: TestRecipe | None = None) -> EngineProcess:
        engine = EngineProcess(EngineChoice(ladder, quick))
        made.append(engine)
        engine.open(ears.listener)
        return engine

    yield begin
    for each in made:
        each.close()


def test_an_engine_too_slow_for_this_machine_says_so_and_a_smaller_one_writes(
    run: Callable[..., EngineProcess], ears: Ears
) -> None:
    engine = run(TestRecipe("big model", seconds=8.0), TestRecipe("small model", seconds=0.1))
    said = ears.until("ready")
    assert "big model takes 8.0 s for a sentence on this machine" in said
    assert "1.60 s of processor time for each second of speech" in said
    assert "small model is used" in said
    engine.start()
    engine.feed(LOUD)
    engine.stop()
    heard, _ = ears.until("final")
    assert heard.engine == "small model"


def test_an_engine_that_dies_in_mid_sentence_loses_no_sound_and_no_word(
    run: Callable[..., EngineProcess], ears: Ears
) -> None:
    engine = run(TestRecipe("frail model", dies_at=2), TestRecipe("sturdy model"))
    ears.until("ready")
    engine.start()
    silence = np.zeros(16_000, np.int16)
    engine.feed(np.concatenate([LOUD, silence]))
    first, first_sound = ears.until("final")
    assert first.text == "frail model"
    second = np.concatenate([LOUD[::-1], silence])
    engine.feed(second)
    error = ears.until("error")
    assert "crashed" in error.happened
    assert "sturdy model" in error.means
    engine.stop()
    again, sound = ears.until("final")
    ears.until("ended")
    # The words of before stay, and what was not answered is heard again, whole.
    assert again.text == "sturdy model"
    assert ears.kinds().count("final") == 2
    assert LOUD[::-1].tobytes() in sound.tobytes()
    assert LOUD.tobytes() in first_sound.tobytes()


def test_an_engine_that_does_not_load_gives_its_reason_and_its_remedy(
    run: Callable[..., EngineProcess], ears: Ears
) -> None:
    run(TestRecipe("broken model", refuses=True))
    error = ears.until("error")
    assert error.happened == "broken model is broken."
    assert error.remedy == "Take another one."


def test_the_quick_engine_writes_the_whole_sentence_before_the_exact_one(
    run: Callable[..., EngineProcess], ears: Ears
) -> None:
    engine = run(TestRecipe("exact model"), quick=TestRecipe("quick model"))
    ears.until("ready")
    engine.start()
    engine.feed(LOUD)
    engine.stop()
    heard, _ = ears.until("final")
    assert heard.engine == "exact model"
    assert [text for kind, text in ears.seen if kind == "partial"][-1] == "quick model"


def test_an_engine_that_hangs_holds_up_nobody_who_speaks(
    run: Callable[..., EngineProcess], ears: Ears
) -> None:
    engine = run(TestRecipe("some model"))
    ears.until("ready")
    engine.start()
    assert engine.process_id is not None
    os.kill(engine.process_id, signal.SIGSTOP)
    # A minute of sound, far more than a pipe holds: each call returns.
    for _ in range(20):
        engine.feed(LOUD)
    os.kill(engine.process_id, signal.SIGCONT)
    engine.stop()
    ears.until("ended")
    seconds = sum(len(held[1]) for kind, held in ears.seen if kind == "final") / 16_000
    assert seconds == pytest.approx(60.0, abs=1.0)


def test_a_hanging_engine_is_closed_all_the_same(
    run: Callable[..., EngineProcess], ears: Ears
) -> None:
    engine = run(TestRecipe("some model"))
    ears.until("ready")
    engine.start()
    assert engine.process_id is not None
    os.kill(engine.process_id, signal.SIGSTOP)
    for _ in range(20):
        engine.feed(LOUD)
    engine.close()
    assert engine.process_id is None
