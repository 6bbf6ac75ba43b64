"""Dictated text in the report: put in as one step, marked by properties of its characters.

The properties travel with undo and redo. They are drawn by the highlighter, and saved beside the
text of a draft, never in it (resources/decisions/0007).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace

from PySide6.QtGui import (
    QInputMethodEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QApplication, QTextEdit

from workstation.domain.dictated_text import DictatedSpan
from workstation.domain.dictation import Dictated
from workstation.domain.report import Section, SectionKind
from workstation.ui import theme
from workstation.ui.dictation.places import fragments, pieces
from workstation.ui.report import document as text_document

_BASE = QTextFormat.Property.UserProperty.value
#: which utterance a character came with
UTTERANCE_PROPERTY = _BASE + 31
#: what was heard where a correction stands
ORIGINAL_PROPERTY = _BASE + 32
#: set where the engine was not sure
DOUBTFUL_PROPERTY = _BASE + 33
#: tells the corrections and doubtful words of an utterance apart
_NUMBER_PROPERTY = _BASE + 34


def _parts(dictated: Dictated) -> Iterator[tuple[str, str, bool, int]]:
    """(text, original, doubtful, number of the correction) from begin to end."""
    at = number = 0
    last = ""
    for word in dictated.words:
        if word.original != last or not word.original:
            number += 1
            joined = dictated.text[at : word.start]
            yield joined, "", False, 0
        else:
            # The space between two words of one correction belongs to it.
            yield dictated.text[at : word.start], word.original, False, number
        yield dictated.word(word), word.original, word.doubtful, number
        at, last = word.end, word.original
    yield dictated.text[at:], "", False, 0


def insert(cursor: QTextCursor, dictated: Dictated, utterance: str) -> None:
    """Write a dictated text at the cursor as one undo step."""
    plain = text_document.text_format()
    cursor.beginEditBlock()
    for text, original, doubtful, number in _parts(dictated):
        if text:
            cursor.insertText(text, _format(utterance, original, doubtful, number))
    cursor.endEditBlock()
    cursor.setCharFormat(plain)


def _format(utterance: str, original: str, doubtful: bool, number: int) -> QTextCharFormat:
    made = text_document.text_format()
    made.setProperty(UTTERANCE_PROPERTY, utterance)
    if original:
        made.setProperty(ORIGINAL_PROPERTY, original)
    if doubtful:
        made.setProperty(DOUBTFUL_PROPERTY, True)
    if original or doubtful:
        made.setProperty(_NUMBER_PROPERTY, number)
    return made


# -- kept with the draft ---------------------------------------------------------------------


def review_key(utterance: str, number: int = 0) -> str:
    """What is looked at as one: a sentence, or with its number a word in doubt."""
    return f"{utterance}#{number}" if number else utterance


def _key_of(held: QTextCharFormat) -> str:
    doubtful = held.hasProperty(DOUBTFUL_PROPERTY)
    number = int(held.property(_NUMBER_PROPERTY) or 0) if doubtful else 0
    return review_key(str(held.property(UTTERANCE_PROPERTY)), number)


def _may_be_dictated(document: QTextDocument) -> bool:
    """Whether any character can be: a long report that was typed is not searched at each key."""
    return any(each.hasProperty(UTTERANCE_PROPERTY) for each in document.allFormats())


def dictated(document: QTextDocument) -> Iterator[tuple[int, int, str, bool]]:
    """(start, end, what is looked at as one, whether in doubt) of dictated characters."""
    if not _may_be_dictated(document):
        return
    for block in text_document.blocks(document):
        for position, length, held, _ in fragments(block):
            if held.hasProperty(UTTERANCE_PROPERTY):
                doubtful = held.hasProperty(DOUBTFUL_PROPERTY)
                yield position, position + length, _key_of(held), doubtful


def with_marks(
    document: QTextDocument, sections: Iterable[Section], seen: Set[str]
) -> tuple[Section, ...]:
    """The sections that were read from a document, with its marks beside their text."""
    if not _may_be_dictated(document):
        return tuple(sections)
    spans: dict[SectionKind, list[DictatedSpan]] = {}
    for piece in pieces(document):
        held = piece.held
        if not (piece.text and held.hasProperty(UTTERANCE_PROPERTY)):
            continue
        made = DictatedSpan(
            piece.offset,
            piece.offset + piece.length,
            str(held.property(UTTERANCE_PROPERTY)),
            str(held.property(ORIGINAL_PROPERTY) or ""),
            int(held.property(_NUMBER_PROPERTY) or 0),
            held.hasProperty(DOUBTFUL_PROPERTY),
            _key_of(held) in seen,
        )
        spans.setdefault(piece.kind, []).append(made)
    return tuple(
        replace(each, dictated=tuple(spans[each.kind])) if each.kind in spans else each
        for each in sections
    )


def put_back(document: QTextDocument, sections: Iterable[Section]) -> None:
    """Mark the characters of a document that was just filled with these sections."""
    wanted = {each.kind: each.dictated for each in sections if each.dictated}
    if not wanted:
        return
    places = [
        (piece.at(max(span.start, piece.offset)),
         piece.at(min(span.end, piece.offset + piece.length)), span)
        for piece in pieces(document)
        for span in wanted.get(piece.kind, ())
        if piece.text and span.start < piece.offset + piece.length and span.end > piece.offset
    ]  # fmt: skip
    cursor = QTextCursor(document)
    # Filling and marking are one step to take back.
    cursor.joinPreviousEditBlock()
    for start, end, span in places:
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(_format(span.utterance, span.original, span.doubtful, span.number))
    cursor.endEditBlock()


# -- shown -----------------------------------------------------------------------------------


def shown_marks(
    block: QTextBlock, seen: Set[str] = frozenset()
) -> Iterator[tuple[int, int, QTextCharFormat]]:
    """(start in the block, length, how it is drawn) of corrections, and of doubtful words that
    nobody has looked at."""
    for position, length, held, _ in fragments(block):
        if held.hasProperty(ORIGINAL_PROPERTY):
            made = QTextCharFormat()
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            made.setUnderlineColor(theme.color("accent"))
            made.setToolTip(f"Heard: {held.property(ORIGINAL_PROPERTY)}   F10 takes it back")
            yield position - block.position(), length, made
        elif held.hasProperty(DOUBTFUL_PROPERTY) and _key_of(held) not in seen:
            made = QTextCharFormat()
            made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
            made.setUnderlineColor(theme.color("urgent"))
            yield position - block.position(), length, made


def corrections(document: QTextDocument) -> list[tuple[int, int, str]]:
    """(start, end, what was heard) of each correction, in the order of the text."""
    found: list[tuple[int, int, str, object]] = []
    for block in text_document.blocks(document):
        for position, length, held, _ in fragments(block):
            if not held.hasProperty(ORIGINAL_PROPERTY):
                continue
            key = (held.property(UTTERANCE_PROPERTY), held.property(_NUMBER_PROPERTY))
            if found and found[-1][1] == position and found[-1][3] == key:
                found[-1] = (found[-1][0], position + length, found[-1][2], key)
            else:
                found.append(
                    (position, position + length, str(held.property(ORIGINAL_PROPERTY)), key)
                )
    return [(start, end, original) for start, end, original, _ in found]


def revert(editor: QTextEdit) -> str:
    """Put back what was heard at the cursor, or last before it; the words, or an empty text."""
    at = editor.textCursor().position()
    before = [each for each in corrections(editor.document()) if each[0] <= at]
    if not before or editor.isReadOnly():
        return ""
    start, end, original = before[-1]
    cursor = QTextCursor(editor.document())
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    held = QTextCharFormat(cursor.charFormat())
    written = cursor.selectedText()
    if written[:1].isupper():
        original = original[:1].upper() + original[1:]
    elif original[1:].islower():
        original = original[:1].lower() + original[1:]
    for name in (ORIGINAL_PROPERTY, _NUMBER_PROPERTY):
        held.clearProperty(name)
    cursor.beginEditBlock()
    cursor.insertText(original, held)
    cursor.endEditBlock()
    return original


def utterances(document: QTextDocument) -> set[str]:
    """Every utterance of which characters stand in a document."""
    if not _may_be_dictated(document):
        return set()
    return {
        str(held.property(UTTERANCE_PROPERTY))
        for block in text_document.blocks(document)
        for _, _, held, _ in fragments(block)
        if held.hasProperty(UTTERANCE_PROPERTY)
    }


def utterance_at(editor: QTextEdit) -> str:
    """The utterance of the character before the cursor, else of the last dictated one before it."""
    at = editor.textCursor().position()
    found = ""
    for block in text_document.blocks(editor.document()):
        if block.position() > at:
            break
        for position, _, held, _ in fragments(block):
            if position <= at and held.hasProperty(UTTERANCE_PROPERTY):
                found = str(held.property(UTTERANCE_PROPERTY))
    return found


def remove(editor: QTextEdit, utterance: str) -> bool:
    """Delete what is left of an utterance as one undo step; False where nothing is."""
    if editor.isReadOnly():
        return False
    found = [
        (position, position + length)
        for block in text_document.blocks(editor.document())
        for position, length, held, _ in fragments(block)
        if held.property(UTTERANCE_PROPERTY) == utterance
    ]
    cursor = QTextCursor(editor.textCursor())
    cursor.beginEditBlock()
    for start, end in reversed(found):
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
    cursor.endEditBlock()
    return bool(found)


def show_partial(editor: QTextEdit, words: str) -> None:
    """Grey words at the cursor that are no part of the document; an empty text takes them away.

    They go the way of composed characters (QInputMethodEvent), which the layout shows and neither
    undo nor saving knows.
    """
    grey = QTextCharFormat()
    grey.setForeground(theme.color("text3"))
    attributes = []
    if words:
        attributes.append(
            QInputMethodEvent.Attribute(
                QInputMethodEvent.AttributeType.TextFormat, 0, len(words), grey
            )
        )
    QApplication.sendEvent(editor, QInputMethodEvent(words, attributes))
