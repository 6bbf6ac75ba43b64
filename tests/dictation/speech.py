"""Where the tests find speech models and recordings; without them they skip with the reason."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.realdata import require
from workstation.bootstrap.engines import speech_folders
from workstation.bootstrap.speech import phrases, writer
from workstation.dictation.models import ModelFolder
from workstation.dictation.moonshine import Moonshine
from workstation.dictation.writing import Writer
from workstation.domain.dictation import Heard, HeardWord
from workstation.settings.home import Home, default_home


def folder() -> ModelFolder:
    """The models of this user."""
    return ModelFolder(speech_folders(Home(default_home())))


def need(model: str = "tiny") -> ModelFolder:
    """The models, or the test is skipped."""
    found = folder()
    if model not in found.installed():
        pytest.skip(f"the speech model {model} is not installed: nocturne dictation install")
    return found


@cache
def moonshine(model: str) -> Moonshine:
    """One model with our phrases, loaded once for all tests."""
    made = Moonshine(model, need(model).files(model))
    made.set_phrases(phrases().all)
    return made


@cache
def our_writer() -> Writer:
    return writer(phrases().all)


def recordings() -> Path:
    """The folder of the spoken reference sentences."""
    return require("dictation")


def references() -> list[str]:
    """The ten sentences as they were read out."""
    text = (recordings() / "reference-sentences.txt").read_text(encoding="utf-8")
    return text.strip().split("\n")


def heard(sentence: str, confidence: float = 0.9) -> list[HeardWord]:
    """A sentence as an engine would hand it over."""
    return [HeardWord(word, confidence) for word in sentence.split()]


def plain_words(text: str) -> list[str]:
    """Lower-case words without punctuation, to compare by."""
    text = text.lower().replace("-", " ").replace("×", "x")
    return re.sub(r"[^a-z0-9. ]|\.(?!\d)", " ", text).split()


def word_errors(reference: list[str], hypothesis: list[str]) -> int:
    """Levenshtein distance in words."""
    row = list(range(len(hypothesis) + 1))
    for i, said in enumerate(reference, start=1):
        last, row[0] = row[0], i
        for j, written in enumerate(hypothesis, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (said != written))
    return row[-1]


def as_written(reference: str) -> str:
    """A reference sentence as the report writes it."""
    return our_writer().write(Heard(tuple(heard(reference, 1.0)), 1.0, "as read out")).text
