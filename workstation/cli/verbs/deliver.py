"""`nocturne deliver`: send what is signed, without a window."""

from __future__ import annotations

import argparse

from workstation.cli import connecting
from workstation.cli.verbs.outbox import described, lines
from workstation.domain.delivery import DeliveryState
from workstation.domain.errors import DeliveryRefused

HELP = "send signed reports that wait; exit 1 when something remains"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The service, where the settings do not name it."""
    connecting.add_arguments(parser)


def run(arguments: argparse.Namespace) -> tuple[list[dict[str, object]], str]:
    """One try at everything that waits; DeliveryRefused names what remains."""
    from workstation.bootstrap import assemble, reader_of
    from workstation.settings import Home, Settings

    home = Home.at(arguments.home)
    settings = Settings(home.settings_file)
    endpoints = connecting.endpoints(arguments, settings)

    def unhandled(error: BaseException) -> None:
        raise error

    with assemble(
        home,
        settings,
        endpoints,
        reader=reader_of(settings),
        unhandled=unhandled,
        background=False,
    ) as bench:
        bench.delivering.recover()
        bench.delivering.send_all_now()
        bench.delivering.pump()
        entries = bench.delivering.entries()
    remaining = [each for each in entries if each.state is not DeliveryState.DELIVERED]
    if remaining:
        raise DeliveryRefused(
            f"{len(remaining)} of {len(entries)} reports are not delivered:"
            f" {remaining[0].problem_happened}",
            means=remaining[0].problem_means,
            remedy=remaining[0].problem_remedy,
        )
    return [described(entry) for entry in entries], lines(entries)
