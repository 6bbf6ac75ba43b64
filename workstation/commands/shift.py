"""What a reader does with the page of the shift."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class ShiftWindow(Protocol):
    """The window as the command sees it."""

    def show_shift(self) -> None: ...


class ShiftActions(Protocol):
    """The page of the shift."""

    def leave(self) -> None: ...
    def show_period(self, index: int) -> None: ...
    def save(self) -> None: ...


@command("window.shift", "Show my shift", keys=("F12",), where=Place.EVERYWHERE)
def show_shift(window: ShiftWindow) -> None:
    window.show_shift()


@command("shift.12_hours", "The last 12 hours", keys=("1",), where=Place.SHIFT)
def twelve_hours(page: ShiftActions) -> None:
    page.show_period(0)


@command("shift.day", "The last 24 hours", keys=("2",), where=Place.SHIFT)
def one_day(page: ShiftActions) -> None:
    page.show_period(1)


@command("shift.week", "The last 7 days", keys=("3",), where=Place.SHIFT)
def one_week(page: ShiftActions) -> None:
    page.show_period(2)


@command("shift.month", "The last 30 days", keys=("4",), where=Place.SHIFT)
def one_month(page: ShiftActions) -> None:
    page.show_period(3)


@command("shift.save", "Save it as CSV, a line a read", keys=("Ctrl+S",), where=Place.SHIFT)
def save(page: ShiftActions) -> None:
    page.save()


@command("shift.leave", "Back to the worklist", keys=("Escape",), where=Place.SHIFT)
def leave(page: ShiftActions) -> None:
    page.leave()
