"""Numbers that cannot be right: a wrong unit, a lost point, a unit that is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.report import Report, SectionKind
from workstation.domain.wording import LINK
from workstation.workflow.checks import spans
from workstation.workflow.checks.slips import Slip
from workstation.workflow.checks.spans import ANY_SPAN, Span
from workstation.workflow.checks.statements import sentences_of

_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
SIZE = re.compile(
    rf"(?<![\w./-])(?P<values>{_NUMBER}(?:\s*(?:x|×|by)\s*{_NUMBER}){{0,2}})\s*-?"
    r"(?P<unit>mm|cm|millimet(?:re|er)s?|centimet(?:re|er)s?)\b(?![²³23]|\s*(?:/|per)\s*s)",
    re.IGNORECASE,
)
_HU = re.compile(rf"(?<![\w.])(?P<value>[-−]?{_NUMBER})\s*(?:HU|Hounsfield)\b")
_BARE = re.compile(
    rf"\b(?:measur(?:es|ing|ed|e)|sized?|diameter of|up to|dimensions? of)\s+"
    rf"(?:approximately |about |up to |roughly |around )?"
    rf"(?P<values>{_NUMBER}(?:\s*(?:x|×|by)\s*{_NUMBER}){{0,2}})"
    r"(?![.,]?[0-9])(?=\s*(?:[,.;)]|$|in\b|and\b|with\b|which\b|at\b|on\b|\(|previously\b"
    r"|compared\b))",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"^[^.;]{0,40}?\b(?:mm|cm|ml|cc|HU|%|degrees?|millimet|centimet|weeks?|days?|years?|months?)",
    re.IGNORECASE,
)
#: A length in metres is only read beside words of measuring: "6 m" is as well six months.
_METRES = re.compile(
    rf"(?<![\w./-])(?P<after>{_NUMBER})\s?m"
    r" (?:long|wide|thick|deep|high|across|in (?:diameter|length))\b|"
    r"\b(?:measur\w+|diameter|thick\w*|size of|sized|mass of|lesion of|nodule of|cyst of)\b"
    rf"[^.;]{{0,20}}?(?P<value>{_NUMBER})\s?m\b(?!/)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Limit:
    """A number that cannot be above `most`, unless `spared` stands in the sentence."""

    pattern: re.Pattern[str]
    most: float
    why: str
    spared: re.Pattern[str] | None = None


_LIMITS = (
    _Limit(
        re.compile(
            rf"\bSUV\s?(?:max|mean|peak)?\s*(?:of|is|:|=)?\s*(?P<value>{_NUMBER})", re.IGNORECASE
        ),
        150.0,
        "Only urine, glands and the place of the injection are as hot as that.",
        re.compile(
            r"\b(?:bladder|urin\w*|ureter\w*|kidneys?|renal|saliv\w*|parotid|lacrimal|inject\w*)\b",
            re.IGNORECASE,
        ),
    ),
    _Limit(
        re.compile(
            rf"\b(?:stenosis|narrowing|occlu\w+|ejection fraction|L?VEF|uptake|split function)\b"
            rf"[^.;]{{0,50}}?(?P<value>{_NUMBER})\s?%",
            re.IGNORECASE,
        ),
        100.0,
        "A part of the whole cannot be more than 100 %.",
        re.compile(
            r"\b(?:increas\w+|grow\w*|predicted|baseline|relative|contralateral)\b", re.IGNORECASE
        ),
    ),
    #: the fastest jets, across a stenosed aortic valve, reach some 7 m/s
    _Limit(
        re.compile(rf"(?P<value>{_NUMBER})\s?m/s\b", re.IGNORECASE),
        12.0,
        "No blood flows that fast: cm/s?",
    ),
    _Limit(
        re.compile(rf"(?P<value>{_NUMBER})\s?cm/s\b", re.IGNORECASE),
        1200.0,
        "No blood flows that fast.",
    ),
)
#: Between an organ and its size: few words, none of them another thing that has a size.
_NEAR = 48
_SPACING = re.compile(
    r"\b(?:slice|collimation|interval|increments?|sections?|reconstruct\w*|from|above|below"
    r"|distal|proximal|away|distance|margin|tip|needle|french|depth|inferior|superior)\b",
    re.IGNORECASE,
)
_BELONGS_TO_ANOTHER = re.compile(
    r"\b(?:mass|lesion|cyst|tumou?r|calcul|stone|nodule|collection|ha?ematoma|abscess|metasta"
    r"|fibroid|aneurysm|calcification|adenoma|angiomyolipoma|infarct|laceration|defect|ulcer"
    r"|thrombus|varix|fluid|effusion|stent|catheter|drain|tube|follicle|pole)",
    re.IGNORECASE,
)


#: Findings that have sizes themselves: what lies before them is not what is measured.
_OWN = frozenset({"nodule", "lymph node", "midline shift", "disc", "an endotracheal tube"})
_LIES_IN = re.compile(
    rf"{_BELONGS_TO_ANOTHER.pattern}\w*\b[^.;:]{{0,40}}\b(?:in|of|at|within|from|near"
    rf"|along)\b[^.;:,]*$",
    re.IGNORECASE,
)


def millimetres(text: str, unit: str) -> list[float]:
    """The numbers of a size such as `12 x 8` in mm; `unit` is as it is written."""
    factor = 10.0 if unit.lower().startswith("c") else 1.0
    return [float(each.replace(",", ".")) * factor for each in re.findall(_NUMBER, text)]


def impossible_sizes(report: Report) -> list[Slip]:
    """Sizes outside what the named organ or finding can have, and densities that no scale has."""
    for sentence in sentences_of(report, SectionKind.FINDINGS, SectionKind.IMPRESSION):
        for match in SIZE.finditer(sentence.text):
            values = millimetres(match["values"], match["unit"])
            span = _span_of(sentence.text, match.start(), match.end())
            if span is ANY_SPAN and _SPACING.search(sentence.text):
                continue
            longest = max(values)
            if not span.least <= longest <= span.most:
                return [
                    Slip(
                        f"{match[0].strip()}: can that be?",
                        f"That would be an unheard-of size for {span.name}: unit or point?",
                        sentence.section,
                        match[0],
                    )
                ]
        out = _out_of_scale(sentence.text)
        if out is not None:
            words, why = out
            return [Slip(f"{words}: can that be?", why, sentence.section, words)]
    return []


def _out_of_scale(text: str) -> tuple[str, str] | None:
    """A number that its scale does not have, and why."""
    for match in _HU.finditer(text):
        if not -1100.0 <= _value(match) <= 4000.0:
            return match[0].strip(), "Air has −1000 HU, and metal ends the scale near 4000."
    for match in _METRES.finditer(text):
        if _value(match) > 0.6:
            return match[0].strip(), "That would be metres: mm or cm?"
    for limit in _LIMITS:
        if limit.spared is not None and limit.spared.search(text):
            continue
        for match in limit.pattern.finditer(text):
            if _value(match) > limit.most:
                return match[0].strip(), limit.why
    return None


def _value(match: re.Match[str]) -> float:
    number = match["value"] or match.groupdict().get("after") or ""
    return float(number.replace("−", "-").replace(",", "."))


def _span_of(text: str, start: int, end: int) -> Span:
    """The thing that a size belongs to: the nearest before it, or the one right behind it."""
    behind = text[end : end + 24]
    for span in spans.SPANS:
        match = span.pattern.search(behind)
        of_it = (
            span.behind and re.match(r"\s+(?:of )?(?:\w+ ){0,2}$", behind[: match.start()])
            if match
            else None
        )
        if of_it:
            return span
        if match is not None and not re.search(r"[,;(]|\b(?:in|of|and)\b", behind[: match.start()]):
            return span
    best: tuple[int, Span] | None = None
    before = text[max(0, start - _NEAR) : start]
    for span in spans.SPANS:
        for match in span.pattern.finditer(before):
            if best is None or match.end() > best[0]:
                best = (match.end(), span)
    near = re.split(r"\b(?:with|and|containing)\b", behind)[0]
    if best is None or _BELONGS_TO_ANOTHER.search(before[best[0] :] + near):
        return ANY_SPAN
    whole = text[: start - len(before) + best[0]]
    if best[1].name not in _OWN and not best[1].owns and _LIES_IN.search(whole):
        return ANY_SPAN  # "stone in the lower pole of the left kidney, 3 mm"
    return best[1]


def sizes_without_a_unit(report: Report) -> list[Slip]:
    """“measures 12 x 8” tells nobody whether millimetres or centimetres are meant."""
    for sentence in sentences_of(report, SectionKind.FINDINGS, SectionKind.IMPRESSION):
        for match in _BARE.finditer(sentence.text):
            if not _UNIT_AFTER.match(sentence.text[match.end() :]):
                return [
                    Slip(
                        f"“{match[0].strip()}” has no unit",
                        "Millimetres or centimetres?",
                        sentence.section,
                        match[0],
                    )
                ]
    return []


_TYPED = re.compile(rf"(?<![\w.,/-])(?P<value>{_NUMBER})\s*(?P<unit>mm|cm|HU)\b(?![²³23])")
#: The words of a link: `12.4 mm`, `17.1 × 9.0 mm`, `49 ± 23 HU`.
_LINKED = re.compile(
    rf"(?P<values>[-−]?{_NUMBER}(?:\s*[×±]\s*{_NUMBER})?)\s*(?P<unit>mm|cm|HU)\b(?![²³23])"
)
#: Between the two numbers: another time, another thing, or a new sentence.
_APART = re.compile(
    r"[;\n]|[.,](?![0-9])|\b(?:previous(?:ly)?|prior|was|from|and|x|formerly|before)\b"
)
#: Right behind a link, the same size in brackets or after an equals sign.
_BEHIND = re.compile(rf"\s*(?:\(|=|or|i\.e\.)\s*(?P<typed>{_TYPED.pattern})", re.IGNORECASE)


def sizes_beside_a_link(report: Report, links: Mapping[str, str]) -> list[Slip]:
    """A typed number right beside a linked measurement that says another value; rounding to the
    digits that were typed is the same value, and so is the other unit of length.

    `links` gives the words of each link, such as "12.4 mm".
    """
    for section in report.sections:
        for match in LINK.finditer(section.text):
            linked = _LINKED.search(links.get(match[1], ""))
            if linked is None:
                continue
            around = section.text[max(0, match.start() - 24) : match.start()]
            before = [] if _APART.search(around) else list(_TYPED.finditer(around))
            behind = _BEHIND.match(section.text, match.end())
            for typed in (*before[-1:], *([behind] if behind else [])):
                if not _rounds_to(typed, linked):
                    return [
                        Slip(
                            f"{_written(typed)} in the text, {linked[0]} measured",
                            "The typed number is not the linked measurement.",
                            section.kind,
                            _written(typed),
                        )
                    ]
    return []


def _written(typed: re.Match[str]) -> str:
    return typed.groupdict().get("typed") or typed[0]


def _rounds_to(typed: re.Match[str], linked: re.Match[str]) -> bool:
    """Whether a typed number is one of the linked ones, to the digits that it has; units that do
    not compare are no difference."""
    if (typed["unit"] == "HU") != (linked["unit"] == "HU"):
        return True
    factor = {"cm": 10.0}
    written = typed["value"].replace(",", ".")
    unit = factor.get(typed["unit"], 1.0)
    digits = len(written.partition(".")[2])
    step = unit * 10.0**-digits
    values = re.findall(rf"[-−]?{_NUMBER}", linked["values"])
    return any(
        abs(
            float(written) * unit
            - abs(float(each.replace("−", "-").replace(",", "."))) * factor.get(linked["unit"], 1.0)
        )
        <= 0.5 * step + 1e-9
        for each in values
    )
