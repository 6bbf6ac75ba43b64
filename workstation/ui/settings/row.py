"""One setting: its name, what it does, what changes it, and what is wrong with what was written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.settings import Setting, Settings, SettingsDamaged, Value
from workstation.ui import theme
from workstation.ui.parts import badge, label, separator, tool
from workstation.ui.parts.following import follow
from workstation.ui.parts.turning import TurningRow
from workstation.ui.settings.controls import ControlMaker, control_for, written
from workstation.ui.settings.wording import choice_words

#: Words of a row that are narrower, in pixels of the drawings, have the control below them.
_WORDS = 230


def default_words(setting: Setting) -> str:
    """The default as a reader says it."""
    held: Value = setting.default
    if isinstance(held, bool):
        return "on" if held else "off"
    if setting.choices:
        return choice_words(setting.key, str(held))
    return written(held) or "not set"


def in_words(setting: Setting, problem: str) -> str:
    """A refusal that begins with the title of the setting instead of its key."""
    return problem.replace(setting.key, setting.title, 1)


class SettingRow(QWidget):
    """Shows what `Settings` holds and changes it; owns nothing.

    `check` raises SettingsDamaged where values that are each allowed contradict one another.
    """

    def __init__(
        self,
        setting: Setting,
        settings: Settings,
        check: Callable[[], object] = lambda: None,
        control: ControlMaker = control_for,
    ) -> None:
        super().__init__()
        self.setting, self._settings, self._check = setting, settings, check
        self._at_open = settings.get(setting.key)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        words = QVBoxLayout()
        words.setSpacing(theme.px(3))
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(label(setting.title, 13, 500))
        self.changed = badge("changed", "accent")
        self.later = badge("at the next start", "line")
        head.addWidget(self.changed)
        head.addWidget(self.later)
        head.addStretch(1)
        words.addLayout(head)
        words.addWidget(label(setting.description, 12, color="text2", wrap=True))
        self.problem = label("", 12, 500, "urgent", wrap=True)
        self.problem.hide()
        words.addWidget(self.problem)
        side = QWidget()
        beside = QHBoxLayout(side)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(theme.px(16))
        self.control = control(setting, self._take, self._refuse)
        beside.addWidget(self.control, 0, Qt.AlignmentFlag.AlignVCenter)
        beside.addStretch(1)
        self.reset = tool("reset", f"Back to the default: {default_words(setting)}")
        self.reset.setAccessibleName(f"Reset {setting.title}")
        self.reset.clicked.connect(self.set_default)
        beside.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row = TurningRow(words, side, _WORDS)

        def measure() -> None:
            self._row.setContentsMargins(0, theme.px(12), 0, theme.px(12))
            self._row.setSpacing(theme.px(16))

        follow(self, measure)
        column.addLayout(self._row)
        column.addWidget(separator())
        self.show_value()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._row.fit(self.width())

    def show_value(self) -> None:
        """What is in force, and whether it is the default."""
        key = self.setting.key
        value = self._settings.get(key)
        self.control.show_value(value)  # type: ignore[attr-defined]
        changed = self._settings.changed(key)
        self.changed.setVisible(changed)
        self.reset.setEnabled(changed)
        self.later.setVisible(not self.setting.at_once and value != self._at_open)

    def set_default(self) -> None:
        """Back to the default."""
        self._take(self.setting.default)

    def _take(self, value: object) -> None:
        key, before = self.setting.key, self._settings.get(self.setting.key)
        try:
            self._settings.set(key, value)  # type: ignore[arg-type]
            self._check()
        except SettingsDamaged as error:
            # Kept, it would stand in the way of the next start.
            self._settings.set(key, before)
            self._refuse(str(error))
            return
        except ValueError as error:
            self._refuse(in_words(self.setting, str(error)))
            return
        except OSError as error:
            self._refuse(f"The settings file cannot be written: {error.strerror}.")
            return
        self._refuse("")
        self.show_value()

    def _refuse(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
