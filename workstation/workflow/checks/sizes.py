"""Numbers that cannot be right: a wrong unit, a lost point, a unit that is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workstation.domain.report import Report, SectionKind
from workstation.domain.wording import LINK
from workstation.workflow.checks import lexicon
from workstation.workflow.checks.lexicon import ANY_SPAN, Span
from workstation.workflow.checks.slips import Slip
from workstation.workflow.checks.statements import sentences_of

_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_SIZE = re.compile(
    rf"(?<![\w./-])(?P<values>{_NUMBER}(?:\s*(?:x|×|by)\s*{_NUMBER}){{0,2}})\s*-?"
    r"(?P<unit>mm|cm|millimet(?:re|er)s?|centimet(?:re|er)s?)\b(?![²³23]|\s*(?:/|per)\s*s)",
    re.IGNORECASE,
)
_HU = re.compile(rf"(?<![\w.])(?P<value>[-−]?{_NUMBER})\s*(?:HU|Hounsfield)\b")
_BARE = re.compile(
    rf"\b(?:measur(?:es|ing|ed|e)|sized?|diameter of|up to|dimensions? of)\s+"
    rf"(?:approximately |about |up to |roughly |around )?"
    rf"(?P<values>{_NUMBER}(?:\s*(?:x|×|by)\s*{_NUMBER}){{0,2}})"
    r"(?![.,]?[0-9])(?=\s*(?:[,.;)]|$|in\b|and\b|with\b|which\b|at\b|on\b|\(|previously\b|compared\b))",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"^[^.;]{0,40}?\b(?:mm|cm|ml|cc|HU|%|degrees?|millimet|centimet|weeks?|days?|years?|months?)",
    re.IGNORECASE,
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


def _millimetres(text: str, unit: str) -> list[float]:
    factor = 10.0 if unit.lower().startswith("c") else 1.0
    return [float(each.replace(",", ".")) * factor for each in re.findall(_NUMBER, text)]


def impossible_sizes(report: Report) -> list[Slip]:
    """Sizes outside what the named organ or finding can have, and densities that no scale has."""
    for sentence in sentences_of(report, SectionKind.FINDINGS, SectionKind.IMPRESSION):
        for match in _SIZE.finditer(sentence.text):
            values = _millimetres(match["values"], match["unit"])
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
        for match in _HU.finditer(sentence.text):
            value = float(match["value"].replace("−", "-").replace(",", "."))
            if not -1100.0 <= value <= 4000.0:
                return [
                    Slip(
                        f"{match[0].strip()}: can that be?",
                        "Air has −1000 HU, and metal ends the scale near 4000.",
                        sentence.section,
                        match[0],
                    )
                ]
    return []


def _span_of(text: str, start: int, end: int) -> Span:
    """The thing that a size belongs to: the nearest before it, or the one right behind it."""
    behind = text[end : end + 24]
    for span in lexicon.SPANS:
        match = span.pattern.search(behind)
        if match is not None and not re.search(r"[,;(]|\b(?:in|of|and)\b", behind[: match.start()]):
            return span
    best: tuple[int, Span] | None = None
    before = text[max(0, start - _NEAR) : start]
    for span in lexicon.SPANS:
        for match in span.pattern.finditer(before):
            if best is None or match.end() > best[0]:
                best = (match.end(), span)
    near = re.split(r"\b(?:with|and|containing)\b", behind)[0]
    if best is None or _BELONGS_TO_ANOTHER.search(before[best[0] :] + near):
        return ANY_SPAN
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


_TYPED = re.compile(rf"(?P<value>{_NUMBER})\s*(?P<unit>mm|cm|HU)\b")


def sizes_beside_a_link(report: Report, links: Mapping[str, str]) -> list[Slip]:
    """A typed number right beside a linked measurement of the same unit that says another value.

    `links` gives the words of each link, such as "12.4 mm".
    """
    for section in report.sections:
        for match in LINK.finditer(section.text):
            linked = _TYPED.search(links.get(match[1], ""))
            if linked is None:
                continue
            around = section.text[max(0, match.start() - 24) : match.start()]
            typed = list(_TYPED.finditer(around))
            if not typed or re.search(r"[.;,\n]|\b(?:previous|prior|was|from|and|x)\b", around):
                continue
            last = typed[-1]
            if last["unit"] == linked["unit"] and float(last["value"].replace(",", ".")) != float(
                linked["value"]
            ):
                return [
                    Slip(
                        f"{last[0]} in the text, {linked[0]} measured",
                        "The typed number is not the linked measurement.",
                        section.kind,
                        last[0],
                    )
                ]
    return []
