"""The engine that the settings name, made when somebody first listens and after each change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Bias, Capabilities, Engine, Listener
from workstation.domain.dictation import SpeechUnavailable


class ChosenEngine:
    """Stands for an engine that does not exist yet.

    `make` reads the settings; SpeechUnavailable goes to whoever wants to speak. A change takes hold
    at the next sentence, once nothing is being written any more.
    """

    def __init__(self, make: Callable[[], Engine]) -> None:
        self._make = make
        self._lock = threading.RLock()
        self._engine: Engine | None = None
        self._listener: Listener | None = None
        self._phrases: Sequence[str] = ()
        self._stale = False
        self._under_way = 0

    @property
    def capabilities(self) -> Capabilities:
        """Of the engine that listens."""
        if self._engine is None:
            return Capabilities(partials=False, bias=Bias.NONE, confidence=False)
        return self._engine.capabilities

    def renew(self) -> None:
        """The settings have changed."""
        with self._lock:
            self._stale = True

    def open(self, listener: Listener) -> None:
        """Make it; SpeechUnavailable where there is nothing to make."""
        with self._lock:
            self._listener = replace(listener, ended=lambda: self._ended(listener))
            self._ready()

    def _ended(self, listener: Listener) -> None:
        with self._lock:
            self._under_way = max(0, self._under_way - 1)
        listener.ended()

    def _ready(self) -> Engine:
        if self._engine is not None and self._stale and not self._under_way:
            self._engine.close()
            self._engine = None
        if self._engine is None:
            if self._listener is None:
                raise SpeechUnavailable("The speech engine was not opened.")
            made = self._make()
            made.set_phrases(self._phrases)
            made.open(self._listener)
            self._engine, self._stale, self._under_way = made, False, 0
        return self._engine

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Make these likelier from the next utterance on."""
        with self._lock:
            self._phrases = tuple(phrases)
            if self._engine is not None:
                self._engine.set_phrases(self._phrases)

    def start(self) -> None:
        """Sound follows."""
        with self._lock:
            self._ready().start()
            self._under_way += 1

    def feed(self, samples: NDArray[np.int16]) -> None:
        """16 kHz, one channel."""
        with self._lock:
            if self._engine is not None:
                self._engine.feed(samples)

    def stop(self) -> None:
        """No more sound."""
        with self._lock:
            if self._engine is not None:
                self._engine.stop()

    def cancel(self) -> None:
        """Forget what is under way."""
        with self._lock:
            if self._engine is not None:
                self._engine.cancel()

    def close(self) -> None:
        """End for good."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
