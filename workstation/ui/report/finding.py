"""Finds words in the texts that the panel shows: the report, or the reports on earlier studies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QScrollArea, QTextEdit

from workstation.ui import theme
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.find_bar import FindBar
from workstation.ui.report.links import LINK_PROPERTY, REPLACEMENT

#: How long after a change the places are looked for again.
_PAUSE_MS = 150
#: Places that are shaded; all are counted.
_MOST_SHADED = 500


@dataclass(frozen=True, slots=True)
class _Place:
    """A range of document positions in one text."""

    text: QTextEdit
    start: int
    end: int


def _places(text: QTextEdit, words: str) -> Iterator[_Place]:
    """Where the words stand, small or capital; also in what a link reads."""
    found = [(each.selectionStart(), each.selectionEnd()) for each in _all(text.document(), words)]
    if isinstance(text, ReportEditor):
        for cursor in _all(text.document(), REPLACEMENT):
            link = cursor.charFormat().property(LINK_PROPERTY)
            if link and words.lower() in text.resolve(str(link)).text.lower():
                found.append((cursor.selectionStart(), cursor.selectionEnd()))
    return (_Place(text, start, end) for start, end in sorted(found))


def _all(document: QTextDocument, words: str) -> Iterator[QTextCursor]:
    cursor = document.find(words, 0)
    while not cursor.isNull():
        yield cursor
        cursor = document.find(words, cursor)


class FindSide(QObject):
    """`texts` gives what is searched now, in reading order; `area` scrolls those that do not."""

    def __init__(
        self, bar: FindBar, texts: Callable[[], Sequence[QTextEdit]], area: QScrollArea
    ) -> None:
        super().__init__(bar)
        self._bar, self._texts, self._area = bar, texts, area
        self._places: list[_Place] = []
        self._at = -1
        self._shaded: list[QTextEdit] = []
        self._watched: list[QTextEdit] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._look_again)
        bar.sought.connect(self._seek)
        bar.step.connect(self.step)
        bar.closed.connect(self.close)

    def ask(self) -> None:
        """Open the line, with what is selected."""
        chosen = (each.textCursor().selectedText() for each in self._texts())
        words = next((each for each in chosen if each), "")
        usable = words and "\u2029" not in words and REPLACEMENT not in words
        self._bar.ask(words if usable else "")

    def step(self, steps: int) -> None:
        """Go to the next place, or before, around the end; opens the line where it is shut."""
        if self._bar.isHidden():
            self.ask()
            return
        if self._places:
            self._go((self._at + steps) % len(self._places))

    def close(self) -> None:
        """Shut the line; the keyboard goes to the text, where the last place is selected."""
        if self._bar.isHidden():
            return
        self._bar.hide()
        self._timer.stop()
        place = self._places[self._at] if 0 <= self._at < len(self._places) else None
        texts = self._texts()
        self._forget()
        if place is not None and place.text in texts:
            place.text.setFocus()
        elif texts:
            texts[0].setFocus()

    def texts_changed(self) -> None:
        """Other texts are shown: what was found in those before is void."""
        self._forget()
        if not self._texts():
            self._bar.hide()
        elif not self._bar.isHidden():
            self._timer.start()

    def _forget(self) -> None:
        for each in self._shaded:
            self._shade(each, [])
        self._shaded, self._places, self._at = [], [], -1

    def _seek(self, words: str) -> None:
        self._look(words)
        if self._places:
            self._go(self._nearest())

    def _look_again(self) -> None:
        at = self._at
        self._look(self._bar.field.text())
        self._at = min(at, len(self._places) - 1)
        self._bar.tell(self._at + 1, len(self._places))

    def _look(self, words: str) -> None:
        self._forget()
        for text in self._texts():
            if text not in self._watched:
                self._watched.append(text)
                text.document().contentsChange.connect(self._changed)
                text.destroyed.connect(lambda _=None, text=text: self._gone(text))
            found = list(_places(text, words)) if words else []
            self._places += found
            self._shade(text, found[:_MOST_SHADED])
            self._shaded.append(text)
        self._bar.tell(0, len(self._places))

    def _gone(self, text: QTextEdit) -> None:
        for held in (self._watched, self._shaded):
            if text in held:
                held.remove(text)
        self._places = [each for each in self._places if each.text is not text]

    def _changed(self, _at: int, removed: int, added: int) -> None:
        if removed != added and not self._bar.isHidden():
            self._timer.start()

    def _nearest(self) -> int:
        """The first place at or behind the cursor of its text."""
        for number, each in enumerate(self._places):
            if each.start >= each.text.textCursor().selectionStart():
                return number
        return 0

    def _go(self, number: int) -> None:
        self._at = number
        place = self._places[number]
        cursor = place.text.textCursor()
        cursor.setPosition(place.start)
        cursor.setPosition(place.end, QTextCursor.MoveMode.KeepAnchor)
        place.text.setTextCursor(cursor)
        place.text.ensureCursorVisible()
        inside = self._area.widget()
        if inside is not None and inside.isAncestorOf(place.text):
            at = place.text.mapTo(inside, place.text.cursorRect().center())
            self._area.ensureVisible(at.x(), at.y(), 0, theme.px(60))
        self._bar.tell(number + 1, len(self._places))

    def _shade(self, text: QTextEdit, places: Sequence[_Place]) -> None:
        shade = QTextCharFormat()
        shade.setBackground(theme.color("accentbg"))
        shade.setForeground(theme.color("text"))
        selections = []
        for each in places:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(text.document())
            selection.cursor.setPosition(each.start)
            selection.cursor.setPosition(each.end, QTextCursor.MoveMode.KeepAnchor)
            selection.format = shade
            selections.append(selection)
        if isinstance(text, ReportEditor):
            text.show_found(selections)
        else:
            text.setExtraSelections(selections)
