"""What the report marks while it is written: open fields, sides, text from the template, spelling.

Marks are additional formats of the layout: they are no part of the document, so they never enter
its undo stack or what is saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextDocument

from workstation.domain.report import SectionKind
from workstation.domain.report_table import is_row
from workstation.domain.wording import FIELD
from workstation.ui import theme
from workstation.ui.dictation.marks import shown_marks
from workstation.ui.report.document import is_heading, section_of, units
from workstation.ui.report.links import ROW_SIZE

_SIDES = re.compile(r"\b(right|left|both|bilateral)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.:\n]+[.]?")


def sentences(text: str) -> frozenset[str]:
    """The sentences of a template that are marked as untouched while they stand as they were."""
    found = (match[0].strip() for match in _SENTENCE.finditer(FIELD.sub("\n", text)))
    return frozenset(sentence for sentence in found if len(sentence) > 3)


class ReportHighlighter(QSyntaxHighlighter):
    """Marks one report document."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._template: frozenset[str] = frozenset()
        self._required: frozenset[SectionKind] = frozenset()
        #: (start, end) in a block of words that are spelt wrong
        self.misspelt: Callable[[QTextBlock], Sequence[tuple[int, int]]] = lambda _: ()
        self.marking = False
        #: dictated words that were looked at
        self.seen: Set[str] = frozenset()

    def configure(self, template_text: str, required: frozenset[SectionKind]) -> None:
        """Take the words of the template in use and its required sections."""
        self._template = sentences(template_text)
        self._required = required
        self.rehighlight()

    @property
    def required(self) -> frozenset[SectionKind]:
        """The sections of the template that must be filled."""
        return self._required

    def rehighlightBlock(self, block: QTextBlock) -> None:
        """Mark a block again; `marking` tells that no word changes by it."""
        self.marking = True
        try:
            super().rehighlightBlock(block)
        finally:
            self.marking = False

    def highlightBlock(self, text: str) -> None:
        """Mark one block."""
        block = self.currentBlock()
        if is_heading(block):
            return
        plain = text.isascii()

        def place(at: int) -> int:
            return at if plain else units(text[:at])

        untouched = QTextCharFormat()
        untouched.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        untouched.setUnderlineColor(theme.color("text3"))
        for match in _SENTENCE.finditer(text):
            sentence = match[0].strip()
            if sentence in self._template:
                start = match.start() + match[0].index(sentence)
                self.setFormat(place(start), units(sentence), untouched)
        side = QTextCharFormat()
        side.setFontWeight(QFont.Weight.DemiBold)
        side.setFontCapitalization(QFont.Capitalization.AllUppercase)
        for match in _SIDES.finditer(text):
            if match[0].lower() != "bilateral":
                self.setFormat(place(match.start()), len(match[0]), side)
        for start, length, made in shown_marks(block, self.seen):
            self.setFormat(start, length, made)
        fields = list(FIELD.finditer(text))
        if fields:
            # Asked for only here: the way back to the heading is long in a long report.
            required = section_of(block) in self._required
            field = QTextCharFormat()
            field.setBackground(theme.color("urgentbg" if required else "pressed"))
            field.setForeground(theme.color("urgent" if required else "text2"))
            for match in fields:
                self.setFormat(place(match.start()), units(match[0]), field)
        for start, end in self.misspelt(block):
            for at in range(start, end):
                marked = self.format(at)  # a side keeps its capitals
                marked.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                marked.setUnderlineColor(theme.color("urgent"))
                self.setFormat(at, 1, marked)
        if is_row(text):
            self._row(block, text)

    def _row(self, block: QTextBlock, text: str) -> None:
        """A row of a table: smaller, and the names of its columns stronger."""
        row = QTextCharFormat()
        row.setProperty(QTextCharFormat.Property.FontPixelSize, theme.font(ROW_SIZE).pixelSize())
        if not is_row(block.previous().text()):
            row.setFontWeight(QFont.Weight.DemiBold)
            row.setForeground(theme.color("text2"))
        for at in range(units(text)):
            marked = self.format(at)
            marked.merge(row)
            self.setFormat(at, 1, marked)
