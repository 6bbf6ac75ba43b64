"""What a report denies in words that the lexicon has no finding for, and asserts elsewhere.

"No late gadolinium enhancement" and "subendocardial late gadolinium enhancement": a phrase of at
least two words that tell something is the same thing wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from workstation.workflow.checks.content_words import content_words
from workstation.workflow.checks.lexicon import findings_in, places_in
from workstation.workflow.checks.statements import Sentence, Side, clauses, denies, side_of

#: A denial, and the phrase up to where the clause ends or another thing is denied. A place behind
#: it ("in the septum") narrows the denial: then nothing is concluded.
_DENIED = re.compile(
    r"\b(?:no|without|absence of|free of|no evidence of|no sign of)\s+"
    r"(?P<phrase>[a-z][a-z -]{7,60}?)(?=\s*(?:[.,;:]|$|\b(?:or|and|nor)\b"
    r"|(?:is|are|was|were)?\s*(?:seen|identified|demonstrated|detected|present|noted|evident)\b))",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:evidence of|sign of|signs of|a|an|any|the|definite|convincing|discrete|obvious)\s+",
    re.IGNORECASE,
)
#: Phrases of what follows, of technique and of the past are no findings.
_NO_FINDING = re.compile(
    r"\b(?:change|follow|imaging|study|studies|contrast|comparison|previous|prior|recommend\w*"
    r"|evidence|sequence|sedation|significant|further|available|abnormalit\w+|acute|new|other|in|of"
    r"|at|on|to|for|with|by|large|recurrent|residual|suspicious|increase|decrease|interval)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def _denied_in(text: str) -> tuple[str, ...]:
    found = []
    for clause in clauses(text):
        if side_of(clause) is not Side.NONE:
            continue
        for match in _DENIED.finditer(clause):
            phrase = _LEADING.sub("", match["phrase"].strip().lower())
            sure = not (_NO_FINDING.search(phrase) or findings_in(phrase) or places_in(phrase))
            if sure and len(phrase.split()) >= 2 and content_words(phrase):
                found.append(phrase)
    return tuple(found)


def denied_and_asserted(said: Sequence[Sentence]) -> Iterator[tuple[str, Sentence, Sentence]]:
    """(phrase, the sentence that denies it, the one that asserts it)."""
    for denial in said:
        for phrase in _denied_in(denial.plain):
            whole = re.compile(rf"\b{re.escape(phrase)}(?:e?s)?\b", re.IGNORECASE)
            for other in said:
                if other is denial:
                    continue
                parts = [each for each in clauses(other.plain) if whole.search(each)]
                if parts and not any(denies(each) for each in parts):
                    yield phrase, denial, other
                    break
