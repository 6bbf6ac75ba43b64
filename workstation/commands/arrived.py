"""What a reader asks of the files that arrived."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import command


class Arrived(Protocol):
    """The reading room as these commands see it."""

    def list_unshown(self) -> None: ...


@command("room.unshown", "List the files that cannot be shown, or go back", keys=("Shift+Q",))
def list_unshown(room: Arrived) -> None:
    room.list_unshown()
