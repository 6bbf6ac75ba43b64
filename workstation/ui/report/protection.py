"""What may be written where: headings of the report are protected against every way of editing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QKeySequence, QTextCursor, QTextDocument

from workstation.ui.report.document import is_heading

#: What is said when something would have touched a heading.
HEADINGS_STAY = "Headings of the report stay as they are."
#: What is said when something would have been written while the report is being signed.
BEING_SIGNED = "The report is being signed: nothing is written into it now."
#: What is said when words are to be inserted where none may stand.
BELOW_A_HEADING = "Put the cursor below a heading first."

_DELETING = {
    Qt.Key.Key_Backspace: (
        QTextCursor.MoveOperation.PreviousCharacter,
        QTextCursor.MoveOperation.StartOfWord,
    ),
    Qt.Key.Key_Delete: (
        QTextCursor.MoveOperation.NextCharacter,
        QTextCursor.MoveOperation.EndOfWord,
    ),
}

_WORD = QKeySequence.StandardKey.DeleteStartOfWord
_LINE = QKeySequence.StandardKey.DeleteCompleteLine
_TO_END = QKeySequence.StandardKey.DeleteEndOfLine


def may_change(document: QTextDocument, start: int, end: int) -> bool:
    """Whether the range of document positions lies inside one section's text."""
    block, last = document.findBlock(start), document.findBlock(end)
    while block.isValid():
        if is_heading(block):
            return False
        if block == last:
            return True
        block = block.next()
    return False


def selection_is_free(cursor: QTextCursor) -> bool:
    """Whether what is selected, or the place of the cursor, may change."""
    return may_change(cursor.document(), cursor.selectionStart(), cursor.selectionEnd())


def writes(event: QKeyEvent) -> bool:
    """Whether a key puts something into the text."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    letter = bool(event.text()) and event.text().isprintable() and not control
    return letter or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def deletes(event: QKeyEvent) -> bool:
    """Whether a key takes something out of the text."""
    return event.key() in _DELETING or any(map(event.matches, (_TO_END, _LINE, _WORD)))


def key_is_free(event: QKeyEvent, at: QTextCursor) -> bool:
    """Whether what a writing or deleting key changes lies inside one section's text."""
    cursor = QTextCursor(at)
    keep = QTextCursor.MoveMode.KeepAnchor
    if event.matches(_TO_END) and not cursor.hasSelection():
        # At the end of a line Qt takes the next line up, which may be a heading.
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, keep)
        if not cursor.hasSelection():
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, keep)
    moves = _DELETING.get(Qt.Key(event.key()))
    if moves is not None and not cursor.hasSelection():
        # A step first: a word boundary is found from inside the word.
        cursor.movePosition(moves[0], keep)
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            cursor.movePosition(moves[1], keep)
    return selection_is_free(cursor)


def composing_is_free(event: QInputMethodEvent, at: QTextCursor) -> bool:
    """Whether what an input method changes lies inside one section's text: the selection, and the
    characters around the cursor that it replaces."""
    start = at.position() + event.replacementStart()
    end = start + event.replacementLength()
    held = (at.selectionStart(), at.selectionEnd(), start, end)
    return min(held) >= 0 and may_change(at.document(), min(held), max(held))
