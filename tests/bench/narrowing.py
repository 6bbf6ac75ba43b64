"""The base decoder with weights of 32 bits and of 8, in turns: word errors, equal texts, time."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

from tests import realdata
from tests.bench.dictation import NOISES, VOICES, Row, noisy
from tests.dictation.speech import folder, our_writer, plain_words, references
from workstation.bootstrap.speech import phrases
from workstation.dictation import moonshine
from workstation.dictation.live import FINAL_BEAMS
from workstation.dictation.moonshine import Moonshine, MoonshineFiles
from workstation.dictation.sound import read_wav
from workstation.domain.dictation import Heard, HeardWord


def _wide() -> Moonshine:
    """As it was installed, its weights widened."""
    kept = moonshine.narrowed
    moonshine.narrowed = lambda model: model
    try:
        return _made(folder().files("base"))
    finally:
        moonshine.narrowed = kept


def _made(files: MoonshineFiles) -> Moonshine:
    model = Moonshine("base", files)
    model.set_phrases(phrases().all)
    return model


def _recordings(place: Path) -> list[tuple[str, int, Path]]:
    return [
        (voice, number, place / f"{file}_{number}.wav")
        for voice, file in VOICES.items()
        for number in range(len(references()))
    ]


def main() -> int:
    """Print the table."""
    models = {"wide": _wide(), "narrow": _made(folder().files("base"))}
    scribe = our_writer()
    rows: dict[tuple[str, float | None, str], Row] = {}
    taken: dict[str, list[float]] = {each: [] for each in models}
    equal = count = 0
    for voice, number, path in _recordings(realdata.require("dictation")):
        words = tuple(HeardWord(word, 1.0) for word in references()[number].split())
        wanted = plain_words(scribe.write(Heard(words, 1.0, "read out")).text)
        for noise in NOISES:
            sound = noisy(read_wav(path), noise)
            texts = []
            for name, model in models.items():
                begin = time.thread_time()
                heard = model.decode(sound, beams=FINAL_BEAMS)
                taken[name].append(time.thread_time() - begin)
                texts.append(scribe.write(scribe.mend(heard)).text)
                rows.setdefault((voice, noise, name), Row()).add(wanted, plain_words(texts[-1]))
            equal += len(set(texts)) == 1
            count += 1
    print("word errors in %, with bias and mended")
    print("voice   noise   wide narrow")
    for voice in VOICES:
        for noise in NOISES:
            rates = " ".join(rows[voice, noise, name].rate for name in models)
            print(f"{voice:7} {'clean' if noise is None else f'{noise:.0f} dB':6} {rates}")
    print(f"the same text: {equal} of {count}")
    for name in models:
        print(f"{name:6} {median(taken[name]):.3f} s of processor time a sentence, median")
    return 0


if __name__ == "__main__":
    sys.exit(main())
