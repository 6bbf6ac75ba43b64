"""A reader whose words need no sound: the engine of the test hands over what was recognised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.journey.conftest import Desk
from workstation.dictation.engines import Bias, Capabilities, Listener
from workstation.domain.dictation import Heard, HeardWord
from workstation.ui.dictation.microphone import Microphone
from workstation.workflow.dictating import Phase

if TYPE_CHECKING:
    from workstation.ui.desk import Desk as Window

SOUND = np.full(16_000, 1234, np.int16)


class ScriptedSpeech:
    """An engine in the place of the real one: all else behind and before it is the program's."""

    capabilities = Capabilities(partials=True, bias=Bias.PHRASES, confidence=True)

    def __init__(self) -> None:
        self.listener: Listener | None = None
        #: what is recognised with the next press: utterances, and doubtful words in them
        self.next: list[str] = []
        self.doubtful: frozenset[str] = frozenset()
        self.sound = SOUND

    def open(self, listener: Listener) -> None:
        self.listener = listener

    def set_phrases(self, phrases: Sequence[str]) -> None: ...
    def start(self) -> None: ...
    def feed(self, samples: np.ndarray) -> None: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...

    def stop(self) -> None:
        assert self.listener is not None
        said, self.next = self.next, []
        for each in said:
            words = [
                HeardWord(word, 0.1 if word.strip(".,") in self.doubtful else 0.95)
                for word in each.split()
            ]
            self.listener.final(Heard(tuple(words), 1.0, "scripted"), self.sound)
        self.listener.ended()


class Voice:
    """Holds the key, says words, lets go, and waits until they are written or done."""

    def __init__(self, desk: Desk, engine: ScriptedSpeech) -> None:
        self.hands, self.window, self.engine = desk.tour.hands, desk.tour.desk, engine
        self.bench = desk.tour.bench
        self.presses = 0

    def ready(self) -> None:
        """Wait until the case can be dictated."""
        self.hands.wait(
            lambda: self.bench.dictating._scribe is not None, "the phrases of the case are learnt"
        )

    def say(self, *words: str, doubtful: Sequence[str] = ()) -> None:
        """Dictate: each text is one utterance of this press."""
        self._speak(words, Qt.KeyboardModifier.NoModifier, doubtful)

    def command(self, words: str) -> None:
        """Say a command."""
        self._speak((words,), Qt.KeyboardModifier.ShiftModifier, ())

    def _speak(
        self, words: Sequence[str], modifiers: Qt.KeyboardModifier, doubtful: Sequence[str]
    ) -> None:
        self.ready()
        self.engine.next, self.engine.doubtful = list(words), frozenset(doubtful)
        self.presses += 1
        QTest.keyPress(self.hands.focus(), Qt.Key.Key_F4, modifiers)
        self.hands.wait(
            lambda: self.bench.dictating.phase is Phase.LISTENING, "the microphone listens"
        )
        # Longer than a tap, so that letting go ends it.
        self.window.dictation._pressed_at -= 1.0
        QTest.keyRelease(self.hands.focus(), Qt.Key.Key_F4, modifiers)
        self.hands.wait(lambda: self.bench.dictating.phase is Phase.IDLE, "it is written")
        self.hands.settle()


Speaker = Callable[[Desk], Voice]


def scripted(monkeypatch: pytest.MonkeyPatch) -> Speaker:
    """Before the window is opened: an engine of the test, and a microphone that is always there."""
    engine = ScriptedSpeech()
    monkeypatch.setattr("workstation.bootstrap.speech.engine_of", lambda *_: engine)
    monkeypatch.setattr(Microphone, "start", lambda *_: None)
    return lambda desk: Voice(desk, engine)


def caption_of(window: Window) -> str:
    """What stands under the images."""
    return window.room.caption.words.text()
