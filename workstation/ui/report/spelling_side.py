"""Spelling in the report: what is marked, what is offered for a word, what the reader adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextBlock, QTextCursor

from workstation.domain.errors import ReaderError
from workstation.domain.identity import Reader
from workstation.domain.reading_task import ReadingTask
from workstation.ui.job_bridge import JobBridge
from workstation.ui.report import document as text_document
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.field_chooser import FieldChooser
from workstation.workflow.jobs import Lane
from workstation.workflow.spelling.speller import Spelling, is_foreign, unknown_words
from workstation.workflow.spelling.tokens import tokens

#: How long nobody may have typed before words are judged.
_PAUSE_MS = 250
#: The language of a report is told by its first blocks.
_BLOCKS_FOR_LANGUAGE = 300


class SpellingSide(QObject):
    """Judges the words of one editor on a job thread; the highlighter asks `spans` what to mark.

    `enabled` is the switch of the settings. The word that is being typed is never marked.
    """

    message = Signal(str)

    def __init__(
        self,
        editor: ReportEditor,
        spelling: Spelling,
        bridge: JobBridge,
        enabled: Callable[[], bool],
    ) -> None:
        super().__init__(editor)
        self._editor, self._spelling, self._bridge = editor, spelling, bridge
        self._enabled = enabled
        self._foreign = False
        #: document positions between which something changed since the last look
        self._changed: list[tuple[int, int]] = []
        self._just_typed = self._typing = False
        self._block = 0
        self._case: tuple[str, ...] = ()
        self._offered: dict[str, Callable[[], None]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._judge)
        self._chooser = FieldChooser(editor)
        self._chooser.setAccessibleName("Spelling")
        self._chooser.chosen.connect(self._take)
        editor.highlighter.misspelt = self.spans
        editor.document().contentsChange.connect(self._was_changed)
        editor.cursorPositionChanged.connect(self._moved)
        editor.installEventFilter(self)

    # -- what is marked --------------------------------------------------------------------

    def know(self, texts: Sequence[str]) -> None:
        """Take the words of the case that is opened: they are never marked."""
        self._case = tuple(texts)
        self._spelling.know(self._case)
        self.look_again()

    def know_too(self, texts: Sequence[str]) -> None:
        """Earlier reports have come: their words are never marked either."""
        self.know((*self._case, *texts))

    def look_again(self) -> None:
        """The switch was turned, or other words are known: judge everything anew."""
        self._changed = [(0, self._editor.document().characterCount())]
        self._timer.start()

    def spans(self, block: QTextBlock) -> Sequence[tuple[int, int]]:
        """(start, end) of the words of a block to be marked."""
        if self._foreign or not self._enabled() or text_document.is_heading(block):
            return ()
        held = self._held(block)
        found = self._unknown(block)
        return [each for each in found if not each[0] <= held <= each[1]]

    def _unknown(self, block: QTextBlock) -> Sequence[tuple[int, int]]:
        """(start, end) of what was judged as wrong, as the document counts."""
        text, units = block.text(), text_document.units
        found = unknown_words(self._spelling, text)
        return [(units(text[:start]), units(text[:end])) for start, end in found]

    def _held(self, block: QTextBlock) -> int:
        """Where in the block somebody types, or −1."""
        cursor = self._editor.textCursor()
        here = self._typing and self._editor.hasFocus() and not cursor.hasSelection()
        return cursor.positionInBlock() if here and cursor.block() == block else -1

    def _was_changed(self, position: int, removed: int, added: int) -> None:
        grown = added - removed

        def moved(place: int) -> int:
            return place if place <= position else max(position, place + grown)

        self._changed = [(moved(start), moved(end)) for start, end in self._changed]
        self._look_at(position, position + added)
        self._just_typed = True

    def _moved(self) -> None:
        self._typing, self._just_typed = self._just_typed, False
        left = self._editor.document().findBlockByNumber(self._block)
        self._block = self._editor.textCursor().blockNumber()
        self._look_at(left.position(), left.position() + left.length())

    def _look_at(self, start: int, end: int) -> None:
        """Judge a range of positions soon. Ranges that lie apart stay apart: somebody who goes from
        the end of a long report to its beginning has changed nothing between."""
        if self._changed and self._changed[-1][0] <= end and start <= self._changed[-1][1]:
            before = self._changed.pop()
            start, end = min(start, before[0]), max(end, before[1])
        self._changed.append((start, end))
        self._timer.start()

    def _blocks(self, ranges: Sequence[tuple[int, int]]) -> Iterator[QTextBlock]:
        """The blocks that touch ranges of document positions, each once."""
        document, seen = self._editor.document(), set()
        for start, end in ranges:
            block = document.findBlock(max(0, start))
            while block.isValid() and block.position() <= end:
                if block.blockNumber() not in seen and not text_document.is_heading(block):
                    seen.add(block.blockNumber())
                    yield block
                block = block.next()

    def _judge(self) -> None:
        ranges, self._changed = self._changed, []
        if not ranges:
            return
        if not self._enabled():
            self._editor.highlighter.rehighlight()
            return
        wanted: set[str] = set()
        for block in self._blocks(ranges):
            held = len(text_document.characters(block.text(), max(0, self._held(block))))
            held = held if self._held(block) >= 0 else -1
            for each in tokens(block.text()):
                if not each.start <= held <= each.end and self._spelling.verdict(each.text) is None:
                    wanted.add(each.text)
        if not wanted:
            self._judged(ranges)
            return
        self._bridge.submit(
            lambda _: self._spelling.judge(wanted),
            lane=Lane.PREFETCH,
            on_done=lambda _: self._judged(ranges),
            on_failed=self._failed,
        )

    def _judged(self, ranges: Sequence[tuple[int, int]]) -> None:
        foreign = self._is_foreign()
        if foreign is not self._foreign:
            self._foreign = foreign
            ranges = [(0, self._editor.document().characterCount())]
        for block in self._blocks(ranges):
            self._editor.highlighter.rehighlightBlock(block)

    def _is_foreign(self) -> bool:
        judged = unknown = 0
        for at, block in enumerate(text_document.blocks(self._editor.document())):
            if at > _BLOCKS_FOR_LANGUAGE:
                break
            if not text_document.is_heading(block):
                verdicts = [self._spelling.verdict(each.text) for each in tokens(block.text())]
                judged += len(verdicts)
                unknown += verdicts.count(False)
        return is_foreign(unknown, judged)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, ReaderError):
            raise error
        self.message.emit(error.sentence())

    # -- what is offered -------------------------------------------------------------------

    def next_misspelling(self) -> None:
        """Select the next marked word, around the end, and offer what may have been meant."""
        if not self._enabled():
            self.message.emit("Spelling is switched off in the settings.")
            return
        found = [
            (block.position() + start, block.position() + end)
            for block in text_document.blocks(self._editor.document())
            for start, end in self.spans(block)
        ]
        if not found:
            self.message.emit("No word is marked.")
            return
        at = self._editor.textCursor().selectionEnd()
        chosen = next((each for each in found if each[0] >= at), found[0])
        self._editor.select(*chosen)
        self._suggest(*chosen)

    def suggest_here(self) -> None:
        """Offer what may have been meant by the marked word at the cursor."""
        cursor = self._editor.textCursor()
        word = self._word_at(cursor.selectionStart())
        if word is None:
            self.message.emit("The word at the cursor is not marked.")
        else:
            self._suggest(*word)

    def _word_at(self, position: int) -> tuple[int, int] | None:
        block = self._editor.document().findBlock(position)
        at = position - block.position()
        if text_document.is_heading(block):
            return None
        return next(
            (
                (block.position() + start, block.position() + end)
                for start, end in self._unknown(block)
                if start <= at <= end
            ),
            None,
        )

    def suggestions_at(
        self, position: int, tell: Callable[[str, tuple[str, ...]], None]
    ) -> tuple[int, int] | None:
        """`tell` the marked word at a document position and what may have been meant; its place,
        or None where no word is marked."""
        place = self._word_at(position) if self._enabled() else None
        if place is not None:
            word = self._text(place)
            self._bridge.submit(
                lambda _: self._spelling.suggest(word),
                lane=Lane.INTERACTION,
                on_done=lambda found: tell(word, found),
                on_failed=self._failed,
            )
        return place

    def _text(self, place: tuple[int, int]) -> str:
        """What stands there by now; "" where the text has become shorter than that."""
        if place[1] >= self._editor.document().characterCount():
            return ""
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(place[0])
        cursor.setPosition(place[1], QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText()

    def _suggest(self, start: int, end: int) -> None:
        def tell(word: str, found: tuple[str, ...]) -> None:
            # Somebody may have typed meanwhile.
            if self._text((start, end)) == word and self._editor.hasFocus():
                self._editor.select(start, end)
                self._offer(word, (start, end), found)

        self.suggestions_at(start, tell)

    def _offer(self, word: str, place: tuple[int, int], found: tuple[str, ...]) -> None:
        self._offered = {each: self.replacing(place, word, each) for each in found}
        self._offered[f"Add “{word}” to my words"] = lambda: self.add(word)
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(place[0])
        self._chooser.offer(tuple(self._offered), self._editor.cursorRect(cursor))

    def replacing(self, place: tuple[int, int], word: str, other: str) -> Callable[[], None]:
        """What puts another word in the place of one, as one undo step."""

        def replace() -> None:
            if self._text(place) == word:
                self._editor.select(*place)
                self._editor.insert_words(other)

        return replace

    def add(self, word: str) -> None:
        """Keep a word as the reader's own, for good."""
        self._bridge.submit(
            lambda _: self._spelling.add(word),
            lane=Lane.INTERACTION,
            on_done=lambda _: self._added(word),
            on_failed=self._failed,
        )

    def _added(self, word: str) -> None:
        cursor = self._editor.textCursor()
        cursor.setPosition(cursor.selectionEnd())
        self._editor.setTextCursor(cursor)
        self._editor.highlighter.rehighlight()
        self.message.emit(f"“{word}” is one of your words now.")

    def _take(self, words: str) -> None:
        self._offered.pop(words)()
        self._offered.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A digit takes what is offered, Esc puts it away, everything else goes its way."""
        if event.type() is QEvent.Type.FocusOut:
            self._chooser.hide()
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if not self._chooser.options:
            return False
        if event.text().isdecimal() and self._chooser.choose(int(event.text())):
            return True
        if event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt):
            return False
        self._chooser.hide()
        return event.key() == Qt.Key.Key_Escape


def words_of_case(task: ReadingTask, reader: Reader) -> tuple[str, ...]:
    """What the site wrote, and everybody's name: nothing of it is the reader's mistake."""
    persons = (task.patient.name, task.referrer, reader.name)
    names = (each.to_dicom().replace("^", " ").replace("=", " ") for each in persons)
    order = (task.reason, task.clinical_notes, task.procedure, task.site, task.body_part)
    return (*names, *order, reader.organization)
