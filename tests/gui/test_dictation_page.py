"""The page Dictation: is the engine here, what does the microphone give, does it understand me.

The sound is handed to the microphone's own signal: a test with a real one is in tests/journey.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.gui.test_settings import Open
from workstation.domain.dictation import SoundRefused, SpeechUnavailable
from workstation.ui import theme
from workstation.ui.dictation.microphone import Microphone, level
from workstation.ui.settings.controls import Chooser
from workstation.ui.settings.dictation_page import DictationPage
from workstation.ui.settings.speech_controls import MicrophoneChooser, ModelPath
from workstation.workflow.trying_speech import SENTENCE, Readiness, TrialState

Picture = Callable[[QWidget, str], Path]
SECOND = 16_000


def voice(amplitude: float, room: float = 1e-4) -> np.ndarray:
    at = np.arange(SECOND) / SECOND
    made = amplitude * np.sin(2 * np.pi * 300 * at)
    made += np.random.default_rng(2).normal(0, room, SECOND)
    return (np.clip(made, -1, 1) * 32767).astype(np.int16)


class Page:
    def __init__(self, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened, self.bench = opened, opened.bench
        self.running = False
        self.refuses: SoundRefused | None = None
        monkeypatch.setattr(Microphone, "start", lambda _, wanted="": self._start())
        monkeypatch.setattr(Microphone, "stop", lambda _: self._stop())
        self.wait = opened.qtbot.waitUntil
        self.show()

    def _start(self) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.running = True

    def _stop(self) -> None:
        self.running = False

    def show(self) -> None:
        self.opened.page.show_page("Dictation")
        page = self.opened.page.groups["Dictation"]
        assert isinstance(page, DictationPage)
        self.page, self.trial = page, page.trial

    def click(self, what: QWidget) -> None:
        QTest.mouseClick(what, Qt.MouseButton.LeftButton)

    def speak(self, *sounds: np.ndarray) -> None:
        for each in sounds:
            self.trial.microphone.heard.emit(each, level(each))

    def read(self, hears: str, *sounds: np.ndarray) -> None:
        self.bench.speech.hears = hears
        self.click(self.trial.test_button)
        self.wait(lambda: self.trial.step.text() == "Read now.")
        self.speak(*sounds)
        self.click(self.trial.test_button)
        self.wait(lambda: self.trial._result.isVisible())


@pytest.fixture
def shown(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    opened = Open(qtbot)
    yield Page(opened, monkeypatch)
    opened.window.close()
    opened.jobs.close()
    opened.bridge.close()
    assert opened.unhandled == []


def test_a_good_reading_is_called_good_with_its_numbers(shown: Page) -> None:
    shown.read(SENTENCE, voice(0.0), voice(0.2), voice(0.0))
    assert shown.trial.verdict.text() == "Good: you can dictate like this."
    assert "9 of 9 words" in shown.trial.numbers.text()
    assert "voice -17 dB" in shown.trial.numbers.text()
    assert SENTENCE in shown.trial.heard.text()
    shown.wait(lambda: not shown.running)
    shown.wait(lambda: shown.bench.speech.closed)


@pytest.mark.parametrize(
    ("sound", "hears", "says"),
    [
        (voice(0.006), "", "Too quiet."),
        (voice(0.1, room=0.05), SENTENCE, "Noisy"),
        (voice(3.0), SENTENCE, "Too loud"),
        (voice(0.0, room=1e-6), "", "No sound came."),
        (voice(0.2), "something else", "few of the words were recognised"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    shown: Page, sound: np.ndarray, hears: str, says: str
) -> None:
    shown.read(hears, voice(0.0, room=min(1e-4, 1e-4)) if says != "Noisy" else sound, sound)
    assert says in shown.trial.verdict.text()
    assert shown.trial.advice.text()


def test_words_that_were_missed_are_underlined_in_the_sentence(shown: Page) -> None:
    shown.read(SENTENCE.replace("pleural", "plural"), voice(0.0), voice(0.2))
    shownhtml = shown.trial.sentence.text()
    assert "underline" in shownhtml
    assert ">pleural</span>" in shownhtml
    assert ">focal</span>" not in shownhtml


def test_the_level_lives_only_while_it_is_wanted_and_seen(shown: Page) -> None:
    assert not shown.running
    shown.click(shown.trial.level_button)
    assert shown.running
    shown.speak(voice(0.3))
    assert shown.trial.meter.lit > 6
    shown.opened.page.show_page("Viewer")
    assert not shown.running
    assert not shown.trial.level_button.isChecked()


def test_leaving_in_the_middle_of_a_test_ends_the_engine(shown: Page) -> None:
    shown.click(shown.trial.test_button)
    shown.wait(lambda: shown.trial.step.text() == "Read now.")
    shown.opened.key(Qt.Key.Key_Escape)
    shown.wait(lambda: shown.bench.speech.closed)
    shown.wait(lambda: not shown.running)
    shown.wait(lambda: shown.bench.trying.state is TrialState.IDLE)


def test_no_microphone_and_no_engine_are_told_with_what_to_do(shown: Page) -> None:
    shown.refuses = SoundRefused("This machine has no microphone.", remedy="Plug one in.")
    shown.click(shown.trial.test_button)
    shown.wait(lambda: shown.trial.failure.isVisible())
    shown.refuses = None
    shown.bench.speech.refuses = SpeechUnavailable("No model is named for vosk.", remedy="Name it.")
    shown.wait(lambda: shown.bench.trying.state is TrialState.IDLE)
    shown.click(shown.trial.test_button)
    shown.wait(lambda: "vosk" in "".join(w.text() for _, w in shown.trial.failure._paragraphs))
    shown.wait(lambda: shown.trial.test_button.text() == "Test for 10 seconds")


def test_an_engine_that_is_not_here_is_told_as_soon_as_it_is_chosen(shown: Page) -> None:
    shown.wait(lambda: "tiny, base" in shown.page.words.text())
    shown.bench.ready = Readiness(False, "No model is named for vosk.", "Name its folder.")
    chooser = shown.page.rows["dictation.engine"].control
    assert isinstance(chooser, Chooser)
    chooser.setFocus()
    for _ in range(2):
        QTest.keyClick(chooser, Qt.Key.Key_Up)
    QTest.keyClick(chooser, Qt.Key.Key_End)
    QTest.keyClick(chooser, Qt.Key.Key_Up)
    assert shown.bench.settings.text("dictation.engine") == "vosk"
    shown.wait(lambda: "Name its folder." in shown.page.words.text())


def test_a_microphone_is_chosen_by_its_name(shown: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Microphone, "names", staticmethod(lambda: ("Webcam", "SpeechMike III")))
    chooser = shown.page.rows["dictation.microphone"].control
    assert isinstance(chooser, MicrophoneChooser)
    chooser.setFocus()
    for _ in range(2):
        QTest.keyClick(chooser, Qt.Key.Key_Down)
    assert shown.bench.settings.text("dictation.microphone") == "SpeechMike III"
    # One that was unplugged since stays what was chosen, and is called gone.
    monkeypatch.setattr(Microphone, "names", staticmethod(lambda: ("Webcam",)))
    chooser.look()
    assert chooser.currentText() == "SpeechMike III (gone)"


def test_the_path_of_a_model_is_written_and_kept(shown: Page) -> None:
    control = shown.page.rows["dictation.model_path"].control
    assert isinstance(control, ModelPath)
    control.field.setFocus()
    QTest.keyClicks(control.field, "/models/base")
    QTest.keyClick(control.field, Qt.Key.Key_Return)
    assert shown.bench.settings.text("dictation.model_path") == "/models/base"


@pytest.mark.parametrize("percent", [100, 200])
def test_pictures(shown: Page, picture: Picture, qapp: QApplication, percent: int) -> None:
    if percent != 100:
        theme.apply(qapp, scale=percent / 100)
        shown.opened.key(Qt.Key.Key_Escape)
        shown.opened.key(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        shown.show()
    assert picture(shown.opened.window, f"dictation-page-{percent}").exists()
    shown.read(SENTENCE.replace("pleural", "plural"), voice(0.0), voice(0.02, room=0.006))
    assert picture(shown.opened.window, f"dictation-page-tried-{percent}").exists()
