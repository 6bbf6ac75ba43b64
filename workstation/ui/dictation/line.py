"""The line under the images while somebody dictates: level, field, last words, partial words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from workstation.ui import icons, theme
from workstation.ui.parts import label
from workstation.ui.parts.following import follow

#: what the meter shows, in dB below full scale
_QUIETEST, _LOUDEST = -60.0, -6.0
_BARS = 12


class LevelMeter(QWidget):
    """Twelve bars; the only thing on the screen that moves by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._level = _QUIETEST
        follow(self, lambda: self.setFixedSize(theme.px(76), theme.px(14)))
        self.setAccessibleName("Microphone level")

    @property
    def lit(self) -> int:
        """How many bars are lit."""
        share = (self._level - _QUIETEST) / (_LOUDEST - _QUIETEST)
        return max(0, min(_BARS, round(share * _BARS)))

    def show_level(self, level: float) -> None:
        """In dB below full scale."""
        before, self._level = self.lit, level
        if self.lit != before:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars; the last two warn of overdrive by their colour and their height."""
        painter = QPainter(self)
        step = self.width() / _BARS
        for index in range(_BARS):
            tone = "field" if index >= self.lit else "accent" if index < _BARS - 2 else "urgent"
            height = self.height() if index >= _BARS - 2 else self.height() * 0.7
            top = self.height() - height
            painter.fillRect(
                QRectF(index * step, top, step - theme.px(2), height), theme.color(tone)
            )


class DictationLine(QWidget):
    """Hidden while nobody dictates."""

    shown = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(10))
        self._icon = QLabel()
        row.addWidget(self._icon)
        self.meter = LevelMeter()
        row.addWidget(self.meter)
        self.place = label("", 13, 600, "accent")
        row.addWidget(self.place)
        self.words = label("", 13, 400, "text")
        self.partial = label("", 13, 400, "text3")
        for each in (self.words, self.partial):
            each.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.partial.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self.words)
        row.addWidget(self.partial, 1)
        self.hide()

    def show_state(self, place: str, *, listening: bool, command: bool = False) -> None:
        """Where the words go; a command goes nowhere."""
        self._icon.setPixmap(
            icons.pixmap("microphone" if listening else "microphone_off", "accent", 18)
        )
        self.place.setText("Command" if command else place)
        self.meter.setVisible(listening)
        self.setVisible(True)
        self.shown.emit(True)

    def show_final(self, text: str) -> None:
        """The last words that were written; only their end where they are long."""
        text = " ".join(text.split())
        self.words.setText(text if len(text) < 60 else f"… {text[-58:]}")
        self.partial.setText("")

    def show_partial(self, text: str) -> None:
        """What is being said."""
        self.partial.setText(text if len(text) < 90 else f"… {text[-88:]}")

    def clear(self) -> None:
        """Put it away."""
        self.words.setText("")
        self.partial.setText("")
        self.meter.show_level(_QUIETEST)
        self.hide()
        self.shown.emit(False)
