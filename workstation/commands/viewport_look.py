"""How an image looks: presentation states, palettes, overlay planes, masks, true size."""

from __future__ import annotations

from typing import Protocol

from workstation.commands.registry import command


class LookActions(Protocol):
    """The look of the active viewport as the commands see it."""

    def next_state(self) -> None: ...
    def next_colour_map(self) -> None: ...
    def toggle_overlays(self) -> None: ...
    def toggle_subtraction(self) -> None: ...
    def true_size(self) -> None: ...
    def look_menu(self) -> None: ...
    def toggle_breast_fit(self) -> None: ...


@command("look.menu", "Windows, states and colours by name", keys=("Q",))
def look_menu(looks: LookActions) -> None:
    looks.look_menu()


@command("look.state", "Next presentation state", keys=("Y",))
def next_state(looks: LookActions) -> None:
    looks.next_state()


@command("look.colours", "Next colour palette", keys=("J",))
def next_colour_map(looks: LookActions) -> None:
    looks.next_colour_map()


@command("look.overlays", "Overlays and shutter on or off", keys=("O",))
def toggle_overlays(looks: LookActions) -> None:
    looks.toggle_overlays()


@command("look.subtract", "Subtract the mask, or not", keys=("Shift+D",))
def toggle_subtraction(looks: LookActions) -> None:
    looks.toggle_subtraction()


@command("look.true_size", "True size", keys=("U",))
def true_size(looks: LookActions) -> None:
    looks.true_size()


@command("look.breast", "Mammograms: fit to the breast, or the whole field", keys=("Shift+V",))
def toggle_breast_fit(looks: LookActions) -> None:
    looks.toggle_breast_fit()
