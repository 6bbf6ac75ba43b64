"""Places of the report: sections, words, and the links that stand in it."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit

from workstation.domain.report import SectionKind
from workstation.domain.report_table import CHANGE
from workstation.ui.dictation.places import place
from workstation.ui.report import document as text_document
from workstation.ui.report.links import REPLACEMENT, LinkObject, LinkText, link_at


def gap_after(before: str) -> str:
    """What parts words that are put in from the text before them."""
    return " " if before and not before[-1].isspace() else ""


class TextPlaces(QTextEdit):
    """A text of sections with links, as what goes to its places sees it."""

    _links: LinkObject

    # -- links -----------------------------------------------------------------------------

    def resolve(self, link: str) -> LinkText:
        """What a link reads now."""
        return self._links.resolve(link)

    def link_before(self, position: int) -> str:
        """The link that ends at a document position, or nothing."""
        block = self.document().findBlock(max(0, position - 1))
        return link_at(block, position - 1 - block.position()) if position else ""

    def is_link(self, position: int) -> bool:
        """Whether a link stands at a document position."""
        return self.document().characterAt(position) == REPLACEMENT

    def linked(self) -> list[tuple[int, str]]:
        """(document position, link) of what leads to an image, in the order of the text."""
        found, cursor = [], self.document().find(REPLACEMENT, 0)
        while not cursor.isNull():
            link = self.link_before(cursor.selectionEnd())
            if link and link != CHANGE:
                found.append((cursor.selectionStart(), link))
            cursor = self.document().find(REPLACEMENT, cursor)
        return found

    def link_width(self, position: int) -> float:
        """How much room the link at a document position takes."""
        return self._links.width(self.document(), position, self.link_before(position + 1))

    def links_changed(self) -> None:
        """Lay out anew because what a link shows has changed."""
        self.document().markContentsDirty(0, self.document().characterCount())
        self.viewport().update()

    # -- places ----------------------------------------------------------------------------

    def go_to_section(self, kind: SectionKind) -> None:
        """Cursor to the end of a section."""
        last = None
        for found, block in text_document.body(self.document()):
            if found is kind:
                last = block
        if last is not None:
            end = last.position() + last.length() - 1
            self.select(end, end)

    def section_at(self, position: int) -> SectionKind | None:
        """The section that a document position lies in."""
        return text_document.section_of(self.document().findBlock(position))

    def go_to_text(self, kind: SectionKind, words: str, at: int | None = None) -> None:
        """Select `words` in a section, those `at` a place of its text where one is given, or go to
        its end where they are not."""
        if at is not None:
            start, end = place(self.document(), kind, at, at + len(words))
            if start >= 0:
                self.select(start, end)
                return
        for section, block in text_document.body(self.document()):
            if section is not kind:
                continue
            found = block.text().find(words)
            if words and found >= 0:
                start = block.position() + text_document.units(block.text()[:found])
                self.select(start, start + text_document.units(words))
                return
        self.go_to_section(kind)

    def select(self, start: int, end: int) -> None:
        """Select a range and bring it into sight."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
