"""The one table of commands. Two commands with the same key in the same place are an error."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import workstation.commands

F = TypeVar("F", bound=Callable[..., None])


class Place(StrEnum):
    """Where the keys of a command act. Letters act only where nobody types."""

    EVERYWHERE = "everywhere"
    LIST = "list"
    OUTBOX = "outbox"
    SHIFT = "shift"
    VIEWPORT = "viewport"
    OVERLAYS = "overlays"
    DOCUMENT = "document"
    REPORT = "report"
    SETTINGS = "settings"
    TEMPLATES = "templates"


#: Headings of the places on the F1 page.
PLACE_TITLES = {
    Place.EVERYWHERE: "Everywhere",
    Place.LIST: "Worklist",
    Place.OUTBOX: "Outbox",
    Place.SHIFT: "Shift",
    Place.VIEWPORT: "Images",
    Place.OVERLAYS: "List of layers",
    Place.DOCUMENT: "Document",
    Place.REPORT: "Report",
    Place.SETTINGS: "Settings",
    Place.TEMPLATES: "Templates and macros",
}


class CommandConflict(ValueError):
    """A key, or an id, that somebody else has."""


@dataclass(frozen=True, slots=True)
class Command:
    """One record holds it all. Keys are written as Qt's portable text: `Ctrl+O`, `Return`."""

    id: str
    title: str
    keys: tuple[str, ...]
    where: Place
    run: Callable[..., None]


#: Keys that may act while somebody types.
_MODIFIERS = ("Ctrl+", "Alt+", "Meta+")

_SHOWN = {
    "Return": "↵",
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
    "Escape": "Esc",
    "PgUp": "Page Up",
    "PgDown": "Page Down",
}


def shown_key(key: str) -> str:
    """The key as it stands on a key cap: `Ctrl+Return` → `Ctrl+↵`."""
    if key == "+" or key.endswith("++"):
        return key
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _SHOWN.get(last, last)])


def _is_function_key(key: str) -> bool:
    last = key.rsplit("+", 1)[-1]
    return last[:1] == "F" and last[1:].isdigit()


def _acts_while_typing(key: str) -> bool:
    return key.startswith(_MODIFIERS) or _is_function_key(key) or key == "Escape"


def _overlap(one: Place, other: Place) -> bool:
    return one is other or Place.EVERYWHERE in (one, other)


class Registry:
    """Commands in the order in which they were declared."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def add(self, command: Command) -> None:
        """Take a command in; `CommandConflict` names who has its id or key."""
        if command.id in self._commands:
            raise CommandConflict(f"{command.id} is declared twice")
        for key in command.keys:
            if command.where in (Place.EVERYWHERE, Place.REPORT) and not _acts_while_typing(key):
                raise CommandConflict(f"{command.id}: {key} would be taken from somebody typing")
            for other in self._commands.values():
                if key in other.keys and _overlap(command.where, other.where):
                    raise CommandConflict(
                        f"{command.id} and {other.id} both want {key} ({other.where})"
                    )
        self._commands[command.id] = command

    def commands(self, where: Place | None = None) -> tuple[Command, ...]:
        """All commands, or those of one place: by module, in whatever order those were loaded."""
        held = sorted(self._commands.values(), key=lambda each: each.run.__module__)
        return tuple(each for each in held if where is None or each.where is where)

    def __getitem__(self, identifier: str) -> Command:
        return self._commands[identifier]


#: The commands of the program.
REGISTRY = Registry()


def command(
    identifier: str,
    title: str,
    *,
    keys: Sequence[str] = (),
    where: Place | str = Place.VIEWPORT,
    registry: Registry = REGISTRY,
) -> Callable[[F], F]:
    """Declare a function as a command."""

    def declare(function: F) -> F:
        registry.add(Command(identifier, title, tuple(keys), Place(where), function))
        return function

    return declare


def load_all() -> Registry:
    """Import every module of commands, so that the table is whole."""
    for found in pkgutil.iter_modules(workstation.commands.__path__):
        if not found.name.startswith("__"):
            importlib.import_module(f"workstation.commands.{found.name}")
    return REGISTRY


def run(identifier: str, target: Any, registry: Registry = REGISTRY) -> None:
    """Do the command on what it acts on."""
    registry[identifier].run(target)
