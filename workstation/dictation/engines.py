"""The one interface behind which every engine stands, and the engine that hears nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.models import INSTALL
from workstation.domain.dictation import Heard, SpeechUnavailable
from workstation.domain.errors import ReaderError


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do beyond final text."""

    partials: bool
    bias: bool
    confidence: bool


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


class NoEngine:
    """Where no engine is installed or none is wanted: it says so, and hears nothing."""

    capabilities = Capabilities(partials=False, bias=False, confidence=False)

    def __init__(self, happened: str = "", remedy: str = INSTALL) -> None:
        self._happened = happened or "No speech model is installed."
        self._remedy = remedy

    def _refuse(self) -> SpeechUnavailable:
        return SpeechUnavailable(
            self._happened,
            means="Nothing can be dictated; typing works as always.",
            remedy=self._remedy,
        )

    def open(self, listener: Listener) -> None:
        """Always refused."""
        raise self._refuse()

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """There is nobody to tell."""

    def start(self) -> None:
        """Always refused."""
        raise self._refuse()

    def feed(self, samples: NDArray[np.int16]) -> None:
        """Always refused."""
        raise self._refuse()

    def stop(self) -> None:
        """There is nothing to stop."""

    def cancel(self) -> None:
        """There is nothing to cancel."""

    def close(self) -> None:
        """There is nothing to close."""
