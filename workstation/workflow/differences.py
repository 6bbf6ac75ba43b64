"""What changed from one version of a report to the next, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from workstation.domain.report import Section, SectionKind


class Change(StrEnum):
    """Of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and whether they stayed."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One section as pieces; putting SAME and NEW together gives the text after."""

    kind: SectionKind
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether anything did."""
        return any(each.change is not Change.SAME for each in self.pieces)


def words(before: str, after: str, same_as: Callable[[str], str] = str) -> tuple[Piece, ...]:
    """The pieces of a text; words are never cut, so that 1.2 and 12 are two words. `same_as` gives
    what of a word is compared."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    pieces: list[Piece] = []
    # Without autojunk: a word that is frequent is no noise in a report.
    matcher = SequenceMatcher(
        None, [same_as(each) for each in old], [same_as(each) for each in new], autojunk=False
    )
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            pieces.append(Piece(Change.SAME, "".join(new[k:m])))
            continue
        if j > i:
            pieces.append(Piece(Change.GONE, "".join(old[i:j])))
        if m > k:
            pieces.append(Piece(Change.NEW, "".join(new[k:m])))
    return tuple(pieces)


def sections(before: Sequence[Section], after: Sequence[Section]) -> tuple[SectionChange, ...]:
    """Every section of either version, in the order of the version after."""
    old = _texts(before)
    new = _texts(after)
    kinds = [kind for kind in SectionKind if old.get(kind, "") or new.get(kind, "")]
    return tuple(SectionChange(kind, words(old.get(kind, ""), new.get(kind, ""))) for kind in kinds)


def _texts(held: Sequence[Section]) -> dict[SectionKind, str]:
    texts: dict[SectionKind, list[str]] = {}
    for each in held:
        if each.text.strip():
            texts.setdefault(each.kind, []).append(each.text.strip())
    return {kind: "\n".join(parts) for kind, parts in texts.items()}


#: Two sentences with less of their words in common are two sentences, not one that was changed.
_ALIKE = 0.5
#: A sentence with what follows it; a full stop inside a number ends none.
_SENTENCE = re.compile(r".+?(?:[.;:!?](?=\s)\s*|\n+|$)", re.DOTALL)


def sentences(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of two texts that were written apart: whole sentences come and go, and only in a
    sentence that stayed in the main are words compared, without capitals and the marks behind
    them. SAME and NEW give the text after."""
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(
        None, [_said(each) for each in old], [_said(each) for each in new], autojunk=False
    )
    for operation, i, j, k, m in matcher.get_opcodes():
        if operation == "equal":
            pieces.append(Piece(Change.SAME, "".join(new[k:m])))
        else:
            pieces += _changed(old[i:j], new[k:m])
    return tuple(each for each in pieces if each.text)


def _changed(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for sentence in new:
        alike = [_likeness(each, sentence) for each in old[at:]]
        if alike and max(alike) >= _ALIKE:
            chosen = at + alike.index(max(alike))
            pieces.append(Piece(Change.GONE, "".join(old[at:chosen])))
            pieces += words(old[chosen], sentence, _said)
            at = chosen + 1
        else:
            pieces.append(Piece(Change.NEW, sentence))
    pieces.append(Piece(Change.GONE, "".join(old[at:])))
    return pieces


def _said(text: str) -> str:
    """A word or a sentence without what makes no difference: capitals, a mark behind it."""
    return text if text.isspace() else text.strip().rstrip(".,;:").casefold()


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower().split(), other.lower().split(), autojunk=False).ratio()
