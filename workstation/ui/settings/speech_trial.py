"""Try the microphone and the engine: a level that lives, ten seconds of reading, and a verdict."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.errors import ReaderError
from workstation.ui import theme
from workstation.ui.dictation.line import LevelMeter
from workstation.ui.dictation.microphone import Microphone
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import MessageCard, ProgressBar, button, label, sign
from workstation.ui.parts.turning import TurningRow
from workstation.ui.settings import wording
from workstation.workflow.jobs import Lane
from workstation.workflow.trying_speech import (
    SECONDS,
    SENTENCE,
    TrialResult,
    TrialState,
    TryingSpeech,
)

#: The meter and what is told beside it want so much, in pixels of the drawings.
_TOLD = 300


class SpeechTrial(QFrame):
    """Listens while its level is shown or a test runs, and never when it is out of sight."""

    def __init__(
        self, trying: TryingSpeech, bridge: JobBridge, microphone_name: Callable[[], str]
    ) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._trying, self._bridge = trying, bridge
        self._microphone_name = microphone_name
        self.microphone = Microphone(self)
        self.microphone.heard.connect(self._heard)
        self.microphone.failed.connect(self._failed)
        self._number = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(n) for n in (16, 14, 16, 14)))
        column.setSpacing(theme.px(10))
        column.addLayout(self._head())
        self.sentence = label(f"“{SENTENCE}”", 16, 500, wrap=True)
        self.sentence.setTextFormat(Qt.TextFormat.RichText)
        column.addWidget(self.sentence)
        self.progress = ProgressBar(0.0, "accent")
        column.addWidget(self.progress)
        self._result = QWidget()
        found = QVBoxLayout(self._result)
        found.setContentsMargins(0, 0, 0, 0)
        found.setSpacing(theme.px(4))
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self._sign = sign("here", "text2", 18)
        self.verdict = label("", 14, 600, wrap=True)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.verdict, 1)
        found.addLayout(row)
        self.advice = label("", 13, wrap=True)
        self.heard = label("", 13, color="text2", wrap=True)
        self.numbers = label("", 12, color="text2", wrap=True, tabular=True)
        self.engine = label("", 12, color="text2", wrap=True)
        for each in (self.advice, self.heard, self.numbers, self.engine):
            found.addWidget(each)
        column.addWidget(self._result)
        self.failure = MessageCard("Speech cannot be tried", "warning")
        column.addWidget(self.failure)
        self._show_state(TrialState.IDLE)
        self._clear()

    def _head(self) -> TurningRow:
        told = QHBoxLayout()
        told.setSpacing(theme.px(10))
        self.meter = LevelMeter()
        told.addWidget(self.meter)
        self.step = label("", 13, color="text2", wrap=True)
        told.addWidget(self.step, 1)
        side = QWidget()
        row = QHBoxLayout(side)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(10))
        self.level_button = button("Show the level", "microphone", small=True)
        self.level_button.setCheckable(True)
        self.level_button.toggled.connect(self._level_wanted)
        row.addWidget(self.level_button)
        self.test_button = button(f"Test for {SECONDS:.0f} seconds", kind="primary", small=True)
        self.test_button.clicked.connect(self._pressed)
        row.addWidget(self.test_button)
        row.addStretch(1)
        self._turning = TurningRow(told, side, _TOLD)
        self._turning.setSpacing(theme.px(10))
        return self._turning

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turning.fit(self.width() - 2 * theme.px(16))

    # -- the level --------------------------------------------------------------------------

    def _level_wanted(self, wanted: bool) -> None:
        if wanted:
            self._clear()
            self._listen()
        elif self._trying.state is TrialState.IDLE:
            self.microphone.stop()
            self.meter.show_level(-90.0)

    def _listen(self) -> bool:
        try:
            self.microphone.start(self._microphone_name())
        except ReaderError as error:
            self._failed(error)
            return False
        return True

    def _heard(self, samples: np.ndarray, level: float) -> None:
        self.meter.show_level(level)
        if not self._trying.hear(samples, level):
            self._stop()
        if self._trying.state is TrialState.READING:
            self.progress.set_fraction(min(1.0, self._trying.recorded / SECONDS))

    # -- the test ---------------------------------------------------------------------------

    def _pressed(self) -> None:
        if self._trying.state is TrialState.IDLE:
            self.begin()
        elif self._trying.state is TrialState.READING:
            self._stop()
        else:
            self.cancel()

    def begin(self) -> None:
        """Load the engine, then listen."""
        self._clear()
        self._number += 1
        number = self._number

        def mine(call: Callable[..., None]) -> Callable[..., None]:
            # What a test that was given up still had to say is nobody's business.
            return self._bridge.relay(lambda *told: call(*told) if number == self._number else None)

        told, done, failed = mine(self._show_state), mine(self._show), mine(self._failed)
        self._show_state(TrialState.LOADING)
        self._bridge.submit(lambda _: self._trying.begin(told, done, failed), lane=Lane.INTERACTION)

    def _stop(self) -> None:
        self.microphone.stop()
        self._bridge.submit(lambda _: self._trying.stop(), lane=Lane.INTERACTION)

    def cancel(self) -> None:
        """Give up what runs, and listen no longer."""
        self._number += 1
        self.level_button.setChecked(False)
        self.microphone.stop()
        self.meter.show_level(-90.0)
        if self._trying.state is not TrialState.IDLE:
            self._bridge.submit(lambda _: self._trying.cancel(), lane=Lane.INTERACTION)
        self._show_state(TrialState.IDLE)

    def _show_state(self, state: TrialState) -> None:
        if state is TrialState.READING and not self._listen():
            return
        self.step.setText(wording.TRIAL_STEPS[state])
        self.test_button.setText(
            {
                TrialState.IDLE: f"Test for {SECONDS:.0f} seconds",
                TrialState.READING: "I have read it",
            }.get(state, "Cancel")
        )
        self.progress.setVisible(state is not TrialState.IDLE)
        self.progress.set_fraction(1.0 if state is TrialState.WRITING else 0.0)
        self.level_button.setEnabled(state is TrialState.IDLE)

    def _finish(self) -> None:
        self.microphone.stop()
        self.level_button.setChecked(False)
        self.meter.show_level(-90.0)
        self._bridge.submit(lambda _: self._trying.cancel(), lane=Lane.INTERACTION)
        self._number += 1
        self._show_state(TrialState.IDLE)

    def _show(self, result: TrialResult) -> None:
        self._finish()
        words = wording.VERDICTS[result.verdict]
        good = words.good
        self._sign.show_sign("here" if good else "warning", "text" if good else "urgent")
        self.verdict.setText(words.title)
        self.advice.setText(words.advice)
        self.advice.setVisible(bool(words.advice))
        missed = f"color:{theme.color('urgent').name()}; text-decoration:underline"
        shown = " ".join(
            escape(each.text)
            if each.heard
            else f'<span style="{missed}">{escape(each.text)}</span>'
            for each in result.words
        )
        self.sentence.setText(f"“{shown}”")
        self.heard.setText(
            f"Recognised: {result.heard}" if result.heard else "No word was recognised."
        )
        self.numbers.setText(wording.trial_numbers(result))
        self.engine.setText(result.engine)
        self._result.show()

    def _failed(self, error: ReaderError) -> None:
        self._finish()
        self.failure.show_error(error)
        self.failure.show()

    def _clear(self) -> None:
        self.sentence.setText(f"“{SENTENCE}”")
        self._result.hide()
        self.failure.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing listens."""
        super().hideEvent(event)
        if self.level_button.isChecked() or self._trying.state is not TrialState.IDLE:
            self.cancel()
