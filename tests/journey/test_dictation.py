"""Spoken, heard, written, signed: sound file → microphone → engine → report → site."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.dictation import speech

HERE = Path(__file__).parent

#: Recordings and the number of their sentence.
SPOKEN = {"piper-joe_0.wav": 0, "flite-slt_1.wav": 1, "piper-joe_4.wav": 4}


@pytest.fixture(scope="module")
def dictated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a child with a virtual microphone found."""
    if not all(map(shutil.which, ("pulseaudio", "paplay", "pactl"))):
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    speech.need("tiny")
    folder = speech.recordings()
    work = tmp_path_factory.mktemp("dictation")
    out = work / "out.json"
    command = ["sh", str(HERE / "virtual_microphone.sh"), sys.executable, "-m"]
    command += ["tests.journey.dictation_child", str(work), str(out)]
    command += [str(folder / name) for name in SPOKEN]
    done = subprocess.run(
        command,
        cwd=HERE.parents[1],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    held: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return held


def test_what_is_spoken_stands_in_the_report_and_in_the_signed_document(
    dictated: dict[str, Any],
) -> None:
    assert len(dictated["said"]) == len(SPOKEN)
    errors = count = 0
    for said, number in zip(dictated["said"], SPOKEN.values(), strict=True):
        wanted = speech.plain_words(speech.as_written(speech.references()[number]))
        errors += speech.word_errors(wanted, speech.plain_words(said))
        count += len(wanted)
        assert said in dictated["draft"]
        assert said.strip() in dictated["signed"]
    # A sound server on a busy machine drops pieces and costs words; a broken chain costs them all.
    assert errors / count < 0.5, dictated["said"]


def test_a_press_without_a_word_is_told_and_writes_nothing(dictated: dict[str, Any]) -> None:
    assert any("gave no sound" in note for note in dictated["notes"])
    assert len(dictated["said"]) == dictated["kept_before"]


def test_the_sound_is_kept_until_the_signature_and_gone_with_it(dictated: dict[str, Any]) -> None:
    assert dictated["kept_before"] == len(SPOKEN)
    assert dictated["kept_after"] == 0


def test_nothing_broke_on_the_way(dictated: dict[str, Any]) -> None:
    assert dictated["defects"] == []
    assert len(dictated["ready"]) == 1
