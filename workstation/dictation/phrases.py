"""The phrases that a radiologist says, from resources/phrases and from what is at hand."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from workstation.domain.dictation import PhrasesRefused

_PLACE = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"[^.;:!?\n\[\]{}()]+")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")


class PhrasesDamaged(ValueError):
    """A file of phrases that cannot be used; the sentence names it."""


@dataclass(frozen=True)
class PhraseGroup:
    """One file: phrases of one part of the body, with the modalities that they belong to."""

    title: str
    modalities: frozenset[str]
    body_parts: frozenset[str]
    phrases: tuple[str, ...]


def _composed(patterns: Sequence[str], lists: dict[str, list[str]]) -> Iterator[str]:
    for pattern in patterns:
        names = _PLACE.findall(pattern)
        for chosen in itertools.product(*(lists[name] for name in names)):
            words = iter(chosen)
            yield _PLACE.sub(lambda _, words=words: next(words), pattern)  # type: ignore[misc]


def _group(held: dict[str, Any]) -> PhraseGroup:
    terms = (each.strip() for each in held["terms"].replace("\n", ";").split(";"))
    composed = _composed(held.get("compose", {}).get("patterns", ()), held.get("lists", {}))
    phrases = dict.fromkeys(each for each in itertools.chain(terms, composed) if each)
    return PhraseGroup(
        held["title"],
        frozenset(held["modalities"]),
        frozenset(held["body_parts"]),
        tuple(phrases),
    )


class Phrases:
    """All groups of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def groups(self) -> tuple[PhraseGroup, ...]:
        """One for each file; PhrasesDamaged where one cannot be read."""
        found = []
        for path in sorted(self._folder.glob("*.toml")):
            try:
                found.append(_group(tomllib.loads(path.read_text(encoding="utf-8"))))
            except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
                raise PhrasesDamaged(f"{path.name} holds no phrases: {error}") from error
        return tuple(found)

    @cached_property
    def all(self) -> tuple[str, ...]:
        """Every phrase once."""
        return tuple(dict.fromkeys(phrase for group in self.groups for phrase in group.phrases))


def phrases_of_text(texts: Iterable[str], longest: int = 6) -> tuple[str, ...]:
    """Phrases of templates and earlier reports: each sentence in pieces of at most so many words.

    Numbers and what stands in brackets are left out: they are never expected again.
    """
    found: dict[str, None] = {}
    for text in texts:
        for sentence in _SENTENCE.findall(text):
            words = [word.strip("-'") for word in _WORD.findall(sentence)]
            words = [words[0].lower(), *words[1:]] if words else []
            for start in range(0, len(words), longest):
                piece = words[start : start + longest]
                if len(piece) > 1 or (piece and len(piece[0]) > 5):
                    found[" ".join(piece)] = None
    return tuple(found)


def read_phrases(path: Path) -> tuple[str, ...]:
    """A reader's own file: one phrase a line, `#` begins a remark.

    PhrasesRefused where it cannot be read, or is no text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PhrasesRefused(f"The phrases in {path} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise PhrasesRefused(
            f"The phrases in {path} are no text in UTF-8.",
            remedy="Save the file as plain text in UTF-8, one phrase a line.",
        ) from error
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))
