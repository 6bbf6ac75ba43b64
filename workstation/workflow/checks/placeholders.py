"""Text that stands for text: places that a template left open, words without content."""

from __future__ import annotations

import re

from workstation.domain.wording import LINK

#: Marks by which templates of the field leave a place open, beside our own `[field]`: stars, a line
#: to write on, braces, angle brackets, XX or a question mark for a number, a unit without one.
_OPEN = re.compile(
    r"\*{3,}|(?<!\w)_{2,}|#{2,}|\{[a-z][^{}\n]{0,40}\}|<[a-z][a-z _-]{0,40}>"
    r"|\bX{2,}(?=\s?(?:mm|cm|ml|cc|%|HU|x\b))|(?<!\w)\?\.\?(?!\w)|\.{3,}(?=\s?(?:x|mm|cm|ml)\b)|\?\s?(?=(?:mm|cm|ml)\b)"
    r"|\b(?:measur(?:es|ing|ed)|size of|diameter of|up to)\s+(?=(?:mm|cm|ml)\b)",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\W*(?:impressions?|conclusions?|opinion)?\W*(?:n/?a|not applicable|none|nil|tbd|to follow"
    r"|(?:please )?see (?:above|findings|body|report|body of (?:the )?report)"
    r"|as (?:above|described|described above|per findings|in (?:the )?findings))?\W*",
    re.IGNORECASE,
)


def left_open(text: str) -> list[str]:
    """The open places of a section, as they are written; links are none."""
    return [match[0].strip() or match[0] for match in _OPEN.finditer(LINK.sub(" ", text))]


def says_nothing(text: str) -> bool:
    """Whether a section is empty, or only points back to another one."""
    return _NOTHING.fullmatch(text.replace("_", " ")) is not None
