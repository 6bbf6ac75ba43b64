"""`nocturne shift`: the reads of the last hours, and as CSV."""

from __future__ import annotations

import argparse
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from workstation.cli.arguments import positive
from workstation.cli.output import save_bytes
from workstation.domain.clock import utc_now

HELP = "what was read in the last hours, by site and modality"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How far back, and where the CSV goes."""
    parser.add_argument("--hours", type=positive, default=12, help="12 if not given")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write one line a read")


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Count what is signed in the home folder."""
    from dataclasses import asdict

    from workstation.settings import Home
    from workstation.storage.criticals import Criticals
    from workstation.storage.database import Database
    from workstation.storage.outbox import Outbox
    from workstation.storage.peer_reviews import PeerReviewStore
    from workstation.storage.vault import OpenVault
    from workstation.workflow.peer_review import standing
    from workstation.workflow.shift import csv_bytes, row, shift

    now = utc_now()
    with closing(Database(Home.at(arguments.home).database)) as database:
        vault = OpenVault()
        entries = Outbox(database, vault).entries()
        calls = Criticals(database, vault).all()
        reviews = standing(PeerReviewStore(database, vault).all())
    held = shift(entries, calls, now - timedelta(hours=arguments.hours), now, reviews)
    if arguments.csv is not None:
        save_bytes(arguments.csv, csv_bytes(held))
    document: dict[str, object] = {
        "since": held.since.isoformat(timespec="seconds"),
        "until": held.until.isoformat(timespec="seconds"),
        "total": asdict(held.total),
        "lines": [asdict(each) for each in held.lines],
        "reads": [row(each, held.until) for each in held.reads],
    }
    lines = [
        f"{each.site or 'no site':30}  {each.modality or '?':4}  {each.reads:4} read"
        f"  {each.late:3} late  {each.critical_calls:3} critical"
        for each in held.lines
    ]
    total = held.total
    lines.append(
        f"{total.reads} read, {total.late} late, {total.critical_calls} critical results told"
    )
    return document, "\n".join(lines)
