"""Builds what judges the spelling of reports."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.dictation.phrases import Phrases
from workstation.settings import Home, resources
from workstation.workflow.macros import Macros
from workstation.workflow.spelling.own_words import OwnWords
from workstation.workflow.spelling.speller import Spelling
from workstation.workflow.templates import Templates


def radiology_words() -> Iterator[str]:
    """The words of radiology that come with the program."""
    yield from Phrases(resources() / "phrases").all
    lines = (resources() / "spelling" / "words.txt").read_text(encoding="utf-8").splitlines()
    yield from (line for line in lines if not line.startswith("#"))


def spelling(home: Home, templates: Templates, macros: Macros) -> Spelling:
    """Knows English, our words of radiology, every template and macro, and the reader's own."""

    def vocabulary() -> Iterator[str]:
        yield from radiology_words()
        for template in templates.all():
            yield template.text
            yield from (words for held in template.options.values() for words in held)
        yield from (macro.text for macro in macros.all())

    return Spelling(vocabulary, OwnWords(home.words))
