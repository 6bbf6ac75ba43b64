"""The statements that an open field offers, beside the field and chosen by their number."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QTextEdit

from workstation.ui import theme

#: As many as there are digit keys.
MOST = 9


class FieldChooser(QFrame):
    """A list that never takes the keyboard: the editor hands it the digits."""

    chosen = Signal(str)

    def __init__(self, editor: QTextEdit) -> None:
        super().__init__(editor.viewport())
        self.setObjectName("chooser")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Statements for this field")
        self.setMouseTracking(True)
        self._editor = editor
        self._options: tuple[str, ...] = ()
        self._under = -1
        self._row_height = 0
        self.hide()

    @property
    def options(self) -> tuple[str, ...]:
        """What is offered now, the first under the key 1."""
        return self._options if self.isVisible() else ()

    def offer(self, options: Sequence[str], field: QRect) -> None:
        """Show the options below the field's rectangle (viewport pixels), above it where there is
        no room; nothing to offer hides the list."""
        self._options = tuple(options)[:MOST]
        self._under = -1
        if not self._options:
            self.hide()
            return
        room = self._editor.viewport().rect()
        # All of them in sight: where the text is low the lines stand closer.
        fits = (room.height() - theme.px(8)) // len(self._options)
        self._row_height = max(theme.px(18), min(theme.px(26), fits))
        size = self.sizeHint()
        size.setWidth(min(size.width(), room.width() - 2 * theme.px(8)))
        left = max(theme.px(8), min(field.left(), room.width() - size.width() - theme.px(8)))
        top = field.bottom() + theme.px(4)
        if top + size.height() > room.height() and field.top() - size.height() > theme.px(4):
            top = field.top() - size.height() - theme.px(4)
        elif top + size.height() > room.height():
            # Room is made: the line of the field goes up as far as the text lets it.
            bar = self._editor.verticalScrollBar()
            before = bar.value()
            bar.setValue(before + max(0, field.top() - theme.px(4)))
            top = min(top - (bar.value() - before), room.height() - size.height())
            top = max(0, top)
        self.setGeometry(QRect(QPoint(left, top), size))
        self.show()
        self.raise_()

    def choose(self, number: int) -> bool:
        """Take the option under a digit key; False where there is none."""
        if not self.isVisible() or not 1 <= number <= len(self._options):
            return False
        self.chosen.emit(self._options[number - 1])
        return True

    def _row(self) -> int:
        return self._row_height or theme.px(26)

    def sizeHint(self) -> QSize:
        """As wide as the longest statement."""
        self.setFont(theme.font(13))
        measure = self.fontMetrics().horizontalAdvance
        widest = max((measure(each) for each in self._options), default=0)
        return QSize(widest + theme.px(52), self._row() * len(self._options) + theme.px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Number caps at the left, statements beside them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("edge"))
        painter.setBrush(theme.color("raised"))
        edge = self.rect().adjusted(0, 0, -1, -1)
        painter.drawRoundedRect(edge, theme.px(6), theme.px(6))
        for index, option in enumerate(self._options):
            row = QRect(0, theme.px(4) + index * self._row(), self.width(), self._row())
            if index == self._under:
                painter.fillRect(row.adjusted(2, 0, -2, 0), theme.color("pressed"))
            side = min(theme.px(18), row.height() - 2)
            high = row.top() + (row.height() - side) // 2
            cap = QRect(theme.px(8), high, theme.px(18), side)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("pressed"))
            painter.drawRoundedRect(cap, theme.px(4), theme.px(4))
            painter.setFont(theme.font(11, 600, tabular=True))
            painter.setPen(theme.color("text2"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, str(index + 1))
            painter.setFont(theme.font(13))
            painter.setPen(theme.color("text"))
            words = row.adjusted(theme.px(36), 0, -theme.px(8), 0)
            shown = self.fontMetrics().elidedText(
                option, Qt.TextElideMode.ElideRight, words.width()
            )
            painter.drawText(
                words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown
            )

    def _index_at(self, position: QPoint) -> int:
        index = (position.y() - theme.px(4)) // self._row()
        return index if 0 <= index < len(self._options) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the statement under the mouse."""
        self._under = self._index_at(event.position().toPoint())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click takes it."""
        index = self._index_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.choose(index + 1)
