"""Tables in the report: lines whose cells stand below each other, walked by Tab.

A row is one paragraph with a tab between its cells (`domain.report_table`), so that undo, search,
spelling and what is saved know nothing of tables. The stops follow the widest cell of each column,
and are no part of the text.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextOption,
)

from workstation.domain.report_table import CELL, is_row
from workstation.ui import theme
from workstation.ui.report import document as text_document
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.links import ROW_SIZE

#: Between the widest cell of a column and the next column.
_GAP = 10
_STEP = 8


class TableRows(QObject):
    """Lays the rows of one editor out, and walks their cells."""

    def __init__(self, editor: ReportEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.fit)
        editor.document().contentsChanged.connect(self._soon.start)
        editor.installEventFilter(self)

    def insert(self, lines: str) -> bool:
        """Put a table at the cursor, on lines of its own, and select its first open field."""
        cursor = self._editor.textCursor()
        if not self._editor.takes_text():
            return self._editor.insert_words("")
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        if cursor.block().text()[: cursor.positionInBlock()].strip():
            cursor.insertBlock()
        start = cursor.position()
        text_document.insert_text(cursor, lines)
        cursor.insertBlock()
        cursor.endEditBlock()
        self._editor.setTextCursor(cursor)
        self.fit()
        self._editor.select(start, start)
        self._editor.next_field()
        return True

    def fit(self) -> None:
        """Set the stops behind the widest cell of each column."""
        measure = QFontMetricsF(theme.font(ROW_SIZE, 600)).horizontalAdvance
        widths: list[float] = []
        for block in text_document.blocks(self._editor.document()):
            if not is_row(block.text()):
                continue
            for at, (start, end) in enumerate(_cells(block)):
                wide = sum(
                    self._editor.link_width(block.position() + each)
                    for each in range(start, end)
                    if self._editor.is_link(block.position() + each)
                )
                words = block.text().split(CELL)[at].replace("\ufffc", "")
                wide += measure(words) + theme.px(_GAP)
                widths[at : at + 1] = [max([wide, *widths[at : at + 1]])]
        stops = [sum(widths[: at + 1]) for at in range(len(widths) - 1)]
        # In steps, so that not every letter moves the columns.
        step = theme.px(_STEP)
        self._set([step * math.ceil(stop / step) for stop in stops])

    def _set(self, stops: list[int]) -> None:
        document = self._editor.document()
        wanted = [QTextOption.Tab(stop, QTextOption.TabType.LeftTab) for stop in stops]
        rows = [each for each in text_document.blocks(document) if is_row(each.text())]
        wrong = [
            each
            for each in rows
            if [round(tab.position) for tab in each.blockFormat().tabPositions()] != stops
        ]
        # What was taken back can be done again only while nothing else changes.
        if not wrong or document.isRedoAvailable():
            return
        alone = not document.isUndoAvailable()
        if alone:
            document.setUndoRedoEnabled(False)
        cursor = QTextCursor(document)
        # The columns go back together with the words that moved them.
        cursor.joinPreviousEditBlock()
        for block in wrong:
            cursor.setPosition(block.position())
            made = QTextBlockFormat()
            made.setTabPositions(wanted)
            cursor.mergeBlockFormat(made)
        cursor.endEditBlock()
        if alone:
            document.setUndoRedoEnabled(True)

    # -- keys ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab and Return inside a row."""
        if watched is self._editor:
            if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
                return self._key(event)
            if event.type() is QEvent.Type.StyleChange:
                self._soon.start()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        cursor = self._editor.textCursor()
        block = cursor.block()
        if not is_row(block.text()) or text_document.is_heading(block):
            return False
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._step(cursor, backwards=event.key() == Qt.Key.Key_Backtab)
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._new_row(block)
            return True
        return False

    def _step(self, cursor: QTextCursor, *, backwards: bool) -> bool:
        """Select the next cell, or the one before; behind the last the walk over fields goes on."""
        block = cursor.block()
        at = cursor.selectionStart() - block.position()
        places = _cells(block)
        here = next((n for n, (start, end) in enumerate(places) if start <= at <= end), 0)
        there = here + (-1 if backwards else 1)
        if not 0 <= there < len(places):
            block = block.previous() if backwards else block.next()
            if not block.isValid() or not is_row(block.text()):
                return False
            places = _cells(block)
            there = -1 if backwards else 0
        start, end = places[there]
        self._editor.select(block.position() + start, block.position() + end)
        return True

    def _new_row(self, block: QTextBlock) -> None:
        """An empty row below; from an empty row the table is left instead."""
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        cursor.beginEditBlock()
        if not block.text().replace("\ufffc", "").strip():
            cursor.movePosition(
                QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor
            )
            cursor.removeSelectedText()
            start = cursor.position()
        else:
            link = self._editor.link_before(cursor.position())
            cursor.insertBlock()
            start = cursor.position()
            change = f"{{{{{link}}}}}" if link.startswith("t:") else ""
            row = CELL * block.text().count(CELL) + change
            text_document.insert_text(cursor, row)
        cursor.endEditBlock()
        self._editor.select(start, start)


def _cells(block: QTextBlock) -> list[tuple[int, int]]:
    """(start, end) of each cell in its block, as the document counts."""
    places, start = [], 0
    for each in block.text().split(CELL):
        end = start + text_document.units(each)
        places.append((start, end))
        start = end + 1
    return places
