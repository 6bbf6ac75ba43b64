"""`nocturne doctor`: what is missing on this machine, in words with a remedy."""

from __future__ import annotations

import argparse

HELP = "say what is missing on this machine, and what to do about it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(arguments: argparse.Namespace) -> tuple[dict[str, object], str]:
    """Look, and tell. A finding is advice, not a failure: the exit status is 0."""
    from workstation.bootstrap.examining import examine
    from workstation.settings import Home

    findings = examine(Home.at(arguments.home))
    document: dict[str, object] = {
        "findings": [
            {
                "name": each.name,
                "ok": each.ok,
                "words": each.words,
                "remedy": "" if each.ok else each.remedy,
            }
            for each in findings
        ]
    }
    lines = [
        f"{'ok     ' if each.ok else 'look at'}  {each.name}: {each.words}"
        + ("" if each.ok or not each.remedy else f" {each.remedy}")
        for each in findings
    ]
    return document, "\n".join(lines)
