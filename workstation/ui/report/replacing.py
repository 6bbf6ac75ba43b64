"""Writes other words where words were found: what may be replaced, what stays, and why."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtGui import QTextBlock, QTextCursor

from workstation.ui.report import document as text_document
from workstation.ui.report.clipboard import plain_words
from workstation.ui.report.editor import ReportEditor
from workstation.ui.report.found_places import FoundPlace
from workstation.ui.report.links import REPLACEMENT
from workstation.ui.report.open_fields import open_fields
from workstation.ui.report.protection import may_change


class Stays(Enum):
    """Why a place is left as it is: (one, several)."""

    HEADING = ("in a heading", "in headings")
    MEASURED = ("linked to the images", "linked to the images")
    FIELD = ("in the name of an open field", "in the names of open fields")
    PART = ("in a longer word or number", "in longer words or numbers")


@dataclass(frozen=True, slots=True)
class Replaced:
    """How many places were written anew, and how many stayed for which reason."""

    count: int
    stayed: tuple[tuple[Stays, int], ...] = ()

    def __post_init__(self) -> None:
        if self.count < 0 or any(number < 1 for _, number in self.stayed):
            raise ValueError("places are counted from nothing, reasons from one")

    @property
    def words(self) -> str:
        """`3 replaced. 2 stay: 1 in a heading, 1 linked to the images.`"""
        told = f"{self.count} replaced." if self.count else "Nothing replaced."
        if not self.stayed:
            return told
        whole = sum(number for _, number in self.stayed)
        why = [(n, reason.value[0 if n == 1 else 1]) for reason, n in self.stayed]
        words = ", ".join(f"{n} {words}" for n, words in why) if len(why) > 1 else why[0][1]
        return f"{told} {whole} {'stays' if whole == 1 else 'stay'}: {words}."


def stays(editor: ReportEditor, place: FoundPlace, *, alone: bool) -> Stays | None:
    """Why the place stays; None where it may be replaced. A place `alone`, which the reader looks
    at, may be a part of a word."""
    document = editor.document()
    if not may_change(document, place.start, place.end):
        return Stays.HEADING
    if any(document.characterAt(at) == REPLACEMENT for at in range(place.start, place.end)):
        return Stays.MEASURED
    if not alone and _in_longer(document.findBlock(place.start), place):
        return Stays.PART
    return None


def replace_one(editor: ReportEditor, place: FoundPlace, words: str, sought: str) -> Replaced:
    """Write the words at one place, as one undo step."""
    return _replace(editor, [place], words, sought, alone=True)


def replace_all(
    editor: ReportEditor, found: Sequence[FoundPlace], words: str, sought: str
) -> Replaced:
    """Write the words at every place that is a whole word, as one undo step."""
    return _replace(editor, found, words, sought, alone=False)


def _replace(
    editor: ReportEditor, found: Sequence[FoundPlace], words: str, sought: str, *, alone: bool
) -> Replaced:
    # A tab would make a row of a table of the line, braces would make a link.
    fresh = plain_words(words).replace("\n", " ").replace("\t", " ").replace("{{", "{ {")
    fields = [(start, end) for start, end, _ in open_fields(editor.document())]
    left: Counter[Stays] = Counter()
    taken = []
    for place in found:
        reason = stays(editor, place, alone=alone) or _in_field(fields, place)
        if reason is None:
            taken.append(place)
        else:
            left[reason] += 1
    _write(editor, taken, fresh, sought)
    return Replaced(len(taken), tuple((each, left[each]) for each in Stays if left[each]))


def _write(editor: ReportEditor, taken: Iterable[FoundPlace], fresh: str, sought: str) -> None:
    """From the last to the first, so that the places before keep their positions."""
    plain = text_document.text_format()
    cursor = QTextCursor(editor.document())
    with editor.review.writing():
        cursor.beginEditBlock()
        for place in sorted(taken, key=lambda each: each.start, reverse=True):
            cursor.setPosition(place.start)
            cursor.setPosition(place.end, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(_cased(fresh, sought, cursor.selectedText()), plain)
        cursor.endEditBlock()


def _cased(fresh: str, sought: str, held: str) -> str:
    """The new words with capitals where the old ones have them, as long as neither was typed with
    capitals of its own: left → right makes Left → Right and LEFT → RIGHT."""
    if fresh != fresh.lower() or sought != sought.lower():
        return fresh
    if len(held) > 1 and held.isupper():
        return fresh.upper()
    return fresh[:1].upper() + fresh[1:] if held[:1].isupper() else fresh


def _in_field(fields: Iterable[tuple[int, int]], place: FoundPlace) -> Stays | None:
    """A field that is replaced whole is answered; its name alone is what it is known by."""
    for start, end in fields:
        if place.start < end and place.end > start:
            return None if place.start <= start and place.end >= end else Stays.FIELD
    return None


def _in_longer(block: QTextBlock, place: FoundPlace) -> bool:
    """Whether letters or digits go on before or behind the place: "no" in "nodule", 7 in 1.7."""
    units = block.text().encode("utf-16-le")
    at, end = place.start - block.position(), place.end - block.position()
    before, held, behind = (
        part.decode("utf-16-le", "replace")
        for part in (units[: 2 * at], units[2 * at : 2 * end], units[2 * end :])
    )
    return _goes_on(before[::-1], held[:1]) or _goes_on(behind, held[-1:])


def _goes_on(beside: str, edge: str) -> bool:
    if edge.isdigit() and beside[:1] in (".", ",") and beside[1:2].isdigit():
        return True
    return _joins(edge) and _joins(beside[:1])


def _joins(letter: str) -> bool:
    """Whether a letter belongs to the word beside it. Chinese, Japanese and Korean words stand
    without a space between them."""
    if not letter or unicodedata.east_asian_width(letter) in "WF":
        return False
    return letter.isalnum() or unicodedata.category(letter) == "Mn"
