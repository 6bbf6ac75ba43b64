"""A report as one text document: protected headings, plain sections between them, links inline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from workstation.domain.report import Section, SectionKind
from workstation.domain.wording import LINK
from workstation.ui import theme
from workstation.ui.report.links import LINK_PROPERTY, REPLACEMENT, link_format

#: On the block of a heading: the section it opens.
SECTION_PROPERTY = QTextFormat.Property.UserProperty.value + 12


def text_format() -> QTextCharFormat:
    """Running text of the report."""
    made = QTextCharFormat()
    made.setFont(theme.font(15, 400))
    made.setForeground(theme.color("text"))
    return made


def _heading_format() -> QTextCharFormat:
    made = QTextCharFormat()
    made.setFont(theme.font(12, 600))
    made.setFontCapitalization(QFont.Capitalization.AllUppercase)
    made.setForeground(theme.color("text3"))
    return made


def _block_format(height: int, above: int = 0) -> QTextBlockFormat:
    made = QTextBlockFormat()
    # Proportional heights jump with inline objects; a fixed height keeps lines exactly apart.
    made.setLineHeight(theme.px(height), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    made.setTopMargin(theme.px(above))
    return made


def is_heading(block: QTextBlock) -> bool:
    """Whether the block is a protected heading."""
    return block.blockFormat().hasProperty(SECTION_PROPERTY)


def section_of(block: QTextBlock) -> SectionKind | None:
    """The section that a block belongs to."""
    while block.isValid():
        if is_heading(block):
            return SectionKind(str(block.blockFormat().property(SECTION_PROPERTY)))
        block = block.previous()
    return None


def insert_text(cursor: QTextCursor, text: str) -> None:
    """Insert section text, turning its links into inline objects."""
    plain = text_format()
    position = 0
    for match in LINK.finditer(text):
        cursor.insertText(text[position : match.start()], plain)
        cursor.insertText(REPLACEMENT, link_format(match[1], plain))
        position = match.end()
    cursor.insertText(text[position:], plain)


def fill(document: QTextDocument, sections: Iterable[Section], required: set[SectionKind]) -> None:
    """Replace the whole document by the sections, as one undo step."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.removeSelectedText()
    first = True
    for section in sections:
        heading = _block_format(20, 0 if first else 14)
        heading.setProperty(SECTION_PROPERTY, section.kind.value)
        if first:
            cursor.setBlockFormat(heading)
        else:
            cursor.insertBlock(heading)
        first = False
        cursor.insertText(section.kind.value, _heading_format())
        if section.kind in required:
            small = _heading_format()
            small.setFont(theme.font(12, 400))
            small.setFontCapitalization(QFont.Capitalization.MixedCase)
            cursor.insertText("   required", small)
        cursor.insertBlock(_block_format(24), text_format())
        insert_text(cursor, section.text)
    cursor.endEditBlock()


def _block_text(block: QTextBlock) -> str:
    parts: list[str] = []
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        if fragment.isValid():
            link = fragment.charFormat().property(LINK_PROPERTY)
            text = fragment.text()
            if link:
                text = text.replace(REPLACEMENT, f"{{{{{link}}}}}")
            parts.append(text.replace("\u2028", "\n"))
        iterator += 1
    return "".join(parts)


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    """All blocks in order."""
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def body(document: QTextDocument) -> Iterator[tuple[SectionKind, QTextBlock]]:
    """The blocks of the sections' text, each with its section."""
    kind: SectionKind | None = None
    for block in blocks(document):
        if is_heading(block):
            kind = section_of(block)
        elif kind is not None:
            yield kind, block


def units(text: str) -> int:
    """The length of a text as Qt counts it: in UTF-16 units, not in characters."""
    return len(text) + sum(each > "\uffff" for each in text)


def characters(text: str, count: int) -> str:
    """The beginning of a text that is `count` UTF-16 units long."""
    return text.encode("utf-16-le")[: 2 * count].decode("utf-16-le")


def read(document: QTextDocument) -> tuple[Section, ...]:
    """The sections as plain text with their links written out."""
    found: list[tuple[SectionKind, list[str]]] = []
    for block in blocks(document):
        if is_heading(block):
            kind = SectionKind(str(block.blockFormat().property(SECTION_PROPERTY)))
            found.append((kind, []))
        elif found:
            found[-1][1].append(_block_text(block))
    return tuple(Section(kind, "\n".join(lines)) for kind, lines in found)


def links(document: QTextDocument) -> set[str]:
    """The links that the document holds."""
    return {match[1] for section in read(document) for match in LINK.finditer(section.text)}


def restyle(document: QTextDocument) -> None:
    """Give every block and letter the present text size. What letters carry beside it stays: links,
    what was heard. It cannot be taken back, so the steps before it cannot either."""
    document.setUndoRedoEnabled(False)
    first = True
    for block in blocks(document):
        cursor = QTextCursor(block)
        heading = is_heading(block)
        above = 0 if first or not heading else 14
        cursor.mergeBlockFormat(_block_format(20 if heading else 24, above))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        size = QTextCharFormat()
        size.setProperty(
            QTextFormat.Property.FontPixelSize, theme.font(12 if heading else 15).pixelSize()
        )
        colour = theme.color("text3" if heading else "text")
        size.setForeground(colour)
        cursor.mergeCharFormat(size)
        cursor.mergeBlockCharFormat(size)
        first = False
    document.setUndoRedoEnabled(True)
