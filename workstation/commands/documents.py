"""What a reader does with a document that is open in place of the images."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class DocumentActions(Protocol):
    """An open document."""

    def leave(self) -> None: ...
    def turn(self, pages: int) -> None: ...
    def toggle_leads(self) -> None: ...


@command("document.leave", "Back to the images", keys=("Escape",), where=Place.DOCUMENT)
def leave(document: DocumentActions) -> None:
    document.leave()


@command("document.next", "Next ten seconds of a recording", keys=("Right",), where=Place.DOCUMENT)
def next_page(document: DocumentActions) -> None:
    document.turn(1)


@command("document.previous", "Ten seconds back", keys=("Left",), where=Place.DOCUMENT)
def previous_page(document: DocumentActions) -> None:
    document.turn(-1)


@command("document.leads", "Each lead of an ECG for 10 s", keys=("L",), where=Place.DOCUMENT)
def toggle_leads(document: DocumentActions) -> None:
    document.toggle_leads()
