"""From heard words to the text of a report: a table of rules, punctuation, capitals."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.dictation.formatting.pieces import apply, pieces_of
from workstation.dictation.formatting.punctuation import SPOKEN, join, settle
from workstation.dictation.formatting.table import TABLE
from workstation.domain.dictation import Dictated, HeardWord

__all__ = ["write"]


def write(
    words: Sequence[HeardWord],
    *,
    before: str = "",
    names: frozenset[str] = frozenset(),
) -> Dictated:
    """What the report says for these words where `before` stands before the cursor.

    `names`: words in lower case that keep a capital inside a sentence.
    """
    pieces = pieces_of(words)
    return join(settle(apply(TABLE, apply(SPOKEN, pieces))), before, names)
