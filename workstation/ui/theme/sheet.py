"""The style sheet: `resources/themes/nocturne.qss` with our own two variables filled in.

QSS has no variables and no em. In the template `@name` is a colour token, `8u` a length that grows
with the text scale, and `@image:name` the address of a small picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from workstation.settings import resources

_COLOR = re.compile(r"@(\w+)")
_LENGTH = re.compile(r"\b(\d+(?:\.\d+)?)u\b")
_IMAGE = re.compile(r"@image:(\w+)")


@cache
def template() -> str:
    """The template as it is shipped."""
    return (resources() / "themes" / "nocturne.qss").read_text(encoding="utf-8")


def fill(text: str, colors: Mapping[str, str], px: Callable[[float], int]) -> str:
    """The template with colours, lengths and pictures; KeyError names an unknown token."""
    folder = (resources() / "themes" / "images").as_posix()
    text = _IMAGE.sub(lambda hit: f"url('{folder}/{hit[1]}.svg')", text)
    text = _COLOR.sub(lambda hit: colors[hit[1]], text)
    return _LENGTH.sub(lambda hit: f"{px(float(hit[1]))}px", text)
