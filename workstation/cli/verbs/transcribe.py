"""`nocturne transcribe F.wav`: the text that would land in the report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "write down a dictation from a WAV file, as it would land in the report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, the engine and further phrases."""
    parser.add_argument("path", type=Path, metavar="F.wav", help="PCM or float, of any rate")
    parser.add_argument(
        "--engine",
        choices=("tiny", "base", "faster-whisper", "whisper.cpp", "vosk"),
        help="the speech engine; that of the settings if not given, and the better one of"
        " tiny and base where the settings leave the choice",
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="PATH",
        help="the folder or file of a model for faster-whisper, whisper.cpp or vosk",
    )
    parser.add_argument(
        "--phrases",
        type=Path,
        metavar="FILE",
        help="phrases of your own, one a line, beside those of the program",
    )
    parser.add_argument("--no-bias", action="store_true", help="no phrase is made likelier")
    parser.add_argument("--no-correction", action="store_true", help="nothing is mended by sound")


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Hear the whole file, utterance by utterance."""
    from workstation.bootstrap.speech import recipe_for, transcribe
    from workstation.settings import Home, Settings

    home = Home.at(arguments.home)
    made = transcribe(
        arguments.path,
        recipe_for(home, Settings(home.settings_file), arguments.engine or "", arguments.model),
        phrases=arguments.phrases,
        bias=not arguments.no_bias,
        correct=not arguments.no_correction,
    )
    if made.refused is not None:
        print(made.refused.sentence(), file=sys.stderr)
    dictated = made.dictated
    words = [
        {
            "text": dictated.word(word),
            "confidence": round(word.confidence, 3),
            **({"heard": word.original} if word.original else {}),
            **({"doubtful": True} if word.doubtful else {}),
        }
        for word in dictated.words
    ]
    document: dict[str, object] = {
        "text": dictated.text,
        "words": words,
        "engine": made.engine,
        "seconds": round(made.seconds, 3),
    }
    return document, dictated.text
