"""`nocturne demo`: the workstation on the embedded reading service."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "start the embedded reading service with phantom studies and open the workstation on it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--studies DIR."""
    parser.add_argument(
        "--studies", type=Path, metavar="DIR", help="serve this folder instead of phantoms"
    )


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Open the window; returns when it is closed."""
    from workstation.bootstrap.windows import (
        Unhandled,
        application,
        log_to,
        run_until_closed,
        window_on,
    )
    from workstation.tour.demo_service import READER, demo_service

    if arguments.studies is None:
        print("Phantom studies: drawn once a day, which takes some 20 s ...", file=sys.stderr)
    with demo_service(arguments.studies, arguments.home) as demo:
        log_to(demo.home)
        defects = Unhandled()
        sys.excepthook = defects.hook
        with window_on(
            demo.home, demo.settings, [demo.endpoint], reader=READER, unhandled=defects
        ) as (desk, _):
            desk.showMaximized()
            run_until_closed(application())
        return {"url": demo.url, "defects": len(defects.seen)}, ""
