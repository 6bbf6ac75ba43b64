"""Noise becomes no word, and words stay words."""

from __future__ import annotations

import numpy as np
import pytest

from tests.dictation import speech
from workstation.dictation.live import FINAL_BEAMS
from workstation.dictation.noise import without_noise
from workstation.domain.dictation import Heard, HeardWord


def heard(text: str, seconds: float, confidence: float) -> Heard:
    words = tuple(HeardWord(word, confidence) for word in text.split())
    return Heard(words, seconds, "test")


@pytest.mark.parametrize(
    ("text", "seconds", "confidence", "kept"),
    [
        ("You", 5.0, 0.43, False),
        ("Thank you", 6.0, 0.3, False),
        ("Normal", 1.4, 0.3, True),  # a word said alone, and marked as doubtful
        ("Cardiomegaly", 2.9, 0.8, True),  # drawn out, but sure
        ("no acute fracture", 3.0, 0.2, True),
        ("", 5.0, 0.0, False),
        ("in the name of all that is good", 0.8, 0.9, False),  # eight words in less than a second
        ("no acute fracture or dislocation", 1.5, 0.9, True),  # a quick speaker
        ("L four L five", 0.9, 0.9, True),
    ],
)
def test_a_few_unsure_words_for_seconds_and_many_for_a_moment_are_noise(
    text: str, seconds: float, confidence: float, kept: bool
) -> None:
    found = without_noise(heard(text, seconds, confidence))
    assert bool(found.words) is kept
    assert found.seconds == seconds


@pytest.mark.parametrize("model", ["tiny", "base"])
@pytest.mark.parametrize("seed", range(3))
def test_a_fan_is_written_by_no_model(model: str, seed: int) -> None:
    decoder = speech.moonshine(model)
    fan = np.random.default_rng(seed).normal(0, 2000, 16_000 * 5).astype(np.int16)
    assert without_noise(decoder.decode(fan, beams=FINAL_BEAMS)).words == ()
