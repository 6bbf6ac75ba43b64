"""What a setting is changed with: a switch, a choice, a line to write in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QListView,
    QSlider,
    QWidget,
)

from workstation.settings import Setting, Value
from workstation.ui import theme
from workstation.ui.parts import Field, button, label
from workstation.ui.parts.following import follow
from workstation.ui.settings.wording import choice_words

#: More choices than these stand in a pop-up, not side by side.
_SIDE_BY_SIDE = 4
Take = Callable[[object], None]
Refuse = Callable[[str], None]
ControlMaker = Callable[[Setting, Take, Refuse], QWidget]


class NoNumber(ValueError):
    """What was written is no number."""


def parsed(setting: Setting, text: str) -> Value:
    """What a reader wrote, in the type of the setting; NoNumber in words where it is none."""
    plain = text.strip()
    if isinstance(setting.default, str):
        return plain
    try:
        if isinstance(setting.default, int):
            return int(plain)
        return float(plain.replace(",", "."))
    except ValueError as error:
        kind = "a whole number" if isinstance(setting.default, int) else "a number"
        raise NoNumber(f"“{plain}” is not {kind}.") from error


def written(value: Value) -> str:
    """A value as it stands in a line."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def limits(setting: Setting) -> str:
    """From where to where a number goes."""
    if setting.minimum is None or setting.maximum is None:
        return ""
    return f"{setting.minimum:g} to {setting.maximum:g}"


class Switch(QCheckBox):
    """On or off, in a word beside the box."""

    def __init__(self, setting: Setting, take: Take) -> None:
        super().__init__("Off")
        self.setAccessibleName(setting.title)
        self.clicked.connect(lambda on: take(bool(on)))

    def show_value(self, value: Value) -> None:
        """What is in force."""
        self.setChecked(bool(value))
        self.setText("On" if value else "Off")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class Segments(QFrame):
    """A few choices side by side; the arrow keys go through them."""

    def __init__(self, setting: Setting, take: Take) -> None:
        super().__init__()
        self.setObjectName("segments")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(setting.title)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._choices = setting.choices
        for at, each in enumerate(setting.choices):
            made = button(choice_words(setting.key, each), kind="choice", small=True)
            made.setCheckable(True)
            self._group.addButton(made, at)
            row.addWidget(made)
        self._group.idToggled.connect(lambda at, on: take(self._choices[at]) if on else None)

    def choice(self, value: str) -> QAbstractButton:
        """The button of a choice."""
        return self._group.button(self._choices.index(value))

    def show_value(self, value: Value) -> None:
        """What is in force."""
        self._group.blockSignals(True)
        self._group.button(self._choices.index(str(value))).setChecked(True)
        self._group.blockSignals(False)


class Chooser(QComboBox):
    """Many choices, in a list that opens; the wheel over the page does not change it."""

    def __init__(self, setting: Setting, take: Take) -> None:
        super().__init__()
        # Without its own view the pop-up ignores the padding and takes the selection of the combo.
        self.setView(QListView())
        follow(self, lambda: self.setFont(theme.font(13, 500)))
        self.setAccessibleName(setting.title)
        self._choices = setting.choices
        self.addItems([choice_words(setting.key, each) for each in setting.choices])
        self.activated.connect(lambda at: take(self._choices[at]))

    def show_value(self, value: Value) -> None:
        """What is in force."""
        self.setCurrentIndex(self._choices.index(str(value)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Line(QWidget):
    """A text or a number; taken at Enter, or when the focus leaves it."""

    def __init__(self, setting: Setting, take: Take, refuse: Callable[[str], None]) -> None:
        super().__init__()
        self._setting, self._take, self._refuse = setting, take, refuse
        self._shown = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        numeric = isinstance(setting.default, int | float)
        by_eye = isinstance(setting.default, int) and setting.at_once
        if numeric and limits(setting) and not by_eye:
            row.addWidget(label(limits(setting), 12, color="text3", tabular=True))
        self.field = Field("" if numeric else "not set", setting.title, "")
        follow(self.field, lambda: self.field.setFixedWidth(theme.px(110 if numeric else 280)))
        self.field.editingFinished.connect(self._finished)
        self.setFocusProxy(self.field)
        self.slider = self._slider(setting) if by_eye else None
        if self.slider is not None:
            row.addWidget(self.slider)
        row.addWidget(self.field)

    def _slider(self, setting: Setting) -> QSlider:
        """For what is judged by the eye: taken when it is let go, or at each key."""
        made = QSlider(Qt.Orientation.Horizontal)
        made.setRange(round(setting.minimum or 0), round(setting.maximum or 0))
        made.setSingleStep(5)
        made.setPageStep(20)
        made.setTracking(False)
        follow(made, lambda: made.setFixedWidth(theme.px(160)))
        made.setToolTip(limits(setting))
        made.setAccessibleName(setting.title)
        made.valueChanged.connect(lambda value: self._take(value))
        return made

    def show_value(self, value: Value) -> None:
        """What is in force."""
        self._shown = written(value)
        if self.slider is not None and isinstance(value, int):
            self.slider.blockSignals(True)
            self.slider.setValue(value)
            self.slider.blockSignals(False)
        self.field.setText(self._shown)

    def _finished(self) -> None:
        if self.field.text() == self._shown:
            self._refuse("")
            return
        try:
            value = parsed(self._setting, self.field.text())
        except NoNumber as error:
            self._refuse(str(error))
            return
        self._take(value)


def control_for(setting: Setting, take: Take, refuse: Callable[[str], None]) -> QWidget:
    """The control of a setting; it calls `take` with a value, `refuse` with a sentence."""
    if isinstance(setting.default, bool):
        return Switch(setting, take)
    if setting.choices:
        many = len(setting.choices) > _SIDE_BY_SIDE
        return Chooser(setting, take) if many else Segments(setting, take)
    return Line(setting, take, refuse)
