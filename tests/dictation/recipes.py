"""Engines of the tests: slow ones, and ones that die. The process of an engine imports this."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from workstation.dictation.engines import Bias, Capabilities
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord, SpeechUnavailable


@dataclass(frozen=True, slots=True)
class TestRecipe:
    """Hears its own name in everything.

    `seconds` for each sentence; `dies_at`: the process ends at the utterance of that number;
    `refuses`: it does not load.
    """

    __test__ = False

    label: str
    seconds: float = 0.0
    dies_at: int = 0
    refuses: bool = False
    partials: bool = False

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(partials=self.partials, bias=Bias.NONE, confidence=True)

    def make(self, threads: int) -> TestDecoder:
        if self.refuses:
            raise SpeechUnavailable(f"{self.label} is broken.", remedy="Take another one.")
        if multiprocessing.parent_process() is not None:
            # In the process of an engine nothing else looks at the clock.
            time.perf_counter = time.process_time = Clock.read  # type: ignore[assignment]
        return TestDecoder(self)


class TestDecoder:
    __test__ = False

    def __init__(self, recipe: TestRecipe) -> None:
        self.name, self._recipe = recipe.label, recipe
        self._decoded = 0

    def set_phrases(self, phrases: Sequence[str]) -> None:
        pass

    def decode(
        self, samples: np.ndarray, *, beams: int = 1, stop: Callable[[], bool] = lambda: False
    ) -> Heard:
        self._decoded += 1
        if self._decoded == self._recipe.dies_at:
            os._exit(1)
        words = tuple(HeardWord(word, 0.9) for word in self.name.split())
        return Heard(words, len(samples) / SAMPLE_RATE, self.name)

    def measure(self, seconds: float, tokens: int, beams: int) -> None:
        """Slow in words, not in the test: only the clock of the measurement is moved on."""
        Clock.now += self._recipe.seconds


class Clock:
    """Stands for the clock that decoders are timed with."""

    now = 0.0

    @classmethod
    def read(cls) -> float:
        return cls.now
