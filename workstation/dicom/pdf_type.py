"""Lines of the pages: broken, put into the order of sight and shaped, in the type of `pdf_fonts`.

A paragraph that Inter can set alone is an ordinary paragraph of ReportLab. Any other is set here:
its lines are broken in the order in which they are read, put into the order in which they are seen
(`dicom.bidi`), and Arabic and Hebrew are shaped by HarfBuzz. One that begins right is set to the
right.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import uharfbuzz
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import ShapeData, ShapedStr
from reportlab.platypus import Flowable, Paragraph

from workstation.dicom import bidi
from workstation.dicom.pdf_fonts import (
    REGULAR,
    SHAPED,
    UNSEEN,
    east_asian_type,
    fonts_of,
    is_korean,
    plain,
    printed_form,
)

#: No line begins with these, none ends with those (JIS X 4051, the commonest of its lists).
_NOT_FIRST = frozenset(
    "、。，．・：；？！）］｝」』】〉》〕ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々%％"
)
_NOT_LAST = frozenset("（［｛「『【〈《〔")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of one type as it is drawn: `text` in the order of sight, shaped where it must be."""

    font: str
    text: str
    width: float


def paragraph(text: str, style: ParagraphStyle, *, left: bool = False) -> Flowable:
    """One line of the report as a flowable; no markup is read.

    `left`: it stands at the left also where it begins right, as in a table.
    """
    shown = printed_form(text).replace("\t", "    ")
    if plain(shown):
        return Paragraph(escape(shown) or "&nbsp;", style)
    return _Lines(shown, style, bidi.base_level(shown), left, east_asian_type(shown))


def draw(canvas: Any, x: float, y: float, text: str, font: str, size: float) -> None:
    """One line of a frame in Latin script, its left end at `x`."""
    if plain(text):
        canvas.setFont(font, size)
        canvas.drawString(x, y, text)
        return
    _draw(canvas, x, y, _pieces(text, 0, font, size, east_asian_type(text)), size)


def _draw(canvas: Any, x: float, y: float, pieces: Sequence[_Piece], size: float) -> None:
    for piece in pieces:
        canvas.setFont(piece.font, size)
        line = canvas.beginText(x, y)
        line.textOut(piece.text)
        canvas.drawText(line)
        x += piece.width


def _pieces(text: str, base: int, font: str, size: float, east_asian: str) -> list[_Piece]:
    """A line as it is seen, from left to right; `east_asian` is the type of its paragraph."""
    found = bidi.directions(text, base)
    order = bidi.line_order(found.levels, text, base)
    made = []
    for name, left, run in _runs(text, found.levels, order, east_asian):
        shown = font if name == REGULAR else name
        if name in SHAPED or left:
            made.append(_shaped(run, shown, size, left))
        else:
            made.append(_Piece(shown, run, pdfmetrics.stringWidth(run, shown, size)))
    return made


def _runs(
    text: str, levels: Sequence[int], order: Sequence[int], east_asian: str
) -> Iterator[tuple[str, bool, str]]:
    """(type, whether it runs left, text in the order of reading) from left to right."""
    fonts = fonts_of(text, east_asian)
    at = 0
    while at < len(order):
        first = order[at]
        left = levels[first] % 2 == 1
        step = -1 if left else 1
        end = at + 1
        while (
            end < len(order)
            and order[end] == order[end - 1] + step
            and levels[order[end]] == levels[first]
            and fonts[order[end]] == fonts[first]
        ):
            end += 1
        run = sorted(order[at:end])
        yield fonts[first], left, "".join(text[each] for each in run)
        at = end


@functools.cache
def _harfbuzz(font: str) -> Any:
    return pdfmetrics.getFont(font).hbFont(10)


def _shaped(text: str, font: str, size: float, left: bool) -> _Piece:
    """A run shaped by HarfBuzz; each glyph becomes the character by which ReportLab embeds it."""
    held = pdfmetrics.getFont(font)
    face, shaper = held.face, _harfbuzz(font)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if left else "ltr"
    uharfbuzz.shape(shaper, buffer, {"kern": True, "liga": True})
    letters, data, width = "", [], 0.0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        known = face.glyphToChar.get(info.codepoint)
        code = (
            known[0]
            if known
            else held.hbAddPrivate(
                shaper.glyph_to_string(info.codepoint), info.codepoint, place.x_advance
            )
        )
        if text[info.cluster] in UNSEEN:
            continue
        advance = held.pdfScale(place.x_advance)
        letters += chr(code)
        data.append(
            ShapeData(
                info.cluster,
                advance,
                held.pdfScale(place.y_advance),
                held.pdfScale(place.x_offset),
                held.pdfScale(place.y_offset),
                face.charWidths[code],
            )
        )
        width += advance * size / 1000
    if font in SHAPED:
        return _Piece(font, ShapedStr(letters, shapeData=data), width)
    return _Piece(font, letters, pdfmetrics.stringWidth(letters, font, size))


def _breaks(text: str) -> list[int]:
    """Where a line may end: behind a blank, and between Japanese and Chinese characters."""
    found = []
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        wide = _stands_alone(before) or _stands_alone(after)
        if (before == " " and after != " ") or (
            wide and after not in _NOT_FIRST and before not in _NOT_LAST and after != " "
        ):
            found.append(at)
    return found


def _stands_alone(character: str) -> bool:
    """Whether a line may be broken beside it: words of Hangul stand apart and stay whole."""
    return unicodedata.east_asian_width(character) in "WF" and not is_korean(character)


class _Lines(Flowable):  # type: ignore[misc]
    """A paragraph of mixed scripts."""

    def __init__(
        self, text: str, style: ParagraphStyle, base: int, left: bool, east_asian: str
    ) -> None:
        super().__init__()
        self._text, self._style, self._east_asian = text, style, east_asian
        self._base, self._left = base, left
        self._shown: list[list[_Piece]] = []
        self._lines: list[str] = []
        self.keepWithNext = getattr(style, "keepWithNext", 0)

    def getSpaceBefore(self) -> float:
        return float(self._style.spaceBefore)

    def getSpaceAfter(self) -> float:
        return float(self._style.spaceAfter)

    def _measure(self, text: str) -> list[_Piece]:
        style = self._style
        return _pieces(text, self._base, style.fontName, style.fontSize, self._east_asian)

    def _width(self, text: str) -> float:
        return sum(each.width for each in self._measure(text.rstrip(" ")))

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._lines = list(self._broken(self._text, width))
        self._shown = [self._measure(each.rstrip(" ")) for each in self._lines]
        self.width, self.height = width, len(self._shown) * self._style.leading
        return self.width, self.height

    def _broken(self, text: str, width: float) -> Iterator[str]:
        start, last = 0, 0
        for end in (*_breaks(text), len(text)):
            if self._width(text[start:end]) > width and last > start:
                yield text[start:last]
                start = last
            last = end
            while self._width(text[start:end]) > width and end - start > 1:
                # One word wider than the page: it is cut where the page ends.
                cut = self._longest(text, start, end, width)
                yield text[start:cut]
                start = cut
        yield text[start:]

    def _longest(self, text: str, start: int, end: int, width: float) -> int:
        low, high = start + 1, end
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (
                (middle, high) if self._width(text[start:middle]) <= width else (low, middle)
            )
        return low

    def split(self, width: float, height: float) -> list[Flowable]:
        self.wrap(width, height)
        fits = int(height // self._style.leading)
        if fits < 1:
            return []
        if fits >= len(self._lines):
            return [self]
        return [
            self._part(self._lines[:fits]),
            self._part(self._lines[fits:]),
        ]

    def _part(self, lines: list[str]) -> _Lines:
        return _Lines("".join(lines), self._style, self._base, self._left, self._east_asian)

    def draw(self) -> None:
        style, canvas = self._style, self.canv
        canvas.setFillColor(style.textColor)
        y = self.height - style.fontSize
        for pieces in self._shown:
            width = sum(each.width for each in pieces)
            x = self.width - width if self._base and not self._left else 0.0
            _draw(canvas, x, y, pieces, style.fontSize)
            y -= style.leading
