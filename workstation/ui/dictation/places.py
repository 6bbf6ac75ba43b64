"""Places in the text of a section as places in the document, and back.

A link is one character of the document and `{{...}}` in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextDocument

from workstation.domain.report import SectionKind
from workstation.ui.report import document as text_document
from workstation.ui.report.document import units
from workstation.ui.report.links import LINK_PROPERTY


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of one format: `offset` and `length` in the text of its section,
    `position` and `extent` in the document. A link has no `text`."""

    kind: SectionKind
    offset: int
    length: int
    position: int
    extent: int
    text: str
    held: QTextCharFormat

    def at(self, offset: int) -> int:
        """The document position of a character of its section's text that lies in it, or at its
        end."""
        if not self.text:
            return self.position + (self.extent if offset > self.offset else 0)
        return self.position + units(self.text[: offset - self.offset])


def fragments(block: QTextBlock) -> Iterator[tuple[int, int, QTextCharFormat, str]]:
    """(position, length in UTF-16 units, format, characters) of the runs of a block."""
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        if fragment.isValid():
            yield fragment.position(), fragment.length(), fragment.charFormat(), fragment.text()
        iterator += 1


def pieces(document: QTextDocument) -> Iterator[Piece]:
    """All of the sections' text, in order."""
    kind: SectionKind | None = None
    offset, first = 0, True
    for block in text_document.blocks(document):
        if text_document.is_heading(block):
            kind, offset, first = text_document.section_of(block), 0, True
            continue
        if kind is None:
            continue
        offset += 0 if first else 1
        first = False
        for position, extent, held, text in fragments(block):
            link = held.property(LINK_PROPERTY)
            length = extent * len(f"{{{{{link}}}}}") if link else len(text)
            yield Piece(kind, offset, length, position, extent, "" if link else text, held)
            offset += length


def place(document: QTextDocument, kind: SectionKind, start: int, end: int) -> tuple[int, int]:
    """Characters of a section's text as (start, end) in the document; (-1, -1) where they are not
    there any more."""
    begin = stop = -1
    for piece in pieces(document):
        if piece.kind is not kind:
            continue
        if piece.offset <= start < piece.offset + piece.length:
            begin = piece.at(start)
        if piece.offset < end <= piece.offset + piece.length:
            stop = piece.at(end)
    return (begin, stop) if 0 <= begin <= stop else (-1, -1)
