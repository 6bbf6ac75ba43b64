"""Whether a report says anything yet: what a reader has not written cannot be signed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workstation.domain.report import Section, SectionKind
from workstation.domain.wording import FIELD

#: The name of an organ before its statement: `Lungs:`
_LABEL = re.compile(r"^[^:\n]{1,40}:\s*$", re.MULTILINE)
_SAYS = frozenset({SectionKind.FINDINGS, SectionKind.IMPRESSION, SectionKind.ADDENDUM})


def nothing_to_sign(sections: Sequence[Section], template_text: str = "") -> str:
    """A sentence where findings, impression and addendum hold no word of the reader's.

    Open fields are left out, and so is a line of the template whose fields are still open:
    “Liver SUVmax [liver SUV]” says nothing yet.
    """
    untouched = {line.strip() for line in template_text.splitlines() if FIELD.search(line)}
    for each in sections:
        if each.kind not in _SAYS:
            continue
        lines = [line for line in each.text.splitlines() if line.strip() not in untouched]
        if _LABEL.sub("", FIELD.sub("", "\n".join(lines))).strip(" .\n"):
            return ""
    return "Nothing is written under findings or impression yet."
