"""Links in the report: one inline object each, so that icon and number never part at a line end.

The value is looked up while painting: a measurement that changes changes in the report without an
edit of the document, and so without an undo step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSizeF
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)

from workstation.ui import icons, theme

#: Type and property of the format that stands for a link.
OBJECT_TYPE = QTextFormat.ObjectTypes.UserObject.value + 1
LINK_PROPERTY = QTextFormat.Property.UserProperty.value + 11

REPLACEMENT = "\ufffc"


@dataclass(frozen=True, slots=True)
class LinkText:
    """What a link shows: the name of its icon, its words, and whether it still leads somewhere."""

    icon: str
    text: str
    known: bool = True


#: Gives the words of `m:…` or `k:…`.
Resolver = Callable[[str], LinkText]


class LinkObject(QPyTextObject):
    """Lays out and paints links of one document."""

    def __init__(self, resolve: Resolver, parent: QObject) -> None:
        super().__init__(parent)
        #: gives what a link reads
        self.resolve = resolve

    def _font(self) -> QFont:
        return theme.font(15, 500)

    def intrinsicSize(self, doc: QTextDocument, pos: int, format: QTextFormat) -> QSizeF:
        """Width of icon and words; lower than the ascent of the text, so that lines stay even."""
        shown = self.resolve(str(format.property(LINK_PROPERTY)))
        metrics = QFontMetricsF(self._font())
        width = theme.px(13) + theme.px(4) + metrics.horizontalAdvance(shown.text)
        return QSizeF(width, metrics.ascent() - 1)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        pos: int,
        format: QTextFormat,
    ) -> None:
        """Icon and words in the colour of measurements; amber where the link leads nowhere."""
        shown = self.resolve(str(format.property(LINK_PROPERTY)))
        colour = "mark" if shown.known else "urgent"
        size = theme.px(13)
        glyph = icons.pixmap(shown.icon, colour, 13)
        painter.save()
        painter.drawPixmap(QPointF(rect.left(), rect.bottom() - size + theme.px(1)), glyph)
        painter.setFont(self._font())
        painter.setPen(theme.color(colour))
        painter.drawText(QPointF(rect.left() + size + theme.px(4), rect.bottom()), shown.text)
        painter.restore()


def link_format(link: str, base: QTextCharFormat) -> QTextCharFormat:
    """The character format of a link `m:…` or `k:…`."""
    made = QTextCharFormat(base)
    made.setObjectType(OBJECT_TYPE)
    made.setProperty(LINK_PROPERTY, link)
    return made
