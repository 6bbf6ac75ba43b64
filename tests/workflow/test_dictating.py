"""The use case on an engine of the test: phases, words for what goes wrong, nothing lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from workstation.domain.dictation import (
    Dictated,
    Heard,
    HeardWord,
    PhrasesRefused,
    SoundRefused,
    SpeechUnavailable,
    SpokenCommand,
    Utterance,
)
from workstation.domain.errors import DiskFull, ReaderError
from workstation.workflow.dictating import (
    LONGEST_SECONDS,
    Dictating,
    DictationEvent,
    EventKind,
    Phase,
    SpeechParts,
)

NOW = datetime(2026, 11, 24, 3, 13, tzinfo=UTC)
LOUD = np.full(1600, 3000, np.int16)


class Engine:
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.listener: dict[str, Any] = {}
        self.calls: list[str] = []
        self.refuses: ReaderError | None = None
        self.fed = 0

    def open(self, listener: dict[str, Any]) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.listener = listener

    def set_phrases(self, phrases: Sequence[str]) -> None:
        self.calls.append(f"{len(phrases)} phrases")

    def start(self) -> None:
        self.calls.append("start")

    def feed(self, samples: np.ndarray) -> None:
        self.fed += len(samples)

    def stop(self) -> None:
        self.calls.append("stop")

    def cancel(self) -> None:
        self.calls.append("cancel")

    def close(self) -> None:
        self.calls.append("close")

    def says(self, words: str) -> None:
        heard = Heard(tuple(HeardWord(word, 0.9) for word in words.split()), 1.0, "test")
        self.listener["final"](heard, LOUD)


class Own:
    """What was signed before."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.refuses: ReaderError | None = None

    def newest(self) -> Sequence[str]:
        if self.refuses is not None:
            raise self.refuses
        return self.texts


class Scribe:
    def __init__(self, *texts: str) -> None:
        self.phrases = ("pleural effusion", *texts)
        self.refused: ReaderError | None = None

    def prepare(self) -> None:
        pass

    def mend(self, heard: Heard) -> Heard:
        return heard

    def write(self, mended: Heard, before: str = "") -> Dictated:
        return Dictated(mended.text)


class Store:
    def __init__(self) -> None:
        self.held: dict[str, tuple[Utterance, bytes]] = {}
        self.full = False

    def keep(self, utterance: Utterance, sound: bytes) -> None:
        if self.full:
            raise DiskFull("The disk is full.")
        self.held[utterance.identifier] = (utterance, sound)

    def written(self, identifier: str) -> None:
        del self.held[identifier]

    def unwritten(self, study_uid: str) -> tuple[Utterance, ...]:
        return tuple(u for u, _ in self.held.values() if u.study_instance_uid == study_uid)

    def sound(self, identifier: str) -> bytes | None:
        return self.held[identifier][1] if identifier in self.held else None


class Bench:
    def __init__(self) -> None:
        self.engine, self.store = Engine(), Store()
        parts = SpeechParts(
            self.engine,
            lambda **calls: calls,
            self._scribe,
            {"next field": SpokenCommand("report.next_field")}.get,
        )
        self.own = Own()
        #: why drafts cannot be saved
        self.unsaved: ReaderError | None = None
        #: what of the reader's own phrases is refused from now on
        self.refused: ReaderError | None = None
        self.dictating = Dictating(parts, self.store, lambda: NOW, self.own, self.save_drafts)
        self.events: list[DictationEvent] = []
        self.dictating.listen(self.events.append)

    def save_drafts(self) -> None:
        if self.unsaved is not None:
            raise self.unsaved

    def _scribe(self, texts: Sequence[str], own: Sequence[str]) -> Scribe:
        made = Scribe(*texts, *own)
        made.refused = self.refused
        return made

    def told(self, kind: EventKind) -> list[DictationEvent]:
        return [event for event in self.events if event.kind is kind]

    def begin(self, study_uid: str, texts: Sequence[str] = ()) -> tuple[Utterance, ...]:
        self.dictating.begin(study_uid)
        return self.dictating.prepare(study_uid, texts)

    def speak(self, *, command: bool = False) -> None:
        self.begin("1.2")
        assert self.dictating.press(command=command)
        for _ in range(10):
            self.dictating.hear(LOUD, -20.0)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_was_heard_is_on_the_disk_before_the_window_is_told(bench: Bench) -> None:
    bench.speak()
    seen: list[int] = []
    bench.dictating.listen(
        lambda event: seen.append(len(bench.store.held)) if event.kind is EventKind.FINAL else None
    )
    bench.engine.says("no effusion")
    assert seen == [1]


def test_a_sentence_that_never_reached_the_report_is_given_back_when_the_case_opens_again(
    bench: Bench,
) -> None:
    bench.speak()
    bench.engine.says("no effusion")
    bench.engine.says("no pneumothorax")
    bench.dictating.written(bench.told(EventKind.FINAL)[0].utterance)  # type: ignore[arg-type]
    left = bench.begin("1.2")
    assert [each.heard.text for each in left] == ["no pneumothorax"]
    assert bench.begin("1.3") == ()


def test_a_sentence_that_is_finished_after_the_case_was_left_is_kept_for_its_own_case(
    bench: Bench,
) -> None:
    bench.speak()
    bench.dictating.leave()
    bench.begin("1.9")
    bench.engine.says("of the first patient")
    assert bench.told(EventKind.FINAL) == []
    assert [u.study_instance_uid for u, _ in bench.store.held.values()] == ["1.2"]


def test_a_case_whose_preparation_comes_late_takes_nothing_from_the_one_opened_since(
    bench: Bench,
) -> None:
    bench.speak()
    bench.engine.says("of the first patient")
    bench.begin("1.9")
    assert bench.dictating.prepare("1.2") == ()
    assert bench.dictating.press()
    bench.engine.listener["ended"]()
    bench.engine.says("of the second patient")
    studies = {u.heard.text: u.study_instance_uid for u, _ in bench.store.held.values()}
    assert studies == {"of the first patient": "1.2", "of the second patient": "1.9"}


def test_preparing_a_case_that_was_left_opens_no_case_to_dictate_into(bench: Bench) -> None:
    bench.dictating.begin("1.2")
    bench.dictating.leave()
    bench.dictating.prepare("1.2")
    assert not bench.dictating.press()


@pytest.mark.parametrize("command", [False, True])
def test_what_was_said_to_a_case_that_was_left_is_neither_shown_nor_done_in_the_next(
    bench: Bench, command: bool
) -> None:
    bench.speak(command=command)
    bench.dictating.leave()
    bench.begin("1.9")
    bench.engine.listener["partial"]("next field")
    bench.engine.says("next field")
    assert not [
        event
        for event in bench.events
        if event.kind in (EventKind.PARTIAL, EventKind.COMMAND, EventKind.FINAL)
    ]


def test_a_sentence_that_ends_while_its_case_opens_again_comes_once(bench: Bench) -> None:
    bench.speak()
    bench.dictating.leave()
    bench.dictating.begin("1.2")
    bench.engine.says("no effusion")
    assert bench.told(EventKind.FINAL) == []
    assert [u.heard.text for u in bench.dictating.prepare("1.2")] == ["no effusion"]


def test_a_full_disk_costs_the_sound_and_not_the_words(bench: Bench) -> None:
    bench.speak()
    bench.store.full = True
    bench.engine.says("no effusion")
    assert len(bench.told(EventKind.FINAL)) == 1
    assert "full" in str(bench.told(EventKind.ERROR)[0].error)


def test_silence_and_a_dead_microphone_are_told_apart(bench: Bench) -> None:
    bench.speak()
    bench.dictating.release()
    bench.engine.listener["ended"]()
    assert "No words" in bench.told(EventKind.NOTE)[-1].text
    assert bench.dictating.press()
    for _ in range(10):
        bench.dictating.hear(np.zeros(1600, np.int16), -90.0)
    bench.dictating.release()
    bench.engine.listener["ended"]()
    assert "gave no sound" in bench.told(EventKind.NOTE)[-1].text


def test_a_sentence_is_noted_as_written_only_once_its_draft_is_on_the_disk(bench: Bench) -> None:
    bench.speak()
    bench.engine.says("no effusion")
    bench.engine.says("no pneumothorax")
    first, second = (e.utterance for e in bench.told(EventKind.FINAL))
    assert first is not None
    assert second is not None
    bench.unsaved = DiskFull("The disk is full.")
    with pytest.raises(DiskFull):
        bench.dictating.written(first)
    assert bench.store.unwritten("1.2") == (first, second)
    bench.unsaved = None
    bench.dictating.written(second)
    assert bench.store.unwritten("1.2") == ()


def test_a_monologue_ends_after_ten_minutes_and_is_written_until_then(bench: Bench) -> None:
    bench.speak()
    minute = np.full(16000 * 60, 3000, np.int16)
    for _ in range(int(LONGEST_SECONDS // 60) + 1):
        bench.dictating.hear(minute, -20.0)
    assert bench.dictating.phase is Phase.WRITING
    assert "10 minutes" in bench.told(EventKind.NOTE)[-1].text
    assert bench.engine.calls[-1] == "stop"
    assert bench.engine.fed > LONGEST_SECONDS * 16000


def test_an_engine_that_is_not_there_is_told_and_nothing_listens(bench: Bench) -> None:
    bench.engine.refuses = SpeechUnavailable("No speech model is installed.")
    bench.begin("1.2")
    assert not bench.dictating.press()
    assert bench.dictating.phase is Phase.IDLE
    assert "No speech model" in str(bench.told(EventKind.ERROR)[0].error)


def test_without_a_case_nothing_is_dictated(bench: Bench) -> None:
    assert not bench.dictating.press()
    assert "Open a case" in bench.told(EventKind.NOTE)[0].text


def test_phrases_of_a_case_that_was_left_meanwhile_are_not_taken(bench: Bench) -> None:
    bench.begin("1.2")
    bench.begin("1.3")
    before = len(bench.engine.calls)
    bench.dictating.learn("1.2", ["an earlier report"])
    assert len(bench.engine.calls) == before
    bench.dictating.learn("1.3", ["an earlier report"])
    assert len(bench.engine.calls) == before + 1


def test_a_command_is_told_by_its_id_and_never_written(bench: Bench) -> None:
    bench.speak(command=True)
    bench.engine.says("next field")
    bench.engine.says("the lungs are clear")
    known, unknown = bench.told(EventKind.COMMAND)
    assert known.command == SpokenCommand("report.next_field")
    assert unknown.command is None
    assert unknown.text == "the lungs are clear"
    assert bench.store.held == {}
    assert bench.told(EventKind.FINAL) == []


def test_the_next_sentence_may_begin_while_the_last_one_is_written(bench: Bench) -> None:
    bench.speak()
    bench.dictating.release()
    assert bench.dictating.press(command=True)
    bench.engine.says("no effusion")
    bench.engine.listener["ended"]()
    assert bench.dictating.phase is Phase.LISTENING
    bench.dictating.release()
    bench.engine.says("next field")
    bench.engine.listener["ended"]()
    assert bench.dictating.phase is Phase.IDLE
    assert [e.utterance.heard.text for e in bench.told(EventKind.FINAL) if e.utterance] == [
        "no effusion"
    ]
    assert [e.command for e in bench.told(EventKind.COMMAND)] == [
        SpokenCommand("report.next_field")
    ]


def test_sound_that_no_engine_could_hear_is_kept(bench: Bench) -> None:
    bench.speak()
    bench.engine.listener["lost"](LOUD)
    ((utterance, sound),) = bench.store.held.values()
    assert utterance.heard.words == ()
    assert np.array_equal(bench.dictating.sound(utterance.identifier), LOUD)
    assert sound == LOUD.tobytes()


def test_sound_that_is_gone_is_refused_in_words(bench: Bench) -> None:
    with pytest.raises(SoundRefused, match="is gone"):
        bench.dictating.sound("never")


def test_what_was_signed_before_is_learned_with_the_case(bench: Bench) -> None:
    bench.own.texts = ["cystoides", "intestinalis"]
    bench.begin("1.2", ["template"])
    assert bench.engine.calls[-1] == "4 phrases"


def test_signed_reports_that_cannot_be_read_are_told_and_dictation_goes_on(bench: Bench) -> None:
    bench.own.refuses = DiskFull("The disk is full.")
    bench.begin("1.2")
    assert [event.error for event in bench.told(EventKind.ERROR)] == [bench.own.refuses]
    assert bench.dictating.press()


def test_phrases_that_are_refused_are_told_once_until_they_change_and_dictation_goes_on(
    bench: Bench,
) -> None:
    first, second = (PhrasesRefused(f"In phrases.txt line {number} is wrong.") for number in (2, 3))
    bench.refused = first
    bench.begin("1.2")
    bench.dictating.learn("1.2", ["earlier report"])
    bench.begin("1.3")
    assert bench.dictating.press()
    bench.refused = second
    bench.dictating.learn("1.3", [])
    bench.refused = None
    bench.dictating.learn("1.3", [])
    bench.refused = second
    bench.dictating.learn("1.3", [])
    errors = [event.error for event in bench.told(EventKind.ERROR)]
    assert errors == [first, second, second]


def test_a_microphone_that_falls_dead_silent_in_mid_sentence_is_told_once(bench: Bench) -> None:
    bench.begin("1.2")
    bench.dictating.press()
    bench.dictating.hear(LOUD, -20.0)
    for _ in range(80):
        bench.dictating.hear(np.zeros(1600, np.int16), -90.0)
    notes = [event.text for event in bench.told(EventKind.NOTE)]
    assert notes == ["The microphone gives no sound any more. Was it muted, or pulled out?"]
    assert bench.dictating.phase is Phase.LISTENING
