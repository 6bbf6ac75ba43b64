"""Running sound to text: what is written when, and from which sound."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from workstation.dictation.live import LiveRecogniser, Told
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord

RANDOM = np.random.default_rng(9)
SPEECH = RANDOM.normal(0, 6000, 2 * SAMPLE_RATE).astype(np.int16)
QUIET = RANDOM.normal(0, 10, 2 * SAMPLE_RATE).astype(np.int16)


def going_on() -> bool:
    return False


class Counting:
    """Writes which of its utterances it is; keeps the sound that it was given."""

    def __init__(self, name: str = "exact") -> None:
        self.name = name
        self.given: list[np.ndarray] = []

    def set_phrases(self, phrases: Sequence[str]) -> None:
        pass

    def decode(
        self, samples: np.ndarray, *, beams: int = 1, stop: Callable[[], bool] = going_on
    ) -> Heard:
        self.given.append(samples)
        word = HeardWord(f"{self.name}{len(self.given)}", 0.9)
        return Heard((word,), len(samples) / SAMPLE_RATE, self.name)


class Room:
    """A recogniser with what it told."""

    def __init__(
        self,
        quick: Counting | None = None,
        exact: Counting | None = None,
        *,
        use_pauses: bool = True,
    ) -> None:
        self.exact = exact or Counting()
        self.partial: list[str] = []
        self.final: list[tuple[Heard, np.ndarray]] = []
        #: set when a partial text was told
        self.seen = threading.Event()
        told = Told(self._partial, lambda heard, sound: self.final.append((heard, sound)))
        self.recogniser = LiveRecogniser(quick, self.exact, told, use_pauses=use_pauses)

    def _partial(self, text: str) -> None:
        self.partial.append(text)
        self.seen.set()

    def say(self, *sound: np.ndarray) -> None:
        """In pieces of 60 ms, as a microphone gives them."""
        whole = np.concatenate(sound)
        for at in range(0, len(whole), 960):
            self.recogniser.take(whole[at : at + 960], going_on)
            self.recogniser.ahead(going_on)


def seconds(samples: np.ndarray) -> float:
    return len(samples) / SAMPLE_RATE


def test_in_a_pause_the_final_text_is_written_before_the_end_is_known() -> None:
    room = Room()
    room.say(SPEECH, QUIET[: SAMPLE_RATE // 2])
    assert room.partial == ["exact1"]
    assert room.final == []
    room.recogniser.end(going_on)
    ((heard, sound),) = room.final
    assert heard.text == "exact1"
    assert len(room.exact.given) == 1
    # What is replayed later is all that was spoken, and its length is told.
    assert heard.seconds == pytest.approx(seconds(sound))
    assert seconds(sound) == pytest.approx(2.5, abs=0.05)


def test_a_pause_that_is_over_ends_with_the_text_that_was_written_in_it() -> None:
    room = Room()
    room.say(SPEECH, QUIET)
    assert [heard.text for heard, _ in room.final] == ["exact1"]
    assert len(room.exact.given) == 1


def test_who_goes_on_after_a_breath_is_heard_as_one_sentence() -> None:
    room = Room()
    room.say(SPEECH, QUIET[: SAMPLE_RATE // 2], SPEECH)
    room.recogniser.end(going_on)
    ((heard, _),) = room.final
    assert heard.text == "exact2"
    assert seconds(room.exact.given[-1]) == pytest.approx(4.5 + 0.7, abs=0.05)


def test_what_was_given_up_because_more_was_said_is_never_told() -> None:
    room = Room()
    whole = np.concatenate([SPEECH, QUIET[: SAMPLE_RATE // 2]])
    room.recogniser.take(whole, going_on)
    room.recogniser.ahead(lambda: True)
    assert room.partial == []
    room.recogniser.end(going_on)
    assert [heard.text for heard, _ in room.final] == ["exact2"]


def test_two_sentences_that_sound_the_same_are_both_told() -> None:
    room = Room()
    room.say(SPEECH, QUIET, SPEECH, QUIET)
    assert [heard.text for heard, _ in room.final] == ["exact1", "exact2"]


class Waiting(Counting):
    """Ends when it is asked to, or when something has come, whatever it has written."""

    def __init__(self, name: str, comes: threading.Event | None = None) -> None:
        super().__init__(name)
        self.comes = comes or threading.Event()

    def decode(
        self, samples: np.ndarray, *, beams: int = 1, stop: Callable[[], bool] = going_on
    ) -> Heard:
        for _ in range(3000):
            if self.comes.wait(0.01) or stop():
                break
        return super().decode(samples, beams=beams, stop=stop)


def test_a_key_that_goes_up_with_the_last_word_brings_the_quick_text_while_the_exact_writes() -> (
    None
):
    seen = threading.Event()
    room = Room(Counting("quick"), Waiting("exact", seen))
    room.seen = seen
    room.say(SPEECH)
    room.recogniser.end(going_on)
    assert seen.is_set()
    assert room.partial == ["quick1"]
    assert [heard.text for heard, _ in room.final] == ["exact1"]


def test_a_quick_text_that_comes_too_late_is_given_up_and_never_told() -> None:
    quick = Waiting("quick")
    room = Room(quick)
    room.say(SPEECH)
    room.recogniser.end(going_on)
    assert len(quick.given) == 1
    assert room.partial == []
    assert [heard.text for heard, _ in room.final] == ["exact1"]


def test_what_breaks_the_quick_decoder_is_not_hidden() -> None:
    class Broken(Counting):
        def decode(self, samples: np.ndarray, **_: object) -> Heard:
            raise RuntimeError("the quick one broke")

    room = Room(Broken("quick"))
    room.say(SPEECH)
    with pytest.raises(RuntimeError, match="quick one broke"):
        room.recogniser.end(going_on)


def test_an_engine_that_cannot_stop_begins_only_when_the_sentence_is_over() -> None:
    room = Room(use_pauses=False)
    room.say(SPEECH, QUIET[: SAMPLE_RATE // 2])
    assert room.exact.given == []
    room.recogniser.end(going_on)
    assert [heard.text for heard, _ in room.final] == ["exact1"]
