"""The line in which words are sought, above the text that is searched."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.ui import theme
from workstation.ui.parts import button, label
from workstation.ui.parts.fields import Field
from workstation.ui.report.replace_row import ReplaceRow


class FindBar(QWidget):
    """Return goes to the next place, Shift+Return to the one before, Esc closes."""

    sought = Signal(str)
    step = Signal(int)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(n) for n in (10, 4, 10, 4)))
        column.setSpacing(theme.px(4))
        row = QHBoxLayout()
        row.setSpacing(theme.px(4))
        column.addLayout(row)
        self.field = Field("Find", "Find in the report", "filter")
        self.field.textChanged.connect(self.sought)
        self.field.installEventFilter(self)
        row.addWidget(self.field, 1)
        self.count = label("", 12, 400, "text2", tabular=True)
        row.addWidget(self.count)
        for icon, name, tip, steps in (
            ("up", "Place before", "Place before   Shift+↵", -1),
            ("down", "Next place", "Next place   ↵", 1),
        ):
            made = button("", icon=icon, kind="tool")
            made.setAccessibleName(name)
            made.setToolTip(tip)
            made.clicked.connect(lambda _=False, steps=steps: self.step.emit(steps))
            row.addWidget(made)
        close = button("", icon="close", kind="tool")
        close.setAccessibleName("Close the search")
        close.setToolTip("Close   Esc")
        close.clicked.connect(self.closed)
        row.addWidget(close)
        self.replace = ReplaceRow()
        self.replace.closed.connect(self.closed)
        column.addWidget(self.replace)
        # From what is sought to what takes its place; the buttons have keys of their own.
        self.setTabOrder(self.field, self.replace.field)
        self.hide()

    def ask(self, words: str, *, replace: bool = False) -> None:
        """Take the keyboard; `words` are sought at once, else those sought before. `replace` shows
        the line below too, which takes the keyboard where words are selected."""
        self.show()
        self.replace.setVisible(replace)
        self.replace.tell("")
        if words:
            self.field.setText(words)
        taken = self.replace.field if replace and words else self.field
        taken.selectAll()
        taken.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sought.emit(self.field.text())

    def tell(self, at: int, of: int) -> None:
        """Which place of how many, from 1; 0 for none."""
        words = f"{at} of {of}" if of else ("none" if self.field.text() else "")
        self.count.setText(words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the line."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.step.emit(-1 if back else 1)
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.step.emit(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.closed.emit()
                return True
        return False
