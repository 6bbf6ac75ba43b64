"""What a reader does with the settings."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import Place, command


class SettingsWindow(Protocol):
    """The window as far as it opens the settings."""

    def show_settings(self) -> None: ...


class SettingsActions(Protocol):
    """The settings as the commands see them."""

    def leave(self) -> None: ...
    def focus_search(self) -> None: ...
    def step_page(self, steps: int) -> None: ...


@command("window.settings", "Settings", keys=("Ctrl+,",), where=Place.EVERYWHERE)
def show_settings(window: SettingsWindow) -> None:
    window.show_settings()


@command("settings.leave", "Close the settings", keys=("Escape",), where=Place.SETTINGS)
def leave(settings: SettingsActions) -> None:
    settings.leave()


@command("settings.search", "Search the settings", keys=("Ctrl+F",), where=Place.SETTINGS)
def focus_search(settings: SettingsActions) -> None:
    settings.focus_search()


@command("settings.next_page", "Next page", keys=("Ctrl+PgDown",), where=Place.SETTINGS)
def next_page(settings: SettingsActions) -> None:
    settings.step_page(1)


@command("settings.previous_page", "Previous page", keys=("Ctrl+PgUp",), where=Place.SETTINGS)
def previous_page(settings: SettingsActions) -> None:
    settings.step_page(-1)
