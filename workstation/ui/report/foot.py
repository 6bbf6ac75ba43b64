"""The foot of the report: what stands open, whether it is saved, and the buttons that sign."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import button, key_cap, label
from workstation.ui.parts.labels import sign


class Foot(QWidget):
    """Gives way where the text is large: first the key cap, then one button below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        self._line = QHBoxLayout()
        self._line.addWidget(sign("checks"))
        self.checks = label("", 13, 400, "text2")
        self._line.addWidget(self.checks)
        self._checks_key = key_cap("F8")
        self._line.addWidget(self._checks_key)
        self._line.addStretch(1)
        self.saved = label("", 12, 400, "text2", tabular=True)
        self._line.addWidget(self.saved)
        column.addLayout(self._line)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.preliminary = button("Preliminary")
        self._buttons.addWidget(self.preliminary)
        self._buttons.addStretch(1)
        self.sign = button("Sign and send", icon="sign", kind="primary")
        self._buttons.addWidget(self.sign)
        self._sign_key = key_cap("Ctrl ↵")
        self._buttons.addWidget(self._sign_key)
        column.addLayout(self._buttons)
        self._measure()

    def _measure(self) -> None:
        column = self.layout()
        assert column is not None
        column.setContentsMargins(*(theme.px(n) for n in (16, 8, 16, 12)))
        column.setSpacing(theme.px(8))
        self._line.setSpacing(theme.px(6))
        self._buttons.setSpacing(theme.px(8))
        self._fit()

    def _fit(self) -> None:
        room = self.width() - 2 * theme.px(16)
        space = theme.px(8)
        both = self.preliminary.sizeHint().width() + self.sign.sizeHint().width() + space
        key = self._sign_key.sizeHint().width() + space
        if self.preliminary.isHidden():
            both = self.sign.sizeHint().width()
        self._sign_key.setVisible(both + key <= room)
        beside = both <= room
        sides = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.BottomToTop
        self._buttons.setDirection(sides)
        line = self.checks.sizeHint().width() + self.saved.sizeHint().width() + theme.px(16 + 12)
        self._checks_key.setVisible(line + self._checks_key.sizeHint().width() + space <= room)

    def show_words(self, checks: str) -> None:
        """What stands open."""
        self.checks.setText(checks)
        self._fit()

    def show_saved(self, words: str) -> None:
        """Whether what was typed is on the disk."""
        self.saved.setText(words)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_sign_key"):
            self._measure()
