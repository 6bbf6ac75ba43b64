"""What the voice does to the words that stand in the editor."""

from __future__ import annotations

import re

from PySide6.QtGui import QTextCursor

from workstation.ui.report.document import units
from workstation.ui.report.editor import ReportEditor

#: A sentence ends with a mark and a space; a decimal point has no space behind it.
_END = re.compile(r"[.!?]\s+")
_WORD = re.compile(r"\w[\w'-]*")


def select_last_sentence(editor: ReportEditor) -> bool:
    """Select the sentence that ends at the cursor or holds it, without the space before it."""
    before = editor.text_before_cursor()
    text = before.rstrip()
    if not text:
        return False
    begin = max((match.end() for match in _END.finditer(text)), default=0)
    at = editor.textCursor().selectionStart() - units(before)
    editor.select(at + units(text[:begin]), at + units(text))
    return True


def capitalise(editor: ReportEditor) -> bool:
    """A capital for each word of the selection, else for the last word before the cursor."""
    cursor = editor.textCursor()
    if not editor.takes_text():
        return False
    if cursor.hasSelection():
        text = cursor.selectedText()
        start, words = cursor.selectionStart(), list(_WORD.finditer(text))
    else:
        text = editor.text_before_cursor()
        start, words = cursor.position() - units(text), list(_WORD.finditer(text))[-1:]
    if not words:
        return False
    position, anchor = cursor.position(), cursor.anchor()
    changing = QTextCursor(cursor)
    # Undo puts the cursor where the block of edits began.
    changing.beginEditBlock()
    for match in words:
        letter = match[0][0]
        # One letter may become two (ß): such a word stays.
        if len(letter.upper()) != 1 or letter.upper() == letter:
            continue
        at = start + units(text[: match.start()])
        changing.setPosition(at)
        changing.setPosition(at + 1, QTextCursor.MoveMode.KeepAnchor)
        # The marks of dictation stay with the letter.
        changing.insertText(letter.upper(), changing.charFormat())
    changing.endEditBlock()
    cursor.setPosition(anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    return True
