"""Links in the report: one inline object each, so that icon and number never part at a line end.

The value is looked up while painting: a measurement that changes changes in the report without an
edit of the document, and so without an undo step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainter,
    QPyTextObject,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)

from workstation.domain.report_table import CHANGE, cells, change_in_row, is_row
from workstation.ui import icons, theme

#: Type and property of the format that stands for a link.
OBJECT_TYPE = QTextFormat.ObjectTypes.UserObject.value + 1
LINK_PROPERTY = QTextFormat.Property.UserProperty.value + 11

REPLACEMENT = "\ufffc"
#: Rows of tables are set smaller, so that four columns have room beside the images.
ROW_SIZE = 12


@dataclass(frozen=True, slots=True)
class LinkText:
    """What a link shows: the name of its icon, its words, and whether it still leads somewhere."""

    icon: str
    text: str
    known: bool = True
    #: what it shows in the cell of a table; the whole where it is empty
    short: str = ""


#: Gives the words of `m:…` or `k:…`.
Resolver = Callable[[str], LinkText]


class LinkObject(QPyTextObject):
    """Lays out and paints links of one document."""

    def __init__(self, resolve: Resolver, parent: QObject) -> None:
        super().__init__(parent)
        #: gives what a link reads
        self.resolve = resolve

    def shown(self, document: QTextDocument, position: int, link: str) -> LinkText:
        """What a link reads where it stands: in the row of a table its value alone."""
        row = document.findBlock(position)
        if not is_row(row.text()):
            return self.resolve(link)
        if link != CHANGE:
            held = self.resolve(link)
            return replace(held, text=held.short or held.text)
        return LinkText("", self._change(row) or "–")

    def _change(self, row: QTextBlock) -> str:
        written = []
        for at, letter in enumerate(row.text()):
            if letter == REPLACEMENT:
                link = link_at(row, at)
                letter = "" if link == CHANGE else self.resolve(link).text
            written.append(letter)
        return change_in_row(cells("".join(written)))

    def width(self, document: QTextDocument, position: int, link: str) -> float:
        """How much room a link takes."""
        shown = self.shown(document, position, link)
        words = QFontMetricsF(self._font(document, position)).horizontalAdvance(shown.text)
        return words + (theme.px(13) + theme.px(4) if shown.icon else 0)

    def _font(self, document: QTextDocument, position: int) -> QFont:
        row = is_row(document.findBlock(position).text())
        return theme.font(ROW_SIZE if row else 15, 500)

    def intrinsicSize(self, doc: QTextDocument, pos: int, format: QTextFormat) -> QSizeF:
        """Width of icon and words; lower than the ascent of the text, so that lines stay even."""
        width = self.width(doc, pos, str(format.property(LINK_PROPERTY)))
        return QSizeF(width, QFontMetricsF(self._font(doc, pos)).ascent() - 1)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        pos: int,
        format: QTextFormat,
    ) -> None:
        """Icon and words in the colour of measurements; amber where the link leads nowhere."""
        shown = self.shown(doc, pos, str(format.property(LINK_PROPERTY)))
        colour = "mark" if shown.known else "urgent"
        painter.save()
        left = rect.left()
        if shown.icon:
            size = theme.px(13)
            glyph = icons.pixmap(shown.icon, colour, 13)
            painter.drawPixmap(QPointF(left, rect.bottom() - size + theme.px(1)), glyph)
            left += size + theme.px(4)
        painter.setFont(self._font(doc, pos))
        painter.setPen(theme.color(colour))
        painter.drawText(QPointF(left, rect.bottom()), shown.text)
        painter.restore()


def link_at(block: QTextBlock, at: int) -> str:
    """The link of a character of a block, or nothing."""
    # By fragments: a cursor would ask for the layout, which asks for what the link reads.
    iterator, position = block.begin(), block.position() + at
    while not iterator.atEnd():
        fragment = iterator.fragment()
        if fragment.isValid() and fragment.contains(position):
            return str(fragment.charFormat().property(LINK_PROPERTY) or "")
        iterator += 1
    return ""


def link_format(link: str, base: QTextCharFormat) -> QTextCharFormat:
    """The character format of a link `m:…` or `k:…`."""
    made = QTextCharFormat(base)
    made.setObjectType(OBJECT_TYPE)
    made.setProperty(LINK_PROPERTY, link)
    return made
