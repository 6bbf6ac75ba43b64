"""Open fields of the report: where they are, which comes next, what is offered for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextEdit

from workstation.domain.wording import FIELD
from workstation.ui import theme
from workstation.ui.report import document as text_document
from workstation.ui.report.field_chooser import FieldChooser

#: A field as (start, end, words) in document positions.
OpenField = tuple[int, int, str]


def open_fields(document: QTextDocument) -> list[OpenField]:
    """The open fields in their order."""
    found = []
    for block in text_document.blocks(document):
        if text_document.is_heading(block):
            continue
        text = block.text()
        for match in FIELD.finditer(text):
            start = block.position() + text_document.units(text[: match.start()])
            found.append((start, start + text_document.units(match[0]), match[0][1:-1]))
    return found


def following(
    fields: Sequence[OpenField], cursor: QTextCursor, *, backwards: bool = False
) -> OpenField | None:
    """The field after the cursor, or before it, around the end; None where none is open."""
    if not fields:
        return None
    if backwards:
        before = [field for field in fields if field[1] <= cursor.selectionStart()]
        return (before or fields)[-1]
    after = [
        field
        for field in fields
        if field[0] >= cursor.selectionEnd()
        and (field[0], field[1]) != (cursor.selectionStart(), cursor.selectionEnd())
    ]
    return (after or fields)[0]


def field_at(fields: Sequence[OpenField], position: int) -> OpenField | None:
    """The field that a document position lies in or beside."""
    return next((each for each in fields if each[0] <= position <= each[1]), None)


class FieldAid(QObject):
    """Shades the field under the cursor and offers its statements, by the digits."""

    #: a statement, for the field under the cursor
    chosen = Signal(str)

    def __init__(self, editor: QTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        #: the statements that a field offers, by its name
        self.options: Mapping[str, tuple[str, ...]] = {}
        self._chooser = FieldChooser(editor)
        self._chooser.chosen.connect(self.chosen)
        self._found: list[QTextEdit.ExtraSelection] = []
        self._field: list[QTextEdit.ExtraSelection] = []

    @property
    def offers(self) -> bool:
        """Whether statements are listed now."""
        return bool(self._chooser.options)

    def choose(self, number: int) -> bool:
        """Take a statement by its number; False where there is none."""
        return self._chooser.choose(number)

    def hide(self) -> None:
        """Put the list away."""
        self._chooser.hide()

    def show(self, field: OpenField | None) -> None:
        """Shade a field, and offer its statements while the whole of it is selected."""
        self._shade(field)
        cursor = self._editor.textCursor()
        whole = (
            field is not None
            and self._editor.hasFocus()
            and (cursor.selectionStart(), cursor.selectionEnd()) == field[:2]
        )
        named = self.options.get(field[2], ()) if field is not None and whole else ()
        start = QTextCursor(cursor)
        start.setPosition(cursor.selectionStart())
        self._chooser.offer(tuple(filter(None, named)), self._editor.cursorRect(start))

    def show_found(self, places: list[QTextEdit.ExtraSelection]) -> None:
        """Shade what a search found; nothing takes the shades away."""
        self._found = places
        self._editor.setExtraSelections([*self._found, *self._field])

    def _shade(self, field: OpenField | None) -> None:
        selections = []
        if field is not None:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = self._editor.textCursor()
            selection.cursor.setPosition(field[0])
            selection.cursor.setPosition(field[1], QTextCursor.MoveMode.KeepAnchor)
            shade = QTextCharFormat()
            shade.setBackground(theme.color("accentbg"))
            shade.setForeground(theme.color("accent"))
            selection.format = shade
            selections.append(selection)
        self._field = selections
        self._editor.setExtraSelections([*self._found, *self._field])
