"""The page Dictation: the settings, whether the engine is here, and a place to try it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.settings import Setting, Settings
from workstation.ui import theme
from workstation.ui.job_bridge import JobBridge
from workstation.ui.parts import label, sign
from workstation.ui.settings.group_page import GroupPage
from workstation.ui.settings.speech_controls import MicrophoneChooser, ModelPath
from workstation.ui.settings.speech_trial import SpeechTrial
from workstation.workflow.configuring import Configuring
from workstation.workflow.trying_speech import Readiness, TryingSpeech

_ENGINE = ("dictation.engine", "dictation.model_path")


class DictationPage(GroupPage):
    """Says at once when the engine that was chosen is not here, and what to do."""

    def __init__(
        self,
        page: str,
        declared: Sequence[Setting],
        settings: Settings,
        configuring: Configuring,
        bridge: JobBridge,
        trying: TryingSpeech,
    ) -> None:
        self._trying, self._asking = trying, bridge
        super().__init__(
            page,
            declared,
            settings,
            configuring,
            bridge,
            controls={
                "dictation.microphone": MicrophoneChooser,
                "dictation.model_path": lambda setting, take, _: ModelPath(setting, take, settings),
            },
        )
        self.trial = SpeechTrial(trying, bridge, lambda: settings.text("dictation.microphone"))
        self._top = QWidget()
        column = QVBoxLayout(self._top)
        column.setContentsMargins(0, theme.px(16), 0, theme.px(8))
        column.setSpacing(theme.px(10))
        column.addWidget(self.trial)
        self.ready = QWidget()
        row = QHBoxLayout(self.ready)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        self._sign = sign("here", "text2", 16)
        self.words = label("", 13, wrap=True)
        row.addWidget(self._sign)
        row.addWidget(self.words, 1)
        column.addWidget(self.ready)
        self.put_on_top(self._top)
        self.look()

    def look(self) -> None:
        """Whether the engine is here, on a job thread."""
        self._asking.submit(lambda _: self._trying.readiness(), on_done=self._show_readiness)

    def _show_readiness(self, found: Readiness) -> None:
        self._sign.show_sign("here" if found.ok else "warning", "text2" if found.ok else "urgent")
        self.words.setText(found.words if found.ok else f"{found.words} {found.remedy}")

    def show_value(self, key: str) -> None:
        super().show_value(key)
        if key in _ENGINE:
            self.look()

    def filter(self, needle: str) -> int:
        """The place to try it counts as one more setting."""
        found = needle.lower() in "dictation microphone level test noise engine try speech"
        self._top.setVisible(found)
        return super().filter(needle) + found
