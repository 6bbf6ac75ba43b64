"""`nocturne peer-review`: the scores that were given, counted without names."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from workstation.cli.output import save_bytes

HELP = "RADPEER scores given on prior reports, counted by modality without any name"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the CSV goes."""
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the counts as CSV")


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Count what is kept in the home folder."""
    from workstation.settings import Home
    from workstation.storage.database import Database
    from workstation.storage.peer_reviews import PeerReviewStore
    from workstation.storage.vault import OpenVault
    from workstation.workflow.peer_review import as_csv, counted, standing

    with closing(Database(Home.at(arguments.home).database)) as database:
        held = standing(PeerReviewStore(database, OpenVault()).all())
    if arguments.csv is not None:
        save_bytes(arguments.csv, as_csv(held).encode())
    rows = counted(held)
    lines = [
        f"{each['modality']:10}  {each['score']:2}  {each['reviews']:4}  {each['meaning']}"
        for each in rows
    ]
    total = len(held)
    lines.append(f"{total} report{'s' if total != 1 else ''} scored")
    return {"scored": total, "counts": rows}, "\n".join(lines)
