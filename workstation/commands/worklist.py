"""What a reader does with the worklist, the outbox and the window."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class ListActions(Protocol):
    """The worklist as the commands see it."""

    def open_selected(self) -> None: ...
    def claim_selected(self) -> None: ...
    def hand_back_selected(self) -> None: ...
    def open_next(self) -> None: ...
    def focus_filter(self) -> None: ...
    def refresh(self) -> None: ...
    def show_pane(self) -> None: ...
    def show_tab(self, index: int) -> None: ...


class OutboxActions(Protocol):
    """The outbox as the commands see it."""

    def retry_selected(self) -> None: ...
    def send_all(self) -> None: ...
    def leave(self) -> None: ...


class WindowActions(Protocol):
    """The window as the commands see it."""

    def show_keys(self) -> None: ...
    def show_worklist(self) -> None: ...
    def show_outbox(self) -> None: ...
    def refresh_all(self) -> None: ...
    def toggle_full_screen(self) -> None: ...


@command("window.keys", "Show all keys", keys=("F1",), where=Place.EVERYWHERE)
def show_keys(window: WindowActions) -> None:
    window.show_keys()


@command("window.worklist", "Go to the worklist", keys=("Ctrl+L",), where=Place.EVERYWHERE)
def show_worklist(window: WindowActions) -> None:
    window.show_worklist()


@command(
    "window.outbox", "Go to the outbox and deliveries", keys=("Ctrl+O",), where=Place.EVERYWHERE
)
def show_outbox(window: WindowActions) -> None:
    window.show_outbox()


@command("window.refresh", "Ask the services again", keys=("F5",), where=Place.EVERYWHERE)
def refresh_all(window: WindowActions) -> None:
    window.refresh_all()


@command("window.full_screen", "Full screen", keys=("F11",), where=Place.EVERYWHERE)
def toggle_full_screen(window: WindowActions) -> None:
    window.toggle_full_screen()


@command("list.open", "Open the case", keys=("Return", "Enter"), where=Place.LIST)
def open_selected(worklist: ListActions) -> None:
    worklist.open_selected()


@command("list.claim", "Claim without opening", keys=("C",), where=Place.LIST)
def claim_selected(worklist: ListActions) -> None:
    worklist.claim_selected()


@command("list.hand_back", "Hand the case back", keys=("H",), where=Place.LIST)
def hand_back_selected(worklist: ListActions) -> None:
    worklist.hand_back_selected()


@command("list.next", "Open the next case", keys=("N",), where=Place.LIST)
def open_next(worklist: ListActions) -> None:
    worklist.open_next()


@command("list.filter", "Filter the list", keys=("/", "Ctrl+F"), where=Place.LIST)
def focus_filter(worklist: ListActions) -> None:
    worklist.focus_filter()


@command("list.pane", "Show or hide the case beside the list", keys=("Space",), where=Place.LIST)
def show_pane(worklist: ListActions) -> None:
    worklist.show_pane()


@command("list.tab1", "Night list", keys=("1",), where=Place.LIST)
def show_first_tab(worklist: ListActions) -> None:
    worklist.show_tab(0)


@command("list.tab2", "Pool", keys=("2",), where=Place.LIST)
def show_second_tab(worklist: ListActions) -> None:
    worklist.show_tab(1)


@command("list.tab3", "Delivered", keys=("3",), where=Place.LIST)
def show_third_tab(worklist: ListActions) -> None:
    worklist.show_tab(2)


@command("outbox.retry", "Try to send the report again", keys=("R",), where=Place.OUTBOX)
def retry_selected(outbox: OutboxActions) -> None:
    outbox.retry_selected()


@command("outbox.send_all", "Send all waiting reports now", keys=("S",), where=Place.OUTBOX)
def send_all(outbox: OutboxActions) -> None:
    outbox.send_all()


@command("outbox.leave", "Back to the worklist", keys=("Escape",), where=Place.OUTBOX)
def leave_outbox(outbox: OutboxActions) -> None:
    outbox.leave()
