"""The page of the report: the text, and around it what gives way where the window is low."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.ui import theme

#: The text keeps so much height, in pixels of the drawings: three lines.
_TEXT = 90


class WritingPage(QWidget):
    """A column. A form that opens in it, or a second line of the search, takes the room of what is
    needed least; it never makes the window higher than its screen."""

    def __init__(self, text: QWidget) -> None:
        super().__init__()
        self._text = text
        self._yielding: list[QWidget] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)

    def add_yielding(self, held: QWidget) -> None:
        """Something that is left out where there is no room, the last added first."""
        around = QWidget()
        inner = QVBoxLayout(around)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(held)
        self._yielding.append(around)
        self.column.addWidget(around)

    def _fit(self) -> None:
        room = self.height() - theme.px(_TEXT)
        for index in range(self.column.count()):
            item = self.column.itemAt(index)
            widget = item.widget() if item is not None else None
            if item is None or widget is self._text or widget in self._yielding:
                continue
            if widget is not None and widget.isHidden():
                continue
            wrapped = item.heightForWidth(self.width()) if item.hasHeightForWidth() else 0
            room -= max(item.minimumSize().height(), wrapped)
        for each in self._yielding:
            high = each.sizeHint().height()
            fits = high <= room
            if fits:
                room -= high
            if each.isHidden() == fits:
                each.setVisible(fits)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.column.minimumSize().width(), theme.px(2 * _TEXT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done
