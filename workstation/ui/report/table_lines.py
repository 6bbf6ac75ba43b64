"""The hair lines below the rows of tables."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QTextCursor
from PySide6.QtWidgets import QTextEdit

from workstation.domain.report_table import is_row
from workstation.ui import theme


def paint_rows(editor: QTextEdit) -> None:
    """A hair line below each row that is in sight."""
    painter = QPainter(editor.viewport())
    painter.setPen(theme.color("edge"))
    margin = round(editor.document().documentMargin())
    first = editor.cursorForPosition(QPoint(0, 0)).block()
    while first.isValid():
        cursor = QTextCursor(first)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        bottom = editor.cursorRect(cursor).bottom() + theme.px(2)
        if bottom > editor.viewport().height() + theme.px(24):
            break
        if is_row(first.text()):
            painter.drawLine(margin, bottom, editor.viewport().width() - margin, bottom)
        first = first.next()
