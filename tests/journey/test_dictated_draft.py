"""A dictated draft in the real window: its marks, what waits before signing, its sound."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.journey.conftest import Desk, Sit
from tests.journey.speaking import Speaker, Voice, caption_of, scripted
from workstation.domain.dictation import SoundRefused
from workstation.domain.report import CheckFinding, SectionKind
from workstation.phantoms import write_all
from workstation.ui.dictation import marks

DOUBT, READ = "words in doubt", "dictated text"


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> Speaker:
    return scripted(monkeypatch)


@pytest.fixture
def reading(speaker: Speaker, sit_down: Sit, tmp_path: Path) -> tuple[Desk, Voice]:
    write_all(tmp_path / "served", only=("dx-chest",))
    desk = sit_down(tmp_path / "served")
    open_case(desk)
    voice = speaker(desk)
    voice.ready()
    return desk, voice


def open_case(desk: Desk) -> None:
    desk.tour.open(desk.tour.row(lambda row: row.task.modality == "DX", "the radiograph"))
    desk.tour.see_images()


def found(desk: Desk) -> dict[str, CheckFinding]:
    """What stands open about dictated words."""
    panel = desk.tour.desk.panel
    case = panel._case
    assert case is not None
    side = panel.signing
    told = desk.tour.bench.signing.check(side.draft(case), side._context(case))
    return {each.check: each for each in told if each.check in (DOUBT, READ)}


def test_marks_survive_the_closing_of_a_case_and_are_settled_with_one_key(
    reading: tuple[Desk, Voice],
) -> None:
    desk, voice = reading
    window, hands = desk.tour.desk, desk.tour.hands
    voice.command("go to findings")
    voice.say("small plural effusion on the right period", doubtful=("right",))
    voice.say("no pneumothorax period")
    desk.tour.saved()
    before = window.panel.editor.sections()
    assert [mark[2] for mark in marks.corrections(window.panel.editor.document())] == ["plural"]
    assert set(found(desk)) == {DOUBT, READ}

    desk.tour.back()
    open_case(desk)
    voice.ready()
    editor = window.panel.editor
    assert editor.sections() == before
    assert [mark[2] for mark in marks.corrections(editor.document())] == ["plural"]
    assert set(found(desk)) == {DOUBT, READ}
    assert found(desk)[DOUBT].words == "right"
    assert found(desk)[READ].title == "2 dictated sentences were never looked at"

    # one key: the word in doubt, then what is on the screen
    hands.press("Shift+F8")
    assert editor.textCursor().selectedText() == "right"
    assert set(found(desk)) == {READ}
    hands.press("Shift+F8")
    assert found(desk) == {}
    assert "Read: 2 dictated sentences" in caption_of(window)

    # it is kept that they were looked at, and the correction is still put back with one key
    desk.tour.saved()
    desk.tour.back()
    open_case(desk)
    assert found(desk) == {}
    hands.press("F6")
    window.panel.editor.go_to_section(SectionKind.FINDINGS)
    hands.press("F10")
    assert "plural effusion" in str(window.panel.editor.sections())


def test_each_check_of_dictated_words_has_its_switch(reading: tuple[Desk, Voice]) -> None:
    desk, voice = reading
    voice.command("go to findings")
    voice.say("small effusion on the right period", doubtful=("right",))
    settings = desk.tour.bench.settings
    settings.set("checks.doubtful", False)
    assert set(found(desk)) == {READ}
    settings.set("checks.reviewed", False)
    assert set(found(desk)) == set()


def test_the_sound_is_replayed_from_its_text_until_signed_and_then_no_byte_of_it_is_on_the_disk(
    reading: tuple[Desk, Voice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, voice = reading
    window, bench, tour = desk.tour.desk, desk.tour.bench, desk.tour
    noise = np.random.default_rng(7)
    voice.engine.sound = noise.integers(-3000, 3000, 40_000).astype(np.int16)
    first = voice.engine.sound
    voice.command("go to findings")
    voice.say("small effusion period")
    voice.engine.sound = noise.integers(-3000, 3000, 40_000).astype(np.int16)
    voice.say("no pneumothorax period")
    second = voice.engine.sound
    assert not np.array_equal(first, second)

    # the sentence at the cursor is heard again, each its own
    played: list[np.ndarray] = []
    monkeypatch.setattr(window.dictation._player, "play", played.append)
    editor = window.panel.editor
    for words, sound in (("effusion", first), ("pneumothorax", second)):
        tour.hands.press("F6")
        editor.go_to_text(SectionKind.FINDINGS, words)
        played.clear()
        tour.hands.press("Ctrl+F10")
        tour.hands.wait(lambda: bool(played), "the sentence is played")
        assert np.array_equal(played[0], sound)
    identifier = marks.utterance_at(editor)

    with sqlite3.connect(desk.demo.home.database) as connection:
        sealed = [row[0] for row in connection.execute("SELECT sound FROM utterance")]
    assert len(sealed) == 2
    kept = [first.tobytes(), second.tobytes(), *sealed]

    def on_the_disk() -> list[str]:
        # Everything that this test has written, whatever its name.
        return [
            str(path)
            for path in tmp_path.rglob("*")
            if path.is_file()
            for raw in (path.read_bytes(),)
            if any(each[at : at + 64] in raw for each in kept for at in range(0, len(each), 4096))
        ]

    assert on_the_disk()
    tour.write(SectionKind.IMPRESSION, "Small effusion.")
    tour.saved()
    tour.sign()
    tour.hands.wait(lambda: not on_the_disk(), "no byte of the sound is left", 20)
    with pytest.raises(SoundRefused):
        bench.dictating.sound(identifier)


def test_no_word_of_a_monologue_of_ten_minutes_is_lost(reading: tuple[Desk, Voice]) -> None:
    """150 utterances of one press, as a reader leaves who never lets go of the key."""
    desk, voice = reading
    voice.command("go to findings")
    sentences = [f"nodule number {count + 20} is unchanged period" for count in range(150)]
    voice.say(*sentences)
    numbers = [str(count + 20) for count in range(150)]

    def said() -> list[str]:
        text = str(desk.tour.desk.panel.editor.sections()[3].text)
        return [word for word in text.replace(".", " ").split() if word.isdecimal()]

    desk.tour.hands.wait(lambda: len(said()) == 150, "every sentence stands in the report")
    assert said() == numbers
    desk.tour.saved()
    desk.tour.back()
    open_case(desk)
    assert said() == numbers
    # one step to take back each sentence
    desk.tour.hands.press("F6")
    voice.ready()
    voice.say("stable period")
    voice.command("scratch that")
    assert said() == numbers


def test_a_wrong_line_of_own_phrases_is_told_and_the_words_are_written_all_the_same(
    speaker: Speaker, sit_down: Sit, tmp_path: Path
) -> None:
    write_all(tmp_path / "served", only=("dx-chest",))
    desk = sit_down(tmp_path / "served")
    home = desk.demo.home.root
    (home / "phrases.txt").write_bytes(b"omental cake\nM\xe9ni\xe8re\n")
    told: list[str] = []
    desk.tour.desk.dictation.message.connect(told.append)
    open_case(desk)
    voice = speaker(desk)
    voice.ready()
    desk.tour.hands.wait(lambda: bool(told), "what is wrong is told")
    assert told == [
        "In phrases.txt line 2 is no text in UTF-8. That line is left out; all others are used."
        " Write one phrase a line, as plain text in UTF-8."
    ]
    voice.command("go to findings")
    voice.say("no pneumothorax period")
    text = {each.kind: each.text for each in desk.tour.desk.panel.editor.sections()}
    assert "no pneumothorax." in text[SectionKind.FINDINGS]
