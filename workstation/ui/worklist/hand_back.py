"""Handing a case back: a reason, in the pane beside the list."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import button, field, label, separator

REASONS = (
    "Not my field of reading",
    "The images are incomplete or cannot be read",
    "Clinical information or priors are missing",
    "I know the patient",
    "My shift ends",
    "Opened by mistake",
)


class HandBackPane(QWidget):
    """Asks why; the site reads it."""

    confirmed = Signal(str)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(10))
        column.addWidget(label("Hand the case back", 16, 600))
        column.addWidget(
            label(
                "It becomes free for another reader. A draft stays on this disk.",
                13,
                color="text2",
                wrap=True,
            )
        )
        column.addWidget(separator())
        self._choices = QButtonGroup(self)
        for index, reason in enumerate(REASONS):
            choice = QRadioButton(reason)
            self._choices.addButton(choice, index)
            column.addWidget(choice)
        self._words = field("In your own words, for the site", "Reason in your own words")
        self._words.setMaxLength(200)
        column.addWidget(self._words)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self._confirm = button("Hand back", "hand_back", "primary")
        cancel = button("Keep it", key="Esc")
        row.addWidget(self._confirm)
        row.addWidget(cancel)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self._confirm.clicked.connect(self._confirmed)
        cancel.clicked.connect(self.cancelled)
        self._words.textChanged.connect(lambda _text: self._check())
        self._choices.idToggled.connect(lambda _id, _on: self._check())

    def ask(self) -> None:
        """Start over; the first reason has the focus."""
        self._choices.setExclusive(False)
        for each in self._choices.buttons():
            each.setChecked(False)
        self._choices.setExclusive(True)
        self._words.clear()
        self._check()
        self._choices.button(0).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def reason(self) -> str:
        """What the site will read; empty while nothing is chosen."""
        chosen = self._choices.checkedButton()
        parts = (chosen.text() if chosen else "", self._words.text().strip())
        return ": ".join(part for part in parts if part)

    def _check(self) -> None:
        self._confirm.setEnabled(bool(self.reason()))
        self._confirm.setToolTip("" if self.reason() else "Choose a reason first.")

    def _confirmed(self) -> None:
        if self.reason():
            self.confirmed.emit(self.reason())

    def event(self, event: QEvent) -> bool:
        # The keys of the list do not act while the form stands open: Enter must not open the case.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if plain and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._confirmed()
        else:
            super().keyPressEvent(event)
