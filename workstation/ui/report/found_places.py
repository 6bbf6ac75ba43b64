"""Where words stand in a text that the panel shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextEdit

from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.links import LINK_PROPERTY, REPLACEMENT


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A range of document positions in one text."""

    text: QTextEdit
    start: int
    end: int

    def cursor(self) -> QTextCursor:
        """A cursor that has it selected."""
        made = QTextCursor(self.text.document())
        made.setPosition(self.start)
        made.setPosition(self.end, QTextCursor.MoveMode.KeepAnchor)
        return made


def places(text: QTextEdit, words: str) -> Iterator[FoundPlace]:
    """Where the words stand, small or capital; also in what a link reads."""
    found = [(each.selectionStart(), each.selectionEnd()) for each in _all(text.document(), words)]
    if isinstance(text, ReportEditor):
        for cursor in _all(text.document(), REPLACEMENT):
            link = cursor.charFormat().property(LINK_PROPERTY)
            if link and words.lower() in text.resolve(str(link)).text.lower():
                found.append((cursor.selectionStart(), cursor.selectionEnd()))
    return (FoundPlace(text, start, end) for start, end in sorted(found))


def _all(document: QTextDocument, words: str) -> Iterator[QTextCursor]:
    cursor = document.find(words, 0)
    while not cursor.isNull():
        yield cursor
        cursor = document.find(words, cursor)
