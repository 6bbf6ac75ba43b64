"""What goes from the report to the clipboard and comes from there: words, and our own links."""

from __future__ import annotations

import re
import unicodedata

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor, QTextDocumentFragment

from workstation.domain.wording import HIDDEN_SIGNS, LINK
from workstation.ui.report import document as text_document
from workstation.ui.report.links import LINK_PROPERTY, REPLACEMENT, Resolver

#: Words with their links written out, for a paste inside the same report.
OWN_FORMAT = "application/x-nocturne-report"
#: A point or number of a list as word processors hand it out. The tab behind it parts no cells, as
#: long as it is the only one of its line.
_POINT = re.compile(
    r"^[ \t]*(?:[·•◦▪‣∙●○■□§\uf0b7\uf0a7-]|o|([0-9]{1,2}[.)]|[a-z][.)])) *\t *(?=[^\t\n]*$)",
    re.MULTILINE,
)
#: Written otherwise, so that words are found, checked and broken into lines as if they were typed.
_TYPED = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2011": "-"})
_LINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def fill(held: QMimeData, cursor: QTextCursor, resolve: Resolver) -> None:
    """The selection as words, links as what they read; and with its links for ourselves."""
    linked = _with_links(cursor)
    held.text()  # Qt fills it when it is first asked, and would fill it over ours
    held.clear()
    held.setText(LINK.sub(lambda match: resolve(match[1]).text, linked))
    held.setData(OWN_FORMAT, linked.encode())


def _with_links(cursor: QTextCursor) -> str:
    document = cursor.document()
    written = []
    probe = QTextCursor(document)
    text = cursor.selectedText()
    # Positions count UTF-16 units, the letters of a Python text do not.
    position = cursor.selectionStart()
    for letter in text:
        width = 2 if ord(letter) > 0xFFFF else 1
        if letter == REPLACEMENT:
            probe.setPosition(position + 1)
            letter = f"{{{{{probe.charFormat().property(LINK_PROPERTY)}}}}}"
        written.append(letter)
        position += width
    return _LINES.sub("\n", "".join(written))


def has_words(source: QMimeData) -> bool:
    """Whether there is anything to paste."""
    return source.hasText() or source.hasHtml()


def insert(cursor: QTextCursor, source: QMimeData, resolve: Resolver) -> None:
    """Write what the clipboard holds at the cursor as plain text, as one undo step. Links that
    this report knows stay links."""
    own = bytes(source.data(OWN_FORMAT).data()).decode() if source.hasFormat(OWN_FORMAT) else ""
    cursor.beginEditBlock()
    cursor.removeSelectedText()
    if own and all(resolve(match[1]).known for match in LINK.finditer(own)):
        text_document.insert_text(cursor, plain_words(own))
    else:
        words = source.text() if source.hasText() else ""
        if not words and source.hasHtml():
            words = QTextDocumentFragment.fromHtml(source.html()).toPlainText()
        # Braces of somebody else are no link.
        text = plain_words(words).replace("{{", "{ {")
        text = _POINT.sub(lambda point: f"{point[1] or '-'} ", text)
        cursor.insertText(text, text_document.text_format())
    cursor.endEditBlock()


def plain_words(text: str) -> str:
    """Text as it may stand in a report: lines end with LF; no control characters, which no form
    that goes out can hold (PS3.5 6.1.2.1, XML 1.0 2.2), no hidden signs, and no sign that stands
    for a link."""
    kept = (
        letter
        for letter in _LINES.sub("\n", text)
        if letter in "\n\t"
        or (letter not in HIDDEN_SIGNS and unicodedata.category(letter) not in ("Cc", "Cs"))
    )
    words = "".join(kept).replace(REPLACEMENT, "")
    return words.translate(_TYPED)
