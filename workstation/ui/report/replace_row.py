"""The second line of the search: what is written where words were found, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import button, label
from workstation.ui.parts.fields import Field


class ReplaceRow(QWidget):
    """Return replaces the place that is chosen, Esc closes."""

    one = Signal()
    every = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        row = QHBoxLayout()
        row.setSpacing(theme.px(4))
        self.field = Field("Replace with", "Replace with", "changes")
        self.field.installEventFilter(self)
        row.addWidget(self.field, 1)
        one = button("Replace")
        one.setToolTip("Replace this one and go to the next   ↵")
        one.clicked.connect(self.one)
        row.addWidget(one)
        every = button("All")
        every.setAccessibleName("Replace all")
        every.setToolTip("Replace every whole word   Ctrl+Shift+H")
        every.clicked.connect(self.every)
        row.addWidget(every)
        column.addLayout(row)
        self.outcome = label("", 12, 400, "text2", wrap=True)
        self.outcome.setAccessibleName("What was replaced")
        self.outcome.hide()
        column.addWidget(self.outcome)
        self.hide()

    def tell(self, words: str) -> None:
        """What came of it."""
        self.outcome.setText(words)
        self.outcome.setVisible(bool(words))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the line."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.one.emit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.closed.emit()
                return True
        return False
