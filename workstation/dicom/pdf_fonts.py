"""The type that the pages are set in, and which of it has the letters for a text.

Latin, Greek and Cyrillic in Inter; Arabic, Hebrew, Japanese, Chinese and Korean in type of their
own. Japan, China and Korea share characters that each draws in its own way: a text in neither kana
nor Hangul takes the type that has all of its characters, and where both have, that of the report.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from workstation.dicom import bidi
from workstation.settings import resources

REGULAR, MEDIUM, BOLD = "Inter", "Inter-Medium", "Inter-SemiBold"
_ARABIC, _HEBREW = "NotoSansArabic", "Heebo"
_JAPANESE, _CHINESE, _KOREAN = "MotoyaLCedar", "NocturneSansSC", "NocturneSansKR"
_INTER = {
    REGULAR: "Inter_400Regular.ttf",
    MEDIUM: "Inter_500Medium.ttf",
    BOLD: "Inter_600SemiBold.ttf",
}
_OTHERS = {
    _ARABIC: "NotoSansArabic-Regular.ttf",
    _HEBREW: "Heebo-Regular.ttf",
    _JAPANESE: "MTLc3m.ttf",
    _CHINESE: "NocturneSansSC-Regular.ttf",
    _KOREAN: "NocturneSansKR-Regular.ttf",
}
#: Placed glyph by glyph: Arabic joins, Hebrew sets points below and into its letters.
SHAPED = frozenset({_ARABIC, _HEBREW})
#: Drawn as nothing: marks of direction and joining, which have done their work by then.
UNSEEN = frozenset("\u200c\u200d\u200e\u200f\u061c\ufeff")
_KANA = range(0x3041, 0x3100)
_HANGUL = (range(0x3131, 0x318F), range(0xAC00, 0xD7A4))
_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))
#: What has the characters of each, the second choice behind the first.
_ORDER = {
    _JAPANESE: (_JAPANESE, _CHINESE, _KOREAN),
    _CHINESE: (_CHINESE, _JAPANESE, _KOREAN),
    _KOREAN: (_KOREAN, _JAPANESE, _CHINESE),
}
_report: ContextVar[str] = ContextVar("east_asian_type_of_the_report", default=_JAPANESE)


@functools.cache
def fonts() -> dict[str, frozenset[int]]:
    """Register the type once; the code points of each, those that all weights of Inter have."""
    weights = []
    for name, file in _INTER.items():
        font = TTFont(name, str(resources() / "fonts" / file))
        pdfmetrics.registerFont(font)
        weights.append(frozenset(font.face.charToGlyph))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD)
    held = {REGULAR: frozenset.intersection(*weights)}
    for name, file in _OTHERS.items():
        font = TTFont(name, str(resources() / "fonts" / file), shapable=name in SHAPED)
        pdfmetrics.registerFont(font)
        held[name] = frozenset(font.face.charToGlyph)
    return held


@contextmanager
def set_for(words: str) -> Iterator[None]:
    """What is set inside belongs to a report that says `words`."""
    token = _report.set(_told_by(words) or _JAPANESE)
    try:
        yield
    finally:
        _report.reset(token)


def east_asian_type(text: str) -> str:
    """The type of the East Asian characters of a paragraph: its own, or that of the report."""
    return _told_by(text) or _report.get()


def _told_by(text: str) -> str:
    """The East Asian type that a text tells by itself; empty where it could be that of several."""
    codes = [ord(each) for each in text]
    if any(code in _KANA for code in codes):
        return _JAPANESE
    if is_korean(text):
        return _KOREAN
    han = {code for code in codes if any(code in held for held in _HAN)}
    whole = [name for name in (_JAPANESE, _CHINESE) if han <= fonts()[name]]
    return whole[0] if han and len(whole) == 1 else ""


def is_korean(text: str) -> bool:
    """Whether any of it is written in Hangul, whose words stand apart."""
    return any(ord(each) in held for each in text for held in _HANGUL)


def printed_form(text: str) -> str:
    """The text as it is printed: with letters that are one sign each where there is such a sign
    (NFC), since some keyboards write Hangul and accents in pieces."""
    return unicodedata.normalize("NFC", text)


def _font_of(character: str, east_asian: str = _JAPANESE) -> str:
    """The type that has a glyph, or an empty text."""
    held, code = fonts(), ord(character)
    order = (REGULAR, _ARABIC, _HEBREW, *_ORDER[east_asian])
    return next((name for name in order if code in held[name]), "")


def unprintable(text: str) -> str:
    """The characters of a text that the pages cannot show, each once.

    Explicit controls of direction are among them: their order is not known here.
    """
    fonts()
    return "".join(
        dict.fromkeys(
            each
            for each in printed_form(text)
            if each not in "\n\t"
            and each not in UNSEEN
            and (not _font_of(each) or bidi.has_controls(each))
        )
    )


def plain(text: str) -> bool:
    """Whether Inter sets it alone, left to right."""
    has = fonts()[REGULAR]
    return all(ord(each) in has and each not in UNSEEN for each in text)


def fonts_of(text: str, east_asian: str) -> list[str]:
    """The type of each character; a mark takes that of what it stands on, a blank its own.
    `east_asian` is that of the paragraph."""
    made: list[str] = []
    for each in text:
        own = made[-1] if made and unicodedata.combining(each) else _font_of(each, east_asian)
        if each in UNSEEN:
            own = made[-1] if made else REGULAR
        made.append(own or REGULAR)
    return made
