"""`nocturne outbox`: what is signed and where it is."""

from __future__ import annotations

import argparse
from contextlib import closing

from workstation.domain.delivery import OutboxEntry

HELP = "list signed reports and how far each is delivered"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def described(entry: OutboxEntry) -> dict[str, object]:
    """One entry for the JSON document; no patient's name."""
    return {
        "identifier": entry.identifier,
        "study_instance_uid": entry.study_instance_uid,
        "workitem_uid": entry.workitem_uid,
        "service": entry.service_id,
        "signed_at": entry.signed_at.isoformat(),
        "preliminary": entry.preliminary,
        "state": entry.state.value,
        "next_step": entry.next_step.value,
        "attempts": entry.attempts,
        "objects": [
            {"sop_instance_uid": each.sop_instance_uid, "title": each.title}
            for each in entry.objects
        ],
        "receipts": [
            {"step": each.step.value, "at": each.at.isoformat(), "detail": each.detail}
            for each in entry.receipts
        ],
        "problem": " ".join(
            part
            for part in (entry.problem_happened, entry.problem_means, entry.problem_remedy)
            if part
        ),
    }


def lines(entries: tuple[OutboxEntry, ...]) -> str:
    """For people."""
    if not entries:
        return "The outbox is empty."
    return "\n".join(
        f"{entry.signed_at.astimezone():%Y-%m-%d %H:%M}  {entry.procedure}  {entry.state.value}"
        f"  next: {entry.next_step.value}"
        + (f"  {entry.problem_happened}" if entry.problem_happened else "")
        for entry in entries
    )


def run(arguments: argparse.Namespace) -> tuple[list[dict[str, object]], str]:
    """List the outbox of the home folder."""
    from workstation.settings import Home
    from workstation.storage.database import Database
    from workstation.storage.outbox import Outbox
    from workstation.storage.vault import OpenVault

    with closing(Database(Home.at(arguments.home).database)) as database:
        entries = Outbox(database, OpenVault()).entries()
    return [described(entry) for entry in entries], lines(entries)
