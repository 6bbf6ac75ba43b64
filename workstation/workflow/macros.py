"""Macros: a few letters, or a spoken name, for a sentence that is written every day."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workstation.domain.errors import ReaderError

_SHORTCUT = re.compile(r"[a-z]{2,20}")


class MacrosDamaged(ReaderError):
    """A file of macros cannot be used; the sentence names the file and the place."""


@dataclass(frozen=True, slots=True)
class Macro:
    """`shortcut` is typed behind a full stop, `spoken` is said. The text may hold open fields.

    An empty `modalities` fits all. ValueError for a shortcut that could be a number or a word end.
    """

    shortcut: str
    spoken: str
    text: str
    modalities: frozenset[str] = frozenset()
    group: str = ""

    def __post_init__(self) -> None:
        if not _SHORTCUT.fullmatch(self.shortcut):
            raise ValueError(f"the shortcut {self.shortcut!r} is not 2 to 20 small letters")
        if not self.text.strip():
            raise ValueError(f"the macro {self.shortcut} has no text")

    def fits(self, modality: str) -> bool:
        """Whether it is meant for images of this modality."""
        return not self.modalities or not modality or modality in self.modalities


def parse(path: Path) -> tuple[Macro, ...]:
    """Read a file of macros."""
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(
            Macro(
                str(each["shortcut"]),
                str(each.get("spoken", "")).lower(),
                str(each["text"]),
                frozenset(map(str, each.get("modalities", []))),
                str(each.get("group", "")),
            )
            for each in held.get("macro", [])
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, ValueError) as error:
        raise MacrosDamaged(
            f"The macros in {path.name} cannot be read: {error}.",
            remedy="Mend or remove the file; the macros of the package still work.",
        ) from error


class Macros:
    """Macros by shortcut; a later one replaces an earlier one of the same shortcut."""

    def __init__(self, *sources: Iterable[Macro]) -> None:
        self.replace(*sources)

    def replace(self, *sources: Iterable[Macro]) -> None:
        """Hold these instead."""
        self._held = {each.shortcut: each for source in sources for each in source}

    def all(self) -> tuple[Macro, ...]:
        """In the order of their shortcuts."""
        return tuple(sorted(self._held.values(), key=lambda each: each.shortcut))

    def get(self, shortcut: str) -> Macro | None:
        """The one of a shortcut."""
        return self._held.get(shortcut)

    def beginning(self, letters: str, modality: str = "") -> tuple[Macro, ...]:
        """Those whose shortcut begins with the letters, and that fit the modality."""
        return tuple(
            each for each in self.all() if each.shortcut.startswith(letters) and each.fits(modality)
        )

    def spoken(self, words: str) -> Macro | None:
        """The one of a spoken name, however it is written."""
        said = " ".join(words.lower().split())
        return next((each for each in self.all() if each.spoken == said), None)


def load(package: Path, own: Path) -> tuple[Macros, MacrosDamaged | None]:
    """The macros of the package and of the reader; a damaged file of the reader is returned as the
    problem that it is."""
    shipped = parse(package)
    if not own.exists():
        return Macros(shipped), None
    try:
        return Macros(shipped, parse(own)), None
    except MacrosDamaged as error:
        return Macros(shipped), error
