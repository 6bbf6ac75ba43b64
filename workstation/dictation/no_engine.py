"""The engine that hears nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Bias, Capabilities, Listener
from workstation.dictation.models import INSTALL
from workstation.domain.dictation import SpeechUnavailable


class NoEngine:
    """Where no engine is installed or none is wanted: it says so, and hears nothing."""

    capabilities = Capabilities(partials=False, bias=Bias.NONE, confidence=False)

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
