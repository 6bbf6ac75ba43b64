"""Levels of made sounds whose answers are known, and the verdict about them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workstation.domain.sound_check import (
    SoundLevels,
    SoundVerdict,
    levels_of,
    verdict_of,
    words_read,
)

RATE = 16_000
ALL = words_read("one two three four", "one two three four")


def tone(seconds: float, amplitude: float) -> np.ndarray:
    """A sine: its power is amplitude²/2."""
    at = np.arange(round(seconds * RATE)) / RATE
    return np.round(amplitude * 32767 * np.sin(2 * math.pi * 400 * at)).astype(np.int16)


def noise(seconds: float, decibels: float) -> np.ndarray:
    made = np.random.default_rng(1).normal(0, 32768 * 10 ** (decibels / 20), round(seconds * RATE))
    return np.round(made).astype(np.int16)


def read(voice: np.ndarray, room: float = -70.0) -> np.ndarray:
    """A second of room, the voice in the room, a second of room."""
    whole = noise(2 + len(voice) / RATE, room).astype(np.int32)
    whole[RATE : RATE + len(voice)] += voice
    return np.clip(whole, -32768, 32767).astype(np.int16)


def test_the_level_of_a_tone_and_of_the_room_are_what_they_were_made_with() -> None:
    found = levels_of(read(tone(3, 0.1), room=-60.0))
    assert found.speech == pytest.approx(20 * math.log10(0.1 / math.sqrt(2)), abs=0.3)
    assert found.noise == pytest.approx(-60.0, abs=1.0)
    assert found.clipped == 0.0


@pytest.mark.parametrize(
    ("sound", "verdict"),
    [
        (read(tone(3, 0.2)), SoundVerdict.GOOD),
        (np.zeros(3 * RATE, np.int16), SoundVerdict.NOTHING),
        (noise(3, -66), SoundVerdict.NOTHING),
        (read(tone(3, 0.005)), SoundVerdict.QUIET),
        (read(tone(3, 0.1), room=-30.0), SoundVerdict.NOISY),
        (noise(5, -30), SoundVerdict.NOISY),
        (read(np.clip(tone(3, 0.5).astype(int) * 4, -32768, 32767)), SoundVerdict.CLIPPED),
    ],
)
def test_the_verdict_names_what_matters_most(sound: np.ndarray, verdict: SoundVerdict) -> None:
    assert verdict_of(levels_of(sound), ALL) is verdict


def test_good_sound_without_the_words_is_somebody_else_or_another_engine() -> None:
    levels = SoundLevels(-20.0, -60.0, 0.0)
    few = words_read("one two three four", "nine two ten")
    assert [word.heard for word in few] == [False, True, False, False]
    assert verdict_of(levels, few) is SoundVerdict.STRANGE
    assert verdict_of(levels, words_read("one two", "two")) is SoundVerdict.GOOD


def test_words_are_compared_without_marks_and_capitals() -> None:
    found = words_read("No effusion, or mass.", "no effusion or Mass")
    assert all(word.heard for word in found)
    assert [word.text for word in found] == ["No", "effusion,", "or", "mass."]


def test_too_little_sound_is_not_judged() -> None:
    with pytest.raises(ValueError, match="too short"):
        levels_of(np.zeros(100, np.int16))
