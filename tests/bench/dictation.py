"""Dictation: word errors by model, voice and noise; processor time, memory, delay.

The recordings are synthetic voices: the numbers rank engines, they promise nothing for a person.
Word errors count what would land in the report against the sentence in the same writing.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from tests import realdata
from tests.dictation.speech import folder, plain_words, references, word_errors
from workstation.bootstrap.speech import phrases, writer
from workstation.dictation.live import FINAL_BEAMS
from workstation.dictation.moonshine import Moonshine
from workstation.dictation.sound import read_wav
from workstation.dictation.writing import Writer
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord

VOICES = {"neural": "piper-joe", "flite": "flite-slt", "espeak": "espeak"}
#: signal to noise in dB; None is the recording as it is
NOISES = (None, 20.0, 10.0)
DISTRACTORS = 3000


def distractors() -> tuple[str, ...]:
    """Words of our phrases in orders that nobody says: the hardest kind."""
    chance = random.Random(3000)
    words = sorted({word for phrase in phrases().all for word in phrase.split()})
    return tuple(" ".join(chance.sample(words, 3)) for _ in range(DISTRACTORS))


def noisy(sound: np.ndarray, decibels: float | None) -> np.ndarray:
    """With pink noise below the speech, as of fans and corridors."""
    if decibels is None:
        return sound
    white = np.fft.rfft(np.random.default_rng(7).normal(size=len(sound)))
    white /= np.sqrt(np.maximum(1, np.arange(len(white))))
    pink = np.fft.irfft(white, len(sound))
    speech = float(np.sqrt(np.mean(np.square(sound.astype(float)))))
    pink *= speech / float(np.sqrt(np.mean(pink * pink))) / 10 ** (decibels / 20)
    return np.clip(sound + pink, -32768, 32767).astype(np.int16)


class Row:
    """One line of the table while it is being counted."""

    def __init__(self) -> None:
        self.errors = self.words = 0
        self.cpu = self.wall = self.audio = 0.0

    def add(self, wanted: list[str], made: list[str]) -> None:
        self.errors += word_errors(wanted, made)
        self.words += len(wanted)

    @property
    def rate(self) -> str:
        return f"{100 * self.errors / max(1, self.words):5.1f}"


def _written(scribe: Writer, heard: Heard) -> list[str]:
    return plain_words(scribe.write(heard).text)


def _model(name: str) -> None:
    known = phrases().all
    plain, mending = writer(known, correct=False), writer(known)
    model = Moonshine(name, folder().files(name))
    wanted = [
        _written(plain, Heard(tuple(HeardWord(w, 1.0) for w in each.split()), 1.0, "read out"))
        for each in references()
    ]
    place = realdata.require("dictation")
    for voice, file in VOICES.items():
        sounds = [read_wav(place / f"{file}_{number}.wav") for number in range(len(wanted))]
        for noise in NOISES:
            rows = {key: Row() for key in ("plain", "bias", "bias+mend", "distracted")}
            for key in ("plain", "bias", "distracted"):
                model.set_phrases(
                    {"plain": (), "bias": known, "distracted": (*known, *distractors())}[key]
                )
                for sound, words in zip(sounds, wanted, strict=True):
                    cpu, wall = time.process_time(), time.perf_counter()
                    heard = model.decode(noisy(sound, noise), beams=FINAL_BEAMS)
                    mended = mending.mend(heard)
                    rows[key].cpu += time.process_time() - cpu
                    rows[key].wall = max(rows[key].wall, time.perf_counter() - wall)
                    rows[key].audio += len(sound) / SAMPLE_RATE
                    if key == "bias":
                        rows["bias"].add(words, _written(plain, heard))
                        rows["bias+mend"].add(words, _written(mending, mended))
                    else:
                        rows[key].add(words, _written(plain if key == "plain" else mending, mended))
            cost = rows["bias"]
            print(
                f"{name:5} {voice:7} {'clean' if noise is None else f'{noise:.0f} dB':6}"
                f" {rows['plain'].rate} {rows['bias'].rate} {rows['bias+mend'].rate}"
                f" {rows['distracted'].rate}   {cost.cpu / cost.audio:6.3f} {cost.wall:9.2f}",
                flush=True,
            )


def _memory(name: str) -> str:
    script = "import sys; from tests.bench.dictation import loaded; print(loaded(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", script, name], capture_output=True, text=True)
    return done.stdout.strip() or "?"


def loaded(name: str) -> int:
    """The most memory in MB that one model with its phrases takes, a sentence included.

    VmHWM begins anew with each program; ru_maxrss would hold the peak of who started it.
    """
    model = Moonshine(name, folder().files(name))
    model.set_phrases(phrases().all)
    model.measure(5.0, 24, FINAL_BEAMS)
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) // 1024 if peak else 0


def main() -> int:
    """Print the table."""
    print("word errors in %: without bias, with bias, and mended by sound, with 3,000 distractors")
    print("model voice   noise  plain  bias  mend  distr  cpu-s/s longest s to text")
    for name in folder().installed():
        _model(name)
    for name in folder().installed():
        print(f"{name}: {_memory(name)} MB at most, loading included")
    return 0
