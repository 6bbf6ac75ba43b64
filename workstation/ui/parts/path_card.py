"""Asks for a path, in the page: no dialog of the desktop, whose white would light the room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, Qt, Signal
from PySide6.QtWidgets import QCompleter, QFileSystemModel, QFrame, QHBoxLayout, QVBoxLayout

from workstation.ui import theme
from workstation.ui.parts import Field, button, label


class PathCard(QFrame):
    """A line with the paths of this disk offered below it."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.px(n) for n in (16, 12, 16, 12)))
        column.setSpacing(theme.px(8))
        self.heading = label("", 13, 600)
        column.addWidget(self.heading)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self.line = Field("", "Path", "")
        model = QFileSystemModel(self)
        model.setRootPath(QDir.homePath())
        completer = QCompleter(model, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.line.setCompleter(completer)
        self.line.returnPressed.connect(self._go)
        row.addWidget(self.line, 1)
        self.go = button("Write", kind="primary")
        self.go.clicked.connect(self._go)
        row.addWidget(self.go)
        cancel = button("Cancel", kind="quiet", key="Esc")
        cancel.clicked.connect(self.left)
        row.addWidget(cancel)
        column.addLayout(row)
        self._done: Callable[[Path], None] = lambda _: None

    def ask(
        self, heading: str, placeholder: str, path: str, verb: str, done: Callable[[Path], None]
    ) -> None:
        """Show itself; `done` is given the path that was entered."""
        self.heading.setText(heading)
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(placeholder)
        self.line.setText(path)
        self.go.set_words(verb)
        self._done = done
        self.show()
        self.line.setFocus(Qt.FocusReason.TabFocusReason)

    def _go(self) -> None:
        text = self.line.text().strip().strip('"')
        if text:
            self._done(Path(text).expanduser())
