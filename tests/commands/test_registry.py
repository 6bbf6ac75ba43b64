"""The table of commands and the page that is made from it."""

from __future__ import annotations

import pytest

from workstation.commands.keys_page import render
from workstation.commands.registry import (
    CommandConflict,
    Place,
    Registry,
    command,
    load_all,
    run,
    shown_key,
)
from workstation.settings import resources


def _nothing(_target: object) -> None:
    return None


def _declare(registry: Registry, identifier: str, key: str, where: Place) -> None:
    command(identifier, identifier.title(), keys=(key,), where=where, registry=registry)(_nothing)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Place.LIST, Place.LIST),
        (Place.EVERYWHERE, Place.LIST),
        (Place.VIEWPORT, Place.EVERYWHERE),
    ],
)
def test_two_commands_with_one_key_in_one_place_are_refused(first: Place, second: Place) -> None:
    registry = Registry()
    _declare(registry, "one", "F7", first)
    with pytest.raises(CommandConflict, match="one"):
        _declare(registry, "two", "F7", second)


def test_one_key_may_mean_two_things_in_two_places() -> None:
    registry = Registry()
    _declare(registry, "one", "C", Place.LIST)
    _declare(registry, "two", "C", Place.VIEWPORT)
    assert len(registry.commands()) == 2


@pytest.mark.parametrize("place", [Place.EVERYWHERE, Place.REPORT])
def test_a_letter_is_never_taken_from_somebody_typing(place: Place) -> None:
    with pytest.raises(CommandConflict, match="typing"):
        _declare(Registry(), "one", "C", place)


def test_an_id_is_declared_once() -> None:
    registry = Registry()
    _declare(registry, "one", "C", Place.LIST)
    with pytest.raises(CommandConflict, match="twice"):
        _declare(registry, "one", "D", Place.LIST)


def test_a_command_acts_on_what_it_is_given() -> None:
    registry = Registry()
    seen: list[str] = []

    @command("one", "One", registry=registry)
    def act(target: str) -> None:
        seen.append(target)

    run("one", "here", registry)
    assert seen == ["here"]


@pytest.mark.parametrize(
    ("key", "shown"),
    [("Ctrl+Return", "Ctrl+↵"), ("Down", "↓"), ("+", "+"), ("Ctrl++", "Ctrl++"), ("F5", "F5")],
)
def test_keys_are_shown_as_on_the_keyboard(key: str, shown: str) -> None:
    assert shown_key(key) == shown


def test_the_whole_table_loads_without_a_conflict() -> None:
    assert {"list.open", "list.claim", "window.outbox"} <= {
        each.id for each in load_all().commands()
    }


def test_the_keys_page_of_the_manual_is_current() -> None:
    written = (resources() / "manual" / "keys.md").read_text(encoding="utf-8")
    assert written == render(load_all()), "run `python -m workstation.commands`"
