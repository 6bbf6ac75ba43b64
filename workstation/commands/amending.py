"""What a reader does with a report that is signed."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class AmendActions(Protocol):
    """The chosen signed report, in the worklist or in the outbox."""

    def write_addendum(self) -> None: ...
    def correct_report(self) -> None: ...


@command("list.addendum", "Add to the signed report", keys=("A",), where=Place.LIST)
def list_addendum(page: AmendActions) -> None:
    page.write_addendum()


@command("list.correct", "Correct the signed report", keys=("Shift+C",), where=Place.LIST)
def list_correct(page: AmendActions) -> None:
    page.correct_report()


@command("outbox.addendum", "Add to the signed report", keys=("A",), where=Place.OUTBOX)
def outbox_addendum(page: AmendActions) -> None:
    page.write_addendum()


@command("outbox.correct", "Correct the signed report", keys=("Shift+C",), where=Place.OUTBOX)
def outbox_correct(page: AmendActions) -> None:
    page.correct_report()
