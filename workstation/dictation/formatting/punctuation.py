"""Spoken punctuation and the joining of pieces to text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workstation.dictation.formatting.pieces import Piece, Rule, rule
from workstation.domain.dictation import Dictated, WrittenWord

#: `period` is a stretch of time behind these, and before `of`.
_STRETCHES = (
    "the|this|that|time|postoperative|post-operative|perioperative|postpartum|latent|follow-up"
    "|followup|interval|waiting|menstrual|same|short|long|brief|observation|perinatal|neonatal"
    "|recovery|month|year|week|day|late|early"
)
#: `colon` is a mark behind these alone: anywhere else it is the bowel.
_HEADINGS = (
    "impression|findings|technique|comparison|indication|history|addendum|recommendations?|note"
    "|conclusion|exam|examination|procedure|follows|following"
)

LINE, PARAGRAPH = "\n", "\n\n"

SPOKEN: tuple[Rule, ...] = (
    rule(
        "full stop",
        r"(?P<before>\S+ )?(?P<said>period|full stop)(?P<after> of)?",
        lambda match: _full_stop(match),
    ),
    rule("comma", "comma", ","),
    rule("colon", rf"(?P<heading>{_HEADINGS}) colon", lambda match: f"{match['heading']} :"),
    rule("semicolon", "semicolon|semi colon|semi-colon", ";"),
    rule("question mark", "question mark", "?"),
    rule("exclamation mark", "exclamation (?:mark|point)", "!"),
    rule("paragraph", r"(?:new|next) paragraph", PARAGRAPH),
    rule("line", r"(?:new|next) line", LINE),
    rule("opening bracket", r"(?:open|left) paren(?:thesis|theses)?", "("),
    rule("closing bracket", r"(?:close|closed|right) paren(?:thesis|theses)?", ")"),
    rule("slash", r"(?P<a>\S+) (?:forward )?slash (?P<b>\S+)", r"\g<a>/\g<b>"),
    rule("hyphen", r"(?P<a>\S+) hyphen (?P<b>\S+)", r"\g<a>-\g<b>"),
)

_MARKS = frozenset(",.;:?!)")
_STOPS = (".", "?", "!", LINE, PARAGRAPH)
#: Words that an engine may write with a capital and that keep it inside a sentence.
_NAMES = re.compile(r".*[A-Z].*[A-Z].*|.*\d.*|I")


def _full_stop(match: re.Match[str]) -> str | None:
    before = (match["before"] or "").strip()
    if match["after"] or re.fullmatch(_STRETCHES, before):
        return None
    return f"{before} ." if before else "."


def is_mark(piece: Piece) -> bool:
    """Whether a piece is punctuation or a break."""
    return piece.text in _MARKS or piece.text in ("(", LINE, PARAGRAPH)


def settle(pieces: Sequence[Piece]) -> list[Piece]:
    """One mark where several meet; none of the engine's own where the speaker says them.

    The engine's full stop behind a decimal point or a bracket falls too.
    """
    spoken = any(is_mark(piece) and not piece.automatic for piece in pieces)
    found: list[Piece] = []
    for piece in pieces:
        if piece.automatic and spoken:
            continue
        if piece.text in _MARKS and (not found or found[-1].text in _MARKS - {")"}):
            continue
        if piece.text in (LINE, PARAGRAPH) and found and found[-1].text in (LINE, PARAGRAPH):
            continue
        found.append(piece)
    return found


def _spaced(before: str, piece: Piece) -> str:
    if not before or before.endswith(("\n", " ", "(", "\u2029")):
        return ""
    if piece.text in _MARKS or piece.text in (LINE, PARAGRAPH):
        return ""
    return " "


def _cased(text: str, piece: Piece, first: bool, after_stop: bool, names: frozenset[str]) -> str:
    if after_stop:
        return text[:1].upper() + text[1:]
    if piece.made or _NAMES.fullmatch(text) or text.lower() in names:
        return text
    # An engine begins each utterance, and what it takes for a sentence, with a capital.
    return text[:1].lower() + text[1:] if first or text[1:].islower() else text


def join(pieces: Sequence[Piece], before: str, names: frozenset[str]) -> Dictated:
    """The text as it follows `before` in the report.

    `names`: words in lower case that are written with a capital anywhere.
    """
    text = ""
    words: list[WrittenWord] = []
    context = before[-2:]
    after_stop = not before.strip(" ") or before.rstrip(" ").endswith((*_STOPS, "\u2029"))
    for index, piece in enumerate(pieces):
        text += _spaced(context + text, piece)
        written = _cased(piece.text, piece, index == 0, after_stop, names)
        if not is_mark(piece):
            start = len(text)
            words.append(
                WrittenWord(
                    start,
                    start + len(written),
                    piece.confidence,
                    piece.original,
                    piece.unknown,
                    piece.doubted,
                )
            )
        text += written
        after_stop = piece.text in _STOPS or (after_stop and piece.text == "(")
    return Dictated(text, tuple(words))
