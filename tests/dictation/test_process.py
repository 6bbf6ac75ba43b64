"""The engine in its process: what it tells, and what happens when it dies."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.dictation import speech
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
