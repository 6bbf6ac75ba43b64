"""Whisper through whisper.cpp (pywhispercpp), from a ggml file of the reader.

Nothing is ever fetched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Bias, Capabilities
from workstation.dictation.own_models import damaged, load_with, need_file
from workstation.dictation.prompting import prompt_of
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord

#: The first four bytes of a model (whisper.cpp, `whisper_model_load`), as they lie in the file.
_MAGIC = b"lmgg"
#: whisper.cpp refuses less than a second.
_LEAST_SAMPLES = SAMPLE_RATE * 11 // 10
_BEAM_SEARCH = 1


@dataclass(frozen=True, slots=True)
class WhisperCppRecipe:
    """A ggml file."""

    file: Path

    @property
    def label(self) -> str:
        return f"whisper.cpp {self.file.stem.removeprefix('ggml-')}"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(partials=False, bias=Bias.PROMPT, confidence=True, word_times=True)

    def check(self) -> None:
        """SpeechUnavailable where it is no ggml file: the library would end the process."""
        need_file(self.file, "whisper.cpp")
        with self.file.open("rb") as file:
            if file.read(4) != _MAGIC:
                raise damaged(self.file, "whisper.cpp", "it does not begin like a ggml file")

    def make(self, threads: int) -> WhisperCpp:
        self.check()
        return load_with("pywhispercpp", self.label, lambda: WhisperCpp(self, threads))


class WhisperCpp:
    """One model in memory."""

    def __init__(self, recipe: WhisperCppRecipe, threads: int) -> None:
        from pywhispercpp.model import Model

        self.name = recipe.label
        self._model = Model(
            str(recipe.file),
            params_sampling_strategy=_BEAM_SEARCH,
            redirect_whispercpp_logs_to=None,
            context_params={"use_gpu": False},
            n_threads=threads,
            language="en",
            no_context=True,
            print_progress=False,
            print_realtime=False,
            print_timestamps=False,
            suppress_nst=True,
            # Tried again hotter, an utterance of noise becomes an invented sentence.
            temperature_inc=0.0,
            # One segment a word: its probability is that of the word.
            token_timestamps=True,
            max_len=1,
            split_on_word=True,
            carry_initial_prompt=True,
        )

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """The first ones that fit before the text."""
        self._model._set_params({"initial_prompt": prompt_of(phrases)})

    def decode(
        self,
        samples: NDArray[np.int16],
        *,
        beams: int = 5,
        stop: Callable[[], bool] = lambda: False,
    ) -> Heard:
        """What was said; `stop` ends it early."""
        sound = samples.astype(np.float32) / 32768.0
        if len(sound) < _LEAST_SAMPLES:
            sound = np.concatenate([sound, np.zeros(_LEAST_SAMPLES - len(sound), np.float32)])
        segments = self._model.transcribe(
            sound,
            abort_callback=stop,
            extract_probability=True,
            beam_search={"beam_size": min(beams, 5), "patience": -1.0},
        )
        words: list[HeardWord] = []
        for each in segments:
            sure = 0.0 if math.isnan(each.probability) else min(1.0, max(0.0, each.probability))
            words += [HeardWord(text, sure) for text in each.text.split()]
        return Heard(tuple(words), len(samples) / SAMPLE_RATE, self.name)

    def measure(self, seconds: float, tokens: int, beams: int) -> None:
        """Hears faint noise: the encoder works as for speech, the decoder may end sooner."""
        noise = np.random.default_rng(0).normal(0, 300.0, int(seconds * SAMPLE_RATE))
        self.decode(noise.astype(np.int16), beams=beams)
