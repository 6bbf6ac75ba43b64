"""`nocturne VERB`: each capability without a window, for scripts, tests and support.

`--json` prints one JSON document on standard output and nothing else; messages go to standard
error. Exit 0 done, 1 refused with a reason, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from workstation import __version__
from workstation.domain.errors import ReaderError
from workstation.settings import SettingsDamaged

#: Verbs in the order of `--help`; each is a module of `workstation.cli.verbs`.
VERBS = (
    "demo",
    "tour",
    "serve",
    "phantoms",
    "worklist",
    "fetch",
    "outbox",
    "deliver",
    "export-report",
    "shift",
    "peer-review",
    "inspect",
    "render",
    "reslice",
    "measure",
    "templates",
    "transcribe",
    "dictation",
    "doctor",
)


def _module(verb: str) -> object:
    return importlib.import_module(f"workstation.cli.verbs.{verb.replace('-', '_')}")


def _wanted(argv: Sequence[str]) -> tuple[str, ...]:
    asked = next((word for word in argv if word in VERBS), None)
    if asked is not None:
        return (asked,)
    opens = not argv or (argv[0] == "--home" and len(argv) == 2)
    return () if opens else VERBS


def build_parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """The parser. Only the verb that is asked for is imported, and none to open the window: help
    and mistakes need them all."""
    parser = argparse.ArgumentParser(
        prog="nocturne",
        description="Nocturne, a reading workstation for teleradiology. Without a verb it opens"
        " the workstation.",
        epilog="Not a medical device; not for primary diagnosis.",
    )
    parser.add_argument("--version", action="version", version=f"nocturne {__version__}")
    parser.add_argument("--home", type=Path, help="folder that holds everything the program keeps")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for verb in _wanted(argv):
        module = _module(verb)
        sub = verbs.add_parser(verb, help=module.HELP, description=module.HELP)  # type: ignore[attr-defined]
        sub.add_argument("--json", action="store_true", help="print one JSON document")
        sub.add_argument(
            "--home",
            type=Path,
            default=argparse.SUPPRESS,
            help="folder that holds everything the program keeps",
        )
        module.add_arguments(sub)  # type: ignore[attr-defined]
        sub.set_defaults(run=module.run)  # type: ignore[attr-defined]
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb, or open the workstation; returns the exit status.

    A verb returns `(document, text)`: the JSON document and the same for people.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    parser = build_parser(words)
    arguments = parser.parse_args(words)
    try:
        if arguments.verb is None:
            # Nothing that a start makes is garbage; looking for it is a twentieth of the start.
            # The window takes it up in its own thread (`ui.garbage`).
            gc.disable()
            from workstation.bootstrap import open_workstation

            return open_workstation(arguments.home)
        document, text = arguments.run(arguments)
    except ReaderError as error:
        print(error.sentence(), file=sys.stderr)
        return 1
    except SettingsDamaged as error:
        print(f"{error} Mend or remove settings.json in the home folder.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 1
    if arguments.json:
        _print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False), "utf-8")
    elif text:
        _print(text)
    return 0


def _print(text: str, encoding: str | None = None) -> None:
    """Write to standard output in an encoding, JSON in UTF-8 (RFC 8259 8.1), else as it is set. A
    sign that cannot be written, a half of a surrogate pair in the name of a file, is escaped as
    JSON does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Who reads has read enough, as `| head`; nothing is left to write when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
