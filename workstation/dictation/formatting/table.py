"""The table of rules: what is said, and how a report writes it.

Order matters: what is specific stands before what is general.
"""

from __future__ import annotations

import re

from workstation.dictation.formatting.numbers import (
    NUMBER,
    ORDINALS,
    RANGE,
    SIGNED,
    WHOLE,
    YEAR,
    digits,
    year,
)
from workstation.dictation.formatting.pieces import Rule, rule

# -- units: as they are said → symbol (SI Brochure, 9th edition, section 5; HU, bpm by custom) ---

UNITS = {
    "cubic millimet(?:er|re)s?": "mm³",
    "cubic centimet(?:er|re)s?": "cm³",
    "square centimet(?:er|re)s?": "cm²",
    "square millimet(?:er|re)s?": "mm²",
    "centimet(?:er|re)s? per second|cm/s": "cm/s",
    "met(?:er|re)s? per second|m/s": "m/s",
    "millimet(?:er|re)s? of mercury|mm ?hg": "mmHg",
    "millimet(?:er|re)s?|mm": "mm",
    "centimet(?:er|re)s?|cm": "cm",
    "millilit(?:er|re)s?|ml": "mL",
    "c ?cs?": "cc",
    "lit(?:er|re)s?": "L",
    "milligrams? per deciliter|mg/dl": "mg/dL",
    "milligrams?|mg": "mg",
    "kilograms?|kg": "kg",
    "milli ?sieverts?|msv": "mSv",
    "milli ?grays? centimet(?:er|re)s?|mgy ?cm": "mGy·cm",
    "milli ?grays?|mgy": "mGy",
    "milli ?curies?|mci": "mCi",
    "mega ?becquerels?|mbq": "MBq",
    "(?:hounsfield|hounds ?field)(?: units?)?|hu|h u": "HU",
    "beats per minute|bpm": "bpm",
    "percent|per cent|%": "%",
    "tesla": "T",
}
#: Words that stay words behind digits.
_COUNTED = (
    "degrees?|weeks?|days?|months?|years?|hours?|minutes?|seconds?|pack[- ]years?|views?|images?"
    "|o'?clock|times|french"
)
_UNIT = "|".join(UNITS)
_UNIT_WORD = re.compile(_UNIT)
_BY = " by | x | × |x|×"


def is_unit(word: str) -> bool:
    """Whether a word is a unit as it is said."""
    return _UNIT_WORD.fullmatch(word) is not None


def symbol(said: str) -> str:
    """The symbol of a unit."""
    for pattern, written in UNITS.items():
        if re.fullmatch(pattern, said):
            return written
    raise ValueError(f"{said} is no unit")


def _with_unit(number: str, unit: str) -> str:
    written = symbol(unit)
    return f"{number}%" if written == "%" else f"{number} {written}"


def _dimensions(match: re.Match[str]) -> str | None:
    """`2.3 × 1.5 cm`; a unit said behind each number is written once where all are the same."""
    parts = [
        (digits(match[name]), match[f"unit_{name}"])
        for name in ("a", "b", "c")
        if match[name] is not None
    ]
    units = {symbol(unit) for _, unit in parts if unit}
    if len(units) > 1:
        return None
    numbers = " × ".join(number for number, _ in parts)
    return f"{numbers} {units.pop()}" if units else numbers


def _range(match: re.Match[str]) -> str | None:
    """`3 to 4 mm`; `one hundred and five` is one number, not two."""
    low, between = match["low"], match["between"]
    if between == " and " and low.endswith(("hundred", "thousand")):
        return None
    high, unit = digits(match["high"]), match["unit"]
    counted = re.fullmatch(_COUNTED, unit)
    return f"{digits(low)}{between}" + (f"{high} {unit}" if counted else _with_unit(high, unit))


def _part(name: str) -> str:
    return rf"(?P<{name}>{NUMBER})(?:[ -](?P<unit_{name}>{_UNIT}))?"


_DIMENSIONS = rf"{_part('a')}(?:{_BY}){_part('b')}(?:(?:{_BY}){_part('c')})?"

# -- levels of the spine -------------------------------------------------------------------------

_LAST = {"c": 8, "t": 12, "l": 6, "s": 5}
_ONE_LEVEL = rf"(?P<letter>[ctls])[ -]?(?P<number>{WHOLE})"
_TWO_LEVELS = (
    rf"(?P<upper>[ctls])[ -]?(?P<above>{WHOLE})"
    + r"(?: slash | / |/|[ -]| dash | hyphen )"
    + rf"(?:(?P<lower>[ctls])[ -]?)?(?P<below>{WHOLE})"
)


def _vertebra(letter: str, number: str) -> str | None:
    value = int(digits(number))
    return f"{letter.upper()}{value}" if 1 <= value <= _LAST[letter] else None


def _disc(match: re.Match[str]) -> str | None:
    """`L5-S1`: only neighbours make one level; anything else stays as it was said."""
    upper = match["upper"]
    lower = match["lower"] or upper
    first, second = _vertebra(upper, match["above"]), _vertebra(lower, match["below"])
    if first is None or second is None:
        return None
    above, below = int(digits(match["above"])), int(digits(match["below"]))
    if upper == lower and below == above + 1:
        return f"{first}-{second}"
    crossing = {("c", "t"): (7, 8), ("t", "l"): (11, 12, 13), ("l", "s"): (4, 5, 6)}
    if below == 1 and above in crossing.get((upper, lower), ()):
        return f"{first}-{second}"
    return None


# -- classes -------------------------------------------------------------------------------------

_RADS = {
    "lung": "Lung-RADS",
    "bi|by|buy|bye": "BI-RADS",
    "ti|tie|thai|thy": "TI-RADS",
    "pi|pie": "PI-RADS",
    "li|lie": "LI-RADS",
    "o|oh": "O-RADS",
    "c|cad": "CAD-RADS",
    "ni": "NI-RADS",
}
_SYSTEM = "|".join(_RADS)
_CLASS = (
    rf"(?P<system>{_SYSTEM})[ -]?(?:rads|rats|rad's|rad|ratz)"
    rf"(?P<category>[ -](?:category|score))?(?:[ -](?P<class>{WHOLE})[ -]?(?P<letter>[abcxs])?)?"
)


def _class(match: re.Match[str]) -> str:
    system = next(name for said, name in _RADS.items() if re.fullmatch(said, match["system"]))
    written = system + (match["category"] or "").replace("-", " ")
    if match["class"]:
        written += f" {digits(match['class'])}{(match['letter'] or '').upper()}"
    return written


_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def _bosniak(match: re.Match[str]) -> str | None:
    number = _ROMAN.get(digits(match["class"]))
    if number is None:
        return None
    return f"Bosniak{match['kind'] or ''} {number}{'F' if match['letter'] else ''}"


_LABELS = (
    "series|image|images|slice|segment|segments|grade|type|stage|category|class|score|zone|station"
    "|deauville|phase|version|level|asa|gleason|tanner|nodule|lesion|target|page|view|size|fr"
)


def _label(match: re.Match[str]) -> str:
    return f"{match['label']} {digits(match['number'])}{(match['letter'] or '').upper()}"


# -- dates and times -----------------------------------------------------------------------------

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))
_DAY = rf"(?P<ordinal>{_ORDINAL}|\d{{1,2}}(?:st|nd|rd|th))|(?P<cardinal>{WHOLE})"


def _day(match: re.Match[str]) -> int | None:
    if match["ordinal"]:
        said = match["ordinal"]
        day = ORDINALS[said] if said in ORDINALS else int(re.sub(r"\D", "", said))
    else:
        day = int(digits(match["cardinal"]))
    return day if 1 <= day <= 31 else None


def _date(match: re.Match[str]) -> str | None:
    """`March 3, 2026`; without a year only an ordinal makes a date of it (`may 5` does not)."""
    day = _day(match)
    if day is None or (not match["year"] and not match["ordinal"]):
        return None
    written = f"{match['month'].capitalize()} {day}"
    return f"{written}, {year(match['year'])}" if match["year"] else written


def _slashed(match: re.Match[str]) -> str | None:
    first, second = int(digits(match["first"])), int(digits(match["second"]))
    if not (1 <= first <= 31 and 1 <= second <= 31 and min(first, second) <= 12):
        return None
    return f"{first}/{second}/{year(match['year'])}"


def _time(match: re.Match[str]) -> str | None:
    hour = int(digits(match["hour"]))
    minute = match["minute"]
    value = int(digits(minute.removeprefix("oh ").removeprefix("o "))) if minute else 0
    half = match["half"].replace(" ", "").replace(".", "").upper()
    if not (1 <= hour <= 12 and value < 60):
        return None
    return f"{hour}:{value:02d} {half}"


# -- the table -----------------------------------------------------------------------------------

ABBREVIATIONS = {
    "c ?t": "CT",
    "c ?t ?a": "CTA",
    "m ?r": "MR",
    "m ?r ?i": "MRI",
    "m r a": "MRA",
    "m r c p": "MRCP",
    "p e t": "PET",
    "f d g": "FDG",
    "s u v(?: max|max)": "SUVmax",
    "suv ?max": "SUVmax",
    "s u v": "SUV",
    "suv": "SUV",
    "a p": "AP",
    "p a": "PA",
    "i v": "IV",
    "a c l": "ACL",
    "p c l": "PCL",
    "i v c": "IVC",
    "p i c c": "PICC",
    "e t tube": "ET tube",
    "t1": "T1",
    "t2": "T2",
    "t1[ -]weighted": "T1-weighted",
    "t2[ -]weighted": "T2-weighted",
}

TABLE: tuple[Rule, ...] = (
    rule("date", rf"(?P<month>{_MONTHS}) (?:the )?(?:{_DAY})(?:(?: ,)? (?P<year>{YEAR}))?", _date),
    rule(
        "date with slashes",
        rf"(?P<first>{WHOLE})(?: slash |/)(?P<second>{WHOLE})(?: slash |/)(?P<year>{YEAR})",
        _slashed,
    ),
    rule(
        "time",
        rf"(?P<hour>{WHOLE})(?:[ :](?P<minute>(?:oh? )?{WHOLE}))? ?(?P<half>[ap] ?\.?m\.?)",
        _time,
    ),
    rule("class", _CLASS, _class),
    rule(
        "Bosniak",
        rf"bosniak(?P<kind> class| category| type)? (?P<class>{WHOLE})[ -]?(?P<letter>f)?",
        _bosniak,
    ),
    rule(
        "weighting",
        r"t[ -]?(?P<number>one|two|1|2)[ -]weighted",
        lambda match: f"T{digits(match['number'])}-weighted",
    ),
    rule("disc level", _TWO_LEVELS, _disc),
    rule(
        "disc level in one word",
        r"(?P<upper>[ctls])(?P<above>\d{1,2})(?P<lower>[ctls])(?P<below>\d{1,2})",
        _disc,
    ),
    rule("vertebra", _ONE_LEVEL, lambda match: _vertebra(match["letter"], match["number"])),
    rule("dimensions", _DIMENSIONS, _dimensions),
    rule("range with unit", rf"{RANGE}[ -](?P<unit>{_UNIT})", _range),
    rule("range of a count", rf"{RANGE}[ -](?P<unit>{_COUNTED})", _range),
    rule(
        "number with unit",
        rf"(?P<number>{SIGNED})[ -]?(?P<unit>{_UNIT})",
        lambda match: _with_unit(digits(match["number"]), match["unit"]),
    ),
    rule(
        "count",
        rf"(?P<number>{NUMBER})[ -](?P<unit>{_COUNTED})",
        lambda match: f"{digits(match['number'])} {match['unit']}",
    ),
    rule(
        "label",
        rf"(?P<label>{_LABELS}) (?:number )?(?P<number>{WHOLE})(?:[ -](?P<letter>[ab]))?",
        _label,
    ),
    *(rule(f"abbreviation {said}", said, written) for said, written in ABBREVIATIONS.items()),
    rule(
        "number with decimals",
        rf"(?P<number>{SIGNED})",
        lambda match: _lone(match["number"]),
    ),
)


def _lone(said: str) -> str | None:
    """Alone, a number of ten and more is written in digits, a smaller whole one as it was said."""
    written = digits(said)
    if "." in written or abs(float(written)) >= 10 or said.startswith(("minus ", "negative ")):
        return written
    return None
