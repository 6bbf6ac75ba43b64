"""Whisper (Radford et al., arXiv 2212.04356) through faster-whisper, from a folder of the reader.

The folder is a model of CTranslate2. Nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.engines import Bias, Capabilities
from workstation.dictation.own_models import load_with, need_file, need_folder
from workstation.dictation.prompting import prompt_of
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord

_FILES = ("model.bin", "config.json", "tokenizer.json")
_BEAMS = 5


@dataclass(frozen=True, slots=True)
class FasterWhisperRecipe:
    """A folder with a model of CTranslate2."""

    folder: Path

    @property
    def label(self) -> str:
        return f"faster-whisper {self.folder.name.removeprefix('faster-whisper-')}"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            partials=False, bias=Bias.PROMPT, confidence=True, word_times=True, stops=False
        )

    def check(self) -> None:
        """SpeechUnavailable where the folder is none or lacks a file."""
        need_folder(self.folder, "faster-whisper")
        for name in _FILES:
            need_file(self.folder / name, "faster-whisper")

    def make(self, threads: int) -> FasterWhisper:
        self.check()
        return load_with("faster_whisper", self.label, lambda: FasterWhisper(self, threads))


class FasterWhisper:
    """One model in memory."""

    def __init__(self, recipe: FasterWhisperRecipe, threads: int) -> None:
        from faster_whisper import WhisperModel

        self.name = recipe.label
        self._model = WhisperModel(
            str(recipe.folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )
        self._hotwords: str | None = None

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """The first ones that fit before the text."""
        self._hotwords = prompt_of(phrases) or None

    def decode(
        self,
        samples: NDArray[np.int16],
        *,
        beams: int = _BEAMS,
        stop: Callable[[], bool] = lambda: False,
    ) -> Heard:
        """What was said; `stop` is asked between stretches of 30 s alone."""
        segments, _ = self._model.transcribe(
            samples.astype(np.float32) / 32768.0,
            language="en",
            beam_size=min(beams, _BEAMS),
            # Tried again hotter, an utterance of noise becomes an invented sentence.
            temperature=0.0,
            condition_on_previous_text=False,
            hotwords=self._hotwords,
            word_timestamps=True,
        )
        words: list[HeardWord] = []
        for segment in segments:
            if stop():
                break
            for each in segment.words or ():
                confidence = min(1.0, max(0.0, float(each.probability)))
                words += [HeardWord(text, confidence) for text in each.word.split()]
        return Heard(tuple(words), len(samples) / SAMPLE_RATE, self.name)

    def measure(self, seconds: float, tokens: int, beams: int) -> None:
        """The encoder hears faint noise, and the decoder may not end before `tokens`."""
        noise = np.random.default_rng(0).normal(0, 0.01, int(seconds * SAMPLE_RATE))
        end = self._model.hf_tokenizer.token_to_id("<|endoftext|>")
        segments, _ = self._model.transcribe(
            noise.astype(np.float32),
            language="en",
            beam_size=min(beams, _BEAMS),
            temperature=0.0,
            max_new_tokens=tokens,
            suppress_tokens=[-1, end],
            no_speech_threshold=None,
            without_timestamps=True,
        )
        for _ in segments:
            pass
