"""The form of one entry of a list: a line or a choice for each of its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from workstation.settings import EntryField
from workstation.ui import theme
from workstation.ui.parts import Field, button, choice, label
from workstation.ui.parts.following import follow


class EntryForm(QFrame):
    """Asks for an entry; `kept` and `left` tell what the reader chose. Keeps nothing itself."""

    kept = Signal()
    left = Signal()

    def __init__(
        self, fields: Sequence[EntryField], entry: Mapping[str, str], title: str, fixed: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.fields = tuple(fields)
        self._given = dict(entry)
        self.inputs: dict[str, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(n) for n in (18, 14, 18, 14)))
        column.setSpacing(theme.px(12))
        column.addWidget(label(title, 16, 600))
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(theme.px(20))
        self.grid.setVerticalSpacing(theme.px(10))
        self.grid.setColumnStretch(1, 1)
        column.addLayout(self.grid)
        for each in self.fields:
            if each.key != fixed:
                self.add_line(each.title, each.description, self._input(each))
        self.problem = label("", 13, 500, "urgent", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        #: what stands between the fields and the buttons
        self.below = QVBoxLayout()
        self.below.setSpacing(theme.px(8))
        column.addLayout(self.below)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.px(8))
        self.buttons.addStretch(1)
        cancel = button("Cancel", kind="quiet", key="Esc")
        cancel.clicked.connect(self.left)
        self.keep = button("Keep", "here", "primary")
        self.keep.clicked.connect(self.kept)
        self.buttons.addWidget(cancel)
        self.buttons.addWidget(self.keep)
        column.addLayout(self.buttons)

    def add_line(self, title: str, description: str, made: QWidget) -> None:
        """One more field with its words."""
        line = self.grid.rowCount()
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        words.addWidget(label(title, 13, 500))
        words.addWidget(label(description, 12, color="text2", wrap=True))
        follow(made, lambda: made.setMinimumWidth(theme.px(220)))
        made.setAccessibleName(title)
        self.grid.addLayout(words, line, 0, 1, 2)
        self.grid.addWidget(made, line, 2, Qt.AlignmentFlag.AlignVCenter)

    def _input(self, wanted: EntryField) -> QWidget:
        held = self._given.get(wanted.key, "")
        if wanted.choices:
            made = choice(*wanted.choices)
            made.setCurrentText(held or wanted.choices[0])
            self.inputs[wanted.key] = made
            return made
        line = Field("", wanted.title, "")
        line.setText(held)
        line.returnPressed.connect(self.kept)
        self.inputs[wanted.key] = line
        return line

    def line(self, key: str) -> Field:
        """The line of a field."""
        made = self.inputs[key]
        if not isinstance(made, Field):
            raise KeyError(key)
        return made

    def chooser(self, key: str) -> QComboBox:
        """The choice of a field."""
        made = self.inputs[key]
        if not isinstance(made, QComboBox):
            raise KeyError(key)
        return made

    def entry(self) -> dict[str, str]:
        """What is entered; a choice that is the first one is left out like an empty text."""
        held = dict(self._given)
        for each in self.fields:
            made = self.inputs.get(each.key)
            if isinstance(made, QComboBox):
                text = made.currentText()
                held[each.key] = "" if text == each.choices[0] else text
            elif isinstance(made, Field):
                held[each.key] = made.text().strip()
        return {key: value for key, value in held.items() if value}

    def missing(self) -> str:
        """A sentence on the first field that must not be empty, or nothing."""
        held = self.entry()
        lacks = [each.title for each in self.fields if each.required and not held.get(each.key)]
        return f"{lacks[0]} must not be empty." if lacks else ""

    def refuse(self, sentence: str) -> None:
        """Say what is wrong with what is entered; an empty sentence takes it back."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def take_focus(self) -> None:
        """To the first field."""
        first = next(iter(self.inputs.values()))
        first.setFocus(Qt.FocusReason.TabFocusReason)
