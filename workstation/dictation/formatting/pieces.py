"""Heard words on their way to written text: pieces that rules replace, with what they came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workstation.domain.dictation import HeardWord

#: Punctuation that an engine puts in by itself at the end of a word.
_TRAILING = re.compile(r"[.,;:!?]+$")
#: Marks around a word that nobody dictated.
_WRAPPING = '"“”‘’…'


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a mark. `made` by a rule: later rules take it as it is and keep its case."""

    text: str
    confidence: float = 1.0
    original: str = ""
    made: bool = False
    #: punctuation that the engine put in, not the speaker
    automatic: bool = False
    unknown: bool = False
    doubted: bool = False


def pieces_of(words: Sequence[HeardWord]) -> list[Piece]:
    """One piece a word, its trailing punctuation as a piece of its own."""
    found: list[Piece] = []
    for word in words:
        text = word.text.strip(_WRAPPING)
        mark = _TRAILING.search(text)
        body = text[: mark.start()] if mark else text
        if body:
            found.append(
                Piece(
                    body,
                    word.confidence,
                    word.original,
                    unknown=word.unknown,
                    doubted=word.doubted,
                )
            )
        if mark and found:
            found.append(Piece(mark[0][-1], 1.0, automatic=True))
    return found


#: Gives the pieces that stand for a match, or None to leave it.
Replace = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: what is said, and what is written for it.

    `pattern` is matched against the pieces joined by single spaces, in lower case, from the start
    of one piece to the end of one; `write` gives the text, words separated by spaces.
    """

    name: str
    pattern: re.Pattern[str]
    write: Replace


def rule(name: str, pattern: str, write: str | Replace) -> Rule:
    """A rule whose `write` may be a template of `re.Match.expand`."""
    compiled = re.compile(rf"(?<![^ ])(?:{pattern})(?![^ ])")
    if isinstance(write, str):
        template = write
        return Rule(name, compiled, lambda match: match.expand(template))
    return Rule(name, compiled, write)


def apply(rules: Sequence[Rule], pieces: list[Piece]) -> list[Piece]:
    """Each rule over the whole line, in the order of the table."""
    for each in rules:
        pieces = _apply(each, pieces)
    return pieces


def _apply(each: Rule, pieces: list[Piece]) -> list[Piece]:
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    position = 0
    for index, piece in enumerate(pieces):
        starts[position] = index
        position += len(piece.text)
        ends[position] = index + 1
        position += 1
    line = " ".join(piece.text for piece in pieces).lower()
    found: list[Piece] = []
    taken = 0
    for match in each.pattern.finditer(line):
        begin, end = starts.get(match.start()), ends.get(match.end())
        if begin is None or end is None or begin < taken:
            continue
        text = each.write(match)
        if text is None:
            continue
        found.extend(pieces[taken:begin])
        found.extend(_made(text, pieces[begin:end]))
        taken = end
    found.extend(pieces[taken:])
    return found


def _made(text: str, replaced: list[Piece]) -> list[Piece]:
    confidence = min(piece.confidence for piece in replaced)
    original = " ".join(dict.fromkeys(piece.original or piece.text for piece in replaced))
    corrected = any(piece.original for piece in replaced)
    unknown = any(piece.unknown for piece in replaced)
    doubted = any(piece.doubted for piece in replaced)
    return [
        Piece(
            each,
            confidence,
            original if corrected else "",
            made=True,
            unknown=unknown,
            doubted=doubted,
        )
        for each in text.split(" ")
        if each
    ]
