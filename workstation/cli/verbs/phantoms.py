"""`nocturne phantoms --out DIR`: studies with known truth, as valid DICOM."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "write the phantom studies with truth.json and worklist.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--out DIR [--only NAME]..."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this study alone; repeatable"
    )


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Write them and tell what was written."""
    from workstation.phantoms import write_all

    truth = write_all(arguments.out, only=arguments.only)
    lines = [f"{name}: {held['instances']} objects" for name, held in truth["studies"].items()]
    return truth, "\n".join([*lines, f"written to {arguments.out}"])
