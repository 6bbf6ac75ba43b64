"""Which dictated words the reader has looked at.

A sentence was looked at when the cursor went into it or over it, or when it was scrolled past or
confirmed; a word in doubt when the cursor went to it or it was chosen. It is kept beside the
document, so that looking is no step to take back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTextEdit

from workstation.domain.report import Section
from workstation.ui.dictation import marks

_WALKING = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Characters of the document that nobody has looked at yet."""

    start: int
    end: int
    key: str
    doubtful: bool


class Review(QObject):
    """Follows the cursor and the wheel of one editor."""

    #: something was looked at: the positions of the blocks that look otherwise now
    changed = Signal(list)

    def __init__(self, editor: QTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        #: keys of what was looked at (`marks.review_key`)
        self.seen: set[str] = set()
        self._last = 0
        self._walking = False
        self._quiet = False
        editor.installEventFilter(self)
        editor.cursorPositionChanged.connect(self._moved)
        editor.verticalScrollBar().actionTriggered.connect(self._scrolled)

    def begin(self, sections: Iterable[Section]) -> None:
        """Begin with what a draft knows."""
        self.seen.clear()
        self.seen |= {
            marks.review_key(span.utterance, span.number if span.doubtful else 0)
            for section in sections
            for span in section.dictated
            if span.reviewed
        }
        self._last = self._editor.textCursor().position()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While the program writes or goes somewhere, nobody looks."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before
            self._last = self._editor.textCursor().position()

    # -- what waits ------------------------------------------------------------------------

    def waiting(self) -> list[Waiting]:
        """What nobody has looked at, in the order of the text."""
        return [
            Waiting(start, end, key, doubtful)
            for start, end, key, doubtful in marks.dictated(self._editor.document())
            if key not in self.seen
        ]

    def confirm(self) -> str:
        """One step of reading: the next word in doubt is chosen; behind the last one, the
        sentences on the screen count as read. Returns what was done, in words."""
        held = self.waiting()
        if not held or self._editor.isReadOnly():
            return "Nothing dictated waits to be read."
        doubtful = [each for each in held if each.doubtful]
        if doubtful:
            at = self._editor.textCursor().selectionEnd()
            word = next((each for each in doubtful if each.start >= at), doubtful[0])
            self._choose(word.start, word.end)
            self._look([word])
            left = len(doubtful) - 1
            return f"Word in doubt. {left} more." if left else "The last word in doubt."
        first, last = self._on_screen()
        shown = [each for each in held if each.end > first and each.start < last]
        if shown:
            self._look(shown)
            count = len({each.key for each in shown})
            return f"✓ Read: {count} dictated sentence{'s' if count > 1 else ''}."
        self._choose(held[0].start, held[0].start)
        count = len({each.key for each in held})
        return f"Not read yet, here: {count} dictated sentence{'s' if count > 1 else ''}."

    def _choose(self, start: int, end: int) -> None:
        with self.writing():
            cursor = self._editor.textCursor()
            cursor.setPosition(start)
            cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
            self._editor.setTextCursor(cursor)
            self._editor.ensureCursorVisible()

    # -- looking ---------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that walk through the text pass over what lies between."""
        if isinstance(event, QKeyEvent):
            self._walking = event.type() is QEvent.Type.KeyPress and event.key() in _WALKING
        return super().eventFilter(watched, event)

    def _moved(self) -> None:
        before, self._last = self._last, self._editor.textCursor().position()
        walking, self._walking = self._walking, False
        if self._quiet or self._editor.isReadOnly():
            return
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            low, high = cursor.selectionStart(), cursor.selectionEnd()
        elif walking:
            low, high = sorted((before, self._last))
        else:
            low = high = self._last
        self._look(
            [
                each
                for each in self.waiting()
                if (each.start < high and each.end > low)
                or each.start < low < each.end
                or (each.doubtful and each.start == low)
            ]
        )

    def _scrolled(self, _action: int) -> None:
        # The bar has moved only once this signal is over.
        QTimer.singleShot(0, self, self._passed)

    def _passed(self) -> None:
        first, last = self._on_screen()
        self._look(
            [
                each
                for each in self.waiting()
                if not each.doubtful and each.end > first and each.start < last
            ]
        )

    def _on_screen(self) -> tuple[int, int]:
        view = self._editor.viewport().rect()
        first = self._editor.cursorForPosition(QPoint(0, 0)).position()
        last = self._editor.cursorForPosition(QPoint(view.width() - 1, view.height() - 1))
        return first, last.position()

    def _look(self, found: list[Waiting]) -> None:
        if found:
            self.seen |= {each.key for each in found}
            self.changed.emit([each.start for each in found])
