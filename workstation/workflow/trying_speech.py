"""Ten seconds of reading aloud: what the microphone gives and what the engine makes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import RLock
from typing import Any

import numpy as np

from workstation.domain.dictation import SAMPLE_RATE, Heard, SoundRefused
from workstation.domain.errors import ReaderError
from workstation.domain.sound_check import (
    ReadWord,
    SoundLevels,
    SoundVerdict,
    levels_of,
    verdict_of,
    words_read,
)
from workstation.workflow.dictating import Scribe, Sound, Speech

#: To be read aloud; half of it are words that a general engine mishears.
SENTENCE = "There is no focal consolidation, pleural effusion or pneumothorax."
SECONDS = 10.0
#: Louder than this above the quietest so far is speech, for the delay.
_ABOVE_DB = 9.0


class TrialState(StrEnum):
    """Where a trial stands."""

    IDLE = "idle"
    LOADING = "loading"
    READING = "reading"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What came of it. `delay`: seconds from the last loud sound to the last text; None where no
    text came."""

    levels: SoundLevels
    verdict: SoundVerdict
    words: tuple[ReadWord, ...]
    heard: str
    delay: float | None
    engine: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the engine of the settings is here, in words, with what to do."""

    ok: bool
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class TrialParts:
    """What bootstrap hands over."""

    #: the engine of the settings as they are now
    engine: Callable[[], Speech]
    listener: Callable[..., Any]
    scribe: Callable[[], Scribe]
    readiness: Callable[[], Readiness]


class TryingSpeech:
    """One trial at a time. `begin`, `stop` and `cancel` are slow: never on the Qt thread."""

    def __init__(self, parts: TrialParts, now: Callable[[], float] = time.monotonic) -> None:
        self._parts, self._now = parts, now
        self.readiness = parts.readiness
        self._lock = RLock()
        self._clear()

    def _clear(self) -> None:
        self._state = TrialState.IDLE
        self._engine: Speech | None = None
        self._scribe: Scribe | None = None
        self._told: Callable[[TrialState], None] = lambda _: None
        self._done: Callable[[TrialResult], None] = lambda _: None
        self._failed: Callable[[ReaderError], None] = lambda _: None
        self._sound: list[Sound] = []
        self._heard: list[Heard] = []
        self._words = ""
        self._floor = 0.0
        self._loud_at = self._text_at = 0.0

    @property
    def state(self) -> TrialState:
        """Where it stands."""
        return self._state

    def begin(
        self,
        told: Callable[[TrialState], None],
        done: Callable[[TrialResult], None],
        failed: Callable[[ReaderError], None],
    ) -> None:
        """Load the engine; READING is told when it listens. Callbacks come on any thread."""
        self.cancel()
        with self._lock:
            self._told, self._done, self._failed = told, done, failed
            self._enter(TrialState.LOADING)
        try:
            scribe = self._parts.scribe()
            scribe.prepare()
            engine = self._parts.engine()
            with self._lock:
                self._engine, self._scribe = engine, scribe
            engine.set_phrases(scribe.phrases)
            engine.open(
                self._parts.listener(
                    ready=self._ready,
                    partial=lambda _: None,
                    final=self._final,
                    ended=self._ended,
                    error=self._broke,
                    lost=lambda _: None,
                )
            )
        except ReaderError as error:
            self._broke(error)

    def _enter(self, state: TrialState) -> None:
        self._state = state
        self._told(state)

    def _ready(self, words: str) -> None:
        with self._lock:
            if self._engine is None or self._state is not TrialState.LOADING:
                return
            self._words = words
            self._engine.start()
            self._enter(TrialState.READING)

    def hear(self, samples: Sound, level: float) -> bool:
        """More sound (16 kHz) with its level in dB; False once ten seconds are full."""
        with self._lock:
            if self._state is not TrialState.READING or self._engine is None:
                return True
            self._sound.append(samples)
            self._engine.feed(samples)
            self._floor = min(self._floor, level)
            if level > self._floor + _ABOVE_DB:
                self._loud_at = self._now()
            return sum(map(len, self._sound)) < SECONDS * SAMPLE_RATE

    @property
    def recorded(self) -> float:
        """Seconds of sound so far."""
        return sum(map(len, self._sound)) / SAMPLE_RATE

    def stop(self) -> None:
        """Enough was read: the rest is written, then the result is told."""
        with self._lock:
            if self._state is not TrialState.READING or self._engine is None:
                return
            self._enter(TrialState.WRITING)
            self._engine.stop()

    def cancel(self) -> None:
        """Forget it; the engine ends. Nothing more is told."""
        with self._lock:
            engine = self._engine
            self._clear()
        if engine is not None:
            engine.close()

    def _final(self, heard: Heard, _sound: Sound) -> None:
        with self._lock:
            self._heard.append(heard)
            self._text_at = self._now()

    def _ended(self) -> None:
        with self._lock:
            if self._state is not TrialState.WRITING:
                return
            done, failed, scribe = self._done, self._failed, self._scribe
            sound = np.concatenate([np.empty(0, np.int16), *self._sound])
            heard, words = tuple(self._heard), self._words
            delay = self._text_at - self._loud_at if heard and self._loud_at else None
        assert scribe is not None
        try:
            result = self._judge(sound, heard, scribe, delay, words)
        except ValueError:
            failed(
                SoundRefused(
                    "The microphone gave no sound.",
                    remedy="Look whether it is plugged in, switched on and allowed.",
                )
            )
        else:
            done(result)

    @staticmethod
    def _judge(
        sound: Sound, heard: Sequence[Heard], scribe: Scribe, delay: float | None, engine: str
    ) -> TrialResult:
        levels = levels_of(sound)
        text = ""
        for each in heard:
            if each.words:
                text += scribe.write(scribe.mend(each), text).text
        words = words_read(SENTENCE, text)
        return TrialResult(levels, verdict_of(levels, words), words, text.strip(), delay, engine)

    def _broke(self, error: ReaderError) -> None:
        with self._lock:
            failed = self._failed
        failed(error)
