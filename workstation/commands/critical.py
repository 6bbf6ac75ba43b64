"""What a reader does about a critical result."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class CriticalActions(Protocol):
    """The window with an open case."""

    def note_critical(self) -> None: ...


@command(
    "report.critical",
    "Note a critical result, or who was told of it",
    keys=("F7",),
    where=Place.EVERYWHERE,
)
def note_critical(window: CriticalActions) -> None:
    window.note_critical()
