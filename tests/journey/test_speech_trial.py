"""The ten-second test on a real microphone and a real engine: sound file → microphone → verdict."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dictation import speech

HERE = Path(__file__).parent


def test_a_reading_through_a_real_microphone_is_judged_in_words(tmp_path: Path) -> None:
    if not all(map(shutil.which, ("pulseaudio", "paplay", "pactl"))):
        pytest.skip("pulseaudio and pulseaudio-utils are not installed")
    speech.need("tiny")
    # Silence first, for a busy sound server still plays what came before; then the sentence of the
    # test, and another one.
    voices = [str(speech.recordings() / name) for name in ("piper-joe_0.wav", "flite-slt_1.wav")]
    out = tmp_path / "out.json"
    command = ["sh", str(HERE / "virtual_microphone.sh"), sys.executable, "-m"]
    command += ["tests.journey.speech_trial_child", str(out), str(tmp_path), "-", *voices]
    done = subprocess.run(
        command,
        cwd=HERE.parents[1],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    held = json.loads(out.read_text(encoding="utf-8"))
    assert held["defects"] == []
    silence, own, other = held["found"]
    # A sound server on a busy machine drops pieces and costs words.
    assert "onsolidation" in own["heard"] or "effusion" in own["heard"]
    assert "Moonshine" in own["engine"]
    assert "after the last word" in own["numbers"]
    assert "few of the words were recognised" in other["verdict"]
    assert silence["verdict"] == "No sound came."
    assert "after the last word" not in silence["numbers"]
