"""Fields to write in."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView

from workstation.ui import theme
from workstation.ui.parts.labels import Sign


class Field(QLineEdit):
    """One line; an icon before it says what it is for."""

    def __init__(self, placeholder: str, name: str, icon: str) -> None:
        super().__init__()
        # Not an action of QLineEdit: its icon does not grow with the text.
        self._sign = Sign(icon, "text3", 16) if icon else None
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name or placeholder)
        if self._sign is not None:
            self._sign.setParent(self)
            # The sign takes a new text size after the field did: its own resize places it anew.
            self._sign.installEventFilter(self)
        self._measure()

    def _measure(self) -> None:
        self.setFont(theme.font(13))
        if self._sign is not None:
            self.setTextMargins(theme.px(22), 0, 0, 0)

    def _place(self) -> None:
        if self._sign is not None:
            self._sign.move(theme.px(8), (self.height() - self._sign.height()) // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the size of the sign."""
        if event.type() == QEvent.Type.Resize and watched is self._sign:
            self._place()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_sign"):
            self._measure()


class SearchField(Field):
    """Sifts a list below it: Down and Enter leave for the list."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)


def field(placeholder: str = "", name: str = "", icon: str = "") -> Field:
    """A line to write in; `name` is for screen readers where the placeholder is no name."""
    return Field(placeholder, name, icon)


class Choice(QComboBox):
    """A combo box whose pop-up is themed, and whose words follow the text size."""

    def __init__(self) -> None:
        super().__init__()
        # Without its own view the pop-up ignores the padding and takes the selection of the combo.
        self.setView(QListView())
        self.setFont(theme.font(13, 500))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.setFont(theme.font(13, 500))


def choice(*entries: str, quiet: bool = False) -> Choice:
    """A list to choose one of."""
    made = Choice()
    made.addItems(list(entries))
    if quiet:
        made.setProperty("kind", "quiet")
    return made
