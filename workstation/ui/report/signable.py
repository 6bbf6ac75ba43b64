"""Whether a report says anything yet: what a reader has not written cannot be signed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workstation.domain.report import Section, SectionKind

_FIELD = re.compile(r"\[[^\]\n]*\]")
#: The name of an organ before its statement: `Lungs:`
_LABEL = re.compile(r"^[^:\n]{1,40}:\s*$", re.MULTILINE)
_SAYS = frozenset({SectionKind.FINDINGS, SectionKind.IMPRESSION, SectionKind.ADDENDUM})


def nothing_to_sign(sections: Sequence[Section]) -> str:
    """A sentence where findings, impression and addendum hold no word, open fields left out."""
    for each in sections:
        if each.kind in _SAYS and _LABEL.sub("", _FIELD.sub("", each.text)).strip(" .\n"):
            return ""
    return "Nothing is written under findings or impression yet."
