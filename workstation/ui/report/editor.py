"""The editor: one text, headings that cannot be broken, Tab from field to field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from workstation.domain.report import Section, SectionKind
from workstation.ui import theme
from workstation.ui.dictation import marks
from workstation.ui.dictation.review import Review
from workstation.ui.report import clipboard
from workstation.ui.report import document as text_document
from workstation.ui.report.highlighter import ReportHighlighter
from workstation.ui.report.links import (
    LINK_PROPERTY,
    OBJECT_TYPE,
    REPLACEMENT,
    LinkObject,
    Resolver,
    link_format,
)
from workstation.ui.report.open_fields import FieldAid, OpenField, field_at, following, open_fields
from workstation.ui.report.protection import (
    BEING_SIGNED,
    BELOW_A_HEADING,
    HEADINGS_STAY,
    composing_is_free,
    deletes,
    key_is_free,
    selection_is_free,
    writes,
)
from workstation.ui.report.table_lines import paint_rows
from workstation.ui.report.text_places import TextPlaces
from workstation.workflow.merge_fields import FieldAnswer


class ReportEditor(TextPlaces):
    """Edits the sections of one report. Headings are protected against every way of editing."""

    edited = Signal()
    link_clicked = Signal(str)
    #: the section and field under the cursor, for the caption bar
    place_changed = Signal(str, str)
    refused = Signal(str)

    def __init__(self, resolve: Resolver, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("report")
        self.setAcceptRichText(False)
        self.setAcceptDrops(False)
        self.setTabChangesFocus(False)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setAccessibleName("Report")
        self.setFont(theme.font(15, 400))
        self.document().setDocumentMargin(theme.px(16))
        self._links = LinkObject(resolve, self)
        self.document().documentLayout().registerHandler(OBJECT_TYPE, self._links)
        self.highlighter = ReportHighlighter(self.document())
        self.review = Review(self)
        self.review.changed.connect(self._looked)
        self.highlighter.seen = self.review.seen
        self._loading = False
        self.document().contentsChanged.connect(self._changed)
        self.cursorPositionChanged.connect(self._moved)
        self.viewport().setMouseTracking(True)
        self._dressed = theme.version()
        self._aid = FieldAid(self)
        self._aid.chosen.connect(self._take_option)

    # -- content ---------------------------------------------------------------------------

    def load(
        self,
        sections: Iterable[Section],
        *,
        template_text: str = "",
        required: frozenset[SectionKind] = frozenset(),
        options: Mapping[str, tuple[str, ...]] | None = None,
        undoable: bool = False,
    ) -> None:
        """Show the sections. `undoable` keeps the text before as an undo step; `options` are the
        statements that a field offers, by its name."""
        if undoable and self.isReadOnly():
            self.refused.emit(BEING_SIGNED)
            return
        self._loading = True
        sections = tuple(sections)
        self._aid.options = options or {}
        try:
            if not undoable:
                self.document().setUndoRedoEnabled(False)
            text_document.fill(self.document(), sections, set(required))
            marks.put_back(self.document(), sections)
            self.review.begin(sections)
            if not undoable:
                self.document().setUndoRedoEnabled(True)
            self.highlighter.configure(template_text, required)
        finally:
            self._loading = False
        with self.review.writing():
            self.place_at_first_gap()
        if undoable:
            self.edited.emit()

    def offer(self, options: Mapping[str, tuple[str, ...]]) -> None:
        """Other statements for the fields, by their names."""
        self._aid.options = options

    def sections(self) -> tuple[Section, ...]:
        """The sections as they stand."""
        held = text_document.read(self.document())
        return marks.with_marks(self.document(), held, self.review.seen)

    def insert_link(self, link: str) -> bool:
        """Insert `m:…` or `k:…` at the cursor; False where nothing may be written."""
        cursor = self.textCursor()
        if not self._may_insert():
            return False
        plain = text_document.text_format()
        cursor.beginEditBlock()
        before = self._character_before(cursor.selectionStart())
        if before not in ("", " ", "\u2029", "(", REPLACEMENT):
            cursor.insertText(" ", plain)
        cursor.insertText(REPLACEMENT, link_format(link, plain))
        cursor.setCharFormat(plain)
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.setCurrentCharFormat(plain)
        return True

    def insert_words(self, text: str) -> bool:
        """Insert text as one undo step; False where nothing may be written."""
        cursor = self.textCursor()
        if not self._may_insert():
            return False
        cursor.beginEditBlock()
        cursor.insertText(text, text_document.text_format())
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        return True

    def answer(self, answers: Iterable[FieldAnswer], *, here_too: bool) -> None:
        """Write answers into their open fields, each as one undo step. The cursor stays where it
        is, for the next words that are typed or spoken; the field that it is in is the reader's,
        unless `here_too`."""
        for each in answers:
            own = None if here_too else self._field_here()
            for start, end, words in self.fields():
                wanted = words == each.field and self.section_at(start) is each.section
                if wanted and (start, end, words) != own:
                    cursor = QTextCursor(self.document())
                    cursor.setPosition(start)
                    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                    with self.review.writing():
                        cursor.insertText(each.words, text_document.text_format())
                    break

    def takes_text(self) -> bool:
        """Whether text may be written at the cursor."""
        return not self.isReadOnly() and selection_is_free(self.textCursor())

    def seal(self, sealed: bool) -> None:
        """While a report is being signed nothing is written into it, in no way: it would be on the
        screen and not in what is signed."""
        self.setReadOnly(sealed)

    def undo(self) -> None:
        """Take back one step."""
        if not self.isReadOnly():
            super().undo()

    def redo(self) -> None:
        """Do it again."""
        if not self.isReadOnly():
            super().redo()

    def _may_insert(self) -> bool:
        if not self.takes_text():
            self.refused.emit(BEING_SIGNED if self.isReadOnly() else BELOW_A_HEADING)
            return False
        return True

    def text_before_cursor(self) -> str:
        """What stands before the cursor in its line."""
        cursor = self.textCursor()
        block = self.document().findBlock(cursor.selectionStart())
        return text_document.characters(block.text(), cursor.selectionStart() - block.position())

    def offer_too(self, options: Mapping[str, tuple[str, ...]]) -> None:
        """Statements for fields that are no fields of the template."""
        self._aid.options = {**self._aid.options, **options}

    def show_found(self, places: list[QTextEdit.ExtraSelection]) -> None:
        """Shade what a search found, beside the field under the cursor."""
        self._aid.show_found(places)

    def changeEvent(self, event: QEvent) -> None:
        """Another text size."""
        super().changeEvent(event)
        if event.type() != QEvent.Type.StyleChange or not hasattr(self, "_dressed"):
            return
        if self._dressed != theme.version():
            self._dressed = theme.version()
            self._loading = True
            self.setFont(theme.font(15, 400))
            self.document().setDocumentMargin(theme.px(16))
            text_document.restyle(self.document())
            self.highlighter.rehighlight()
            self._loading = False

    # -- fields ----------------------------------------------------------------------------

    def fields(self) -> list[OpenField]:
        """The open fields as (start, end, words) in document positions."""
        return open_fields(self.document())

    def next_field(self, *, backwards: bool = False) -> bool:
        """Select the next open field, around the end; False where none is open."""
        field = following(self.fields(), self.textCursor(), backwards=backwards)
        if field is not None:
            self.select(field[0], field[1])
        return field is not None

    def _take_option(self, words: str) -> None:
        """The chosen statement takes the place of its field; then the next field, which may be a
        field of the statement itself."""
        field = self._field_here()
        if field is None:
            return
        self.select(field[0], field[1])
        if self.insert_words(words):
            self.select(field[0], field[0])
            self.next_field()

    def _field_here(self) -> OpenField | None:
        return field_at(self.fields(), self.textCursor().selectionStart())

    def place_at_first_gap(self) -> None:
        """Cursor to the first open field of the findings, else to their end."""
        for start, end, _ in self.fields():
            if self.section_at(start) is SectionKind.FINDINGS:
                self.select(start, end)
                return
        kinds = [each.kind for each in self.sections()]
        last = kinds[-1] if kinds else SectionKind.FINDINGS
        self.go_to_section(SectionKind.FINDINGS if SectionKind.FINDINGS in kinds else last)

    # -- protection ------------------------------------------------------------------------

    def _character_before(self, position: int) -> str:
        return self.document().characterAt(position - 1) if position > 0 else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab walks the fields; what would touch a heading does nothing and says so."""
        if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            # Some remote desktops send Shift and Tab in place of the key for both.
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.next_field(backwards=shifted or event.key() == Qt.Key.Key_Backtab)
            return
        plain = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.NoModifier
        digit = event.text().isdecimal() and not event.modifiers() & ~plain
        if digit and self._aid.choose(int(event.text())):
            return
        if event.key() == Qt.Key.Key_Escape and self._aid.offers:
            self._aid.hide()
            return
        if event.matches(QKeySequence.StandardKey.Cut):
            self.cut()
            return
        if writes(event) or deletes(event):
            if not key_is_free(event, self.textCursor()):
                self.refused.emit(HEADINGS_STAY)
                return
            if writes(event):
                self.setCurrentCharFormat(text_document.text_format())
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Composed text obeys the same protection, also where it replaces what stands there."""
        if composing_is_free(event, self.textCursor()):
            self.setCurrentCharFormat(text_document.text_format())
            super().inputMethodEvent(event)

    def cut(self) -> None:
        """Cut what is selected, where no heading is."""
        if self._selection_is_free():
            super().cut()

    def createMimeDataFromSelection(self) -> QMimeData:
        """Links go to the clipboard as what they read."""
        # Filled anew, not made: what Python made and the clipboard still holds at the end of the
        # program is freed twice.
        held = super().createMimeDataFromSelection()
        clipboard.fill(held, self.textCursor(), self._links.resolve)
        return held

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Only text, only into a section."""
        return clipboard.has_words(source) and self._selection_is_free()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste as plain text, as one undo step."""
        if self.canInsertFromMimeData(source):
            cursor = self.textCursor()
            clipboard.insert(cursor, source, self._links.resolve)
            self.setTextCursor(cursor)

    def _selection_is_free(self) -> bool:
        free = selection_is_free(self.textCursor())
        if not free:
            self.refused.emit(HEADINGS_STAY)
        return free

    # -- events ----------------------------------------------------------------------------

    def _link_at(self, event: QMouseEvent) -> str:
        cursor = self.cursorForPosition(event.position().toPoint())
        for step in (QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveOperation.NoMove):
            probe = QTextCursor(cursor)
            probe.movePosition(step)
            link = probe.charFormat().property(LINK_PROPERTY)
            if link:
                return str(link)
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on what is selected begins a new selection: nothing is dragged out of the report,
        since a drag that moves would take the headings with it."""
        extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        left = event.button() == Qt.MouseButton.LeftButton
        if left and not extends and self.textCursor().hasSelection():
            self.setTextCursor(self.cursorForPosition(event.position().toPoint()))
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over a link."""
        shape = (
            Qt.CursorShape.PointingHandCursor
            if self._link_at(event)
            else Qt.CursorShape.IBeamCursor
        )
        self.viewport().setCursor(shape)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a link shows the image it was measured on."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            link = self._link_at(event)
            if link:
                self.link_clicked.emit(link)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines of tables below their rows."""
        super().paintEvent(event)
        paint_rows(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell where the words will go."""
        super().focusInEvent(event)
        self._moved()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What is offered for a field is only in the way while the images have the keyboard."""
        super().focusOutEvent(event)
        self._aid.hide()

    def _looked(self, positions: list[int]) -> None:
        for position in positions:
            self.highlighter.rehighlightBlock(self.document().findBlock(position))
        if not self._loading:
            self.edited.emit()

    def _changed(self) -> None:
        # Marking tells of a change too, block by block in a long text: the words are the same.
        if not self._loading and not self.highlighter.marking:
            self.edited.emit()

    def _moved(self) -> None:
        cursor = self.textCursor()
        kind = text_document.section_of(cursor.block())
        field = self._field_here()
        self._aid.show(field)
        self.place_changed.emit(kind.value if kind else "", field[2] if field else "")
