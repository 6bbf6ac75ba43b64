"""Numbers as they are said, as a pattern and as digits."""

from __future__ import annotations

import re

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

#: word → value
VALUES = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: value for value, word in enumerate(_TEENS, start=10)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
    "oh": 0,
}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12,
    "twentieth": 20, "thirtieth": 30,
}  # fmt: skip
ORDINALS = {
    **{f"{word}th": VALUES[word] for word in (*_ONES, *_TEENS)},
    **_ORDINALS,
    **{
        f"{tens} {word}": VALUES[tens] + value
        for tens in ("twenty", "thirty")
        for word, value in (
            *((f"{one}th", VALUES[one]) for one in ("four", "six", "seven")),
            *((o, v) for o, v in _ORDINALS.items() if v < 10),
        )
    },
}

_ONE = "|".join(_ONES)
_NONZERO = "|".join(_ONES[1:])
_TEEN, _TEN = "|".join(_TEENS), "|".join(_TENS)
_BELOW_100 = rf"(?:(?:{_TEN})(?:[ -](?:{_NONZERO}))?|{_TEEN}|{_ONE})"
_BELOW_1000 = rf"(?:(?:{_NONZERO}|an?) hundred(?:(?: and)? {_BELOW_100})?|{_BELOW_100})"
_SAID = rf"(?:{_BELOW_1000} thousand(?:(?: and)? {_BELOW_1000})?|{_BELOW_1000})"
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+"
_BEHIND_POINT = rf"(?:(?:{_ONE}|oh|\d)(?: (?:{_ONE}|oh|\d))*|{_BELOW_100}|\d+)"

#: A whole number, said or written.
WHOLE = rf"(?:{_SAID}|{_DIGITS})"
#: A number with or without decimals, said or written.
NUMBER = rf"(?:(?:\d+\.\d+)|(?:{WHOLE} )?point {_BEHIND_POINT}|{WHOLE})"
#: A number that may be negative.
SIGNED = rf"(?:(?:minus|negative) )?{NUMBER}|[-−]\d+(?:\.\d+)?"
#: Two numbers with a word between them.
RANGE = rf"(?P<low>{NUMBER})(?P<between> to | or | and |-)(?P<high>{NUMBER})"
#: 2019 as a year is said: twenty nineteen, two thousand nineteen, nineteen ninety eight.
YEAR = (
    rf"(?:(?:19|20)\d\d|two thousand(?:(?: and)? {_BELOW_100})?"
    rf"|(?:twenty|nineteen) (?:oh (?:{_NONZERO})|{_BELOW_100}))"
)


def _whole(text: str) -> int:
    if text[:1].isdigit():
        return int(text.replace(",", ""))
    total = part = 0
    for word in re.split("[ -]", text):
        if word == "thousand":
            total, part = total + 1000 * max(part, 1), 0
        elif word == "hundred":
            part = 100 * max(part, 1)
        elif word in VALUES:
            part += VALUES[word]
        elif word in ("a", "an"):
            part = 1
        elif word != "and":
            raise ValueError(f"{word} is no number")
    return total + part


def _decimals(text: str) -> str:
    words = text.split(" ")
    if len(words) == 1 and words[0].isdigit():
        return words[0]
    if all(VALUES.get(word, 10) < 10 or word.isdigit() for word in words):
        return "".join(word if word.isdigit() else str(VALUES[word]) for word in words)
    return str(_whole(text))


def digits(text: str) -> str:
    """A match of SIGNED or NUMBER in digits: `two point three` → `2.3`, `point five` → `0.5`."""
    for sign in ("minus ", "negative "):
        if text.startswith(sign):
            return "-" + digits(text.removeprefix(sign))
    if re.fullmatch(r"[-−]?\d+(?:\.\d+)?", text):
        return text.replace("−", "-")
    whole, point, behind = text.rpartition("point ")
    if point:
        return f"{_whole(whole.strip()) if whole.strip() else 0}.{_decimals(behind)}"
    return str(_whole(text))


def year(text: str) -> str:
    """A match of YEAR in four digits."""
    if text.isdigit():
        return text
    if text.startswith("two thousand"):
        return str(_whole(text))
    century, _, rest = text.partition(" ")
    if rest in ("hundred", ""):
        raise ValueError("no year")
    return f"{VALUES[century]}{_whole(rest.removeprefix('oh ')):02d}"
