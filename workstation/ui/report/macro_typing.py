"""A full stop and a shortcut become the macro's sentence while the report is typed; its name, said,
does the same, and leaves it marked as text that nobody has read yet."""

from __future__ import annotations

import re
import uuid
from contextlib import nullcontext

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor

from workstation.domain.dictated_text import MACRO
from workstation.domain.dictation import Dictated
from workstation.domain.wording import FIELD
from workstation.ui.dictation import marks
from workstation.ui.report.document import characters, units
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.field_chooser import FieldChooser
from workstation.ui.report.text_places import gap_after
from workstation.workflow.macros import Macro, Macros

#: A shortcut at the cursor: at the beginning of a line or behind a space, so that the end of a
#: sentence is none.
_TYPED = re.compile(r"(?:^|\s)\.([a-z]+)$")
_ENDS = (Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MacroTyping(QObject):
    """Watches the keys of one editor. `modality` is that of the open case."""

    #: a macro that was said stands in the report: what its characters are marked with
    said = Signal(str)

    def __init__(self, editor: ReportEditor, macros: Macros) -> None:
        super().__init__(editor)
        self._editor = editor
        self._macros = macros
        self.modality = ""
        self._chooser = FieldChooser(editor)
        self._chooser.setAccessibleName("Macros")
        self._chooser.chosen.connect(self._chosen)
        editor.installEventFilter(self)
        editor.textChanged.connect(self._offer)
        editor.cursorPositionChanged.connect(self._offer)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space, Tab or Return behind a shortcut insert its sentence; a digit takes an offer."""
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            return False
        if event.key() == Qt.Key.Key_Escape and self._chooser.options:
            self._chooser.hide()
            return True
        if event.text().isdecimal() and self._chooser.choose(int(event.text())):
            return True
        if event.key() not in _ENDS:
            return False
        macro = self._macros.get(self._letters())
        if macro is None:
            return False
        self.insert(macro)
        return True

    def insert(self, macro: Macro, gap: str = "", said: str = "") -> bool:
        """The macro's text behind `gap` takes the place of its typed shortcut, if any; then its
        first field. `said`: what marks it as text that nobody has read."""
        # Whoever says a name looks at the images, and the program chooses the field.
        with self._editor.review.writing() if said else nullcontext():
            return self._insert(macro, gap, said)

    def _insert(self, macro: Macro, gap: str, said: str) -> bool:
        cursor = self._editor.textCursor()
        letters = self._letters()
        if letters and macro.shortcut.startswith(letters):
            cursor.movePosition(
                QTextCursor.MoveOperation.Left,
                QTextCursor.MoveMode.KeepAnchor,
                len(letters) + 1,
            )
            self._editor.setTextCursor(cursor)
        start = cursor.selectionStart() + len(gap)
        if said:
            marks.insert(cursor, Dictated(gap + macro.text), said)
            self._editor.setTextCursor(cursor)
        elif not self._editor.insert_words(gap + macro.text):
            return False
        field = FIELD.search(macro.text)
        if field is not None:
            begin = start + units(macro.text[: field.start()])
            self._editor.select(begin, begin + units(field[0]))
        return True

    def insert_named(self, shortcut: str) -> bool:
        """A macro that was said: it follows what stands before the cursor after a space."""
        macro = self._macros.get(shortcut)
        if macro is None or not self._editor.takes_text():
            return False
        identifier = f"{MACRO}{uuid.uuid4()}"
        if not self.insert(macro, gap_after(self._editor.text_before_cursor()), identifier):
            return False
        self.said.emit(identifier)
        return True

    def _letters(self) -> str:
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            return ""
        match = _TYPED.search(characters(cursor.block().text(), cursor.positionInBlock()))
        return match[1] if match is not None else ""

    def _offer(self) -> None:
        letters = self._letters()
        offered = self._macros.beginning(letters, self.modality) if letters else ()
        words = [f".{each.shortcut}   {each.text}" for each in offered]
        self._chooser.offer(words, self._editor.cursorRect())

    def _chosen(self, words: str) -> None:
        shortcut = words.split(maxsplit=1)[0][1:]
        macro = self._macros.get(shortcut)
        if macro is not None:
            self.insert(macro)
