"""Which decoder writes: the most exact one that this machine is quick enough for."""

from __future__ import annotations

import time

import pytest

from tests.dictation.recipes import Clock, TestRecipe
from workstation.dictation.pacing import Pace, first_quick_enough, pace_of
from workstation.domain.dictation import SpeechUnavailable

TINY = TestRecipe("tiny", seconds=0.2)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "perf_counter", Clock.read)
    monkeypatch.setattr(time, "process_time", Clock.read)


def test_processor_time_is_told_for_each_second_of_speech() -> None:
    # 1.5 s of work for the 5 s of sound that an engine is timed with
    pace = pace_of(TestRecipe("base", seconds=1.5).make(1))
    assert pace.sentence == pytest.approx(1.5)
    assert pace.cpu == pytest.approx(0.3)
    assert "0.30 s of processor time for each second of speech" in pace.words


def test_a_quick_engine_is_taken_without_a_word_about_its_pace() -> None:
    taken = first_quick_enough([TestRecipe("base", seconds=0.6), TINY])
    assert taken.recipe.label == "base"
    assert taken.sentence == "Listening with base."


def test_an_engine_that_is_too_slow_gives_way_to_the_smaller_one_and_it_is_said() -> None:
    taken = first_quick_enough([TestRecipe("base", seconds=2.0), TINY])
    assert taken.recipe == TINY
    assert "base takes 2.0 s for a sentence" in taken.sentence
    assert "0.40 s of processor time" in taken.sentence
    assert "tiny is used" in taken.sentence


def test_one_that_was_asked_for_by_name_stays_as_long_as_it_can_be_borne() -> None:
    slow = TestRecipe("base", seconds=2.0)
    assert first_quick_enough([slow, TINY], insist=True).recipe == slow
    slower = TestRecipe("base", seconds=4.0)
    assert first_quick_enough([slower, TINY], insist=True).recipe == TINY


def test_the_last_one_stays_however_slow_and_says_that_the_text_comes_late() -> None:
    taken = first_quick_enough([TestRecipe("big", 5.0), TestRecipe("base", 4.0)])
    assert taken.recipe.label == "base"
    assert "big takes 5.0 s" in taken.sentence
    assert taken.sentence.endswith("the text comes late.")


def test_an_engine_that_does_not_load_is_no_reason_to_take_another_one_unasked() -> None:
    with pytest.raises(SpeechUnavailable) as caught:
        first_quick_enough([TestRecipe("broken", refuses=True), TINY])
    assert caught.value.remedy == "Take another one."


def test_no_pace_is_negative() -> None:
    with pytest.raises(ValueError, match="before it was said"):
        Pace(-1.0, 0.0)
