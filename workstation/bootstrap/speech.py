"""Builds what listens: models, phrases, writer; and writes down whole sound files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workstation.dictation.engines import Engine, Listener, NoEngine
from workstation.dictation.live import FINAL_BEAMS
from workstation.dictation.models import MODELS, ModelFolder
from workstation.dictation.moonshine import Moonshine
from workstation.dictation.phrases import Phrases, phrases_of_text, read_phrases
from workstation.dictation.process import EngineChoice, EngineProcess
from workstation.dictation.segmenting import split
from workstation.dictation.sound import read_wav
from workstation.dictation.voice_commands import Names, VoiceCommands
from workstation.dictation.writing import Writer
from workstation.domain.dictation import Dictated, Heard, SoundRefused, SpeechUnavailable
from workstation.domain.report import SectionKind
from workstation.settings import Home, Settings, resources
from workstation.settings.home import default_home
from workstation.workflow import presets
from workstation.workflow.dictating import SpeechParts
from workstation.workflow.macros import Macros

_ORDINARY = "ordinary-words.txt"
#: Other names of sections, as they are said.
_SECTIONS_SAID = {
    "history": SectionKind.CLINICAL_INFORMATION,
    "indication": SectionKind.CLINICAL_INFORMATION,
    "conclusion": SectionKind.IMPRESSION,
}


def speech_folders(home: Home) -> tuple[Path, ...]:
    """Where models may lie: this home, the home of the user, the program itself."""
    return (home.root / "speech", default_home() / "speech", resources() / "speech")


def phrases() -> Phrases:
    """The phrases that come with the program."""
    return Phrases(resources() / "phrases")


def writer(words: tuple[str, ...], *, correct: bool = True) -> Writer:
    """A writer that knows these phrases."""
    return Writer(words, resources() / "dictation" / _ORDINARY, correct=correct)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What became of a sound file."""

    dictated: Dictated
    engine: str
    seconds: float


def best_installed(folder: ModelFolder) -> str:
    """The most exact model that is installed; SpeechUnavailable where none is."""
    installed = folder.installed()
    if not installed:
        raise SpeechUnavailable(
            "No speech model is installed.",
            means="Nothing can be written down.",
            remedy="Run nocturne dictation install.",
        )
    return [name for name in MODELS if name in installed][-1]


def _phrases_of(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    try:
        return read_phrases(path)
    except (OSError, UnicodeDecodeError) as error:
        raise SoundRefused(f"The phrases in {path} cannot be read: {error}.") from error


def transcribe(
    path: Path,
    folder: ModelFolder,
    *,
    engine: str = "",
    phrases: Path | None = None,
    bias: bool = True,
    correct: bool = True,
) -> Transcript:
    """A sound file as the text that would land in the report."""
    own = _phrases_of(phrases)
    sound = read_wav(path)
    name = engine or best_installed(folder)
    model = Moonshine(name, folder.files(name))
    known = tuple(dict.fromkeys((*_all(), *own)))
    if bias:
        model.set_phrases(known)
    heard = Heard((), 0.0, name)
    for utterance in split(sound):
        heard = heard.followed_by(model.decode(utterance, beams=FINAL_BEAMS))
    scribe = writer(known, correct=correct)
    dictated = scribe.write(scribe.mend(heard))
    return Transcript(dictated, f"moonshine-{name}", len(sound) / 16_000)


def _all() -> tuple[str, ...]:
    return phrases().all


def engine_of(home: Home, settings: Settings) -> Engine:
    """The engine of the settings, or one that says why nobody listens."""
    folder = ModelFolder(speech_folders(home))
    wanted = settings.text("dictation.engine")
    installed = folder.installed()
    if wanted == "none":
        return NoEngine(
            "Dictation is switched off.", remedy="Choose an engine in the settings: tiny or base."
        )
    missing = [] if wanted in ("auto", *installed) else [wanted]
    if "tiny" not in installed or missing:
        return NoEngine(f"The speech model {(missing or ['tiny'])[0]} is not installed.")
    try:
        quick = ("tiny", folder.files("tiny"))
        exact = ("base", folder.files("base")) if wanted != "tiny" and "base" in installed else None
    except SpeechUnavailable as error:
        return NoEngine(error.happened, remedy=error.remedy)
    return EngineProcess(
        EngineChoice(
            quick,
            exact,
            insist=wanted == "base",
            pause_seconds=settings.number("dictation.pause_seconds"),
        )
    )


def voice_commands(macros: Macros) -> VoiceCommands:
    """What may be said, with the names of sections, window presets and macros."""
    sections = {kind.value: kind.value for kind in SectionKind}
    sections |= {said: kind.value for said, kind in _SECTIONS_SAID.items()}
    spoken = {each.spoken: each.shortcut for each in macros.all() if each.spoken}
    return VoiceCommands(Names(sections, presets.spoken_titles(), spoken))


def speech_parts(home: Home, settings: Settings, macros: Macros) -> SpeechParts:
    """What `Dictating` is given."""
    held = phrases()

    def scribe(texts: Sequence[str]) -> Writer:
        own = home.root / "phrases.txt"
        more = read_phrases(own) if own.is_file() else ()
        return writer(
            tuple(dict.fromkeys((*held.all, *phrases_of_text(texts), *more))),
            correct=settings.flag("dictation.correct"),
        )

    return SpeechParts(engine_of(home, settings), Listener, scribe, voice_commands(macros).match)
