"""Finds words in the texts that the panel shows: the report, or the reports on earlier studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QScrollArea, QTextEdit

from workstation.ui import theme
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.find_bar import FindBar
from workstation.ui.report.found_places import FoundPlace, places
from workstation.ui.report.links import REPLACEMENT
from workstation.ui.report.replacing import replace_all, replace_one

#: How long after a change the places are looked for again.
_PAUSE_MS = 150
#: Places that are shaded; all are counted.
_MOST_SHADED = 500


class FindSide(QObject):
    """`texts` gives what is searched now, in reading order; `area` scrolls those that do not."""

    def __init__(
        self, bar: FindBar, texts: Callable[[], Sequence[QTextEdit]], area: QScrollArea
    ) -> None:
        super().__init__(bar)
        self._bar, self._texts, self._area = bar, texts, area
        self._places: list[FoundPlace] = []
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
        bar.replace.one.connect(self.replace)
        bar.replace.every.connect(self.replace_all)

    def ask(self, *, replace: bool = False) -> None:
        """Open the line, with what is selected; `replace` with the line of what takes its place."""
        chosen = (each.textCursor().selectedText() for each in self._texts())
        words = next((each for each in chosen if each), "")
        usable = words and "\u2029" not in words and REPLACEMENT not in words
        self._bar.ask(words if usable else "", replace=replace)

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

    # -- other words in their place --------------------------------------------------------

    def replace(self) -> None:
        """Write the other words at the place that is selected, and go to the next; where none is
        selected only go there."""
        editor = self._writable()
        if editor is None:
            return
        sought = self._bar.field.text()
        held = editor.textCursor()
        chosen = (held.selectionStart(), held.selectionEnd())
        # Words may have come since the places were looked for.
        self._look(sought)
        place = next((each for each in self._places if (each.start, each.end) == chosen), None)
        if place is not None:
            words = self._bar.replace.field.text()
            done = replace_one(editor, place, words, sought)
            self._look(sought)
            behind = editor.textCursor().selectionEnd() if done.count else place.end
            held.setPosition(behind)
            editor.setTextCursor(held)
            self._bar.replace.tell(done.words)
        if self._places:
            self._go(self._nearest())

    def replace_all(self) -> None:
        """Write the other words at every place that is a whole word; tells what was left."""
        editor = self._writable()
        if editor is None:
            return
        sought = self._bar.field.text()
        self._look(sought)
        done = replace_all(editor, self._places, self._bar.replace.field.text(), sought)
        self._look(sought)
        if self._places:
            self._go(self._nearest())
        self._bar.replace.tell(done.words)

    def _writable(self) -> ReportEditor | None:
        """The report where it is shown and the line below is open, which this opens else."""
        editor = next((each for each in self._texts() if isinstance(each, ReportEditor)), None)
        if editor is None or not editor.isEnabled() or not editor.isVisible():
            return None
        if self._bar.isHidden() or self._bar.replace.isHidden():
            self.ask(replace=True)
            return None
        return editor

    def texts_changed(self) -> None:
        """Other texts are shown: what was found in those before is void."""
        if self._shaded and list(self._texts()) == self._shaded:
            return
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
        self._bar.replace.tell("")
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
            found = list(places(text, words)) if words else []
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
        place.text.setTextCursor(place.cursor())
        place.text.ensureCursorVisible()
        inside = self._area.widget()
        if inside is not None and inside.isAncestorOf(place.text):
            at = place.text.mapTo(inside, place.text.cursorRect().center())
            self._area.ensureVisible(at.x(), at.y(), 0, theme.px(60))
        self._bar.tell(number + 1, len(self._places))

    def _shade(self, text: QTextEdit, places: Sequence[FoundPlace]) -> None:
        shade = QTextCharFormat()
        shade.setBackground(theme.color("accentbg"))
        shade.setForeground(theme.color("text"))
        selections = []
        for each in places:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = each.cursor()
            selection.format = shade
            selections.append(selection)
        if isinstance(text, ReportEditor):
            text.show_found(selections)
        else:
            text.setExtraSelections(selections)
