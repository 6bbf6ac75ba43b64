"""Builds what listens: models, phrases, writer; and writes down whole sound files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.bootstrap.engines import (
    OWN,
    best_installed,
    engine_of,
    engines_words,
    own_recipe,
    speech_folders,
)
from workstation.bootstrap.spelling import radiology_words
from workstation.dictation.chosen import ChosenEngine
from workstation.dictation.engines import Listener, Recipe
from workstation.dictation.live import FINAL_BEAMS
from workstation.dictation.models import MODELS, ModelFolder
from workstation.dictation.moonshine import MoonshineRecipe
from workstation.dictation.noise import without_noise
from workstation.dictation.phrases import OwnPhrases, Phrases, phrases_of_text, read_phrases
from workstation.dictation.segmenting import split
from workstation.dictation.sound import read_wav
from workstation.dictation.voice_commands import Names, VoiceCommands
from workstation.domain.dictation import (
    SAMPLE_RATE,
    Dictated,
    Heard,
    PhrasesRefused,
    SpeechUnavailable,
)
from workstation.domain.identity import Reader
from workstation.domain.report import SectionKind
from workstation.settings import Home, Settings, resources
from workstation.storage.outbox import Outbox
from workstation.workflow import presets
from workstation.workflow.dictating import SpeechParts
from workstation.workflow.macros import Macros
from workstation.workflow.macros import parse as macros_of
from workstation.workflow.templates import Templates
from workstation.workflow.trying_speech import Readiness, TrialParts

if TYPE_CHECKING:
    from workstation.dictation.writing import Writer

_ORDINARY = "ordinary-words.txt"
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
#: What is learned from the reader's own signed reports. More phrases make all of them weaker: 3,000
#: that nobody says cost the tiny model three words in a hundred (tests/bench).
OWN_REPORTS, OWN_LETTERS, OWN_PHRASES = 40, 40_000, 1_000
#: Other names of sections, as they are said.
_SECTIONS_SAID = {
    "history": SectionKind.CLINICAL_INFORMATION,
    "indication": SectionKind.CLINICAL_INFORMATION,
    "conclusion": SectionKind.IMPRESSION,
}


def phrases() -> Phrases:
    """The phrases that come with the program."""
    return Phrases(resources() / "phrases")


def writer(
    words: tuple[str, ...], *, correct: bool = True, refused: PhrasesRefused | None = None
) -> Writer:
    """A writer that knows these phrases, and what of the reader's own was refused."""
    # Imported late: the table of writing rules is compiled when somebody reads, not at the start.
    from workstation.dictation.writing import Writer

    return Writer(words, _known_words, correct=correct, refused=refused)


def _known_words() -> Iterator[str]:
    """Words that nobody misheard: those of plain language, those of radiology that spelling knows,
    and those of the templates and macros of the program."""
    yield from (resources() / "dictation" / _ORDINARY).read_text(encoding="utf-8").split()
    texts = (
        *radiology_words(),
        *(template.text for template in Templates(resources() / "templates").all()),
        *(macro.text for macro in macros_of(resources() / "macros" / "macros.toml")),
    )
    for text in texts:
        yield from _WORD.findall(text)


class SignedTexts:
    """The reader's own signed reports, newest first; never more than `OWN_LETTERS` of them."""

    def __init__(self, outbox: Outbox, reader: Reader) -> None:
        self._outbox, self._reader = outbox, reader

    def newest(self) -> Sequence[str]:
        left = OWN_LETTERS
        found: list[str] = []
        for report in self._outbox.signed_by(self._reader.code, OWN_REPORTS):
            # Newest first also inside the cap: the last report that fits may be cut.
            text = "\n".join(section.text for section in report.sections)[:left]
            found.append(text)
            left -= len(text)
            if left <= 0:
                break
        return found


@dataclass(frozen=True, slots=True)
class Transcript:
    """What became of a sound file; `refused`: what of the reader's phrases was not used."""

    dictated: Dictated
    engine: str
    seconds: float
    refused: PhrasesRefused | None = None


def recipe_for(home: Home, settings: Settings, engine: str = "", model: str = "") -> Recipe:
    """What writes down a file: `engine` and `model` (a path), or those of the settings.

    A file can wait: the most exact model of our own is taken where the settings leave the choice.
    """
    wanted = engine or settings.text("dictation.engine")
    if wanted in OWN:
        return own_recipe(wanted, model or settings.text("dictation.model_path"))
    if model:
        raise SpeechUnavailable(
            "A model of your own is given, and no engine that takes one.",
            remedy=f"Say which engine it is for: --engine {', '.join(OWN)}.",
        )
    folder = ModelFolder(speech_folders(home))
    name = wanted if wanted in MODELS else best_installed(folder)
    return MoonshineRecipe(name, folder.files(name))


def transcribe(
    path: Path,
    recipe: Recipe,
    *,
    phrases: Path | None = None,
    bias: bool = True,
    correct: bool = True,
) -> Transcript:
    """A sound file as the text that would land in the report."""
    own = OwnPhrases() if phrases is None else read_phrases(phrases)
    sound = read_wav(path)
    model = recipe.make(2)
    known = tuple(dict.fromkeys((*own.phrases, *_all())))
    if bias:
        model.set_phrases(known)
    heard = Heard((), 0.0, recipe.label)
    for stretch in split(sound):
        heard = heard.followed_by(without_noise(model.decode(stretch.words, beams=FINAL_BEAMS)))
    scribe = writer(known, correct=correct)
    dictated = scribe.write(scribe.mend(heard))
    engine = recipe.label.lower().replace(" ", "-")
    return Transcript(dictated, engine, len(sound) / SAMPLE_RATE, own.refused)


def _all() -> tuple[str, ...]:
    return phrases().all


def _own_phrases(path: Path) -> OwnPhrases:
    """What a reader's own file holds; where it cannot be read, that alone: dictation does without
    it."""
    try:
        return read_phrases(path) if path.exists() else OwnPhrases()
    except PhrasesRefused as error:
        return OwnPhrases(refused=error)


def voice_commands(macros: Macros) -> VoiceCommands:
    """What may be said, with the names of sections, window presets and macros."""
    sections = {kind.value: kind.value for kind in SectionKind}
    sections |= {said: kind.value for said, kind in _SECTIONS_SAID.items()}
    spoken = {each.spoken: each.shortcut for each in macros.all() if each.spoken}
    return VoiceCommands(Names(sections, presets.spoken_titles(), spoken))


def trial_parts(home: Home, settings: Settings) -> TrialParts:
    """What a trial of microphone and engine is given: the settings as they are when it begins."""
    held = phrases()
    return TrialParts(
        lambda: engine_of(home, settings),
        Listener,
        lambda: writer(held.all, correct=settings.flag("dictation.correct")),
        lambda: Readiness(*engines_words(home, settings)),
    )


def speech_parts(home: Home, settings: Settings, macros: Macros) -> SpeechParts:
    """What `Dictating` is given."""
    held = phrases()

    def scribe(texts: Sequence[str], own_texts: Sequence[str]) -> Writer:
        own = _own_phrases(home.root / "phrases.txt")
        return writer(
            # The nearest first: some engines take only as many as fit.
            tuple(
                dict.fromkeys(
                    (
                        *own.phrases,
                        *phrases_of_text(texts),
                        *phrases_of_text(own_texts)[:OWN_PHRASES],
                        *held.all,
                    )
                )
            ),
            correct=settings.flag("dictation.correct"),
            refused=own.refused,
        )

    engine = ChosenEngine(lambda: engine_of(home, settings))
    chosen = ("dictation.engine", "dictation.model_path", "dictation.pause_seconds")
    settings.listen(lambda key: engine.renew() if key in chosen else None)
    return SpeechParts(engine, Listener, scribe, voice_commands(macros).match)
