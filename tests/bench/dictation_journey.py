"""Every recording through the whole chain, and what became of its words.

    python -m tests.bench.dictation_journey [--more DIR] [--out F.json] [NAME.wav ...]

Sound file → virtual microphone → engine → field of the report in the real window → signed document
of the service. Without names all recordings of the data are taken. DIR holds `NAME_N.wav` and
`reference-sentences.txt`, whose line N (from 0) was read out. Prints the word errors of each voice
and each sentence in which a number, a negation or a side came out other than it was said. Needs
pulseaudio, the speech models, and about fifteen seconds a recording.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from tests.dictation import speech
from tests.dictation.test_correction import kept

JOURNEY = Path(__file__).parents[1] / "journey"
_NUMBERED = re.compile(r"(.+)_(\d+)\.wav")
#: Digits as the report writes them, with what a comparison of words calls number, negation, side.
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


def turning(words: list[str]) -> Counter[str]:
    """The numbers, negations and sides of a text."""
    return kept(words) + Counter(_DIGITS.findall(" ".join(words)))


def run(recordings: list[Path], work: Path) -> dict[str, Any]:
    """What the reader at the window found."""
    out = work / "out.json"
    command = ["sh", str(JOURNEY / "virtual_microphone.sh"), sys.executable, "-m"]
    command += ["tests.journey.dictation_child", str(work), str(out), *map(str, recordings)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(command, cwd=JOURNEY.parents[1], env=environment, check=True)
    held: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return held


def spoken(folder: Path, names: list[str]) -> list[tuple[Path, str]]:
    """(recording, sentence that was read out) of a folder."""
    lines = (folder / "reference-sentences.txt").read_text(encoding="utf-8").strip().split("\n")
    found = []
    for path in sorted(folder.glob("*_*.wav")):
        match = _NUMBERED.fullmatch(path.name)
        if match is not None and (not names or path.name in names):
            found.append((path, lines[int(match[2])]))
    return found


def show(pairs: list[tuple[Path, str]], held: dict[str, Any]) -> None:
    """The table, and every sentence that means something else than was said."""
    errors: dict[str, int] = defaultdict(int)
    count: dict[str, int] = defaultdict(int)
    changed: list[str] = []
    unsigned = 0
    for (path, sentence), said in zip(pairs, held["said"], strict=True):
        voice = path.name.rsplit("_", 1)[0]
        wanted = speech.plain_words(speech.as_written(sentence))
        written = speech.plain_words(said)
        errors[voice] += speech.word_errors(wanted, written)
        count[voice] += len(wanted)
        unsigned += said.strip() not in held["signed"]
        before, after = turning(wanted), turning(written)
        if before != after:
            lost = ", ".join((before - after).elements()) or "nothing"
            came = ", ".join((after - before).elements()) or "nothing"
            changed.append(f"{path.name}: lost {lost}; came {came}\n    {said.strip()}")
    print("voice            words  errors    WER %")
    for voice in count:
        rate = 100 * errors[voice] / count[voice]
        print(f"{voice:16} {count[voice]:5} {errors[voice]:7} {rate:8.1f}")
    delays = sorted(held["delays"])
    print(f"delay to the text: median {delays[len(delays) // 2]:.2f} s, longest {delays[-1]:.2f} s")
    print(f"not in the signed document as written: {unsigned} of {len(pairs)}")
    print(f"number, negation or side other than said: {len(changed)} of {len(pairs)}")
    for each in changed:
        print(f"  {each}")
    for defect in held["defects"]:
        print(f"defect: {defect}")


def main(arguments: list[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--more", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args(arguments)
    folder = given.more or speech.recordings()
    pairs = spoken(folder, given.names)
    with tempfile.TemporaryDirectory() as work:
        held = run([path for path, _ in pairs], Path(work))
    if given.out is not None:
        given.out.write_text(json.dumps(held, indent=1, ensure_ascii=False), encoding="utf-8")
    show(pairs, held)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
