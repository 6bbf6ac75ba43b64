"""Vosk (Kaldi), from a model folder of the reader. Nothing is ever fetched.

A grammar is all that Vosk takes for phrases, and with one it hears nothing else: each ordinary
sentence becomes one of the phrases. So it is given none; what it mishears is mended by sound.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Bias, Capabilities
from workstation.dictation.own_models import load_with, need_file, need_folder
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord

#: `stop` is asked each time when so much more was heard.
_STEP = SAMPLE_RATE // 2
_UNKNOWN = "[unk]"


@dataclass(frozen=True, slots=True)
class VoskRecipe:
    """A folder with a Kaldi model as Vosk wants it."""

    folder: Path

    @property
    def label(self) -> str:
        return f"Vosk {self.folder.name.removeprefix('vosk-')}"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(partials=True, bias=Bias.NONE, confidence=True, word_times=True)

    def check(self) -> None:
        """SpeechUnavailable where the folder is none or lacks a file."""
        need_folder(self.folder, "Vosk")
        for name in ("am/final.mdl", "conf/mfcc.conf"):
            # Models of before 2020 lie flat.
            if not (self.folder / name).is_file():
                need_file(self.folder / Path(name).name, "Vosk")

    def make(self, threads: int) -> Vosk:
        """Kaldi works on one thread, whatever is asked for."""
        self.check()
        return load_with("vosk", self.label, lambda: Vosk(self))


class Vosk:
    """One model in memory."""

    def __init__(self, recipe: VoskRecipe) -> None:
        import vosk

        vosk.SetLogLevel(-1)
        self.name = recipe.label
        self._recogniser = vosk.KaldiRecognizer(vosk.Model(str(recipe.folder)), SAMPLE_RATE)
        self._recogniser.SetWords(True)

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Vosk takes none (see above)."""

    def decode(
        self,
        samples: NDArray[np.int16],
        *,
        beams: int = 1,
        stop: Callable[[], bool] = lambda: False,
    ) -> Heard:
        """What was said; `stop` ends it early. The breadth of the search is the model's own."""
        words: list[HeardWord] = []
        for begin in range(0, len(samples), _STEP):
            if stop():
                break
            if self._recogniser.AcceptWaveform(samples[begin : begin + _STEP].tobytes()):
                words += _words(self._recogniser.Result())
        words += _words(self._recogniser.FinalResult())
        return Heard(tuple(words), len(samples) / SAMPLE_RATE, self.name)

    def measure(self, seconds: float, tokens: int, beams: int) -> None:
        """Hears faint noise of that length."""
        noise = np.random.default_rng(0).normal(0, 300.0, int(seconds * SAMPLE_RATE))
        self.decode(noise.astype(np.int16))


def _words(answer: str) -> list[HeardWord]:
    return [
        HeardWord(text, min(1.0, max(0.0, float(each["conf"]))))
        for each in json.loads(answer).get("result", ())
        if each["word"] != _UNKNOWN
        for text in str(each["word"]).split()
    ]
