"""What is only said: it needs a name, or a hand that is at the images."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class SpokenActions(Protocol):
    """The window as the spoken commands see it; the texts are what was named."""

    def go_to_section(self, name: str) -> None: ...
    def insert_macro(self, shortcut: str) -> None: ...
    def choose_preset(self, title: str) -> None: ...
    def undo_last(self) -> None: ...
    def select_last_sentence(self) -> None: ...
    def capitalise(self) -> None: ...


@command("voice.section", "Go to section", where=Place.EVERYWHERE)
def go_to_section(window: SpokenActions, name: str) -> None:
    window.go_to_section(name)


@command("voice.macro", "Insert macro", where=Place.EVERYWHERE)
def insert_macro(window: SpokenActions, shortcut: str) -> None:
    window.insert_macro(shortcut)


@command("voice.preset", "Window preset", where=Place.EVERYWHERE)
def choose_preset(window: SpokenActions, title: str) -> None:
    window.choose_preset(title)


@command("voice.undo", "Take back the last step of what has the keyboard", where=Place.EVERYWHERE)
def undo_last(window: SpokenActions) -> None:
    window.undo_last()


@command("voice.select_sentence", "Select the last sentence", where=Place.EVERYWHERE)
def select_last_sentence(window: SpokenActions) -> None:
    window.select_last_sentence()


@command("voice.capitalise", "Capitals for the selection or the last word", where=Place.EVERYWHERE)
def capitalise(window: SpokenActions) -> None:
    window.capitalise()
