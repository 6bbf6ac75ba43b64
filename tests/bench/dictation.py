"""Dictation: word errors by model, voice and noise; processor time, memory, delay.

The recordings are synthetic voices: the numbers rank engines, they promise nothing for a person.
Word errors count what would land in the report against the sentence in the same writing.
"""

from __future__ import annotations

import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests import realdata
from tests.bench.doubts import HEAD, Doubts
from tests.dictation import engine_models
from tests.dictation.speech import folder, plain_words, references, word_errors
from workstation.bootstrap.engines import own_recipe
from workstation.bootstrap.speech import phrases, writer
from workstation.dictation.engines import Listener, Recipe
from workstation.dictation.live import FINAL_BEAMS
from workstation.dictation.moonshine import Moonshine, MoonshineRecipe
from workstation.dictation.process import EngineChoice, EngineProcess
from workstation.dictation.sound import level, read_wav
from workstation.dictation.writing import Writer
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord

VOICES = {"neural": "piper-joe", "flite": "flite-slt", "espeak": "espeak"}
#: signal to noise in dB; None is the recording as it is
NOISES = (None, 20.0, 10.0)
DISTRACTORS = 3000
#: Quieter than this nothing is said in the recordings; and what a hasty hand leaves behind a word.
_QUIET_DB, HASTE = -45.0, SAMPLE_RATE // 10


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


def _model(name: str, recipe: Recipe, noises: Sequence[float | None] = NOISES) -> None:
    known = phrases().all
    plain, mending = writer(known, correct=False), writer(known)
    model = recipe.make(2)
    total = Doubts()
    wanted = [
        _written(plain, Heard(tuple(HeardWord(w, 1.0) for w in each.split()), 1.0, "read out"))
        for each in references()
    ]
    place = realdata.require("dictation")
    for voice, file in VOICES.items():
        sounds = [read_wav(place / f"{file}_{number}.wav") for number in range(len(wanted))]
        for noise in noises:
            rows = {key: Row() for key in ("plain", "bias", "bias+mend", "distracted")}
            doubts = Doubts()
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
                        written = mending.write(mended)
                        rows["bias+mend"].add(words, plain_words(written.text))
                        for counter in (doubts, total):
                            counter.add(words, written)
                    else:
                        rows[key].add(words, _written(plain if key == "plain" else mending, mended))
            cost = rows["bias"]
            print(
                f"{name:20} {voice:7} {'clean' if noise is None else f'{noise:.0f} dB':6}"
                f" {rows['plain'].rate} {rows['bias'].rate} {rows['bias+mend'].rate}"
                f" {rows['distracted'].rate}   {cost.cpu / cost.audio:6.3f} {cost.wall:9.2f}"
                f"   {doubts.line}",
                flush=True,
            )
    print(f"{name:20} all of it, of what is in doubt: {total.line}")


class _Ear:
    """When text came."""

    def __init__(self) -> None:
        self.said = ""
        self.first = self.last = 0.0
        self.ready, self.ended = threading.Event(), threading.Event()
        self.listener = Listener(
            self._ready, self._partial, self._final, self.ended.set, print, lambda _: None
        )

    def begin(self) -> None:
        self.first = self.last = 0.0
        self.ended.clear()

    def _ready(self, words: str) -> None:
        self.said = words
        self.ready.set()

    def _partial(self, _: str) -> None:
        self.first = time.perf_counter()

    def _final(self, *_: object) -> None:
        self.last = time.perf_counter()


def _until_the_last_word(sound: np.ndarray) -> np.ndarray:
    """As where the key goes up with the last word: the quiet at the end is left out."""
    step = SAMPLE_RATE // 50
    loud = [at for at in range(0, len(sound), step) if level(sound[at : at + step]) > _QUIET_DB]
    return sound[: loud[-1] + HASTE]


def _delays(name: str) -> None:
    """Sound as it is spoken, in pieces of 60 ms; the key is let go with the last one."""
    recipe = MoonshineRecipe(name, folder().files(name))
    quick = MoonshineRecipe("tiny", folder().files("tiny"))
    ear = _Ear()
    engine = EngineProcess(EngineChoice((recipe,), quick, insist=True))
    engine.set_phrases(phrases().all)
    engine.open(ear.listener)
    ear.ready.wait()
    place = realdata.require("dictation")
    sounds = [read_wav(place / f"piper-joe_{number}.wav") for number in range(10)]
    for hand, spoken in (
        ("calm", sounds),
        ("hasty", [_until_the_last_word(each) for each in sounds]),
    ):
        for what, taken in _say(engine, ear, spoken).items():
            print(f"{name:5} {hand:6} {what:8} {statistics.median(taken):5.2f} {max(taken):5.2f}")
    engine.close()
    print(ear.said)


def _say(engine: EngineProcess, ear: _Ear, sounds: Sequence[np.ndarray]) -> dict[str, list[float]]:
    seen, written = [], []
    for sound in sounds:
        ear.begin()
        engine.start()
        begin = time.perf_counter()
        for at in range(0, len(sound), 960):
            engine.feed(sound[at : at + 960])
            time.sleep(max(0.0, begin + (at + 960) / SAMPLE_RATE - time.perf_counter()))
        end = time.perf_counter()
        engine.stop()
        ear.ended.wait()
        written.append(ear.last - end)
        # A partial text of before the end does not count as text of the whole.
        seen.append(min(ear.last, ear.first if ear.first > end else ear.last) - end)
    return {"seen": seen, "written": written}


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
    print(f"then, with bias and mended: {HEAD}")
    print("model                voice   noise  plain  bias  mend  distr  cpu-s/s longest s to text")
    for name in folder().installed():
        _model(name, MoonshineRecipe(name, folder().files(name)))
    for engine, size in engine_models.MODELS:
        path = engine_models.find(engine, size)
        if path is not None and size != "korean":
            recipe = own_recipe(engine, str(path))
            _model(recipe.label, recipe, noises=(None,))
    for name in folder().installed():
        print(f"{name}: {_memory(name)} MB at most, loading included")
    print("seconds from the key let go to text: median, longest of 10. A calm hand lets it go")
    print("when the recording ends, 0.7 s behind the last word; a hasty one with the last word.")
    for name in folder().installed():
        _delays(name)
    return 0
