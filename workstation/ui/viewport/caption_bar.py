"""The bar under the viewports: what the tool does, what went wrong, and the keys at hand."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from workstation.ui import theme
from workstation.ui.parts import button, key_hints
from workstation.ui.parts.following import follow
from workstation.ui.parts.labels import ElidedLabel

#: What each tool asks of the hand.
TOOL_WORDS = {
    "window": "Window: drag right to widen, down to raise the level",
    "scroll": "Scroll: drag up or down",
    "zoom": "Zoom: drag up or down",
    "pan": "Pan: drag",
    "length": "Length: drag from end to end, or click twice",
    "angle": "Angle: three points, the vertex second",
    "ellipse": "Ellipse: drag from corner to corner of its box",
    "rectangle": "Rectangle: drag from corner to corner",
    "probe": "Probe: click",
    "polyline": "Polyline: click from point to point; Enter or a double click ends it",
    "cobb": "Cobb angle: drag along one endplate, then along the other",
    "bidirectional": "Two axes: drag the long one, then the short one across it",
    "centre-line": "Distance from a line: drag the line, then click the point",
    "cardiothoracic": "Cardiothoracic ratio: drag across the thorax, then across the heart",
    "rotated-ellipse": "Rotated ellipse: drag along one axis, then click how far the other reaches",
    "polygon": "Polygon: click its corners; the first one, Enter or a double click closes it",
    "freehand": "Freehand: drag around the region",
    "calibrate": "Scale: drag along something whose true length is known",
}

#: Room for words below which the key hints give way.
_WORDS = 240

#: How long the bar is lit after a spoken command.
_FLASH_MS = 350


class LengthEntry(QLineEdit):
    """Takes a length in mm; Enter sets it, Esc leaves it."""

    typed = Signal(float)
    left = Signal()
    #: why Enter set nothing
    refused = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # Only a number, and mm where a unit is written: 2.5 cm must not become 2.5 mm, nor
            # 1,000 mm become 1.
            found = re.fullmatch(r"\s*(\d+(?:\.\d+|,\d{1,2})?)\s*(mm)?\s*", self.text())
            if found is None:
                self.refused.emit("Type the length in mm, such as 25 or 25.4 mm.")
                return
            self.left.emit()
            self.typed.emit(float(found[1].replace(",", ".")))
        else:
            super().keyPressEvent(event)


class WindowEntry(QLineEdit):
    """Takes `W 400 L 40` or `400 40`; Enter sets it, Esc leaves it."""

    typed = Signal(float, float)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            numbers = re.findall(r"[-+]?\d+(?:\.\d+)?", self.text().replace("−", "-"))
            if len(numbers) == 2:
                self.typed.emit(float(numbers[0]), float(numbers[1]))
                self.left.emit()
        else:
            super().keyPressEvent(event)


class CaptionBar(QFrame):
    """40 high, the nearest place to the image that is not the image."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        self._row = row
        # A long sentence is cut, it does not widen the window.
        self.words = ElidedLabel(13, 400, "text2")
        row.addWidget(self.words, 1)
        self.entry = WindowEntry()
        self.entry.setAccessibleName("Window width and level")
        self.entry.hide()
        row.addWidget(self.entry)
        self.looks = button("Display", small=True)
        self.looks.setToolTip("Windows, states and colours by name   Q")
        self.looks.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row.addWidget(self.looks)
        self.length = LengthEntry()
        self.length.setAccessibleName("True length of the line in millimetres")
        self.length.setPlaceholderText("true length in mm")
        self.length.refused.connect(self.say)
        self.length.hide()
        row.addWidget(self.length)
        self._hints = key_hints(
            (("0", "9"), "window"), ((",", "."), "stage"), (("F3",), "report"), (("F1",), "keys")
        )
        row.addWidget(self._hints)
        follow(self, self._measure)
        self._tool = "window"
        self._lit = QTimer(self)
        self._lit.setSingleShot(True)
        self._lit.setInterval(_FLASH_MS)
        self._lit.timeout.connect(lambda: self._light(""))

    def _measure(self) -> None:
        self.setFixedHeight(theme.px(40))
        self._row.setContentsMargins(theme.px(12), 0, theme.px(12), 0)
        self._row.setSpacing(theme.px(8))
        self.entry.setFixedWidth(theme.px(180))
        self.length.setFixedWidth(theme.px(180))
        self._fit()

    def give_place(self, line: QWidget) -> None:
        """A line that takes the place of the words while it is shown."""
        self._row.insertWidget(0, line, 1)

    def show_tool(self, name: str, state: str = "") -> None:
        """What the tool does, and what else goes on."""
        self._tool = name
        parts = (TOOL_WORDS.get(name, ""), state)
        self.words.setText("   ".join(part for part in parts if part))
        self.words.set_tone("text2")

    def say(self, sentence: str) -> None:
        """Why something was not done."""
        self.words.setText(sentence)
        self.words.set_tone("urgent")

    def answer(self, sentence: str, *, done: bool, flash: bool) -> None:
        """What became of something that was asked for by voice."""
        self.words.setText(sentence)
        self.words.set_tone("accent" if done else "urgent")
        if flash:
            self._light("done" if done else "not done")
            self._lit.start()

    @property
    def flashing(self) -> bool:
        """Whether the bar is lit."""
        return self._lit.isActive()

    def _light(self, how: str) -> None:
        self.setProperty("answer", how)
        self.style().unpolish(self)
        self.style().polish(self)

    def ask_window(self, text: str) -> None:
        """Open the entry for window values."""
        self.entry.setText(text)
        self.entry.show()
        self.entry.setFocus()
        self.entry.selectAll()

    def ask_length(self) -> None:
        """Open the entry for the true length of a line."""
        self.words.setText("How long is this line in truth? Enter sets it for the series.")
        self.words.set_tone("text")
        self.length.clear()
        self.length.show()
        self.length.setFocus()

    def close_entry(self) -> None:
        """Put the entries away."""
        self.entry.hide()
        self.length.hide()

    def _fit(self) -> None:
        """Key hints give way where they would leave the words less than a short sentence."""
        taken = self.looks.sizeHint().width() + self._hints.sizeHint().width() + theme.px(40)
        self._hints.setVisible(self.width() - taken >= theme.px(_WORDS))

    def minimumSizeHint(self) -> QSize:
        # The words are cut and the hints give way, so the bar never widens the window.
        return QSize(theme.px(200), theme.px(40))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
