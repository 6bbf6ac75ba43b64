"""Fields to write in."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView

from workstation.ui import icons, theme


class Field(QLineEdit):
    """One line; an icon before it says what it is for."""

    def __init__(self, placeholder: str, name: str, icon: str) -> None:
        super().__init__()
        self._sign = icon
        self._action: QAction | None = None
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name or placeholder)
        self.setFont(theme.font(13))
        if icon:
            self._action = self.addAction(
                icons.icon(icon, "text3"), QLineEdit.ActionPosition.LeadingPosition
            )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setFont(theme.font(13))
            if self._action is not None:
                self._action.setIcon(icons.icon(self._sign, "text3"))


def field(placeholder: str = "", name: str = "", icon: str = "") -> Field:
    """A line to write in; `name` is for screen readers where the placeholder is no name."""
    return Field(placeholder, name, icon)


def choice(*entries: str, quiet: bool = False) -> QComboBox:
    """A combo box whose pop-up is themed."""
    made = QComboBox()
    # Without its own view the pop-up ignores the padding and takes the selection of the combo.
    made.setView(QListView())
    made.addItems(list(entries))
    made.setFont(theme.font(13, 500))
    if quiet:
        made.setProperty("kind", "quiet")
    return made
