"""The phrases that a radiologist says, from resources/phrases and from what is at hand."""

from __future__ import annotations

import codecs
import itertools
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from workstation.domain.dictation import PhrasesRefused

_PLACE = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"[^.;:!?\n\[\]{}()]+")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")

#: A phrase of a reader's own is a few words, no paragraph: longer ones are never said as one.
LONGEST_PHRASE = 200
#: So many wrong lines are named by their numbers.
_NAMED = 3
#: Text of two bytes a letter, as some editors of Windows write it.
_WIDE_TEXT = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


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


@dataclass(frozen=True, slots=True)
class OwnPhrases:
    """A reader's own phrases, and what of their file cannot be used."""

    phrases: tuple[str, ...] = ()
    refused: PhrasesRefused | None = None


def read_phrases(path: Path) -> OwnPhrases:
    """A reader's own file: one phrase a line, `#` begins a remark. A line that is no phrase is left
    out and named in `refused`.

    PhrasesRefused where the file cannot be read at all.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PhrasesRefused(
            f"The phrases in {path} cannot be read: {reason}.",
            means="They are not used.",
            remedy="See that the file is there and may be read.",
        ) from error
    if content.startswith(_WIDE_TEXT):
        raise PhrasesRefused(
            f"The phrases in {path} are no text in UTF-8.",
            means="They are not used.",
            remedy="Save the file as plain text in UTF-8, one phrase a line.",
        )
    found: dict[str, None] = {}
    wrong: dict[int, str] = {}
    for number, line in enumerate(content.removeprefix(codecs.BOM_UTF8).splitlines(), start=1):
        try:
            phrase = " ".join(line.decode("utf-8").split("#")[0].split())
        except UnicodeDecodeError:
            wrong[number] = "is no text in UTF-8"
            continue
        why = _why_no_phrase(phrase)
        if why:
            wrong[number] = why
        elif phrase:
            found[phrase] = None
    return OwnPhrases(tuple(found), _refused(path, wrong))


def _why_no_phrase(phrase: str) -> str:
    if any(unicodedata.category(each) in ("Cc", "Cn", "Co") for each in phrase):
        return "holds signs that are no letters"
    if len(phrase) > LONGEST_PHRASE:
        return f"is longer than the {LONGEST_PHRASE} letters that a phrase may have"
    if phrase and not any(each.isalpha() for each in phrase):
        return "holds no word"
    return ""


def _refused(path: Path, wrong: dict[int, str]) -> PhrasesRefused | None:
    """The first lines by their numbers, the others counted: a whole report may lie in the file."""
    if not wrong:
        return None
    named = [f"line {number} {why}" for number, why in itertools.islice(wrong.items(), _NAMED)]
    if len(wrong) > _NAMED:
        named.append(f"{len(wrong) - _NAMED} more lines are no phrases")
    return PhrasesRefused(
        f"In {path.name} {', '.join(named)}.",
        means=f"{'That line is' if len(wrong) == 1 else 'Those lines are'} left out; all others"
        " are used.",
        remedy="Write one phrase a line, as plain text in UTF-8.",
    )
