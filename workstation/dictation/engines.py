"""The one interface behind which every engine stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.domain.dictation import Heard
from workstation.domain.errors import ReaderError


class Bias(StrEnum):
    """How an engine takes phrases that are likelier than it thinks."""

    NONE = "none"
    #: any number of phrases, each token weighed
    PHRASES = "phrases"
    #: as many as fit before the text, as if they had been said already
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do beyond final text.

    `word_times`: it knows when a word was said; `stops`: it ends within a moment when it is asked
    to, so that it may begin before it is certain that its text is wanted.
    """

    partials: bool
    bias: Bias
    confidence: bool
    word_times: bool = False
    stops: bool = True


@dataclass(frozen=True, slots=True)
class Listener:
    """What an engine tells; called on a thread of the engine.

    `ready`: it listens now; the sentence says which model, and why another one does not.
    `final`: an utterance with its sound (16 kHz, int16). `ended`: all of it after `stop`.
    `lost`: sound that no engine could hear, so that it can be kept.
    """

    ready: Callable[[str], None]
    partial: Callable[[str], None]
    final: Callable[[Heard, NDArray[np.int16]], None]
    ended: Callable[[], None]
    error: Callable[[ReaderError], None]
    lost: Callable[[NDArray[np.int16]], None]


class Decoder(Protocol):
    """Turns one utterance into words. Not for several threads at once."""

    name: str

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Make these likelier."""

    def decode(
        self, samples: NDArray[np.int16], *, beams: int = ..., stop: Callable[[], bool] = ...
    ) -> Heard:
        """What was said; `stop` is asked at every step."""
        ...


class TimedDecoder(Decoder, Protocol):
    """A decoder that can be timed without anybody speaking."""

    def measure(self, seconds: float, tokens: int, beams: int) -> None:
        """Do the work of a sentence of that length."""


class Recipe(Protocol):
    """How a decoder is made: plain data, since another process makes it.

    Its package is imported by `make` and nowhere else.
    """

    @property
    def label(self) -> str:
        """As a reader calls it."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What the decoder can do."""
        ...

    def make(self, threads: int) -> TimedDecoder:
        """Load it; SpeechUnavailable with the reason and what to do."""
        ...


class Engine(Protocol):
    """Listens to running sound. All calls return at once; answers come to the listener."""

    capabilities: Capabilities

    def open(self, listener: Listener) -> None:
        """Begin to load; SpeechUnavailable where there is nothing to load."""

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Make these likelier from the next utterance on."""

    def start(self) -> None:
        """Sound follows."""

    def feed(self, samples: NDArray[np.int16]) -> None:
        """16 kHz, one channel."""

    def stop(self) -> None:
        """No more sound: what was said is written to the end, then `ended` is called."""

    def cancel(self) -> None:
        """Forget what is under way; `ended` is called."""

    def close(self) -> None:
        """End for good."""
