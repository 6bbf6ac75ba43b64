"""Text that stands for text: places that a template left open, words without content."""

from __future__ import annotations

import re

from workstation.domain.wording import LINK

#: Marks by which templates of the field leave a place open, beside our own `[field]`: stars, a line
#: to write on, braces, angle brackets, XX or a question mark for a number, a unit without one.
_UNIT = r"(?:mm|cm|m?L|ml|cc|HU|mGy(?:[. *]?cm)?|mSv|MBq|weeks?|degrees?|%)"
#: An ornament around capitals marks a critical result; it leaves nothing open.
_ORNAMENT = re.compile(r"(\*{3,}|#{2,}|_{2,})\s*[A-Z][A-Z :!/-]{3,60}\s*\1")
_OPEN = re.compile(
    r"\*{3,}|(?<!\w)_{2,}|#{2,}|\{[a-z][^{}\n]{0,40}\}|<[a-z][a-z _-]{0,40}>"
    r"|«[^«»\n]{0,40}»|(?<!\w)@[A-Za-z_. ]{2,40}@|\$\{?[A-Z_]{2,40}\}?\$?|%[A-Z_]{2,40}%"
    rf"|\bX{{2,}}(?=\s?(?:{_UNIT}|x\b))|(?<!\w)\?\.\?(?!\w)|(?:\.{{3,}}|…)(?=\s?(?:x"
    rf"|{_UNIT})(?!\w))"
    rf"|\?+\s?(?={_UNIT}(?!\w))"
    #: a unit where its number should stand: "measures cm", "DLP: mGy.cm", "volume is mL"
    r"|(?:\b(?:measur(?:es|ing|ed)|size of|diameter of|up to|is|of|by|at|approximately)"
    r"|(?<!nits):)[ \t]+"
    rf"(?={_UNIT}(?:[ \t]*[,.;)]|[ \t]*$|[ \t]+(?:in|and|x|by)\b))"
    #: nothing where a number should stand: "SUVmax of ."
    r"|\b(?:SUV ?(?:max|mean|peak)?|measur(?:es|ing)|diameter|volume|size|thickness|length|height"
    r"|velocity|HU|score)(?: (?:of|is|at|measuring))? ?(?: of| is|:)[ \t]*(?=[.,;](?:\s|$))",
    re.IGNORECASE | re.MULTILINE,
)
_NOTHING = re.compile(
    r"\W*(?:impressions?|conclusions?|opinion|summary|comments?)?\W*(?:n/?a|not applicable|none"
    r"|nil|tb[cd]|pending|awaited|(?:report )?to (?:follow|be (?:added|confirmed|completed"
    r"|dictated))"
    r"|(?:please )?see (?:above|findings|body|report|body of (?:the )?report)"
    r"|as (?:above|described|described above|per findings|in (?:the )?findings))?\W*",
    re.IGNORECASE,
)


def left_open(text: str) -> list[str]:
    """The open places of a section, as they are written; links are none."""
    return [
        match[0].strip() or match[0]
        for match in _OPEN.finditer(_ORNAMENT.sub(" ", LINK.sub(" ", text)))
    ]


def says_nothing(text: str) -> bool:
    """Whether a section is empty, or only points back to another one."""
    bare = re.sub(r"(?m)^\s*[0-9]{1,2}[.)]?\s*$", " ", text.replace("_", " "))
    return _NOTHING.fullmatch(bare) is not None
