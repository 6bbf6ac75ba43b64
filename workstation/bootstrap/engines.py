"""Which engine the settings mean, and what stands in its way."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from workstation.dictation.engines import Engine, Recipe
from workstation.dictation.faster_whisper import FasterWhisperRecipe
from workstation.dictation.models import MODELS, ModelFolder
from workstation.dictation.moonshine import MoonshineRecipe
from workstation.dictation.no_engine import NoEngine
from workstation.dictation.own_models import EXTRA, has_package, package_missing
from workstation.dictation.process import EngineChoice, EngineProcess
from workstation.dictation.vosk_kaldi import VoskRecipe
from workstation.dictation.whisper_cpp import WhisperCppRecipe
from workstation.domain.dictation import SpeechUnavailable
from workstation.settings import Home, Settings, resources
from workstation.settings.home import default_home

#: Engines on a model of the reader's own, with the package that each needs.
OWN = {
    "faster-whisper": "faster_whisper",
    "whisper.cpp": "pywhispercpp",
    "vosk": "vosk",
}
NO_PATH = (
    "No model is named for {}.",
    "Name its folder or file in the settings, on the page Dictation.",
)


class OwnRecipe(Recipe, Protocol):
    """The recipe of an engine on a model of the reader's own."""

    def check(self) -> None:
        """SpeechUnavailable where its files are not there."""


def speech_folders(home: Home) -> tuple[Path, ...]:
    """Where models may lie: this home, the home of the user, the program itself."""
    return (home.root / "speech", default_home() / "speech", resources() / "speech")


def own_recipe(engine: str, path: str) -> OwnRecipe:
    """The recipe of an engine on a model of the reader's own, package and files looked for;
    SpeechUnavailable with the reason."""
    if not path.strip():
        raise SpeechUnavailable(
            NO_PATH[0].format(engine),
            means="Nothing can be dictated; typing works as always.",
            remedy=NO_PATH[1],
        )
    where = Path(path.strip()).expanduser()
    recipe: OwnRecipe
    if engine == "faster-whisper":
        recipe = FasterWhisperRecipe(where)
    elif engine == "whisper.cpp":
        recipe = WhisperCppRecipe(where)
    else:
        recipe = VoskRecipe(where)
    if not has_package(OWN[engine]):
        raise package_missing(recipe.label, OWN[engine])
    recipe.check()
    return recipe


def _moonshine(folder: ModelFolder, *names: str) -> tuple[MoonshineRecipe, ...]:
    installed = folder.installed()
    return tuple(MoonshineRecipe(n, folder.files(n)) for n in names if n in installed)


def choice_of(home: Home, settings: Settings) -> EngineChoice:
    """What the process loads; SpeechUnavailable with the reason and what to do."""
    wanted = settings.text("dictation.engine")
    pause = settings.number("dictation.pause_seconds")
    folder = ModelFolder(speech_folders(home))
    if wanted == "none":
        raise SpeechUnavailable(
            "Dictation is switched off.",
            means="Nothing can be dictated; typing works as always.",
            remedy="Choose an engine in the settings, on the page Dictation.",
        )
    if wanted in OWN:
        own = own_recipe(wanted, settings.text("dictation.model_path"))
        # What is here of our own writes the partial text, and takes over where this is too slow.
        ours = _moonshine(folder, "base", "tiny")
        quick = ours[-1] if ours and not own.capabilities.partials else None
        return EngineChoice((own, *ours), quick, insist=True, pause_seconds=pause)
    # Raises with the name of the model that is missing.
    for each in ("tiny", *(() if wanted == "auto" else (wanted,))):
        folder.files(each)
    ladder = _moonshine(folder, *(("tiny",) if wanted == "tiny" else ("base", "tiny")))
    return EngineChoice(ladder, ladder[-1], insist=wanted == "base", pause_seconds=pause)


def engine_of(home: Home, settings: Settings) -> Engine:
    """The engine of the settings, or one that says why nobody listens."""
    try:
        return EngineProcess(choice_of(home, settings))
    except SpeechUnavailable as error:
        return NoEngine(error.happened, remedy=error.remedy)


def best_installed(folder: ModelFolder) -> str:
    """The most exact of our models that is installed; SpeechUnavailable where none is."""
    installed = folder.installed()
    if not installed:
        raise SpeechUnavailable(
            "No speech model is installed.",
            means="Nothing can be written down.",
            remedy="Run nocturne dictation install.",
        )
    return [name for name in MODELS if name in installed][-1]


def engines_words(home: Home, settings: Settings) -> tuple[bool, str, str]:
    """Whether the engine of the settings is here, what it is, and what to do. Files are looked for
    by their names: what is in them is checked when they are opened."""
    wanted = settings.text("dictation.engine")
    installed = ModelFolder(speech_folders(home)).installed()
    if wanted == "none":
        return True, "Dictation is switched off in the settings.", ""
    if wanted in OWN:
        try:
            recipe = own_recipe(wanted, settings.text("dictation.model_path"))
        except SpeechUnavailable as error:
            return False, error.happened, error.remedy
        return True, f"{recipe.label} is here.", ""
    needed = {"tiny"} if wanted == "auto" else {"tiny", wanted}
    if missing := sorted(needed - set(installed)):
        words = f"The speech model {' and '.join(missing)} is not installed: reports are typed."
        return False, words, "Run nocturne dictation install."
    more = [name for name, package in OWN.items() if has_package(package)]
    words = f"Speech models: {', '.join(installed)}."
    if more:
        words += f" For a model of your own: {', '.join(more)}."
    return True, words, EXTRA
